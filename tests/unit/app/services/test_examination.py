"""What a running engine tells the doctor."""

from dataclasses import dataclass

import pytest

from app.domain.errors import ErrorKind, KithError
from app.domain.finding import Finding
from app.domain.identifiers import ContactId
from app.services.messenger import Messenger
from tests.support.aio import run
from tests.support.engine import Engine, Faults
from tests.support.pair import friends, strangers

YEAR_S = 365.25 * 86_400


@dataclass
class Disk:
    """A disk as a test wants it."""

    free: int | None = 50_000_000_000
    newest: float | None = None

    def free_bytes(self) -> int | None:
        return self.free

    def newest_file_at(self) -> float | None:
        return self.newest


def by_check(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.check: finding for finding in findings}


async def findings(engine: Engine, contact: ContactId | None = None) -> dict[str, Finding]:
    return by_check(await engine.messenger.doctor(contact))


def test_a_healthy_engine_with_a_linked_contact_finds_both_well() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            found = await findings(pair.ann)
            assert all(found[check].ok for check in ("listeners", "addresses", "lan", "storage", "clock", "contact"))
            assert found["contact"].contact == pair.ben.id
            assert found["contact"].detail.startswith("Ben is linked")

    run(scenario())


def test_an_absent_contact_is_told_with_the_ways_to_it() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            contact = (await findings(pair.ann, pair.ben.id))["contact"]
            assert not contact.ok
            assert "Ben is not linked; last linked 0 seconds ago." in contact.detail
            assert "127.0.0.1:4002: not tried yet." in contact.detail

    run(scenario())


def test_who_waits_for_a_yes_is_not_examined_and_who_is_unknown_is_refused() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.meet(reusable=True)
            assert "contact" not in await findings(pair.ann)
            with pytest.raises(KithError) as caught:
                await pair.ann.messenger.doctor(ContactId("nobody"))
            assert caught.value.kind is ErrorKind.UNKNOWN_CONTACT

    run(scenario())


def test_a_disk_that_takes_no_write_is_found_by_writing() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.store.arm(Faults(fail=1))
            found = (await findings(pair.ann))["storage"]
            assert not found.ok
            pair.ann.store.disarm()
            await pair.settle()
            assert (await findings(pair.ann))["storage"].ok

    run(scenario())


def test_the_volume_tells_of_room_and_of_a_clock_that_went_back() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            ann = pair.ann
            messenger = Messenger(
                ann.account,
                store=ann.store,
                network=ann.node,
                clock=ann.now,
                volume=Disk(free=1_000, newest=ann.now() + YEAR_S),
            )
            found = by_check(await messenger.doctor())
            assert not found["storage"].ok
            assert not found["clock"].ok

    run(scenario())
