"""Where this process listens and can be reached, and when that changes.

What is known of it comes from the machine (:mod:`net.address_watch`), from peers, from servers and nodes of the DHT
(:mod:`net.surveyor`) and from the router (:mod:`net.open_port`); :mod:`net.own_addresses` judges it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

from crypto.primitives import Random
from net import interfaces
from net.address_watch import AddressWatch
from net.dialling import OwnEndpoints
from net.discovery.vicinity import Vicinity
from net.endpoint import Endpoint
from net.errors import LocalError
from net.events import LinkId
from net.interfaces import IPAddress, IPInterface
from net.listeners import Listeners
from net.mapping import PortMapping
from net.nat_kind import NatKind
from net.observation import Observation, ObserverKind
from net.open_port import OpenPort
from net.own_addresses import AddressFacts, OwnAddresses
from net.peer import PeerId
from net.server import ServerAddress
from net.supervisor import Supervisor
from net.surveyor import Surveyor
from net.transport.stream import StreamOwner

log = logging.getLogger(__name__)


class Whereabouts:
    """``stranger`` is asked for the owner of each connection that comes in, ``nodes`` for the known nodes of the DHT.

    All on the event loop: ``on_left`` hears the machine's addresses when it is, or may be, somewhere else, so that
    whatever left from others is over; ``on_place`` that we are somewhere else or listen elsewhere; ``on_learnt`` that
    more is known of where we are; ``on_news`` that contacts are to be told.
    """

    def __init__(
        self,
        *,
        stranger: Callable[[], StreamOwner],
        nodes: Callable[[], tuple[Endpoint, ...]],
        on_left: Callable[[frozenset[IPAddress]], None],
        on_place: Callable[[], None],
        on_learnt: Callable[[], None],
        on_news: Callable[[], None],
        random: Random,
    ) -> None:
        self._on_left = on_left
        self._on_place = on_place
        self._on_learnt = on_learnt
        self._on_news = on_news
        self._loop = asyncio.get_running_loop()
        self._supervisor = Supervisor(self._loop)
        self._listeners = Listeners(stranger)
        self._own_addresses = OwnAddresses()
        self._open_port = OpenPort(on_change=self._port_changed)
        self._surveyor = Surveyor(
            self._own_addresses,
            nodes=nodes,
            shared_port=self._listeners.shared_port,
            on_change=self._learn,
            random=random,
        )
        self._machine: Sequence[IPInterface] = ()
        self._told: tuple[Endpoint, ...] = ()
        self.stays_near = False
        """Whether we keep to this computer's own networks."""

    # --- What is known

    def bound(self) -> tuple[Endpoint, ...]:
        """Every listener as bound: wildcards as such, ports as they are."""
        return self._listeners.lasting()

    def local(self) -> tuple[Endpoint, ...]:
        """What others may be told: this machine's addresses for a wildcard, loopback if nothing else is bound."""
        return interfaces.reachable_endpoints(self.bound(), interfaces.machine_addresses())

    def hosts(self) -> tuple[IPAddress, ...]:
        """The addresses among them."""
        return tuple(dict.fromkeys(endpoint.address for endpoint in self.local()))

    def lasting(self) -> tuple[Endpoint, ...]:
        """Where we can be found again later: what is published, but for a port that we punch from for a while."""
        lasting = self._listeners.lasting()
        passing = {endpoint.port for endpoint in self._listeners.all() if endpoint not in lasting}
        return tuple(endpoint for endpoint in self.published() if endpoint.port not in passing)

    def published(self) -> tuple[Endpoint, ...]:
        """Where we can be reached at the moment, our router's address included, the best first."""
        return self._own_addresses.published(self._loop.time())

    def external_endpoints(self) -> tuple[Endpoint, ...]:
        """What is published of our own or our router's address."""
        return self._own_addresses.external_endpoints(self._loop.time())

    @property
    def nat(self) -> NatKind:
        """What stands between this computer and the internet, as far as others have told."""
        return self._own_addresses.nat(self._loop.time())

    def facts(self) -> AddressFacts:
        """What is known of our own addresses, and by whom."""
        return self._own_addresses.facts(self._loop.time())

    def vicinity(self) -> Vicinity:
        """The networks that we are in and listen to."""
        return Vicinity.of(self.bound(), self._machine)

    def own(self) -> OwnEndpoints:
        """What dialling has to know of us."""
        bound = self._listeners.all()
        here = interfaces.own_endpoints(bound, [interface.ip for interface in self._machine])
        return OwnEndpoints(
            endpoints=here | frozenset(self.published()),
            listens_on_loopback=any(endpoint.address.is_loopback for endpoint in bound),
            networks=Vicinity.of(bound, self._machine).networks,
            shared_versions=self._listeners.shared_versions(),
            is_symmetric=self.nat is NatKind.SYMMETRIC,
            stays_near=self.stays_near,
        )

    def shared_ports(self, version: int) -> tuple[Endpoint, ...]:
        """Where dials of this IP version leave from that are to get through NATs, the port that stays last."""
        return self._listeners.shared_ports(version)

    # --- Where we listen

    async def listen(self, endpoints: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
        """Listen there as well; an address family that this machine lacks is left out.  Returns what is bound.

        Raises:
            LocalError: one of them cannot be bound, or none exists.
        """
        bound = await self._listeners.listen(endpoints)
        self._place(interfaces.machine_interfaces(), moved=False)
        return bound

    def cease(self) -> None:
        """Listen nowhere any more."""
        self._listeners.close()

    def take_port(self) -> None:
        """Have another port to punch from, soon."""
        _ = self._supervisor.start("move of the port", self._take_port())

    async def _take_port(self) -> None:
        try:
            await self._listeners.take_port()
        except LocalError as error:
            log.info("no port to punch from: %s", type(error))
            return
        self._own_addresses.listen(self._open_endpoints())
        self._learn()

    def _open_endpoints(self) -> tuple[Endpoint, ...]:
        return interfaces.reachable_endpoints(self._listeners.all(), interfaces.machine_addresses())

    # --- Whom we ask

    def watch_machine(self) -> None:
        """From now on notice when this machine moves or wakes up."""
        _ = self._supervisor.start("address watch", AddressWatch(self.move).run())

    def use_stun(self, servers: Sequence[ServerAddress]) -> None:
        """Ask these servers where we come from, while nobody else has told enough; none: ask no server."""
        self._surveyor.use(servers)

    @property
    def has_stun_servers(self) -> bool:
        return self._surveyor.has_servers

    def map_port(self, *, wanted: bool) -> None:
        """Begin or cease to ask the router for a port that leads to us (UPnP, NAT-PMP)."""
        self._open_port.switch(on=wanted)

    @property
    def port_mapping(self) -> PortMapping:
        """What came of asking the router."""
        return self._open_port.mapping

    # --- What others tell

    def observed(self, link: LinkId, observation: Observation, *, by_contact: bool) -> None:
        """Whoever is at the other end of a link says where it sees us."""
        self._own_addresses.observed(link, observation, by_contact=by_contact)
        self._learn()
        if observation.seen.address not in self._seen_at():
            log.debug("somebody sees us where nobody else does yet")

    def _seen_at(self) -> set[IPAddress]:
        """Our addresses, as far as we believe what others say."""
        here = {endpoint.address for endpoint in self.local()}
        return here.union(self._own_addresses.external(self._loop.time()))

    def adopted(self, link: LinkId, peer_id: PeerId) -> None:
        """And that is a contact."""
        self._own_addresses.adopted(link, peer_id)
        self._learn()

    def link_down(self, link: LinkId) -> None:
        """Nobody is there any more."""
        self._own_addresses.link_down(link, self._loop.time())

    def doubt(self) -> None:
        """Links to afar break: perhaps our router has another address."""
        self._surveyor.doubt()

    def voted(self, address: IPAddress | None) -> None:
        """The DHT's nodes see us come from there; None: they are not asked any more."""
        if address is None:
            self._own_addresses.ceased(ObserverKind.DHT)
            self._learn()
        else:  # a few of them say so, or even one: a reason to ask many
            self._surveyor.nudge()

    def _port_changed(self) -> None:
        mapping = self._open_port.mapping
        log.info("port mapping: %s", mapping.state)
        self._own_addresses.opened(mapping.external_port)
        self._learn()

    # --- What has changed

    def move(self, machine: Sequence[IPInterface]) -> None:
        """The machine's addresses changed, or it was asleep."""
        self._on_left(frozenset(interface.ip for interface in machine))
        self._place(machine, moved=True)
        self._on_news()

    def _place(self, machine: Sequence[IPInterface], *, moved: bool) -> None:
        """These are the machine's addresses."""
        self._machine = machine
        self._on_place()
        local = self._open_endpoints()
        if moved:
            self._own_addresses.moved(local)
        self._own_addresses.listen(local)
        self._open_port.place(self.bound(), self.local(), moved=moved)
        self._surveyor.place(self.bound(), moved=moved)
        self._tell()

    def _learn(self) -> None:
        """Something is known of our own addresses that was not before."""
        before = self._told
        self._tell()
        if self._told != before:
            log.info("contacts are told of %d places; the router is %s", len(self._told), self.nat.name)
            self._on_news()

    def _tell(self) -> None:
        self._told = self.lasting()
        self._on_learnt()

    async def close(self) -> None:
        """Ask nobody any more, and have the router close what it opened."""
        self.cease()
        await self._supervisor.close()
        await self._surveyor.close()
        await self._open_port.close()
