"""Finds peers on the LAN: wires what is announced (:mod:`~net.discovery.beacon`), what is heard
(:mod:`~net.discovery.sightings`) and mDNS together, on one event loop.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from crypto.primitives import Random
from net.discovery.announcement import announce, lan_key
from net.discovery.beacon import Beacon
from net.discovery.presence import Presence, Service
from net.discovery.sightings import Found, Sightings
from net.discovery.vicinity import Vicinity
from net.errors import RemoteError
from net.peer import Peer, PeerId

if TYPE_CHECKING:
    from net.discovery.mdns import Mdns

log = logging.getLogger(__name__)


class LanDiscovery:
    """``on_found`` is called on the event loop, also from within :meth:`set_peer`."""

    def __init__(self, *, on_found: Callable[[Found], None], random: Random) -> None:
        self._on_found = on_found
        self._random = random
        self._loop = asyncio.get_running_loop()
        self._beacon = Beacon(random)
        self._sightings = Sightings(self._loop.time())
        self._vicinity = Vicinity()
        self._moves = 0
        self._service: Service | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._mdns: Mdns | None = None
        self._closed = False

    async def start(self) -> None:
        """Begin to speak and listen."""
        mdns = await asyncio.to_thread(_load)
        if self._closed:
            return
        self._mdns = mdns(self, self._random)
        self._tell()

    @property
    def is_running(self) -> bool:
        """Whether mDNS speaks on at least one interface."""
        return self._mdns is not None and self._mdns.is_running

    def set_peer(self, peer: Peer) -> None:
        """Look out for the peer, and let it find us, under all its link keys."""
        keys = tuple(lan_key(key.secret).reveal() for key in peer.keys)
        self._beacon.set_peer(peer.peer_id, keys, self._loop.time())
        self._arm()
        found = self._sightings.set_peer(peer.peer_id, keys)
        if found is not None:
            self._on_found(found)

    def remove_peer(self, peer_id: PeerId) -> None:
        self._beacon.remove_peer(peer_id, self._loop.time())
        self._sightings.remove_peer(peer_id)
        self._arm()

    def set_linked(self, peer_id: PeerId, *, linked: bool) -> None:
        """Say whether there is a link to the peer."""
        self._beacon.set_linked(peer_id, self._loop.time(), linked=linked)
        self._arm()

    def move(self, vicinity: Vicinity) -> None:
        """Our addresses are these now, or we may have slept: begin anew."""
        self._vicinity = vicinity
        self._moves += 1
        self._service = None  # its hints are bound to addresses that may not be ours any more
        self._sightings.clear()
        self._beacon.restart(self._loop.time())
        self._tell()
        self._arm()

    async def close(self) -> None:
        """Take back the announcement, and end; may be called again."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._mdns is not None:
            await self._mdns.close()

    # --- mdns.Listener

    def heard(self, name: str, text: bytes) -> None:
        try:
            found = self._sightings.hear(name, text, self._loop.time())
        except RemoteError as error:
            log.debug("an announcement is ignored: %s", error)
            return
        for each in found:
            self._on_found(each)

    def gone(self, name: str) -> None:
        self._sightings.forget(name)

    # --- Carrying out

    def _announce(self, keys: tuple[bytes, ...]) -> None:
        endpoints = self._vicinity.endpoints
        text = announce(keys, endpoints, self._random) if keys and endpoints else None
        self._service = None if text is None else Service(text, endpoints)
        self._tell()

    def _tell(self) -> None:
        if self._mdns is not None:
            self._mdns.want(Presence(speakers=self._vicinity.speakers, move=self._moves, service=self._service))

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        wake_at = self._beacon.wake_at()
        self._timer = None if wake_at is None else self._loop.call_at(wake_at, self._ring)

    def _ring(self) -> None:
        keys = self._beacon.handle_timer(self._loop.time(), crowd=self._sightings.crowd)
        if keys is not None:
            self._announce(keys)
        self._arm()


def _load() -> "type[Mdns]":
    """Not at the start of the process: zeroconf takes 0.1 s to import."""
    from net.discovery.mdns import Mdns  # noqa: PLC0415 - see above

    return Mdns
