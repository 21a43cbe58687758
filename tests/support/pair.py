"""Two engines in one process that can meet, with the switchboard between them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.contact import Contact
from app.domain.content import TextContent
from app.domain.events import Event, MessageStateChanged
from app.ports.records import StoredSession
from app.services.lane import Lane
from crypto.session import Session
from tests.support.disks import MemoryDisk
from tests.support.engine import Engine, introduce, settle
from tests.support.switchboard import Switchboard

NOW_S = 1_800_000_000.0


@dataclass
class HandClock:
    """A clock that a test moves."""

    now_s: float = NOW_S

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Pair:
    """Ann, who posts invites, and Ben, who joins them."""

    board: Switchboard
    ann: Engine
    ben: Engine
    clock: HandClock
    others: list[Engine] = field(default_factory=list)

    async def third(self, name: str = "Cid") -> Engine:
        """Somebody else, who knows nobody."""
        engine = Engine(name, Path(), self.board, 4003 + len(self.others), self.clock, disk=MemoryDisk())
        await engine.start()
        self.others.append(engine)
        return engine

    async def connect(self) -> None:
        """Make the links that both sides want, and wait until they have said everything."""
        self.board.connect()
        await self.settle()

    async def cut(self) -> None:
        self.board.cut()
        await self.settle()

    async def settle(self) -> None:
        await settle(self.ann, self.ben, *self.others)

    async def meet(self, **invite: Any) -> str:
        """Ann's invite, joined by Ben over a link; returns it as text."""
        link = await introduce(self.ann, self.ben, **invite)
        await self.connect()
        return link

    async def meet_twice(self) -> None:
        """Both join the other's invite at once, and have two sessions then."""
        await introduce(self.ann, self.ben)
        await introduce(self.ben, self.ann)
        for _ in range(2):
            await self.connect()

    async def texts(self, engine: Engine) -> list[str]:
        """What an engine's conversation with the other one says, oldest first."""
        other = self.ben if engine is self.ann else self.ann
        return [message.text for message in reversed(await engine.history(other))]


@asynccontextmanager
async def strangers(*, in_files: Path | None = None) -> AsyncIterator[Pair]:
    """Two engines that do not know each other, in memory unless there is a folder for their files."""
    board, clock = Switchboard(), HandClock()
    disks = (None, None) if in_files else (MemoryDisk(), MemoryDisk())
    folder = in_files or Path()
    ann, ben = (
        Engine(name, folder, board, port, clock, disk=disk)
        for name, port, disk in zip(("Ann", "Ben"), (4001, 4002), disks, strict=True)
    )
    await ann.start()
    await ben.start()
    pair = Pair(board, ann, ben, clock)
    try:
        yield pair
    finally:
        for engine in (ann, ben, *pair.others):
            await engine.stop()


@asynccontextmanager
async def friends(*, in_files: Path | None = None) -> AsyncIterator[Pair]:
    """Two engines that met, are online, and whose events begin now."""
    async with strangers(in_files=in_files) as pair:
        await pair.meet()
        pair.ann.events.clear()
        pair.ben.events.clear()
        yield pair


def known(engine: Engine, other: Engine) -> Contact:
    """What an engine's book says about another."""
    return engine.messenger._book.contact(other.id)


def sessions_of(engine: Engine, other: Engine) -> list[StoredSession]:
    """All that an engine has with another, retired ones included."""
    return engine.messenger._book.sessions[known(engine, other).number]


def live_transcripts(engine: Engine) -> list[bytes]:
    """Of the sessions with an engine's first contact, those that may be written on."""
    return [stored.session.transcript for stored in engine.messenger._book.sessions[1] if not stored.retired]


def session_of(engine: Engine, other: Engine) -> Session:
    """The one that an engine writes on to another."""
    stored = engine.messenger._outbox._sessions.sending(known(engine, other).number)
    assert stored is not None
    return stored.session


def encoded_text(words: str, *, clock: int = 1) -> bytes:
    """The content of a text, as a contact sends it."""
    return TextContent(clock, 1_800_000_000.0, words).encode()


async def say(
    engine: Engine, other: Engine, content_type: int, content: bytes, message_id: bytes | None = None
) -> bytes:
    """Send any payload in an engine's session with another, as a newer or a hostile one might; its envelope."""
    unit = engine.opened.begin()
    outbox = engine.messenger._outbox
    contact = known(engine, other)
    stored = outbox._sessions.sending(contact.number)
    assert stored is not None
    transcript = stored.session.transcript
    outgoing = outbox.queue(contact, content_type, content, unit, message_id=message_id, transcript=transcript)
    await engine.opened.commit(unit)
    outbox.committed(outgoing)
    assert outgoing.envelope is not None
    return outgoing.envelope


def states(engine: Engine) -> list[str]:
    """The states of its messages that an engine has told, in order."""
    return [event.state.word for event in engine.events if isinstance(event, MessageStateChanged)]


def of_type(engine: Engine, *kinds: type[Event]) -> list[Any]:
    """The events of these kinds that an engine has told."""
    return [event for event in engine.events if isinstance(event, kinds)]


def lane_of(engine: Engine, other: Engine) -> Lane:
    return engine.messenger._outbox._lane(known(engine, other).number)


async def send(pair: Pair, *texts: str) -> None:
    """Ann writes to Ben."""
    for text in texts:
        await pair.ann.messenger.send_text(pair.ben.id, text)


def numbered(count: int) -> list[str]:
    return [f"text {number}" for number in range(count)]
