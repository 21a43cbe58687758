"""Who is writing at this moment."""

import asyncio

import pytest

from app.domain.content import ContentType
from app.domain.errors import ErrorKind, KithError
from app.domain.events import TypingChanged
from app.domain.identifiers import ContactId
from app.domain.settings import Settings
from app.services import typing_notices
from app.services.typing_notices import INTERVAL_S, LASTS_S
from tests.support.aio import run
from tests.support.engine import Engine, Faults, settle
from tests.support.pair import Pair, friends, of_type, say


class HandTimer:
    """The loop's clock as the notices see it."""

    now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture(autouse=True)
def timer(monkeypatch: pytest.MonkeyPatch) -> HandTimer:
    timer = HandTimer()
    monkeypatch.setattr(typing_notices, "_now", timer)
    return timer


def shown(engine: Engine) -> list[bool]:
    return [event.typing for event in of_type(engine, TypingChanged)]


async def expire(engine: Engine) -> None:
    """Let the timer of a notice ring."""
    notices = engine.messenger._typing
    for number in tuple(notices._shown_until):
        notices._look(number)
    await settle(engine)


async def kept(pair: Pair) -> tuple[int, int]:
    """How many payloads wait at Ann's, and how many envelopes Ben remembers."""
    rows = pair.ben.disk.tables.received  # type: ignore[union-attr]
    return (await pair.ann.opened.outgoing_counts())[0], len(rows)


def test_writing_is_shown_until_a_message_comes() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.typing(pair.ben.id)
            await pair.settle()
            assert of_type(pair.ben, TypingChanged) == [TypingChanged(pair.ann.id, typing=True)]
            await pair.ann.messenger.send_text(pair.ben.id, "done")
            await pair.settle()
            assert shown(pair.ben) == [True, False]
            assert shown(pair.ann) == []

    run(scenario())


def test_it_is_over_by_itself_and_lasts_as_long_as_it_is_told(timer: HandTimer) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.typing(pair.ben.id)
            await pair.settle()
            timer.now_s += INTERVAL_S
            await pair.ann.messenger.typing(pair.ben.id)
            await pair.settle()
            timer.now_s += LASTS_S - 0.1
            await expire(pair.ben)
            assert shown(pair.ben) == [True], "the second notice made it longer"
            timer.now_s += 0.2
            await expire(pair.ben)
            assert shown(pair.ben) == [True, False]

    run(scenario())


def test_it_is_told_every_few_seconds_at_most(timer: HandTimer) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            before = len(pair.ann.node.envelopes)
            for _ in range(20):
                await pair.ann.messenger.typing(pair.ben.id)
                timer.now_s += INTERVAL_S / 10
            await pair.settle()
            assert len(pair.ann.node.envelopes) - before == 2

    run(scenario())


def test_a_notice_is_neither_kept_nor_acknowledged() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            before, sent = await kept(pair), len(pair.ben.node.envelopes)
            await pair.ann.messenger.typing(pair.ben.id)
            await pair.settle()
            assert shown(pair.ben) == [True]
            assert await kept(pair) == before
            assert len(pair.ben.node.envelopes) == sent
            assert await pair.texts(pair.ben) == []

    run(scenario())


def test_nothing_is_told_to_somebody_away_blocked_or_behind() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.node.room = 0
            await pair.ann.messenger.send_text(pair.ben.id, "fills the link")
            await pair.settle()
            before = pair.ann.store.commits
            await pair.ann.messenger.typing(pair.ben.id)
            pair.ann.node.make_room()
            await pair.settle()
            await pair.cut()
            await pair.ann.messenger.typing(pair.ben.id)
            await pair.connect()
            assert shown(pair.ben) == []
            assert pair.ann.store.commits > before
            await pair.ann.messenger.block_contact(pair.ben.id)
            await pair.ann.messenger.typing(pair.ben.id)
            await pair.settle()
            assert shown(pair.ben) == []
            with pytest.raises(KithError) as refused:
                await pair.ann.messenger.typing(ContactId("a" * 52))
            assert refused.value.kind is ErrorKind.UNKNOWN_CONTACT

    run(scenario())


def test_whoever_goes_away_writes_no_longer() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.typing(pair.ben.id)
            await pair.settle()
            await pair.cut()
            assert shown(pair.ben) == [True, False]

    run(scenario())


def test_off_means_neither_told_nor_shown(timer: HandTimer) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.typing(pair.ben.id)
            await pair.settle()
            await pair.ben.messenger.change_settings(Settings(typing_notices=False))
            assert shown(pair.ben) == [True, False]
            timer.now_s += INTERVAL_S
            sent = len(pair.ben.node.envelopes)
            await pair.ann.messenger.typing(pair.ben.id)
            await pair.ben.messenger.typing(pair.ann.id)
            await pair.settle()
            assert shown(pair.ben) == [True, False]
            assert shown(pair.ann) == []
            assert len(pair.ben.node.envelopes) == sent

    run(scenario())


def test_a_notice_that_is_lost_costs_no_message() -> None:
    """Its key is used up although nobody has it: what follows opens all the same."""

    async def scenario() -> None:
        async with friends() as pair:
            lost = pair.ann.node.send_envelope
            pair.ann.node.send_envelope = lambda *_: True  # type: ignore[method-assign]
            await pair.ann.messenger.typing(pair.ben.id)
            pair.ann.node.send_envelope = lost  # type: ignore[method-assign]
            await pair.ann.messenger.send_text(pair.ben.id, "after")
            await pair.settle()
            assert await pair.texts(pair.ben) == ["after"]
            assert shown(pair.ben) == []

    run(scenario())


@pytest.mark.parametrize("fault", ["crash_before", "crash_after"])
def test_no_key_is_used_twice_when_a_crash_meets_a_notice(fault: str) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.store.arm(Faults(**{fault: 1}))
            async with asyncio.TaskGroup() as tasks:
                notice = tasks.create_task(pair.ann.messenger.typing(pair.ben.id), name="notice")
                await pair.settle()
                notice.cancel()
            await pair.ann.restart()
            await pair.connect()
            await pair.ann.messenger.send_text(pair.ben.id, "after")
            await pair.settle()
            assert await pair.texts(pair.ben) == ["after"]
            assert shown(pair.ben) == []

    run(scenario())


def test_a_flood_of_notices_is_told_once_and_one_that_says_more_is_ignored() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await say(pair.ann, pair.ben, ContentType.TYPING, b"more")
            await pair.settle()
            assert shown(pair.ben) == []
            for _ in range(50):
                await say(pair.ann, pair.ben, ContentType.TYPING, b"")
            await pair.settle()
            assert shown(pair.ben) == [True]
            assert pair.ben.messenger._typing._watched == {pair.ben.messenger._book.contact(pair.ann.id).number}

    run(scenario())


def test_whoever_writes_on_and_off_has_one_timer() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            looks: list[int] = []
            notices = pair.ben.messenger._typing

            def look_later(number: int, delay_s: float) -> None:
                assert delay_s > 0
                looks.append(number)
                notices._watched.add(number)

            notices._look_later = look_later  # type: ignore[method-assign]
            for _ in range(5):
                await say(pair.ann, pair.ben, ContentType.TYPING, b"")
                await pair.ann.messenger.send_text(pair.ben.id, "done")
                await pair.settle()
                await say(pair.ann, pair.ben, ContentType.TYPING, b"")
                await pair.settle()
            assert len(looks) == 1

    run(scenario())
