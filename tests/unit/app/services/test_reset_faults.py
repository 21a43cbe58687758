"""Resets with a crash before and after every commit of either side, and with every commit refused.

However it goes, rules 1 to 4 of ``docs/protocol.md`` section 2 lead to one session that both write on, nothing is lost
or doubled, and nobody is taken for two.
"""

from collections.abc import Awaitable, Callable

import pytest

from app.domain.contact import ContactNotice, ContactProblem
from app.domain.events import ContactChanged, MessageReceived
from app.domain.message import MessageState
from tests.support.aio import run
from tests.support.copies import copy_of, put_back, without_sessions
from tests.support.engine import Engine, Faults, settle
from tests.support.pair import Pair, friends

MAX_COMMITS = 40
"""More commits than any life of a reset has; the loops below end at the last real one."""

RECONNECTS = 3


async def reset(victim: str, loss: str, faults: Faults) -> bool:
    """Run one reset with texts from both sides; whether the fault was reached."""
    async with friends() as pair:
        pair.board.cut()
        await pair.settle()
        await pair.ann.messenger.send_text(pair.ben.id, "from Ann, before")
        await pair.ben.messenger.send_text(pair.ann.id, "from Ben, before")
        await lose(pair, loss)
        struck = pair.ann if victim == "asker" else pair.ben
        await struck.restart(faults)
        for _ in range(2):
            pair.board.collide()
            await pair.settle()
        pair.board.cut()
        await pair.settle()
        reached = struck.store.struck
        if struck.crashed:
            await struck.restart()
        struck.store.disarm()
        await recover(pair)
        await assert_one_session(pair)
        await assert_one_conversation(pair, resumed=loss == "rolled back")
        return reached


async def lose(pair: Pair, loss: str) -> None:
    if loss == "rolled back":
        copy = copy_of(pair.ann)
        pair.board.connect()
        await pair.settle()
        pair.board.cut()
        await pair.settle()
        await put_back(pair.ann, copy)
        return
    await put_back(pair.ann, without_sessions(copy_of(pair.ann)))
    if loss == "both":
        await put_back(pair.ben, without_sessions(copy_of(pair.ben)))


async def recover(pair: Pair) -> None:
    """The network works again, and whoever is asked agrees."""
    for _ in range(RECONNECTS):
        pair.board.collide()
        await pair.settle()
        for engine, other in ((pair.ann, pair.ben), (pair.ben, pair.ann)):
            row = await engine.contact(other)
            assert row is not None
            if row.problem is ContactProblem.RESET:
                await engine.messenger.accept_reset(other.id)
        await pair.settle()
        pair.board.cut()
        await pair.settle()
    await pair.connect()


async def assert_one_session(pair: Pair) -> None:
    sending = [engine.messenger._outbox._sessions.sending(1) for engine in (pair.ann, pair.ben)]
    assert all(sending)
    assert len({stored.session.transcript for stored in sending if stored is not None}) == 1
    for engine in (pair.ann, pair.ben):
        assert not engine.messenger._book.attempts[1]
        written_on = [stored for stored in engine.messenger._book.sessions[1] if not stored.retired]
        assert len(written_on) == 1


async def assert_one_conversation(pair: Pair, *, resumed: bool) -> None:
    await pair.ann.messenger.send_text(pair.ben.id, "from Ann, after")
    await pair.ben.messenger.send_text(pair.ann.id, "from Ben, after")
    await settle(pair.ann, pair.ben)
    rows = [await engine.history(other) for engine, other in ((pair.ann, pair.ben), (pair.ben, pair.ann))]
    texts = ["from Ann, after", "from Ann, before", "from Ben, after"]
    if not resumed:
        texts = [*texts, "from Ben, before"]  # else it was delivered to what the copy knows nothing of
    assert sorted(message.text for message in rows[0]) == texts
    assert set(texts) <= {message.text for message in rows[1]}
    assert {message.state for message in rows[0]} == {MessageState.DELIVERED}
    for engine in (pair.ann, pair.ben):
        received = [event.message.message_id for event in engine.events if isinstance(event, MessageReceived)]
        assert len(received) == len(set(received))
        assert notices(engine) <= ({ContactNotice.ROLLED_BACK} if resumed and engine is pair.ann else set())


def notices(engine: Engine) -> set[ContactNotice]:
    told = {event.notice for event in engine.events if isinstance(event, ContactChanged) and event.notice}
    return {notice for notice in told if notice is not ContactNotice.NONE}


async def at_every_commit(victim: str, loss: str, faults_at: Callable[[int], Faults]) -> int:
    """Move the fault from commit to commit until one run does not reach it; how many were reached."""
    for number in range(1, MAX_COMMITS):
        if not await reset(victim, loss, faults_at(number)):
            return number - 1
    raise AssertionError("commits without end")


@pytest.mark.parametrize("loss", ["asker", "both", "rolled back"])
@pytest.mark.parametrize("victim", ["asker", "asked"])
@pytest.mark.parametrize(
    "faults_at",
    [
        pytest.param(lambda number: Faults(crash_before=number), id="crash before"),
        pytest.param(lambda number: Faults(crash_after=number), id="crash after"),
        pytest.param(lambda number: Faults(fail=number), id="refused"),
    ],
)
@pytest.mark.expect_log
def test_a_reset_survives_a_fault_at_every_commit(victim: str, loss: str, faults_at: Callable[[int], Faults]) -> None:
    task: Awaitable[int] = at_every_commit(victim, loss, faults_at)
    assert run(task, timeout_s=120) >= 1  # type: ignore[arg-type]
