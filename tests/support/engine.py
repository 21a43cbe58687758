"""A whole engine in a test: the real store and services over a switchboard, which can crash at any commit."""

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.account import Account
from app.domain.contact import ContactState, ContactSummary
from app.domain.events import Event
from app.domain.identifiers import ContactId
from app.domain.message import Message
from app.ports.store import Store, UnitOfWork
from app.services.messenger import Messenger
from app.services.overrides import NO_OVERRIDES, Overrides
from crypto.discovery_key import DiscoveryKey
from crypto.identity import Identity
from net.peer import PeerId
from tests.support.disks import Disk, SlowStore, SqlDisk, spoil
from tests.support.fake_safe import FakeSafe
from tests.support.switchboard import Switchboard

LOOKS_TO_SETTLE = 5
"""Quiet looks in a row before an engine counts as idle: what a thread or a callback has just posted is not seen yet."""

NAP_S = 0.002
"""Between looks at an engine whose store has threads."""


@dataclass
class Faults:
    """What goes wrong at which commit, counted from 1 for each engine's life, or since the store was armed."""

    crash_before: int | None = None
    crash_after: int | None = None
    fail: int | None = None


class FaultyStore:
    """A store that lets its engine die at a chosen commit, or finds the disk full."""

    def __init__(self, store: Store, disk: Disk, faults: Faults, on_crash: Callable[[], None]) -> None:
        self._store = store
        self._disk = disk
        self._faults = faults
        self._on_crash = on_crash
        self.commits = 0
        self.pending = 0
        """Commits and reads under way."""
        self.struck = False
        """The fault has happened."""
        self._crashed = False

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._store, name)
        if not inspect.iscoroutinefunction(attribute):
            return attribute

        async def counted(*arguments: Any, **keywords: Any) -> Any:
            self.pending += 1
            try:
                await self._disk.pause()
                result = await attribute(*arguments, **keywords)
                await self._disk.pause()
                return result
            finally:
                self.pending -= 1

        return counted

    def arm(self, faults: Faults) -> None:
        """Let this go wrong, counted from now."""
        self._faults, self.commits, self.struck = faults, 0, False

    def disarm(self) -> None:
        """Nothing goes wrong from here on."""
        self._faults = Faults()

    def commit(self, unit: UnitOfWork) -> "asyncio.Future[None]":
        self.commits += 1
        outcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._crashed:
            return outcome
        faults = self._faults
        self.struck = self.struck or self.commits in {faults.crash_before, faults.crash_after, faults.fail}
        if self.commits == faults.crash_before:
            self._crash()
            return outcome
        if self.commits == faults.fail:
            spoil(unit)
        self.pending += 1
        crashes = self.commits == faults.crash_after
        done = self._store.commit(unit)
        assert isinstance(done, asyncio.Future)
        done.add_done_callback(lambda done: self._settle(done, outcome, crashes=crashes))
        return outcome

    def _settle(self, done: "asyncio.Future[None]", outcome: "asyncio.Future[None]", *, crashes: bool) -> None:
        self.pending -= 1
        error = done.exception()
        if crashes:
            self._crash()
        elif not self._crashed and not outcome.done():
            if error is None:
                outcome.set_result(None)
            else:
                outcome.set_exception(error)

    def _crash(self) -> None:
        self._crashed = True
        self._on_crash()


@dataclass(eq=False)
class Engine:
    """One account that can be started, crashed and started again on the same disk: a file, unless one is given."""

    name: str
    folder: Path
    board: Switchboard
    port: int
    now: Callable[[], float] = lambda: 1_800_000_000.0
    events: list[Event] = field(default_factory=list)
    crashed: bool = False
    disk: Disk | None = None
    overrides: Overrides = NO_OVERRIDES
    """What the command line decides."""
    safe: FakeSafe = field(default_factory=FakeSafe)

    def __post_init__(self) -> None:
        self.disk = self.disk or SqlDisk(self.folder / f"{self.name}.db")
        self.account = Account(self.name, Identity.generate(), DiscoveryKey.generate(), self.now())

    @property
    def id(self) -> ContactId:
        return ContactId(self.account.identity.public.account_id)

    @property
    def peer_id(self) -> PeerId:
        """The name under which the networks of others know it."""
        return PeerId(self.account.identity.public.fingerprint)

    async def start(self, faults: Faults | None = None) -> None:
        """Open the disk and begin to work."""
        assert self.disk is not None
        self.crashed = False
        self.opened = await self.disk.open()
        self.store = FaultyStore(self.opened, self.disk, faults or Faults(), self._crash)
        self.node = self.board.node(self._handle, self.port)
        self.messenger = Messenger(
            self.account,
            store=self.store,
            network=self.node,
            clock=self.now,
            safe=self.safe,
            overrides=self.overrides,
        )
        self.messenger._recovery._pause_s = 0  # a test does not wait for its next failure
        if await self.opened.account() is None:
            unit = self.opened.begin()
            unit.put_account(self.account)
            await self.opened.commit(unit)
        self.messenger.subscribe(self.events.append)
        await self.messenger.start()

    async def stop(self) -> None:
        """End, cleanly or after a crash."""
        if not self.crashed:
            self.node.detach()
        await self.messenger.close()
        await self.opened.close()

    async def restart(self, faults: Faults | None = None) -> None:
        await self.stop()
        await self.start(faults)

    async def contact(self, other: "Engine") -> ContactSummary | None:
        found = [row for row in await self.messenger.contacts() if row.contact == other.id]
        return found[0] if found else None

    async def is_established(self, other: "Engine") -> bool:
        row = await self.contact(other)
        return row is not None and row.state is ContactState.ESTABLISHED

    async def history(self, other: "Engine") -> list[Message]:
        return await self.messenger.messages(other.id, limit=1000)

    async def waiting(self) -> int:
        """How many payloads were not acknowledged."""
        count, _ = await self.opened.outgoing_counts()
        return count

    def idle(self) -> bool:
        """Nothing is under way: no read, no commit, no event, no task but the intake."""
        waiting = self.store.pending or self.messenger._intake._events or len(self.messenger._tasks._tasks) > 1
        return self.crashed or not waiting

    def _handle(self, event: Any) -> None:
        self.messenger.handle(event)

    def _crash(self) -> None:
        """The process is dead from here on: nothing more is sent, told or written."""
        if self.node.detached:
            return
        self.crashed = True
        self.node.detach()
        self.messenger._tasks.abandon()
        if isinstance(self.opened, SlowStore):
            self.opened.crash()


async def settle(*engines: Engine) -> None:
    """Wait until nothing moves any more between the engines."""
    quiet, frames = 0, -1
    nap_s = NAP_S if any(isinstance(engine.disk, SqlDisk) for engine in engines) else 0
    while quiet < LOOKS_TO_SETTLE:
        await asyncio.sleep(nap_s)
        board = engines[0].board
        quiet = quiet + 1 if frames == board.frames and all(engine.idle() for engine in engines) else 0
        frames = board.frames


async def introduce(inviter: Engine, joiner: Engine, **invite: Any) -> str:
    """An invite of one, added by the other; the link."""
    summary = await inviter.messenger.create_invite(**invite)
    await joiner.messenger.add_contact(summary.link)
    return summary.link
