"""Two people who write to each other while links break, disks fill up, computers crash and months go by.

The network loses, repeats, reorders, corrupts and replays envelopes.  Whatever happens, a text that was answered
arrives exactly once, one that was refused nowhere, both sides list the same messages in the same order, both end with
the same keys, no key seals twice under one nonce, and in one life of an engine nothing is notified twice and no state
goes down.

``KITH_SLOW=1`` runs more and longer histories, and the same ones on real files.
"""

import os
import random  # noqa: TID251 - a schedule is reproduced from its seed
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import StorageError
from app.domain.events import Event, MessageStateChanged
from app.domain.message import Message, MessageState
from app.services import sent_ledger
from crypto.primitives import xchacha_seal
from crypto.ratchet import double_ratchet, header
from tests.support.aio import run
from tests.support.copies import copy_of
from tests.support.disks import Disk, SqlDisk
from tests.support.engine import Engine, Faults, settle
from tests.support.histories import (
    MAX_TURNS,
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
from tests.support.mischief import HostilePath, Mischief
from tests.support.pair import HandClock, session_of
from tests.support.switchboard import Switchboard

IS_SLOW = os.environ.get("KITH_SLOW") == "1"
RECONNECTS = 3


@pytest.fixture(autouse=True)
def sent_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_ledger, "SENT_DELAY_S", 0)


@pytest.fixture(autouse=True)
def no_key_seals_twice_under_one_nonce(monkeypatch: pytest.MonkeyPatch) -> None:
    """All engines of a test seal through here, bodies and headers."""
    used: set[tuple[bytes, bytes]] = set()

    def seal(key: bytes, nonce: bytes, plaintext: bytes, associated_data: bytes) -> bytes:
        assert (key, nonce) not in used
        used.add((key, nonce))
        return xchacha_seal(key, nonce, plaintext, associated_data)

    for module in (double_ratchet, header):
        monkeypatch.setattr(module, "xchacha_seal", seal)


# --- What happens


@dataclass(frozen=True)
class Send:
    side: int
    texts: int


@dataclass(frozen=True)
class Read:
    side: int


@dataclass(frozen=True)
class Rename:
    side: int
    name: str


class Network(Enum):
    SETTLE = auto()
    CONNECT = auto()
    CUT = auto()


@dataclass(frozen=True)
class Narrow:
    """The links of one side take so many envelopes; none: as many as there are."""

    side: int
    room: int | None


@dataclass(frozen=True)
class Disturb:
    """What happens to the next envelopes to one side."""

    side: int
    plan: tuple[Mischief, ...]


@dataclass(frozen=True)
class Wait:
    hours: int


@dataclass(frozen=True)
class Keep:
    """One side makes a copy of its profile, as it is on the disk."""

    side: int


@dataclass(frozen=True)
class Restore:
    """One side goes on with the copy that it made last."""

    side: int


class Beginning(Enum):
    FRIENDS = auto()
    ONE_INVITES = auto()
    BOTH_INVITE = auto()


Happening = Send | Read | Rename | Network | Narrow | Strike | Restart | Disturb | Wait | Keep | Restore

happenings = (
    st.builds(Send, sides, st.integers(1, 5))
    | st.builds(Send, sides, st.just(1))
    | st.builds(Read, sides)
    | st.builds(Rename, sides, st.sampled_from(["Ann", "Ben", "Cid"]))
    | st.sampled_from(Network)
    | st.sampled_from([Network.CONNECT, Network.CUT])
    | st.builds(Narrow, sides, st.none() | st.integers(0, 3))
    | strikes(latest=6)
    | st.builds(Restart, sides)
    | st.builds(Disturb, sides, st.lists(st.sampled_from(Mischief), min_size=1, max_size=6).map(tuple))
    | st.builds(Wait, st.sampled_from([2, 30, 15 * 24, 70 * 24]))
)


restorations = st.builds(Keep, sides) | st.builds(Restore, sides)


def lost_for_long(side: int, hours: int) -> list[Happening]:
    """A text does not arrive, and its key is gone, or nearly, before it comes again."""
    return [Disturb(side, (Mischief.LOSE,)), Send(1 - side, 2), Network.SETTLE, Wait(hours), Send(1 - side, 1)]


@st.composite
def histories(draw: st.DrawFn, *, longest: int, copies: bool = False) -> list[Happening]:
    parts = st.lists(
        (happenings | restorations if copies else happenings).map(lambda happening: [happening])
        | st.builds(lost_for_long, sides, st.sampled_from([13 * 24, 15 * 24, 61 * 24])),
        min_size=5,
        max_size=longest,
    )
    return [happening for part in draw(parts) for happening in part]


# --- To whom it happens


@dataclass(kw_only=True)
class Writer(Person):
    """A person who writes, reads and has a name, behind a path that is hostile."""

    path: HostilePath
    copy: Tables | None = None

    async def start(self) -> None:
        await super().start()
        self.engine.node._on_event = self.path.through(self.engine.node._on_event)

    def keep(self) -> None:
        self.copy = copy_of(self.engine)

    async def restore(self) -> None:
        if self.copy is not None:
            await self.restart(self.copy)

    async def rename(self, name: str) -> None:
        with suppress(StorageError):
            await self.engine.messenger.rename_account(name)

    async def upkeep(self) -> None:
        with suppress(StorageError):
            await self.engine.messenger._upkeep.once()

    async def read(self, other: Person) -> None:
        with suppress(StorageError):
            for message in await self.engine.messenger.messages(other.engine.id, limit=1):
                await self.engine.messenger.mark_read(other.engine.id, message.message_id)


class Story:
    """Two people, from their first contact to the day when everything works again."""

    def __init__(self, folder: Path | None, *, seed: int, beginning: Beginning) -> None:
        self._dice = dice = random.Random(seed)
        self._clock = HandClock()
        self._board = Switchboard(tells_of_silence=True)
        self._beginning = beginning
        self._people = [
            Writer(
                Engine(name, Path(), self._board, port, self._clock, disk=disk_of(folder, name, dice)),
                path=HostilePath(dice.randrange),
            )
            for port, name in ((4001, "Ann"), (4002, "Ben"))
        ]
        self._sent = 0

    async def tell(self, history: list[Happening]) -> None:
        """Live through it, until everything works again."""
        ann, ben = self._people
        await self._live(history)
        await self._talk()
        for person, other in ((ann, ben), (ben, ann)):
            await self._check(person, other)
        self._check_keys(ann, ben)
        for person in self._people:
            await person.engine.stop()

    async def tell_of_copies(self, history: list[Happening]) -> None:
        """The same with a profile that is put back: what it has lost is lost, but nothing comes twice."""
        ann, ben = self._people
        await self._live(history)
        for person, other in ((ann, ben), (ben, ann)):
            if await person.engine.contact(other.engine) is not None:
                check_shown_once(await self._rows(person, other))
            for life in person.lives:
                self._check_life(life)
        for person in self._people:
            await person.engine.stop()

    async def _live(self, history: list[Happening]) -> None:
        ann, ben = self._people
        for person in self._people:
            await person.start()
        for host, guest in ((ann, ben), (ben, ann))[: 1 + (self._beginning is Beginning.BOTH_INVITE)]:
            invite = await host.engine.messenger.create_invite()
            await guest.engine.messenger.add_contact(invite.link)
        if self._beginning is Beginning.FRIENDS:
            self._board.connect()
            await self._settle()
        for happening in history:
            await self._happen(happening)
        await self._everything_works_again()

    async def _happen(self, happening: Happening) -> None:
        match happening:
            case Send() | Read() | Rename():
                await self._call(happening)
            case Restart(side):
                await self._people[side].restart()
            case Keep(side):
                self._people[side].keep()
            case Restore(side):
                await self._people[side].restore()
            case _:
                await self._befall(happening)
        await turn(self._dice)

    async def _befall(self, happening: Happening) -> None:
        """What nobody does."""
        match happening:
            case Narrow(side, room):
                self._people[side].engine.node.make_room(room)
            case Strike(side, fault, commit):
                self._people[side].engine.store.arm(Faults(**{fault: commit}))
            case Disturb(side, plan):
                self._people[side].path.plan(plan)
            case Wait(hours):
                await self._wait(hours)
            case Network.SETTLE:
                await self._settle()
            case Network.CONNECT:
                self._board.connect()
            case Network.CUT:
                self._board.cut()
            case _:
                raise AssertionError(happening)

    async def _wait(self, hours: int) -> None:
        """Time passes, and whoever runs does what is done once an hour.  An invite must not expire: that is told."""
        ann, ben = (person.engine for person in self._people)
        if ann.crashed or ben.crashed or not (await ann.is_established(ben) and await ben.is_established(ann)):
            return
        self._clock.now_s += hours * 3600
        for person in self._people:
            person.call(person.upkeep())

    async def _call(self, call: Send | Read | Rename) -> None:
        """What a front-end does, which nothing waits for."""
        person, other = self._people[call.side], self._people[1 - call.side]
        if person.engine.crashed or await person.engine.contact(other.engine) is None:
            return
        match call:
            case Send(texts=texts):
                for _ in range(texts):
                    self._sent += 1
                    person.call(person.send(other, f"text {self._sent}"))
                    await turn(self._dice, MAX_TURNS // 4)
            case Read():
                person.call(person.read(other))
            case Rename(name=name):
                person.call(person.rename(name))

    async def _everything_works_again(self) -> None:
        for person in self._people:
            person.engine.store.disarm()
            person.engine.node.make_room()
            person.path.behave()
        await self._settle()
        for person in self._people:
            if person.engine.crashed:
                await person.restart()
        for _ in range(RECONNECTS):
            self._board.connect()
            await self._settle()
            self._board.cut()
            await self._settle()
        self._board.connect()
        await self._settle()
        await self._agree_to_resets()

    async def _agree_to_resets(self) -> None:
        """Two who were apart for months before their first contact was whole may have no session in common."""
        for person, other in zip(self._people, reversed(self._people), strict=True):
            if await person.engine.contact(other.engine) is not None:
                await person.engine.messenger.accept_reset(other.engine.id)
        await self._settle()

    async def _talk(self) -> None:
        """Each hears the other on whatever session that writes on: from then on it is the same for both."""
        for side in (0, 1) * 2:
            await self._call(Send(side, 1))
            await self._settle()
        if self._beginning is Beginning.BOTH_INVITE:  # of two names that come late on two sessions the last one counts
            for side, name in enumerate(("Ann", "Ben")):
                await self._call(Rename(side, name))
                await self._settle()

    async def _settle(self) -> None:
        await settle(*(person.engine for person in self._people))

    # --- What must hold

    async def _check(self, person: Writer, other: Writer) -> None:
        rows, theirs = await self._rows(person, other), await self._rows(other, person)
        assert [(row.message_id, row.text) for row in rows] == [(row.message_id, row.text) for row in theirs]
        check_shown_once(rows)
        mine = {row.text: row.state for row in rows if row.mine}
        assert person.answered <= mine.keys()
        assert not person.refused & mine.keys()
        assert set(mine.values()) <= {MessageState.DELIVERED, MessageState.READ}
        assert {row.text for row in theirs if not row.mine} == mine.keys()
        contact = await person.engine.contact(other.engine)
        assert contact is not None
        assert contact.unread == sum(not row.mine and row.state is not MessageState.READ for row in rows)
        assert contact.name == other.engine.messenger.account_info().name
        for life in person.lives:
            self._check_life(life)

    def _check_keys(self, ann: Writer, ben: Writer) -> None:
        """Both write on the same session, in the same epoch, and either can dial the other."""
        ours, theirs = (session_of(person.engine, other.engine) for person, other in ((ann, ben), (ben, ann)))
        assert ours.transcript == theirs.transcript
        assert ours.ratchet.kem.applied == theirs.ratchet.kem.applied
        for one, other in ((ours, theirs), (theirs, ours)):
            assert any(one.pair.matches(pair) for pair in other.pairs)

    def _check_life(self, life: list[Event]) -> None:
        check_told_once(life)
        told: dict[str, list[MessageState]] = {}
        for event in life:
            if isinstance(event, MessageStateChanged):
                told.setdefault(event.message, []).append(event.state)
        for states in told.values():
            assert states == sorted(set(states))

    async def _rows(self, person: Writer, other: Writer) -> list[Message]:
        return await person.engine.messenger.messages(other.engine.id, limit=1_000)


def disk_of(folder: Path | None, name: str, dice: random.Random) -> Disk:
    if folder is not None:
        return SqlDisk(folder / f"{name}.db")
    return memory_disk(dice)


@pytest.mark.thorough
@pytest.mark.expect_log
@given(
    history=histories(longest=80 if IS_SLOW else 30),
    seed=st.integers(0, 2**32),
    beginning=st.sampled_from(Beginning),
)
@settings(
    PATIENT,
    max_examples=10_000 if IS_SLOW else 200,
)
def test_what_was_answered_arrives_once_and_in_order(
    history: list[Happening], seed: int, *, beginning: Beginning
) -> None:
    run(Story(None, seed=seed, beginning=beginning).tell(history))


@pytest.mark.thorough
@pytest.mark.expect_log
@given(history=histories(longest=40), beginning=st.sampled_from(Beginning))
@settings(
    PATIENT,
    max_examples=300 if IS_SLOW else 5,
)
def test_the_same_holds_on_real_files(history: list[Happening], *, beginning: Beginning) -> None:
    with TemporaryDirectory() as folder:
        run(Story(Path(folder), seed=0, beginning=beginning).tell(history))


@pytest.mark.thorough
@pytest.mark.expect_log
@given(
    history=histories(longest=80 if IS_SLOW else 30, copies=True),
    seed=st.integers(0, 2**32),
    beginning=st.sampled_from(Beginning),
)
@settings(
    PATIENT,
    max_examples=10_000 if IS_SLOW else 100,
)
def test_a_profile_put_back_from_a_copy_shows_nothing_twice_and_repeats_no_nonce(
    history: list[Happening], seed: int, *, beginning: Beginning
) -> None:
    run(Story(None, seed=seed, beginning=beginning).tell_of_copies(history))
