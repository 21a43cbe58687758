"""Every way to find peers: on the LAN by mDNS, across the internet by the DHT, through a contact of both.

The first two can be switched while Kith runs.
What is switched on late is told everything that was declared before.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

from crypto.primitives import Random
from crypto.rendezvous import OwnRendezvous
from net.discovery.contacts_between import Callbacks, ContactsBetween
from net.discovery.dht_settings import DhtSettings
from net.discovery.lan import LanDiscovery
from net.discovery.sightings import Found
from net.discovery.vicinity import Vicinity
from net.discovery.wan import WanDiscovery
from net.endpoint import Endpoint
from net.interfaces import IPAddress
from net.nat_kind import NatKind
from net.peer import Peer, PeerId
from net.supervisor import Supervisor


class Discovery:
    """``on_near`` hears of announcements on the LAN, ``on_far`` of records on the DHT, ``on_seen_as`` where the DHT's
    nodes see us come from (None: they are not asked any more), ``on_meeting`` who is to be dialled now since it has
    rung or was rung, ``on_signal`` what a peer without a link says to our paths, ``on_to_pass`` what others may bring
    to such a peer; all on the event loop.
    """

    def __init__(
        self,
        *,
        on_near: Callable[[Found], None],
        on_far: Callable[[Found], None],
        on_seen_as: Callable[[IPAddress | None], None],
        on_meeting: Callable[[PeerId], None],
        on_signal: Callable[[PeerId, bytes], None],
        on_to_pass: Callable[[PeerId, bytes], None],
        random: Random,
    ) -> None:
        self._on_near = on_near
        self._on_far = on_far
        self._on_seen_as = on_seen_as
        self._on_meeting = on_meeting
        self._on_signal = on_signal
        self._random = random
        self._loop = asyncio.get_running_loop()
        self._supervisor = Supervisor(self._loop)
        callbacks = Callbacks(
            on_found=on_far, on_meeting=self._met_through_contacts, on_signal=on_signal, on_to_pass=on_to_pass
        )
        self._between = ContactsBetween(callbacks, random=random)
        self._lan: LanDiscovery | None = None
        self._wan: WanDiscovery | None = None
        self._ending: set[LanDiscovery | WanDiscovery] = set()
        self._peers: dict[PeerId, Peer] = {}
        self._linked: set[PeerId] = set()
        self._own: Mapping[PeerId, OwnRendezvous] = {}
        self._vicinity = Vicinity()
        self._bound: tuple[Endpoint, ...] = ()
        self._told: tuple[Endpoint, ...] = ()
        self._nat = NatKind.UNKNOWN

    # --- Switches

    def seek_on_lan(self, *, wanted: bool) -> None:
        """Begin or cease to find peers on the LAN, and to be found by them."""
        if wanted == self.lan_wanted:
            return
        if self._lan is not None:
            self._end(self._lan)
            self._lan = None
            return
        self._lan = LanDiscovery(on_found=self._on_near, random=self._random)
        self._tell_all(self._lan)
        self._lan.move(self._vicinity)
        _ = self._supervisor.start("start of mDNS", self._lan.start())

    def seek_on_dht(self, settings: DhtSettings | None) -> None:
        """Begin to find peers on the DHT and to be found there; with None cease."""
        if self._wan is not None:
            self._end(self._wan)
            self._wan = None
            self._on_seen_as(None)
        if settings is None:
            return
        self._wan = WanDiscovery(
            on_found=self._on_far,
            on_seen_as=self._on_seen_as,
            on_meeting=self._on_meeting,
            on_signal=self._on_signal,
            random=self._random,
        )
        self._tell_all(self._wan)
        self._wan.set_own(self._own)
        self._wan.set_place(self._told, self._nat)
        speak_from = dict.fromkeys(replace(endpoint, port=0) for endpoint in self._bound)
        settings = replace(settings, listen=settings.listen or tuple(speak_from))
        _ = self._supervisor.start("start of the DHT", self._wan.start(settings))

    @property
    def lan_wanted(self) -> bool:
        """Whether peers on the LAN are to be found."""
        return self._lan is not None

    @property
    def lan_running(self) -> bool:
        """Whether mDNS speaks on at least one interface."""
        return self._lan is not None and self._lan.is_running

    @property
    def dht_wanted(self) -> bool:
        """Whether peers are to be found across the internet."""
        return self._wan is not None

    @property
    def dht_running(self) -> bool:
        """Whether the DHT takes calls; whether anybody answers, :meth:`dht_nodes` tells."""
        return self._wan is not None and self._wan.is_running

    def dht_nodes(self) -> tuple[Endpoint, ...]:
        """The DHT's nodes that are known now."""
        return () if self._wan is None else self._wan.nodes()

    # --- Facts

    def place(self, vicinity: Vicinity, bound: tuple[Endpoint, ...]) -> None:
        """Where we are and listen now, maybe after sleep; what was heard elsewhere, or not found, no longer counts."""
        self._vicinity, self._bound = vicinity, bound
        if self._lan is not None:
            self._lan.move(vicinity)
        if self._wan is not None:
            self._wan.restart()

    def tell(self, endpoints: tuple[Endpoint, ...], nat: NatKind) -> None:
        """What those who look for us far off are told: where we can be reached, the best first, and behind what."""
        self._told, self._nat = endpoints, nat
        self._between.set_place(endpoints, nat)
        if self._wan is not None:
            self._wan.set_place(endpoints, nat)

    def set_own(self, own: Mapping[PeerId, OwnRendezvous]) -> None:
        """Be found on the DHT by whoever holds the public half of one of these."""
        self._own = dict(own)
        if self._wan is not None:
            self._wan.set_own(self._own)

    def set_peer(self, peer: Peer) -> None:
        """Look out for the peer, and let it find us."""
        self._peers[peer.peer_id] = peer
        for each in self._all():
            each.set_peer(peer)

    def remove_peer(self, peer_id: PeerId) -> None:
        self._peers.pop(peer_id, None)
        self._linked.discard(peer_id)
        for each in self._all():
            each.remove_peer(peer_id)

    def set_linked(self, peer_id: PeerId, *, linked: bool) -> None:
        """Say whether there is a link to the peer."""
        (self._linked.add if linked else self._linked.discard)(peer_id)
        for each in self._all():
            each.set_linked(peer_id, linked=linked)

    def nudge(self, peer_id: PeerId) -> None:
        """There is reason to look for the peer now."""
        if self._wan is not None:
            self._wan.nudge(peer_id)
        self._between.nudge(peer_id)

    def send_signal(self, peer_id: PeerId, content: bytes) -> None:
        """Leave this for a peer without a link, where a ring makes it look, and have others bring it.

        Raises:
            LocalError: more than 512 bytes.
        """
        if self._wan is not None:
            self._wan.signalling.send(peer_id, content)
        self._between.send(peer_id, content)

    def take_passed(self, bringer: PeerId, value: bytes) -> None:
        """A contact brings this for us: a signal of one of those who have no link, or anything else."""
        self._between.take(bringer, value)

    def await_signal(self, peer_id: PeerId, until: float) -> None:
        """Look for what a peer without a link has left for us, until that moment of the loop's clock."""
        if self._wan is not None:
            self._wan.signalling.expect(peer_id, until)

    async def close(self) -> None:
        """Take back what was announced, and end."""
        self._between.close()
        await self._supervisor.close()
        for each in (*self._ending, *self._switched_on()):
            await each.close()
        self._lan = self._wan = None

    # --- Parts

    def _met_through_contacts(self, peer_id: PeerId) -> None:
        if self._wan is not None:
            self._wan.nudge(peer_id)
        self._on_meeting(peer_id)

    def _all(self) -> list[LanDiscovery | WanDiscovery | ContactsBetween]:
        return [self._between, *self._switched_on()]

    def _switched_on(self) -> list[LanDiscovery | WanDiscovery]:
        return [each for each in (self._lan, self._wan) if each is not None]

    def _tell_all(self, late: LanDiscovery | WanDiscovery) -> None:
        for peer in self._peers.values():
            late.set_peer(peer)
            late.set_linked(peer.peer_id, linked=peer.peer_id in self._linked)

    def _end(self, ended: LanDiscovery | WanDiscovery) -> None:
        async def end() -> None:
            await ended.close()
            self._ending.discard(ended)

        self._ending.add(ended)
        _ = self._supervisor.start("end of a discovery", end())
