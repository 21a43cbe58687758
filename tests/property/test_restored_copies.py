"""Two people who write to each other while profiles are put back from old copies and from snapshots without sessions.

Links break, disks fill up and computers crash meanwhile, also around the commits of resets.  Whatever happens, no text
is shown twice, nobody is told of a copy or of a second device that there is none of, and once the network works and
both have agreed, both write on the same one session, and what was written since the last restore arrives.

``KITH_SLOW=1`` runs more and longer histories.
"""

import os
import random  # noqa: TID251 - a schedule is reproduced from its seed
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.contact import ContactNotice, ContactProblem
from app.domain.errors import StorageError
from app.domain.events import ContactChanged
from app.domain.message import MessageState
from app.services import sent_ledger
from tests.support.aio import run
from tests.support.copies import copy_of, pass_a_day, without_sessions
from tests.support.engine import Engine, Faults, introduce, settle
from tests.support.histories import (
    PATIENT,
    Person,
    Restart,
    Strike,
    check_shown_once,
    check_told_once,
    memory_disk,
    sides,
    strikes,
    turn,
)
from tests.support.memory_store import Tables
from tests.support.pair import HandClock
from tests.support.switchboard import Switchboard

IS_SLOW = os.environ.get("KITH_SLOW") == "1"

YEAR_S = 365 * 86_400
"""An invite that leads nowhere any more says so for the whole of a history."""

RECOVERY_DAYS = 4
"""In which everything heals: a reset a day and side, and one for what a crash has left of another."""


@pytest.fixture(autouse=True)
def sent_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_ledger, "SENT_DELAY_S", 0)


# --- What happens


@dataclass(frozen=True)
class Send:
    side: int


class Network(Enum):
    SETTLE = auto()
    CONNECT = auto()
    COLLIDE = auto()
    CUT = auto()
    DAY = auto()


@dataclass(frozen=True)
class Copy:
    side: int


@dataclass(frozen=True)
class PutBack:
    """Start one side on its last copy."""

    side: int
    whole: bool
    """With its sessions, as a copy of the folder has it; else as a snapshot."""


@dataclass(frozen=True)
class Agree:
    side: int


Happening = Send | Network | Strike | Restart | Copy | PutBack | Agree

happenings = (
    st.builds(Send, sides)
    | st.sampled_from(Network)
    | st.sampled_from([Network.SETTLE, Network.CONNECT, Network.COLLIDE])
    | strikes(latest=4)
    | st.builds(Restart, sides)
    | st.builds(Copy, sides)
    | st.builds(PutBack, sides, st.booleans())
    | st.builds(Agree, sides)
)


# --- To whom it happens


@dataclass
class Owner(Person):
    """A person who keeps copies of the profile; what ``answered`` says begins anew with each restore of either."""

    copy: Tables = field(default_factory=Tables)
    was_put_back: bool = False
    was_whole: bool = False

    async def agree(self, other: Person) -> None:
        with suppress(StorageError):
            await self.engine.messenger.accept_reset(other.engine.id)

    def notices(self) -> set[ContactNotice]:
        told = (event.notice for life in self.lives for event in life if isinstance(event, ContactChanged))
        return {notice for notice in told if notice}


class Story:
    """Two people from their first contact to the day when everything works again."""

    def __init__(self, seed: int) -> None:
        self._dice = dice = random.Random(seed)
        self._board, self._clock = Switchboard(), HandClock()
        self._people = [
            Owner(Engine(name, Path(), self._board, port, self._clock, disk=memory_disk(dice)))
            for port, name in ((4001, "Ann"), (4002, "Ben"))
        ]
        self._sent = 0

    async def tell(self, history: list[Happening], *, copied_early: bool) -> None:
        """With a copy of the joiner's that is from before their first contact, or after it."""
        _, joiner = self._people
        for person in self._people:
            await person.start()
        await introduce(*(person.engine for person in self._people), expires_in_s=YEAR_S)
        early = copy_of(joiner.engine)
        self._board.connect()
        await self._settle()
        for person in self._people:
            person.copy = copy_of(person.engine)
        if copied_early:
            joiner.copy = early
        for happening in history:
            await self._happen(happening)
            await turn(self._dice)
        await self._everything_works_again()
        await self._check()
        for person in self._people:
            await person.engine.stop()

    async def _happen(self, happening: Happening) -> None:
        match happening:
            case Send(side) | Agree(side):
                self._call(happening, self._people[side], self._people[1 - side])
            case Strike(side, fault, commit):
                self._people[side].engine.store.arm(Faults(**{fault: commit}))
            case Restart(side):
                await self._people[side].restart()
            case Copy(side):
                self._people[side].copy = copy_of(self._people[side].engine)
            case PutBack(side, whole):
                await self._put_back(self._people[side], whole=whole)
            case Network():
                await self._change(happening)

    async def _change(self, network: Network) -> None:
        match network:
            case Network.SETTLE:
                await self._settle()
            case Network.CONNECT:
                self._board.connect()
            case Network.COLLIDE:
                self._board.collide()
            case Network.CUT:
                self._board.cut()
            case Network.DAY:
                pass_a_day(self._clock)

    def _call(self, happening: Send | Agree, person: Owner, other: Owner) -> None:
        """What a front-end does, which nothing waits for."""
        if person.engine.crashed:
            return
        if isinstance(happening, Agree):
            person.call(person.agree(other))
        else:
            self._sent += 1
            person.call(person.send(other, f"text {self._sent}"))

    async def _put_back(self, person: Owner, *, whole: bool) -> None:
        person.was_put_back = True
        person.was_whole = person.was_whole or whole
        await person.restart(person.copy if whole else without_sessions(person.copy))
        for one in self._people:
            one.answered.clear()

    async def _everything_works_again(self) -> None:
        for person in self._people:
            person.engine.store.disarm()
        await self._settle()
        for person in self._people:
            if person.engine.crashed:
                await person.restart()
        for _ in range(RECOVERY_DAYS):
            pass_a_day(self._clock)
            for _ in range(4):  # three first flights in vain, and one under the key of a reset
                self._board.collide()
                await self._settle()
            for person, other in self._pairs():
                await person.engine.messenger._upkeep.once()
                await self._settle()
                await person.agree(other)
            await self._settle()
            self._board.cut()
            await self._settle()
        self._board.connect()
        await self._settle()

    async def _settle(self) -> None:
        await settle(*(person.engine for person in self._people))

    def _pairs(self) -> list[tuple[Owner, Owner]]:
        return [(self._people[0], self._people[1]), (self._people[1], self._people[0])]

    # --- What must hold

    async def _check(self) -> None:
        sending = {self._sending(person) for person in self._people}
        assert len(sending) == 1
        for person, other in self._pairs():
            row = await person.engine.contact(other.engine)
            assert row is not None
            assert row.problem is ContactProblem.NONE
            await person.send(other, f"last of {person.engine.name}")
        await self._settle()
        for person, other in self._pairs():
            await self._check_texts(person, other)
            self._check_told(person, other)

    def _sending(self, person: Owner) -> bytes:
        stored = person.engine.messenger._outbox._sessions.sending(1)
        assert stored is not None
        return stored.session.transcript

    async def _check_texts(self, person: Owner, other: Owner) -> None:
        rows = await person.engine.history(other.engine)
        check_shown_once(rows)
        mine = {row.text: row.state for row in rows if row.mine}
        assert person.answered <= mine.keys()
        assert set(mine.values()) <= {MessageState.DELIVERED}
        theirs = {row.text for row in await other.engine.history(person.engine) if not row.mine}
        assert person.answered <= theirs

    def _check_told(self, person: Owner, other: Owner) -> None:
        for life in person.lives:
            check_told_once(life)
        allowed = {ContactNotice.ROLLED_BACK} if person.was_whole else set()
        allowed |= {ContactNotice.TWO_DEVICES} if other.was_whole else set()
        assert person.notices() <= allowed


@pytest.mark.thorough
@pytest.mark.expect_log
@given(
    history=st.lists(happenings, min_size=5, max_size=60 if IS_SLOW else 25),
    seed=st.integers(0, 2**32),
    copied_early=st.booleans(),
)
@settings(
    PATIENT,
    max_examples=2_000 if IS_SLOW else 60,
)
def test_profiles_put_back_heal_and_nobody_is_taken_for_two(
    history: list[Happening], seed: int, *, copied_early: bool
) -> None:
    run(Story(seed).tell(history, copied_early=copied_early))
