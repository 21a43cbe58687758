"""Signals through a contact of both: Ben looks for Cid, whom Ann knows as well; nothing else is between the two."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from app.domain.content import ContentType
from app.domain.passing_content import PassContent
from app.domain.settings import Settings
from app.services import go_between
from app.services.limits import MAX_GO_BETWEENS, PASSING_BURST, TAKEN_PER_MINUTE
from net.events import CloseReason, SignalToPass
from net.peer import PeerId
from tests.support.aio import run
from tests.support.engine import Engine, Faults, introduce
from tests.support.pair import Pair, friends, known, say

VALUE = bytes(range(256)) * 3
OFF = Settings(go_between=False)


class HandTimer:
    """The loop's clock as the rations see it."""

    now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture(autouse=True)
def timer(monkeypatch: pytest.MonkeyPatch) -> HandTimer:
    timer = HandTimer()
    monkeypatch.setattr(go_between, "_now", timer)
    return timer


@dataclass
class Three:
    pair: Pair
    ann: Engine
    ben: Engine
    cid: Engine

    async def look(self, value: bytes = VALUE) -> None:
        """Ben's network has a signal for Cid."""
        self.ben.node._tell(SignalToPass(self.cid.peer_id, value))
        await self.pair.settle()

    async def ask(self, sought: bytes, value: bytes = VALUE, *, nonce: bytes = bytes(16)) -> None:
        """Ben asks Ann by hand."""
        await self.say(PassContent.naming(sought, value, nonce=nonce).encode())

    async def say(self, content: bytes, content_type: ContentType = ContentType.PASS) -> None:
        await say(self.ben, self.ann, content_type, content)
        await self.pair.settle()


@asynccontextmanager
async def three() -> AsyncIterator[Three]:
    """All are contacts of each other, but between Ben and Cid there is no link."""
    async with friends() as pair:
        cid = await pair.third()
        await introduce(pair.ann, cid)
        await pair.connect()
        await introduce(pair.ben, cid)
        await pair.connect()
        each = Three(pair, pair.ann, pair.ben, cid)
        hang_up(each.ben, cid)
        await pair.settle()
        yield each


def hang_up(left: Engine, right: Engine) -> None:
    for wire in tuple(left.board.wires):
        if {port.node for port in wire.ends} == {left.node, right.node}:
            left.board.hang_up(wire, CloseReason.LOST)


def sent(engine: Engine) -> int:
    return len(engine.node.envelopes)


def test_a_signal_reaches_whom_it_is_for_through_a_contact_of_both_and_nothing_is_kept_of_it() -> None:
    async def scenario() -> None:
        async with three() as each:
            kept = [len(engine.disk.tables.received) for engine in (each.ann, each.cid)]  # type: ignore[union-attr]
            before = sent(each.ben), sent(each.ann), sent(each.cid)
            await each.look()
            assert each.cid.node.brought == [VALUE]
            assert (each.ann.node.brought, each.ben.node.brought) == ([], [])
            assert (sent(each.ben), sent(each.ann), sent(each.cid)) == (before[0] + 1, before[1] + 1, before[2])
            after = [len(engine.disk.tables.received) for engine in (each.ann, each.cid)]  # type: ignore[union-attr]
            assert after == kept
            assert await each.ben.opened.outgoing_counts() == (0, 0)

    run(scenario())


def test_what_was_passed_on_goes_no_further() -> None:
    async def scenario() -> None:
        async with three() as each:
            before = sent(each.ann)
            await say(each.ben, each.ann, ContentType.PASSED, VALUE)
            await each.pair.settle()
            assert each.ann.node.brought == [VALUE]
            assert each.cid.node.brought == []
            acknowledged_nothing = sent(each.ann) == before
            assert acknowledged_nothing

    run(scenario())


@pytest.mark.parametrize("who", ["ann", "ben", "cid"])
@pytest.mark.parametrize("settings", [OFF, Settings(lan_only=True)], ids=["off", "lan only"])
def test_who_has_switched_it_off_neither_asks_nor_passes_on_nor_takes(who: str, settings: Settings) -> None:
    async def scenario() -> None:
        async with three() as each:
            await getattr(each, who).messenger.change_settings(settings)
            before, commits = (sent(each.ben), sent(each.ann)), each.ben.store.commits
            await each.look()
            assert each.cid.node.brought == []
            assert (each.ben.store.commits > commits) is (who != "ben")
            steps = {"ben": (0, 0), "ann": (1, 0), "cid": (1, 1)}[who]
            assert (sent(each.ben) - before[0], sent(each.ann) - before[1]) == steps

    run(scenario())


def test_nobody_is_asked_for_who_is_blocked_or_unknown_and_the_sought_is_not_asked() -> None:
    async def scenario() -> None:
        async with three() as each:
            await each.ben.messenger.block_contact(each.cid.id)
            await each.pair.settle()
            before = sent(each.ben)
            each.ben.node._tell(SignalToPass(PeerId(bytes(32)), VALUE))
            each.ben.node._tell(SignalToPass(each.ann.peer_id, VALUE))
            await each.look()
            assert sent(each.ben) == before

    run(scenario())


def test_a_few_are_asked_of_many() -> None:
    async def scenario() -> None:
        async with three() as each:
            others = [await each.pair.third(f"Dan {number}") for number in range(MAX_GO_BETWEENS + 1)]
            for other in others:
                await introduce(each.ben, other)
            each.pair.board.connect()
            await each.pair.settle()
            hang_up(each.ben, each.cid)
            before = sent(each.ben)
            await each.look()
            assert sent(each.ben) - before == MAX_GO_BETWEENS

    run(scenario())


def test_for_somebody_unknown_blocked_or_away_or_for_the_asker_nothing_is_said() -> None:
    async def scenario() -> None:
        async with three() as each:
            before = sent(each.ann)
            for sought in (bytes(32), each.ben.peer_id, each.ann.peer_id):
                await each.ask(sought)
            hang_up(each.ann, each.cid)
            await each.pair.settle()
            await each.ask(each.cid.peer_id)
            assert sent(each.ann) == before
            await each.ann.messenger.block_contact(each.cid.id)
            await each.pair.settle()
            before = sent(each.ann)
            await each.ask(each.cid.peer_id)
            assert sent(each.ann) == before
            assert each.cid.node.brought == []

    run(scenario())


def test_a_blocked_contact_is_passed_nothing_on() -> None:
    async def scenario() -> None:
        async with three() as each:
            await each.ann.messenger.block_contact(each.ben.id)
            await each.ask(each.cid.peer_id)
            assert each.cid.node.brought == []

    run(scenario())


def test_what_is_no_such_content_is_refused_and_costs_nobody_the_session() -> None:
    async def scenario() -> None:
        async with three() as each:
            whole = PassContent.naming(each.cid.peer_id, VALUE, nonce=bytes(16)).encode()
            for content in (b"", whole[:-1], whole + b"\0"):
                await each.say(content)
            for content in (b"", VALUE[:-1], VALUE + b"\0"):
                await each.say(content, ContentType.PASSED)
            assert (each.cid.node.brought, each.ann.node.brought) == ([], [])
            await each.ask(each.cid.peer_id)
            assert each.cid.node.brought == [VALUE]

    run(scenario())


def test_a_flood_is_cut_to_its_ration_in_each_role(timer: HandTimer) -> None:
    async def scenario() -> None:
        async with three() as each:
            flood, before = 3 * int(PASSING_BURST), sent(each.ann)
            for number in range(flood):
                await say(each.ben, each.ann, ContentType.PASSED, bytes([number]) * 768)
                nonce = bytes([number]) * 16
                asked = PassContent.naming(each.cid.peer_id, VALUE, nonce=nonce).encode()
                await say(each.ben, each.ann, ContentType.PASS, asked)
            await each.pair.settle()
            assert len(each.ann.node.brought) == len(each.cid.node.brought) == PASSING_BURST
            assert sent(each.ann) - before == PASSING_BURST
            before = sent(each.ben)
            for _ in range(flood):
                await each.look()
            assert sent(each.ben) - before == PASSING_BURST
            timer.now_s += 60
            await each.ask(each.cid.peer_id)
            assert len(each.cid.node.brought) == PASSING_BURST + 1

    run(scenario())


def test_who_floods_does_not_keep_another_ones_signals_from_whom_they_are_for(timer: HandTimer) -> None:
    async def scenario() -> None:
        async with three() as each:
            others = [await each.pair.third(name) for name in ("Dan", "Eve")]
            for other in others:
                await introduce(each.ann, other)
            each.pair.board.connect()
            await each.pair.settle()
            hang_up(each.ben, each.cid)
            dan, eve = others
            for asker, count in ((each.ben, int(PASSING_BURST) - 1), (dan, 9), (eve, 1)):
                for number in range(count):
                    value = asker.name.encode() * 256
                    content = PassContent.naming(each.cid.peer_id, value, nonce=bytes([number]) * 16).encode()
                    await say(asker, each.ann, ContentType.PASS, content)
                await each.pair.settle()
            assert len(each.cid.node.brought) == PASSING_BURST
            timer.now_s += 60 / TAKEN_PER_MINUTE
            await each.ask(each.cid.peer_id)  # more of the flood, by which the clock is looked at
            assert each.cid.node.brought[int(PASSING_BURST) :] == [b"Eve" * 256]

    run(scenario())


def test_what_waits_for_its_turn_is_passed_on_by_the_clock(timer: HandTimer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(go_between, "TAKEN_PER_MINUTE", 60 * 100)

    async def scenario() -> None:
        async with three() as each:
            for number in range(int(PASSING_BURST)):
                await each.ask(each.cid.peer_id, bytes([number]) * 768)
            dan = await each.pair.third("Dan")
            await introduce(each.ann, dan)
            await each.pair.connect()
            hang_up(each.ben, each.cid)
            content = PassContent.naming(each.cid.peer_id, VALUE, nonce=bytes(16)).encode()
            await say(dan, each.ann, ContentType.PASS, content)
            await each.pair.settle()
            timer.now_s += 1
            while VALUE not in each.cid.node.brought:
                await asyncio.sleep(0.01)

    run(scenario())


def test_what_a_held_contact_brings_is_not_heeded() -> None:
    """Whoever came by a reset that the user has yet to agree to may be a thief of its keys."""

    async def scenario() -> None:
        async with three() as each:
            ben = known(each.ann, each.ben)
            unit = each.ann.opened.begin()
            held = replace(ben, problem=type(ben.problem).RESET)
            each.ann.messenger._book.put_contact(held, unit)
            await each.ann.opened.commit(unit)
            await each.ask(each.cid.peer_id)
            await each.say(VALUE, ContentType.PASSED)
            assert (each.cid.node.brought, each.ann.node.brought) == ([], [])

    run(scenario())


def test_a_full_disk_costs_the_signal_and_nothing_else() -> None:
    async def scenario() -> None:
        async with three() as each:
            each.ben.store.arm(Faults(fail=1))
            await each.look()
            assert each.cid.node.brought == []
            await each.pair.settle()
            await each.look()
            assert each.cid.node.brought == [VALUE]

    run(scenario())
