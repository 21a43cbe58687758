"""Clocks that are years apart: contacts meet and talk, the order holds on both sides, and the doctor says it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.contact import ContactProblem
from app.domain.errors import ErrorKind, KithError
from app.domain.finding import Finding
from app.domain.message import MessageState
from tests.support.aio import run
from tests.support.disks import MemoryDisk
from tests.support.engine import Engine, settle
from tests.support.pair import NOW_S, HandClock
from tests.support.switchboard import Switchboard

YEAR_S = 365.25 * 86_400
APART = [4 * YEAR_S, -4 * YEAR_S, 40 * YEAR_S, -NOW_S]
"""By so much Ben's clock is ahead; the last is a computer that has lost its battery and begins in 1970."""


@dataclass
class Apart:
    """Ann, whose clock is right, and Ben."""

    board: Switchboard
    ann: Engine
    ben: Engine
    clocks: tuple[HandClock, HandClock]

    async def connect(self) -> None:
        self.board.connect()
        await settle(self.ann, self.ben)

    async def meet(self) -> None:
        """By an invite of whoever's clock is ahead: the other finds it valid for years."""
        later, earlier = sorted((self.ann, self.ben), key=lambda engine: -engine.now())
        invite = await later.messenger.create_invite()
        await earlier.messenger.add_contact(invite.link)
        await self.connect()

    async def say(self, engine: Engine, text: str) -> None:
        other = self.ben if engine is self.ann else self.ann
        for clock in self.clocks:
            clock.now_s += 7.0
        await engine.messenger.send_text(other.id, text)
        await settle(self.ann, self.ben)

    async def clock_finding(self, engine: Engine) -> Finding:
        (finding,) = [each for each in await engine.messenger.doctor() if each.check == "clock"]
        return finding


@asynccontextmanager
async def apart(ahead_s: float) -> AsyncIterator[Apart]:
    board, clocks = Switchboard(), (HandClock(), HandClock(NOW_S + ahead_s))
    ann, ben = (
        Engine(name, Path(), board, port, clock, disk=MemoryDisk())
        for name, port, clock in zip(("Ann", "Ben"), (4001, 4002), clocks, strict=True)
    )
    await ann.start()
    await ben.start()
    try:
        yield Apart(board, ann, ben, clocks)
    finally:
        await ann.stop()
        await ben.stop()


@pytest.mark.parametrize("ahead_s", APART)
def test_they_meet_and_talk_and_agree_on_the_order(ahead_s: float) -> None:
    async def scenario() -> None:
        async with apart(ahead_s) as they:
            await they.meet()
            spoken = [f"{engine.name} {number}" for number in range(5) for engine in (they.ann, they.ben, they.ben)]
            for text in spoken:
                await they.say(they.ann if text.startswith("Ann") else they.ben, text)
            by_ann, by_ben = await they.ann.history(they.ben), await they.ben.history(they.ann)
            assert [message.text for message in reversed(by_ann)] == spoken
            assert [message.message_id for message in by_ann] == [message.message_id for message in by_ben]
            assert {message.state for message in (*by_ann, *by_ben)} == {MessageState.DELIVERED}

    run(scenario())


@pytest.mark.parametrize("ahead_s", APART)
def test_what_waited_while_they_were_apart_comes_after_what_was_said_before(ahead_s: float) -> None:
    async def scenario() -> None:
        async with apart(ahead_s) as they:
            await they.meet()
            await they.say(they.ben, "before")
            they.board.cut()
            await they.say(they.ann, "while away, from Ann")
            await they.say(they.ben, "while away, from Ben")
            await they.ann.restart()
            await they.ben.restart()
            await they.connect()
            await they.say(they.ann, "after")
            texts = [message.text for message in reversed(await they.ann.history(they.ben))]
            assert texts == [message.text for message in reversed(await they.ben.history(they.ann))]
            assert (texts[0], texts[-1], len(texts)) == ("before", "after", 4)

    run(scenario())


@pytest.mark.parametrize("ahead_s", APART)
def test_the_doctor_says_it_on_both_sides(ahead_s: float) -> None:
    async def scenario() -> None:
        async with apart(ahead_s) as they:
            await they.meet()
            assert (await they.clock_finding(they.ann)).ok
            await they.say(they.ben, "what year is it?")
            await they.say(they.ann, "look at the calendar")
            for engine, other in ((they.ann, they.ben), (they.ben, they.ann)):
                finding = await they.clock_finding(engine)
                side = "ahead of" if other.now() > engine.now() else "behind"
                assert not finding.ok
                assert f"The clock of {other.name} is {abs(ahead_s) / YEAR_S:.0f} years {side}" in finding.detail
                assert "One of the two is wrong." in finding.detail

    run(scenario())


def test_a_clock_that_is_set_right_again_is_well_with_the_next_messages() -> None:
    async def scenario() -> None:
        async with apart(4 * YEAR_S) as they:
            await they.meet()
            await they.say(they.ben, "from the future")
            assert not (await they.clock_finding(they.ann)).ok
            they.clocks[1].now_s = they.clocks[0].now_s + 120
            await they.say(they.ben, "set it")
            assert (await they.clock_finding(they.ann)).ok
            texts = [message.text for message in reversed(await they.ann.history(they.ben))]
            assert texts == ["from the future", "set it"], "and the order still holds"

    run(scenario())


def test_only_an_invite_looks_expired_and_its_sentence_names_the_clock() -> None:
    async def scenario() -> None:
        async with apart(4 * YEAR_S) as they:
            invite = await they.ann.messenger.create_invite()
            with pytest.raises(KithError) as caught:
                await they.ben.messenger.add_contact(invite.link)
            assert caught.value.kind is ErrorKind.LINK_EXPIRED
            assert "clock" in caught.value.sentence

    run(scenario())


def test_an_invite_that_expired_by_the_inviters_clock_alone_is_told_and_the_doctor_names_the_clock() -> None:
    async def scenario() -> None:
        async with apart(0.0) as they:
            invite = await they.ann.messenger.create_invite()
            they.clocks[0].now_s += 30 * 86_400  # and the computer with the invite is behind by that
            await they.ben.messenger.add_contact(invite.link)
            await they.connect()
            row = await they.ben.contact(they.ann)
            assert row is not None
            assert row.problem is ContactProblem.LINK_EXPIRED
            (finding,) = [each for each in await they.ben.messenger.doctor() if each.check == "contact"]
            assert finding.advice is not None
            assert "clock" in finding.advice

    run(scenario())
