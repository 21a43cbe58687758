"""Finds peers through contacts of both: :mod:`~net.discovery.passing` and :mod:`~net.discovery.wishes` on one event
loop.  Which contacts are asked, and how it gets to them, our owner decides.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from crypto.primitives import Random
from net.discovery.passing import Passed, Passing
from net.discovery.sightings import Found
from net.endpoint import Endpoint
from net.nat_kind import NatKind
from net.peer import Peer, PeerId

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Who is told of what comes and goes; every call comes on the event loop."""

    on_found: Callable[[Found], None]
    """The peer says that it can be reached there."""
    on_meeting: Callable[[PeerId], None]
    """The peer rang, or answers our ring: it is to be dialled."""
    on_signal: Callable[[PeerId, bytes], None]
    """The peer says this to our paths."""
    on_to_pass: Callable[[PeerId, bytes], None]
    """Others may bring this to the peer."""


class ContactsBetween:
    """What all peers without a link and we tell each other in this way."""

    def __init__(self, callbacks: Callbacks, *, random: Random) -> None:
        self._callbacks = callbacks
        self._loop = asyncio.get_running_loop()
        self._passing = Passing(random=random, clock=time.time, now=self._loop.time())
        self._peers: dict[PeerId, Peer] = {}
        self._linked: set[PeerId] = set()
        self._endpoints: tuple[Endpoint, ...] = ()
        self._nat = NatKind.UNKNOWN
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False

    def set_place(self, endpoints: tuple[Endpoint, ...], nat: NatKind) -> None:
        """We can be reached there, and behind what."""
        self._endpoints, self._nat = endpoints, nat

    def set_peer(self, peer: Peer) -> None:
        self._peers[peer.peer_id] = peer

    def remove_peer(self, peer_id: PeerId) -> None:
        self._peers.pop(peer_id, None)
        self._linked.discard(peer_id)
        self._passing.forget(peer_id)
        self._arm()

    def set_linked(self, peer_id: PeerId, *, linked: bool) -> None:
        """Say whether there is a link to the peer."""
        (self._linked.add if linked else self._linked.discard)(peer_id)
        if linked:
            self._passing.linked(peer_id)
            self._passing.wishes.somebody_came(self._loop.time())
        self._arm()

    def nudge(self, peer_id: PeerId) -> None:
        """Something waits for the peer: have it rung, as soon as somebody is there who may do that."""
        now, is_anybody_there = self._loop.time(), bool(self._linked)
        if peer_id not in self._linked and self._passing.wishes.wish(peer_id, now, is_anybody_there=is_anybody_there):
            self.send(peer_id, b"")
        self._arm()

    def send(self, peer_id: PeerId, content: bytes) -> None:
        """Have this brought to a peer without a link, if anybody is there.

        Raises:
            LocalError: more than 512 bytes.
        """
        peer = self._peers.get(peer_id)
        if peer is not None and self._linked:
            value = self._passing.seal(peer, content, self._endpoints, self._nat)
            if value is not None:
                self._callbacks.on_to_pass(peer_id, value)

    def take(self, bringer: PeerId, value: bytes) -> None:
        """A contact brings this: a signal of one of those who have no link, or anything else."""
        self._passing.bring(bringer, value, self._loop.time())
        self._perform()

    def close(self) -> None:
        """Say and hear nothing any more."""
        self._is_closed = True
        self._arm()

    def _perform(self) -> None:
        """Have those rung whose ring is due, if anybody is there, and heed what was brought and has its turn."""
        if self._is_closed:
            return
        now = self._loop.time()
        for peer_id in self._passing.wishes.handle_timer(now) if self._linked else ():
            self.send(peer_id, b"")
        missing = [peer for peer_id, peer in self._peers.items() if peer_id not in self._linked]
        for passed in self._passing.take(missing, now):
            if passed is None:
                log.info("what was brought is no news of anybody who is missing")
            else:
                self._heed(passed)
        self._arm()

    def _heed(self, passed: Passed) -> None:
        if passed.signal.endpoints:
            self._callbacks.on_found(Found(passed.peer, passed.signal.endpoints, passed.signal.nat))
        if passed.is_meeting:
            self._callbacks.on_meeting(passed.peer)
        if passed.signal.content:
            self._callbacks.on_signal(passed.peer, passed.signal.content)

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        now = self._loop.time()
        moments = self._passing.wake_at(now), self._passing.wishes.wake_at(now) if self._linked else None
        due = [moment for moment in moments if moment is not None and not self._is_closed]
        self._timer = self._loop.call_at(min(due), self._perform) if due else None
