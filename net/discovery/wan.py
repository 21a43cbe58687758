"""Finds peers across the internet: wires what to put (:mod:`~net.discovery.publication`), whom to look for
(:mod:`~net.discovery.inquiries`), who calls whom (:mod:`~net.discovery.signalling`) and the DHT together, on one event
loop.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

from crypto.errors import RemoteError
from crypto.primitives import Random
from crypto.rendezvous import OwnRendezvous
from net.discovery.dht_settings import DhtSettings
from net.discovery.inquiries import Get, Inquiries
from net.discovery.publication import Publication, Put
from net.discovery.record import Record
from net.discovery.sightings import Found
from net.discovery.signalling import Callbacks, Signalling, is_invite_of
from net.endpoint import Endpoint
from net.limits import MIN_RESTART_INTERVAL_S
from net.nat_kind import NatKind
from net.peer import Peer, PeerId

if TYPE_CHECKING:
    from net.discovery.dht import Dht

log = logging.getLogger(__name__)


class WanDiscovery:
    """``on_found`` is called on the event loop, and ``on_seen_as`` with the address that nodes see us come from;
    ``on_meeting`` when a peer has rung or was rung, so that both are to dial now; ``on_signal`` with what it says.
    """

    def __init__(
        self,
        *,
        on_found: Callable[[Found], None],
        on_seen_as: Callable[[IPv4Address | IPv6Address], None],
        on_meeting: Callable[[PeerId], None],
        on_signal: Callable[[PeerId, bytes], None],
        random: Random,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._on_found = on_found
        self._on_seen_as = on_seen_as
        self._on_meeting = on_meeting
        self._random = random
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._publication = Publication(random)
        self._inquiries = Inquiries(random, self._loop.time())
        callbacks = Callbacks(on_ring=self._rung, on_call=on_meeting, on_found=on_found, on_signal=on_signal)
        self._signalling = Signalling(callbacks, random=random, clock=clock)
        self._own: Mapping[PeerId, OwnRendezvous] = {}
        self._peers: dict[PeerId, Peer] = {}
        self._linked: set[PeerId] = set()
        self._endpoints: tuple[Endpoint, ...] = ()
        self._nat = NatKind.UNKNOWN
        self._asked: dict[bytes, tuple[PeerId, int]] = {}
        """By item key: whose item of which epoch was asked for."""
        self._put: dict[bytes, PeerId] = {}
        """By item key: which owner's item was put."""
        self._restarted_at_unix_s = float("-inf")
        self._timer: asyncio.TimerHandle | None = None
        self._dht: Dht | None = None
        self._closed = False

    async def start(self, settings: DhtSettings) -> None:
        """Begin to take part in the DHT."""
        dht = await asyncio.to_thread(_load)
        if not self._closed:  # switched off before it had begun
            self._dht = dht(settings, self)

    @property
    def is_running(self) -> bool:
        """Whether this computer takes part in the DHT."""
        return self._dht is not None and self._dht.is_running

    def nodes(self) -> tuple[Endpoint, ...]:
        """The DHT's nodes that we know, to start from the next time."""
        return () if self._dht is None else self._dht.nodes()

    def set_own(self, own: Mapping[PeerId, OwnRendezvous]) -> None:
        """Keep a record for each of these, so that whoever holds its public half finds us."""
        now = self._loop.time()
        renewed = [
            owner for owner in own if owner in self._own and not own[owner].shared.matches(self._own[owner].shared)
        ]
        self._own = dict(own)
        self._publication.set_owners(own, now)
        for owner in renewed:
            self._publication.renew(owner, now)
        self._signalling.set_own(self._own)
        self._arm()

    def set_place(self, endpoints: tuple[Endpoint, ...], nat: NatKind) -> None:
        """We can be reached there, the best first, and behind what."""
        if (endpoints, nat) != (self._endpoints, self._nat):
            self._endpoints, self._nat = endpoints, nat
            self._signalling.set_place(endpoints, nat)
            is_far = any(endpoint.address.is_global for endpoint in endpoints)
            self._publication.moved(self._loop.time(), has_place=bool(endpoints), is_far=is_far)
            self._arm()

    def set_peer(self, peer: Peer) -> None:
        """Look for the peer, if it is wanted and can be found."""
        now = self._loop.time()
        self._signalling.set_peer(peer)
        known, self._peers[peer.peer_id] = self._peers.get(peer.peer_id), peer
        is_wanted = peer.wanted and peer.rendezvous is not None
        is_changed = known is None or known.rendezvous is None or not known.rendezvous.matches(peer.rendezvous)
        if is_changed or not is_wanted:
            self._inquiries.forget(peer.peer_id)
        if is_wanted:
            linked = peer.peer_id in self._linked
            self._inquiries.want(peer.peer_id, now, linked=linked, invited=is_invite_of(peer))
        self._arm()

    def remove_peer(self, peer_id: PeerId) -> None:
        self._peers.pop(peer_id, None)
        self._linked.discard(peer_id)
        self._asked = {key: asked for key, asked in self._asked.items() if asked[0] != peer_id}
        self._inquiries.forget(peer_id)
        self._signalling.remove_peer(peer_id)
        self._arm()

    def set_linked(self, peer_id: PeerId, *, linked: bool) -> None:
        """Say whether there is a link to the peer."""
        (self._linked.add if linked else self._linked.discard)(peer_id)
        self._inquiries.set_linked(peer_id, self._loop.time(), linked=linked)
        self._signalling.set_linked(peer_id, linked=linked)
        self._arm()

    def restart(self) -> None:
        """We were asleep, or are somewhere else: be found, and look for everybody, as if we had just come.

        The loop's clock stands still during sleep, so whatever waits by it would come hours late.
        """
        unix_s = self._clock()
        if 0.0 <= unix_s - self._restarted_at_unix_s < MIN_RESTART_INTERVAL_S:
            return
        self._restarted_at_unix_s = unix_s
        now = self._loop.time()
        if self._dht is not None:
            self._dht.start_over()
        self._publication.restart(now)
        self._inquiries.restart(now)
        self._signalling.restart()
        self._arm()

    def nudge(self, peer_id: PeerId) -> None:
        """There is reason to look for the peer now."""
        self._inquiries.nudge(peer_id, self._loop.time())
        self._signalling.nudge(peer_id)
        self._arm()

    @property
    def signalling(self) -> Signalling:
        """To ring peers and to tell them something."""
        return self._signalling

    async def close(self) -> None:
        """Leave the DHT; what was put stays there for two hours at most."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._signalling.close()
        dht, self._dht = self._dht, None
        if dht is not None:
            await dht.close()

    # --- dht.Listener

    def entered(self) -> None:
        now = self._loop.time()
        self._publication.start(now)
        self._inquiries.start(now)
        assert self._dht is not None, "it is the DHT that calls"
        self._signalling.start(self._dht)
        self._arm()

    def item(self, key: bytes, value: bytes) -> None:
        if key not in self._asked:
            self._signalling.item(key, value)
            return
        peer_id, epoch = self._asked[key]
        peer = self._peers.get(peer_id)
        if peer is None or peer.rendezvous is None:
            return
        try:
            record = Record.decode(peer.rendezvous.open(epoch, value))
        except RemoteError as error:
            log.info("a record is ignored: %s", type(error))
            self.absent(key)
            return
        if not self._inquiries.found(peer_id, epoch, record):
            return
        if record.endpoints:
            self._on_found(Found(peer_id, record.endpoints, record.nat, record.time))
        self._signalling.found(peer_id, epoch)

    def absent(self, key: bytes) -> None:
        if key in self._asked:
            peer_id, epoch = self._asked.pop(key)
            self._inquiries.absent(peer_id, epoch, self._loop.time())
            self._arm()

    def stored(self, key: bytes, copies: int) -> None:
        owner = self._put.pop(key, None)
        if owner is not None:
            log.debug("a record was taken by %d nodes", copies)
            self._publication.stored(owner, copies, self._loop.time())
            self._arm()

    def callers(self, infohash: bytes, callers: tuple[Endpoint, ...]) -> None:
        self._signalling.callers(infohash, callers)

    def seen_as(self, address: IPv4Address | IPv6Address) -> None:
        self._on_seen_as(address)

    # --- Carrying out

    def _rung(self, peer_id: PeerId) -> None:
        self._inquiries.rung(peer_id, self._loop.time())
        self._on_meeting(peer_id)
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        now = self._loop.time()
        moments = (self._publication.wake_at(), self._inquiries.wake_at(now))
        wake_at = min((moment for moment in moments if moment is not None), default=None)
        self._timer = None if wake_at is None else self._loop.call_at(wake_at, self._ring)

    def _ring(self) -> None:
        now, unix_s = self._loop.time(), self._clock()
        for put in self._publication.handle_timer(now, unix_s):
            self._carry_out_put(put, unix_s)
        for get in self._inquiries.handle_timer(now, unix_s):
            self._carry_out_get(get)
        self._arm()

    def _carry_out_put(self, put: Put, unix_s: float) -> None:
        if self._dht is not None:
            own = self._own[put.owner]
            key = own.shared.item_key(put.epoch)
            content = Record(int(unix_s), self._endpoints, self._nat).encode()
            self._put[key] = put.owner
            self._dht.put(own.signing_key(put.epoch), key, own.shared.seal(put.epoch, content, random=self._random))

    def _carry_out_get(self, get: Get) -> None:
        rendezvous = self._peers[get.peer].rendezvous
        if self._dht is not None and rendezvous is not None:
            key = rendezvous.item_key(get.epoch)
            self._forget_asked(get.peer, before=get.epoch - 2)
            self._asked[key] = get.peer, get.epoch
            self._dht.get(key)

    def _forget_asked(self, peer_id: PeerId, *, before: int) -> None:
        old = [key for key, (peer, epoch) in self._asked.items() if peer == peer_id and epoch < before]
        for key in old:
            del self._asked[key]


def _load() -> "type[Dht]":
    """Not at the start of the process: only who takes part pays for the import."""
    from net.discovery.dht import Dht  # noqa: PLC0415 - see above

    return Dht
