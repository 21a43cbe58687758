"""How two who have no link call each other on the DHT: wires our doorbells (:mod:`~net.discovery.doorbell`,
:mod:`~net.discovery.rings`), our own rings (:mod:`~net.discovery.calls`) and :mod:`~net.discovery.signals` together, on
one event loop.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crypto.errors import RemoteError
from crypto.primitives import Random
from crypto.rendezvous import OwnRendezvous
from crypto.signal import ring_hints
from net.discovery.calls import Call, Calls
from net.discovery.doorbell import Doorbell, Poll
from net.discovery.rings import Rings
from net.discovery.sightings import Found
from net.discovery.signals import Meeting, Signals
from net.endpoint import Endpoint
from net.limits import MEETING_S, RING_SIGNAL_S
from net.nat_kind import NatKind
from net.peer import LinkKind, Peer, PeerId

if TYPE_CHECKING:
    from net.discovery.dht import Dht

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Who is told of what comes; every call comes on the event loop."""

    on_ring: Callable[[PeerId], None]
    """The peer wants us to look for it and to dial it, now."""
    on_call: Callable[[PeerId], None]
    """We have just rung the peer: now it is going to dial us, and we may dial it."""
    on_found: Callable[[Found], None]
    """The peer says in a signal that it can be reached there."""
    on_signal: Callable[[PeerId, bytes], None]
    """The peer says this to our paths."""


class Signalling:
    """Rings and signals of all peers."""

    def __init__(self, callbacks: Callbacks, *, random: Random, clock: Callable[[], float] = time.time) -> None:
        self._callbacks = callbacks
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._peers: dict[PeerId, Peer] = {}
        self._linked: set[PeerId] = set()
        self._own: Mapping[PeerId, OwnRendezvous] = {}
        self._doorbell = Doorbell(random)
        self._rings = Rings(self._peers, self._loop.time())
        self._calls = Calls(random, self._loop.time())
        self._signals = Signals(random=random, clock=clock)
        self._bells: dict[bytes, Poll] = {}
        """Doorbells of ours that were asked for, the longest unasked first."""
        self._rung: dict[PeerId, tuple[int, float]] = {}
        """In which epoch, and when, we rang last."""
        self._timer: asyncio.TimerHandle | None = None
        self._dht: Dht | None = None

    # --- What is to be done

    def start(self, dht: "Dht") -> None:
        """Somebody in the DHT has answered."""
        self._dht = dht
        self._doorbell.start(self._loop.time())
        self._arm()

    def close(self) -> None:
        """Ask and say nothing any more."""
        self._dht = None
        self._arm()

    def set_own(self, own: Mapping[PeerId, OwnRendezvous]) -> None:
        """Listen at the doorbells of these."""
        self._own = own
        self._bells.clear()
        self._doorbell.set_owners(own, self._loop.time())
        self._arm()

    def set_place(self, endpoints: tuple[Endpoint, ...], nat: NatKind) -> None:
        """We can be reached there, and behind what."""
        self._signals.set_place(endpoints, nat)
        now = self._loop.time()
        for peer_id, (_, rung_at) in self._rung.items():
            peer = self._peers[peer_id]
            is_listening = now < rung_at + RING_SIGNAL_S and peer_id not in self._linked
            if self._dht is not None and is_listening and is_invite_of(peer):
                self._signals.say_where(self._dht, peer, now)

    def set_peer(self, peer: Peer) -> None:
        """Heed this peer's rings, and ring it if it is wanted."""
        is_new = peer.peer_id not in self._peers
        self._peers[peer.peer_id] = peer
        self._rings.changed()
        if not peer.wanted:
            self._calls.cancel(peer.peer_id)
        elif is_new and is_invite_of(peer):
            self._calls.invited(peer.peer_id, self._loop.time())
            self._arm()

    def remove_peer(self, peer_id: PeerId) -> None:
        self._peers.pop(peer_id, None)
        self._linked.discard(peer_id)
        self._rung.pop(peer_id, None)
        self._rings.changed()
        self._rings.forget(peer_id)
        self._calls.forget(peer_id)
        self._signals.forget(peer_id)

    def set_linked(self, peer_id: PeerId, *, linked: bool) -> None:
        """Say whether there is a link to the peer."""
        if linked:
            self._linked.add(peer_id)
            self._calls.cancel(peer_id)
            self._signals.dismiss(peer_id)
        elif peer_id in self._linked:
            self._linked.discard(peer_id)
            self.nudge(peer_id)

    def restart(self) -> None:
        """We were asleep, or are somewhere else: there is reason to ring everybody who is found."""
        self._calls.renew_all()
        self._doorbell.attend(self._loop.time())
        self._arm()

    def nudge(self, peer_id: PeerId) -> None:
        """There is reason to ring the peer, and to expect that it rings."""
        self._calls.renew(peer_id)
        self._doorbell.attend(self._loop.time())
        self._arm()

    def found(self, peer_id: PeerId, epoch: int) -> None:
        """The peer's record of this epoch was found: if it cannot be reached there, it hears us ring."""
        peer = self._peers.get(peer_id)
        if peer is not None and peer.keys and peer.wanted and peer_id not in self._linked:
            now = self._loop.time()
            self._signals.found(peer_id, Meeting(peer.keys[0], epoch), now)
            rung_in, rung_at = self._rung.get(peer_id, (epoch, now))
            if rung_in != epoch and now < rung_at + MEETING_S:  # it has another clock, and listens elsewhere
                self._calls.ring(peer_id, now)
            else:
                self._calls.found(peer_id, now)
            self._arm()

    def ring(self, peer_id: PeerId) -> None:
        """Ring the peer now, wherever it listens by our clock if we have not found it."""
        if peer_id in self._peers and peer_id not in self._linked:
            self._calls.ring(peer_id, self._loop.time())
            self._arm()

    def send(self, peer_id: PeerId, content: bytes) -> None:
        """Leave a signal for the peer; a ring makes it look.

        Raises:
            LocalError: more than 512 bytes.
        """
        peer = self._peers.get(peer_id)
        if self._dht is not None and peer is not None and peer.keys:
            self._signals.say(self._dht, peer, content, self._loop.time())

    def expect(self, peer_id: PeerId, until: float) -> None:
        """Look for the peer's signals until that moment of the loop's clock."""
        if peer_id in self._peers:
            self._signals.expect(peer_id, until, self._loop.time())
            self._arm()

    # --- What the DHT says

    def callers(self, bell: bytes, callers: tuple[Endpoint, ...]) -> None:
        """A node says that these have announced themselves there."""
        asked = self._bells.get(bell)
        if asked is None:
            return
        now = self._loop.time()
        for rung in self._rings.hear(bell, asked.owner, callers, now, linked=self._linked):
            log.info("somebody rings")
            self._doorbell.attend(now)
            self._signals.rung(rung.peer, Meeting(rung.key, asked.epoch), now)
            self._callbacks.on_ring(rung.peer)
        self._arm()

    def item(self, key: bytes, value: bytes) -> None:
        """A copy of an item: perhaps a signal."""
        try:
            taken = self._signals.take(key, value, self._loop.time())
        except RemoteError as error:
            log.info("a signal is ignored: %s", type(error))
            return
        if taken is None:
            return
        peer_id, signal = taken
        if signal.endpoints:
            self._callbacks.on_found(Found(peer_id, signal.endpoints, signal.nat))
        if signal.content:
            self._callbacks.on_signal(peer_id, signal.content)

    # --- Carrying out

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._dht is None:
            return
        now = self._loop.time()
        moments = (self._doorbell.wake_at(), self._calls.wake_at(now), self._signals.wake_at())
        wake_at = min((moment for moment in moments if moment is not None), default=None)
        self._timer = None if wake_at is None else self._loop.call_at(wake_at, self._wake)

    def _wake(self) -> None:
        if self._dht is None:
            return
        now = self._loop.time()
        for poll in self._doorbell.handle_timer(now, self._clock()):
            self._ask(self._dht, poll)
        for call in self._calls.handle_timer(now):
            self._call(self._dht, call)
        for peer_id in self._signals.handle_timer(now):
            peer = self._peers.get(peer_id)
            if peer is not None and peer.keys:
                self._signals.look(self._dht, peer, now)
        self._arm()

    def _ask(self, dht: "Dht", poll: Poll) -> None:
        bell = self._own[poll.owner].shared.bell(poll.epoch)
        self._bells.pop(bell, None)
        self._bells[bell] = poll
        while len(self._bells) > 2 * len(self._own):
            del self._bells[next(iter(self._bells))]
        dht.ask_callers(bell)

    def _call(self, dht: "Dht", call: Call) -> None:
        peer = self._peers.get(call.peer)
        if peer is None or peer.rendezvous is None or not peer.keys:
            return
        now = self._loop.time()
        if is_invite_of(peer):  # its poster has no record of ours to look for
            self._signals.say_where(dht, peer, now)
        epoch = self._signals.meeting(peer, now).epoch
        self._rung[call.peer] = epoch, now
        bell = peer.rendezvous.bell(epoch)
        dht.announce(bell, ring_hints(peer.keys[0].secret, bell)[call.number])
        self._callbacks.on_call(call.peer)


def is_invite_of(peer: Peer) -> bool:
    """Whether all that we have of the peer is an invite that it posted."""
    return peer.wanted and bool(peer.keys) and peer.keys[0].kind is LinkKind.INVITE
