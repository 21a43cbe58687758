"""Runs one :class:`~net.paths.Paths` on a clock, and carries out what it wants done: no decisions of its own.

Paths ──┬─ Dial, StopDial ───────────────► Attempts
        ├─ MovePort ─────────────────────► Whereabouts
        ├─ CloseLink, Nominate, Confirm ─► LinkTable
        └─ Online, Offline ──────────────► the engine
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from net.dialling import DialId
from net.events import LinkId, NetEvent, PeerOffline, PeerOnline
from net.link.frames import FrameType
from net.link_table import LinkTable
from net.path_effects import CloseLink, Dial, Effect, MovePort, Offline, Online, StopDial
from net.paths import Paths
from net.peer import PeerId
from net.survivor import Confirm, Nominate


class Dialler(Protocol):
    """Whoever makes the attempts."""

    def start(self, dial: Dial) -> None: ...
    def stop(self, dial: DialId) -> None: ...


class PathsDriver:
    """``take_port`` gets another port to punch from; ``on_event`` hears who comes online and goes offline."""

    def __init__(
        self,
        paths: Paths,
        table: LinkTable,
        *,
        dialler: Dialler,
        take_port: Callable[[], None],
        on_event: Callable[[NetEvent], None],
    ) -> None:
        self._paths = paths
        self._table = table
        self._dialler = dialler
        self._take_port = take_port
        self._on_event = on_event
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False

    def perform(self, effects: Iterable[Effect] = ()) -> None:
        """Do what Paths wants done, and wake it when it wants to be woken."""
        for effect in effects:
            match effect:
                case Dial() | StopDial() | MovePort():
                    self._attempt(effect)
                case CloseLink(link=link, reason=reason):
                    self._table.close(link, reason)
                case Nominate(link=link):
                    self._table.send(link, FrameType.NOMINATE)
                case Confirm(link=link):
                    self._table.send(link, FrameType.CONFIRM)
                case Online(peer=peer_id, link=link):
                    self._come_online(peer_id, link)
                case Offline(peer=peer_id):
                    self._on_event(PeerOffline(peer_id))
        self._arm()

    def close(self) -> None:
        """Wake nobody any more."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()

    def _attempt(self, effect: Dial | StopDial | MovePort) -> None:
        match effect:
            case Dial():
                self._dialler.start(effect)
            case StopDial(dial=dial):
                self._dialler.stop(dial)
            case MovePort():
                self._take_port()

    def _come_online(self, peer_id: PeerId, link: LinkId) -> None:
        driver = self._table.get(link)
        if driver is None:  # gone since; its end brings the next news
            return
        self._table.expect_if_asked(link)
        self._on_event(PeerOnline(peer_id, link, self._paths.path_of_link(link), driver.rtt_s))

    # --- Time

    def _arm(self) -> None:
        wake_at = self._paths.wake_at()
        if self._is_closed or wake_at is None:
            return
        if self._timer is None or wake_at < self._timer.when():
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(wake_at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self.perform(self._paths.handle_timer(self._loop.time()))
