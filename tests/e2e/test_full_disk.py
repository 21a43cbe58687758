"""The disk fills up to the last byte: said in words, nothing half-written, and all goes on as soon as there is room."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.conftest import Start
from tests.support.accounts import make_account
from tests.support.people import Person, wait_until
from tests.support.rpc_process import PASSPHRASE, RpcFailureError, introduce
from tests.support.small_disk import LimitedFiles, SmallDisk, Tmpfs, may_mount, tmpfs

DISK_BYTES = 8 << 20
TEXT = "a text of some length " * 40
MESSAGES = 300
SENT = "sent"

needs_mount = pytest.mark.skipif(not may_mount(), reason="only root may mount; see the tests with a limit on files")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Ann's; by a limit on files where nobody may mount one."""
    with ExitStack() as mounted:
        if may_mount():
            yield mounted.enter_context(tmpfs(tmp_path / "ann", DISK_BYTES))
        else:
            (tmp_path / "ann").mkdir()
            yield LimitedFiles(tmp_path / "ann")


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Tmpfs]:
    with tmpfs(tmp_path / "ann", DISK_BYTES) as disk:
        yield disk


@pytest.fixture
def people(disk: SmallDisk, tmp_path: Path) -> Iterator[tuple[Person, Person]]:
    """Ann, whose disk is small, and Ben, who has room.  In the end neither has said anything that is a bug."""
    ann, ben = Person("ann", disk.path), Person("ben", tmp_path / "ben")
    for person in (ann, ben):
        make_account(person.profile, person.name, PASSPHRASE)
        person.start()
    ben.contact, ann.contact = introduce(ann.process, ben.process)
    yield ann, ben
    for person in (ann, ben):
        person.process.kill()
        said = person.process.log.read_text()
        assert "Traceback" not in said
        assert " error " not in said.lower()


def post(person: Person, to: Person, count: int) -> list[int]:
    return [person.process.post("messages.send", contact=to.contact, text=f"{n} {TEXT}") for n in range(count)]


def outcome(person: Person, request: int) -> str:
    """How sending ended, or why it was refused."""
    try:
        person.process.result(request)
    except RpcFailureError as failure:
        return str(failure.kind)
    return SENT


def agreed_ids(ann: Person, ben: Person) -> set[str]:
    """The messages of both histories, once these are the same and everything has arrived."""
    wait_until(lambda: ann.is_settled(ben, None) and ben.is_settled(ann, None))
    rows = ann.history(ben)
    assert [row[:2] for row in rows] == [row[:2] for row in ben.history(ann)]
    return {message for message, _, _ in rows}


def test_whoever_sends_is_told_and_what_was_answered_arrives(disk: SmallDisk, people: tuple[Person, Person]) -> None:
    ann, ben = people
    posted = post(ann, ben, MESSAGES)
    ann.process.result(posted[MESSAGES // 10])
    disk.fill(ann.process.process.pid)
    posted += post(ann, ben, MESSAGES)
    outcomes = {request: outcome(ann, request) for request in posted}
    assert set(outcomes.values()) == {SENT, "storage_full"}
    assert ann.process.call("account.info")["name"] == "ann"

    disk.free(ann.process.process.pid)
    wait_until(lambda: outcome(ann, post(ann, ben, 1)[0]) == SENT)
    promised = {ann.process.result(request)["message"] for request, end in outcomes.items() if end == SENT}
    ids = agreed_ids(ann, ben)
    assert promised <= ids
    assert len(ids) == len(promised) + 1


def test_whoever_receives_acknowledges_nothing_and_gets_it_later(
    disk: SmallDisk, people: tuple[Person, Person]
) -> None:
    ann, ben = people
    posted = post(ben, ann, MESSAGES)
    ben.process.result(posted[MESSAGES // 10])
    disk.fill(ann.process.process.pid)
    posted += post(ben, ann, MESSAGES)
    assert {outcome(ben, request) for request in posted} == {SENT}
    wait_until(lambda: outcome(ann, post(ann, ben, 1)[0]) == "storage_full")

    disk.free(ann.process.process.pid)
    promised = {ben.process.result(request)["message"] for request in posted}
    assert agreed_ids(ann, ben) >= promised


@needs_mount
def test_without_room_nothing_starts_and_nothing_is_harmed(mounted: Tmpfs, start: Start) -> None:
    def refused(create: str | None = None) -> tuple[int, str]:
        code, error = start("ann", create=create).start_failure()
        assert "full" in error["message"]
        return code, error["kind"]

    mounted.fill()
    assert refused(create="Ann") == (1, "storage_full")
    mounted.free()
    assert not (mounted.path / "vault").exists()
    killed = start("ann", account="Ann")
    invite = killed.call("contacts.invite")["invite"]
    killed.kill()
    mounted.fill()
    assert refused() == (1, "storage_full")
    mounted.free()
    assert [row["invite"] for row in start("ann").call("contacts.invites")] == [invite]


@needs_mount
def test_without_room_the_end_is_in_order_and_loses_nothing(mounted: Tmpfs, start: Start) -> None:
    process = start("ann", account="Ann")
    invite = process.call("contacts.invite")["invite"]
    mounted.fill()
    assert process.close() == 0
    assert "Traceback" not in process.log.read_text()
    mounted.free()
    assert [row["invite"] for row in start("ann").call("contacts.invites")] == [invite]
