"""First contact with a crash before and after every commit of either side, and with every commit refused.

However it goes, the six rules of ``docs/protocol.md`` section 2 lead to one contact on each side and one conversation.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.domain.events import MessageReceived
from app.domain.message import MessageState
from tests.support.aio import run
from tests.support.disks import MemoryDisk
from tests.support.engine import Engine, Faults, introduce, settle
from tests.support.switchboard import Switchboard

MAX_COMMITS = 30
"""More commits than any life of a first contact has; the loops below end at the last real one."""

RECONNECTS = 4


async def first_contact(folder: Path | None, victim: str, faults: Faults) -> bool:
    """Run one first contact with texts from both sides, on files or in memory; whether the fault was reached."""
    board = Switchboard()
    inviter, joiner = (
        Engine(name, folder or Path(), board, port, disk=None if folder else MemoryDisk())
        for name, port in (("Ann", 4001), ("Ben", 4002))
    )
    await inviter.start()
    await joiner.start()
    await introduce(inviter, joiner)
    await joiner.messenger.send_text(inviter.id, "written before we met")
    struck = inviter if victim == "inviter" else joiner
    await struck.restart(faults)
    board.connect()
    await settle(inviter, joiner)
    board.cut()
    await settle(inviter, joiner)
    reached = struck.store.struck
    if struck.crashed:
        await struck.restart()
    struck.store.disarm()
    for _ in range(RECONNECTS):
        board.connect()
        await settle(inviter, joiner)
        board.cut()
        await settle(inviter, joiner)
    board.connect()
    await settle(inviter, joiner)
    await assert_one_conversation(inviter, joiner)
    await inviter.stop()
    await joiner.stop()
    return reached


async def assert_one_conversation(inviter: Engine, joiner: Engine) -> None:
    assert await inviter.is_established(joiner)
    assert await joiner.is_established(inviter)
    assert len(await inviter.messenger.contacts()) == len(await joiner.messenger.contacts()) == 1
    await inviter.messenger.send_text(joiner.id, "after")
    await joiner.messenger.send_text(inviter.id, "later")
    await settle(inviter, joiner)
    theirs, ours = await inviter.history(joiner), await joiner.history(inviter)
    assert sorted(message.text for message in theirs) == ["after", "later", "written before we met"]
    assert [(message.message_id, message.text) for message in theirs] == [
        (message.message_id, message.text) for message in ours
    ]
    assert {message.state for message in (*theirs, *ours)} == {MessageState.DELIVERED}
    assert (await inviter.contact(joiner)).name == "Ben"  # type: ignore[union-attr]
    assert (await joiner.contact(inviter)).name == "Ann"  # type: ignore[union-attr]
    for engine in (inviter, joiner):
        received = [event.message.message_id for event in engine.events if isinstance(event, MessageReceived)]
        assert len(received) == len(set(received))


async def at_every_commit(folder: Path | None, victim: str, faults_at: Callable[[int], Faults]) -> int:
    """Move the fault from commit to commit until one run does not reach it; how many were reached."""
    for number in range(1, MAX_COMMITS):
        place = folder / str(number) if folder else None
        if place is not None:
            place.mkdir()
        if not await first_contact(place, victim, faults_at(number)):
            return number - 1
    raise AssertionError("commits without end")


@pytest.mark.parametrize("victim", ["inviter", "joiner"])
@pytest.mark.parametrize(
    ("faults_at", "in_files"),
    [
        pytest.param(lambda number: Faults(crash_before=number), False, id="crash before"),
        pytest.param(lambda number: Faults(crash_after=number), True, id="crash after, in files"),
        pytest.param(lambda number: Faults(fail=number), False, id="refused"),
    ],
)
@pytest.mark.expect_log
def test_first_contact_survives_a_fault_at_every_commit(
    tmp_path: Path, victim: str, faults_at: Callable[[int], Faults], *, in_files: bool
) -> None:
    task: Awaitable[int] = at_every_commit(tmp_path if in_files else None, victim, faults_at)
    assert run(task, timeout_s=120) >= 2  # type: ignore[arg-type]
