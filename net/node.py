"""The network's facade: peers in, events out; what is decided elsewhere is carried out here, on one event loop.

Decisions live in the sans-IO machines: :mod:`net.paths` (whom to dial, which link survives), :mod:`net.link.machine`
(one connection), :mod:`net.gate` (strangers), :mod:`net.keyring` (whose key).  This shell reads the clock, opens
sockets and moves values between them.  Not thread-safe: it is called from its event loop.
"""

import asyncio
import itertools
import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from crypto.primitives import Random
from crypto.rendezvous import OwnRendezvous
from net import interfaces
from net.address_watch import AddressWatch
from net.attempts import Attempts
from net.dial_log import DialOutcome, DialRecord
from net.dialling import OwnEndpoints
from net.discovery.dht_settings import DhtSettings
from net.discovery.discovery import Discovery
from net.discovery.sightings import Found
from net.discovery.vicinity import Vicinity
from net.endpoint import Endpoint
from net.errors import LocalError, RemoteError
from net.events import (
    CloseReason,
    EnvelopeReceived,
    FlightUnanswered,
    HandshakeReceived,
    LinkDown,
    LinkId,
    LinkStatus,
    LinkUp,
    MachineMoved,
    NetEvent,
    PathClass,
    PeerOffline,
    PeerOnline,
    PeerWritable,
    ProgressReceived,
    SignalToPass,
)
from net.ice_attempts import IceCallbacks
from net.ice_calls import IceCalls
from net.ice_log import IceRecord
from net.ice_servers import IceServers
from net.interfaces import IPAddress, IPInterface
from net.keyring import Keyring
from net.limits import CALL_S, CLOSE_TIMEOUT_S, ICE_OFFER_LIFE_S, MAX_SIGNAL_BYTES, RELAY_DELAY_S
from net.link.driver import LinkDriver
from net.link.frames import Frame, FrameType, decode_observed
from net.link.machine import LinkMachine, Party
from net.listeners import Listeners
from net.mapping import PortMapping
from net.nat_kind import NatKind
from net.observation import Observation, Observer, ObserverKind, Transport
from net.open_port import OpenPort
from net.own_addresses import AddressFacts, OwnAddresses
from net.paths import CloseLink, Dial, Effect, MovePort, Offline, Online, Paths, StopDial
from net.peer import LinkKind, Peer, PeerId
from net.reception import Reception
from net.relay_check import RelayTrial, try_relays
from net.server import ServerAddress
from net.supervisor import Supervisor
from net.surveyor import Surveyor
from net.survivor import Confirm, Nominate

log = logging.getLogger(__name__)

_UNANSWERED = frozenset({CloseReason.DEAD, CloseReason.LOST})
"""How a connection ends whose other side does not know the key: we stop waiting, or it does a little sooner."""


class Node:
    """Everything this process has to do with the network; made and used inside a running event loop.

    ``on_event`` is called on that loop, also from within calls into the node (``remove_peer`` reports links that it
    closes), and must not block.
    """

    def __init__(self, *, on_event: Callable[[NetEvent], None], random: Random = os.urandom) -> None:
        self._on_event = on_event
        self._random = random
        self._loop = asyncio.get_running_loop()
        self._supervisor = Supervisor(self._loop)
        self._keyring = Keyring()
        self._reception = Reception(self._keyring, random, self._loop.time())
        self._paths = Paths(random)
        self._own_addresses = OwnAddresses()
        self._discovery = Discovery(
            on_near=self._found_near,
            on_far=self._found_far,
            on_seen_as=self._voted,
            on_meeting=self._meet,
            on_signal=self._signalled,
            on_to_pass=self._tell_to_pass,
            random=random,
        )
        self._open_port = OpenPort(on_change=self._port_changed)
        self._timer: asyncio.TimerHandle | None = None
        self._listeners = Listeners(lambda: LinkDriver(self, self._receive, self._loop))
        self._machine: Sequence[IPInterface] = ()
        self._told: tuple[Endpoint, ...] = ()
        self._surveyor = Surveyor(
            self._own_addresses,
            nodes=self._discovery.dht_nodes,
            shared_port=self._listeners.shared_port,
            on_change=self._learn_place,
            random=random,
        )
        self._connections: set[LinkDriver] = set()
        self._all_gone = asyncio.Event()
        self._attempts = Attempts(
            self,
            on_failed=self._dial_failed,
            reception=self._reception,
            shared_port=self._listeners.shared_port,
            supervisor=self._supervisor,
            random=random,
        )
        callbacks = IceCallbacks(
            tell=self._tell_offer,
            may_send_to=lambda peer_id, endpoint: self._paths.may_send_to(peer_id, endpoint, self._loop.time()),
            may_tell=self._paths.may_tell,
            expecting=self._reception.expecting,
            relay_delay_s=lambda: RELAY_DELAY_S if self._may_punch() else 0.0,
        )
        self._ice = IceCalls(self, callbacks, find=self._callable, random=random)
        self._links: dict[LinkId, LinkDriver] = {}
        self._link_ids = map(LinkId, itertools.count(1))
        self._since: dict[LinkId, float] = {}
        self._expecting: set[PeerId] = set()
        self._paused: set[PeerId] = set()
        self._closed = False
        self._stays_near = False

    # --- Where we are

    async def listen(self, endpoints: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
        """Listen there as well; an address family that this machine lacks is left out.  Returns what is bound.

        Raises:
            LocalError: one of them cannot be bound, or none exists.
        """
        bound = await self._listeners.listen(endpoints)
        self._place(interfaces.machine_interfaces(), moved=False)
        return bound

    def bound_endpoints(self) -> tuple[Endpoint, ...]:
        """Every listener as bound: wildcards as such, ports as they are."""
        return self._listeners.lasting()

    def local_endpoints(self) -> tuple[Endpoint, ...]:
        """What others may be told: this machine's addresses for a wildcard, loopback if nothing else is bound."""
        return interfaces.reachable_endpoints(self.bound_endpoints(), interfaces.machine_addresses())

    def told_endpoints(self) -> tuple[Endpoint, ...]:
        """Where we can be found again later, our router's address included: for contacts and invites to remember.

        What the record tells beside is a port that we punch from for a while.
        """
        lasting = self._listeners.lasting()
        passing = {endpoint.port for endpoint in self._listeners.all() if endpoint not in lasting}
        published = self._own_addresses.published(self._loop.time())
        return tuple(endpoint for endpoint in published if endpoint.port not in passing)

    def discover(self, *, lan: bool) -> None:
        """From now on notice when this machine moves or wakes up and, if ``lan``, find peers on its LAN."""
        self.seek_on_lan(wanted=lan)
        self.watch_addresses()

    def watch_addresses(self) -> None:
        """From now on notice when this machine moves or wakes up."""
        _ = self._supervisor.start("address watch", AddressWatch(self._move).run())

    def seek_on_lan(self, *, wanted: bool) -> None:
        """Begin or cease to find peers on the LAN by mDNS, and to be found by them."""
        self._discovery.seek_on_lan(wanted=wanted)

    def seek_on_dht(self, settings: DhtSettings | None) -> None:
        """Begin to find peers on the DHT, and to be found there; with None cease."""
        self._discovery.seek_on_dht(settings)

    def use_ice(self, servers: IceServers | None) -> None:
        """Reach peers by UDP where TCP does not, with the help of these servers if there are any; None: never."""
        self._ice.use(servers)

    async def try_relays(self) -> tuple[RelayTrial, ...]:
        """Ask everybody for a port who is to relay where nothing else helps; takes some seconds at most."""
        return () if self._ice.servers is None else await try_relays(self._ice.servers.turn)

    def publish(self, own: Mapping[PeerId, OwnRendezvous]) -> None:
        """Be found on the DHT by whoever holds the public half of one of these."""
        self._discovery.set_own(own)

    def lan_wanted(self) -> bool:
        """Whether peers on the LAN are to be found."""
        return self._discovery.lan_wanted

    def lan_running(self) -> bool:
        """Whether mDNS speaks on at least one interface."""
        return self._discovery.lan_running

    def dht_wanted(self) -> bool:
        """Whether peers are to be found across the internet."""
        return self._discovery.dht_wanted

    def dht_running(self) -> bool:
        """Whether the DHT takes calls; whether anybody answers, :meth:`dht_nodes` tells."""
        return self._discovery.dht_running

    def external_addresses(self) -> tuple[IPv4Address | IPv6Address, ...]:
        """Where others see us come from, if that is none of this machine's own addresses."""
        return self._own_addresses.external(self._loop.time())

    def external_endpoints(self) -> tuple[Endpoint, ...]:
        """Where others can probably reach us from far off: what we publish of our own or our router's address."""
        return self._own_addresses.external_endpoints(self._loop.time())

    @property
    def nat(self) -> NatKind:
        """What stands between this computer and the internet, as far as others have told."""
        return self._own_addresses.nat(self._loop.time())

    def dht_nodes(self) -> tuple[Endpoint, ...]:
        """The DHT's nodes that are known now: what to start from the next time."""
        return self._discovery.dht_nodes()

    def stun_wanted(self) -> bool:
        """Whether there are servers to ask."""
        return self._surveyor.has_servers

    def address_facts(self) -> AddressFacts:
        """What is known of our own addresses, and by whom."""
        return self._own_addresses.facts(self._loop.time())

    def use_stun(self, servers: Sequence[ServerAddress]) -> None:
        """Ask these servers where we come from, while nobody else has told enough; none: ask no server."""
        self._surveyor.use(servers)

    def map_port(self, *, wanted: bool) -> None:
        """Begin or cease to ask the router for a port that leads to us (UPnP, NAT-PMP)."""
        self._open_port.switch(on=wanted)

    def port_mapping(self) -> PortMapping:
        """What came of asking the router."""
        return self._open_port.mapping

    def stay_near(self, *, wanted: bool) -> None:
        """Begin or cease to keep to this computer's own networks: no link beyond them is made, or stands."""
        if wanted == self._stays_near:
            return
        self._stays_near = wanted
        for link, driver in list(self._links.items()):
            if self._is_out_of_bounds(self._paths.path_of_link(link)):
                driver.close(CloseReason.LOCAL)
        self._perform(self._paths.set_own_endpoints(self._own(), self._loop.time()))

    def _is_out_of_bounds(self, path: PathClass) -> bool:
        return self._stays_near and path is not PathClass.LAN

    def _port_changed(self) -> None:
        mapping = self._open_port.mapping
        log.info("port mapping: %s", mapping.state)
        self._own_addresses.opened(mapping.external_port)
        self._learn_place()

    def _place(self, machine: Sequence[IPInterface], *, moved: bool) -> None:
        """These are the machine's addresses."""
        self._machine = machine
        self._perform(self._paths.set_own_endpoints(self._own(), self._loop.time()))
        bound = self.bound_endpoints()
        self._discovery.place(Vicinity.of(bound, machine), bound)
        local = self._open_endpoints()
        if moved:
            self._own_addresses.moved(local)
        self._own_addresses.listen(local)
        self._open_port.place(bound, self.local_endpoints(), moved=moved)
        self._surveyor.place(bound, moved=moved)
        self._ice.move(tuple(dict.fromkeys(endpoint.address for endpoint in self.local_endpoints())))
        self._tell_place()

    def _own(self) -> OwnEndpoints:
        bound = self._listeners.all()
        here = interfaces.own_endpoints(bound, [interface.ip for interface in self._machine])
        return OwnEndpoints(
            endpoints=here | frozenset(self._own_addresses.published(self._loop.time())),
            listens_on_loopback=any(endpoint.address.is_loopback for endpoint in bound),
            networks=Vicinity.of(bound, self._machine).networks,
            shared_versions=self._listeners.shared_versions(),
            is_symmetric=self.nat is NatKind.SYMMETRIC,
            stays_near=self._stays_near,
        )

    def _open_endpoints(self) -> tuple[Endpoint, ...]:
        """Where we can be reached at the moment."""
        return interfaces.reachable_endpoints(self._listeners.all(), interfaces.machine_addresses())

    async def _move_port(self) -> None:
        try:
            await self._listeners.take_port()
        except LocalError as error:
            log.info("no port to punch from: %s", type(error))
            return
        self._own_addresses.listen(self._open_endpoints())
        self._learn_place()

    def _learn_place(self) -> None:
        """Something is known of our own addresses that was not before."""
        before = self._told
        self._tell_place()
        if self._told != before:
            self._on_event(MachineMoved())

    def _tell_place(self) -> None:
        now = self._loop.time()
        self._told = self.told_endpoints()
        self._discovery.tell(self._own_addresses.published(now), self._own_addresses.nat(now))
        self._paths.learn_own_endpoints(self._own(), now)
        self._arm()

    def _move(self, machine: Sequence[IPInterface]) -> None:
        """The machine's addresses changed, or it was asleep."""
        addresses = {interface.ip for interface in machine}
        for driver in list(self._links.values()):
            if driver.local.address not in addresses:  # what was sent from there gets no answer any more
                driver.close(CloseReason.LOST)
        self._place(machine, moved=True)
        self._on_event(MachineMoved())

    def _voted(self, address: IPAddress | None) -> None:
        if address is None:
            self._own_addresses.ceased(ObserverKind.DHT)
            self._learn_place()
        else:  # a few of them say so, or even one: a reason to ask many
            self._surveyor.nudge()

    def _found_near(self, found: Found) -> None:
        self._perform(self._paths.found_near(found.peer, found.endpoints, self._loop.time()))

    def _found_far(self, found: Found) -> None:
        age_s = None if found.made_at is None else time.time() - found.made_at
        now = self._loop.time()
        self._perform(self._paths.found_far(found.peer, found.endpoints, now, nat=found.nat, age_s=age_s))

    def _meet(self, peer_id: PeerId) -> None:
        """The peer has rung or was rung: it dials us now, too."""
        now = self._loop.time()
        self._paths.expect(peer_id, now)
        self._ice.expect(peer_id, now + CALL_S, hurry=not self._may_punch())
        self._arm()

    def _signalled(self, peer_id: PeerId, content: bytes) -> None:
        """A peer tells our paths something."""
        self._ice.received(peer_id, content)

    def _tell_offer(self, peer_id: PeerId, content: bytes) -> None:
        """Bring an offer to a peer, and look for the answer."""
        self.send_signal(peer_id, content)
        self._discovery.await_signal(peer_id, self._loop.time() + ICE_OFFER_LIFE_S)

    def _tell_to_pass(self, peer_id: PeerId, value: bytes) -> None:
        if not self._closed and not self._stays_near:
            self._on_event(SignalToPass(peer_id, value))

    def _may_punch(self) -> bool:
        """Whether two NATs might let us through."""
        return self.nat not in {NatKind.SYMMETRIC, NatKind.NO_UDP}

    def _callable(self, peer_id: PeerId) -> Peer | None:
        """The peer, unless we need no way to it: one link is enough to become somebody's contact."""
        peer = self._paths.peer(peer_id)
        is_joining = peer is not None and peer.wanted and bool(peer.keys) and peer.keys[0].kind is LinkKind.INVITE
        return None if is_joining and self._drivers_of(peer_id) else peer

    # --- Whom we want

    def set_peer(self, peer: Peer) -> None:
        """Declare or replace a peer; its links stay up, even under keys that are no longer listed."""
        self._keyring.set_peer(peer)
        self._perform(self._paths.set_peer(peer, self._loop.time()))
        self._discovery.set_peer(peer)

    def remove_peer(self, peer_id: PeerId) -> None:
        """Forget a peer and close its links."""
        self._keyring.remove_peer(peer_id)
        self._expecting.discard(peer_id)
        self._paused.discard(peer_id)
        self._attempts.forget(peer_id)
        self._ice.forget(peer_id)
        self._perform(self._paths.remove_peer(peer_id))
        self._discovery.remove_peer(peer_id)

    def nudge(self, peer_id: PeerId) -> None:
        """Dial a wanted peer now instead of at the next retry."""
        self._paths.nudge(peer_id, self._loop.time())
        self._discovery.nudge(peer_id)
        self._arm()

    def adopt(self, link: LinkId, peer_id: PeerId) -> None:
        """Make the link of an invite or a reset the contact's own, which brings it online.

        Raises:
            LocalError: the link is down, or the peer was not declared.
        """
        effects = self._paths.adopt(link, peer_id, self._loop.time())
        driver = self._links[link]
        driver.party = Party(peer_id, LinkKind.CONTACT)
        self._own_addresses.adopted(link, peer_id)
        self._learn_place()
        self._note_proof(driver)
        driver.pause_reading(paused=peer_id in self._paused)
        self._perform(effects)

    def close_link(self, link: LinkId) -> None:
        """End a link; nothing happens if it is down."""
        if (driver := self._links.get(link)) is not None:
            driver.close(CloseReason.LOCAL)

    def peer_of(self, link: LinkId) -> PeerId | None:
        """Whose link this is by now; None when it is down."""
        driver = self._links.get(link)
        return None if driver is None else driver.party.peer

    # --- What we say

    def send_envelope(self, peer_id: PeerId, envelope: bytes) -> bool:
        """Send over the surviving link; False when there is none, or when its buffer is full (then await
        :class:`~net.events.PeerWritable`).

        Raises:
            LocalError: the envelope does not fit into a frame.
        """
        link = self._paths.link_in_use(peer_id)
        return link is not None and self._links[link].offer(FrameType.ENVELOPE, envelope)

    def send_handshake(self, link: LinkId, message: bytes) -> bool:
        """Send a handshake frame over this very link; False when it is down or its buffer is full."""
        driver = self._links.get(link)
        return driver is not None and driver.offer(FrameType.HANDSHAKE, message)

    def send_progress(self, link: LinkId, message: bytes) -> bool:
        """Send a progress frame over this very link; False when it is down or its buffer is full."""
        driver = self._links.get(link)
        return driver is not None and driver.offer(FrameType.PROGRESS, message)

    def send_signal(self, peer_id: PeerId, content: bytes) -> None:
        """Tell the peer's paths something, over the link if there is one, else by the DHT and through others
        (:class:`~net.events.SignalToPass`); it may get lost.

        Raises:
            LocalError: more than 512 bytes.
        """
        link = self._paths.link_in_use(peer_id)
        if link is None:
            self._discovery.send_signal(peer_id, content)
        elif len(content) <= MAX_SIGNAL_BYTES:
            self._links[link].send(FrameType.SIGNAL, content)
        else:
            raise LocalError("more than a signal holds")

    def take_passed(self, value: bytes) -> None:
        """Take a signal that a contact brings us from another, who has no link to us; anything else is dropped."""
        if not self._closed and not self._stays_near:
            self._discovery.take_passed(value)

    def expect_answer(self, peer_id: PeerId, *, waiting: bool) -> None:
        """Say whether a message waits for its acknowledgement: a dead link is then noticed within 20 s, not 60."""
        if waiting == (peer_id in self._expecting):
            return
        if waiting:
            self._expecting.add(peer_id)
        else:
            self._expecting.discard(peer_id)
        if (link := self._paths.link_in_use(peer_id)) is not None:
            self._links[link].expect_answer(expecting=waiting)

    def pause_reading(self, peer_id: PeerId) -> None:
        """Leave what a peer sends in the kernel, since the engine is behind; after 20 s it may give the link up."""
        self._paused.add(peer_id)
        for driver in self._drivers_of(peer_id):
            driver.pause_reading(paused=True)

    def resume_reading(self, peer_id: PeerId) -> None:
        """Take what a peer sends again."""
        self._paused.discard(peer_id)
        for driver in self._drivers_of(peer_id):
            driver.pause_reading(paused=False)

    # --- What there is

    def links(self) -> tuple[LinkStatus, ...]:
        """The surviving link of every peer that is online."""
        return tuple(
            LinkStatus(
                link=link,
                peer=driver.party.peer,
                path=self._paths.path_of_link(link),
                remote=driver.remote,
                rtt_s=driver.rtt_s,
                since=self._since[link],
            )
            for link, driver in self._links.items()
            if link == self._paths.link_in_use(driver.party.peer)
        )

    def dial_report(self, peer_id: PeerId) -> tuple[DialRecord, ...]:
        """What came of dialling a peer, and where it is not dialled."""
        held_back = dict.fromkeys(self._paths.held_back(peer_id))
        tried = [
            replace(record, is_held_back=record.endpoint in held_back) for record in self._attempts.report(peer_id)
        ]
        untried = held_back.keys() - {record.endpoint for record in tried}
        held = (DialRecord(endpoint, None, is_held_back=True) for endpoint in held_back if endpoint in untried)
        avoided = (DialRecord(endpoint, DialOutcome.NOT_DIALLED) for endpoint in self._paths.not_dialled(peer_id))
        return (*tried, *held, *avoided)

    def ice_report(self, peer_id: PeerId) -> IceRecord | None:
        """What came of the last attempt to meet a peer by UDP."""
        return self._ice.report(peer_id)

    async def close(self) -> None:
        """End every link with a close frame, and leave no listener, connection or task behind."""
        self._closed = True
        self._listeners.close()
        for driver in list(self._links.values()):
            driver.close(CloseReason.LOCAL)
        for driver in list(self._connections):
            driver.close(CloseReason.LOCAL)
        if self._timer is not None:
            self._timer.cancel()
        await self._supervisor.close()
        await self._surveyor.close()
        await self._discovery.close()
        await self._open_port.close()
        if self._connections:
            self._all_gone.clear()
            # Every driver cuts its connection after the same time at the latest.
            async with asyncio.timeout(2 * CLOSE_TIMEOUT_S):
                await self._all_gone.wait()
        await self._ice.close()

    # --- LinkOwner

    def connection_made(self, driver: LinkDriver) -> None:
        self._connections.add(driver)

    def link_opened(self, driver: LinkDriver, handshake_hash: bytes) -> None:
        self._reception.leave(driver)
        peer_id, kind = driver.party.peer, driver.party.kind
        if not self._paths.may_come_up(peer_id, kind):
            driver.close(CloseReason.REMOVED)
            return
        path = driver.ice_path or self._paths.path_of(driver.remote, crossed=driver.has_crossed)
        if self._is_out_of_bounds(path):
            driver.close(CloseReason.LOCAL)
            return
        dialled = self._attempts.linked(driver)
        driver.was_dialled = dialled is not None
        self._ice.driver_linked(driver)
        self._note_proof(driver)
        link = driver.link = next(self._link_ids)
        self._links[link] = driver
        self._since[link] = time.time()
        driver.pause_reading(paused=peer_id in self._paused)
        log.info("link %d up: %s, %s", link, path, kind)
        self._on_event(
            LinkUp(
                link=link,
                peer=peer_id,
                kind=kind,
                handshake_hash=handshake_hash,
                dialled=driver.was_dialled and not driver.has_yielded,
                path=path,
                remote=driver.remote,
                dialled_at=None if dialled is None else dialled.endpoint,
            )
        )
        if link in self._links:  # the engine may have closed it
            dial = None if dialled is None else dialled.dial
            self._perform(self._paths.link_up(link, peer_id, kind, path, dial, self._loop.time()))
        elif dialled is not None:
            self._dial_failed(dialled)

    def frame_received(self, driver: LinkDriver, frame: Frame) -> None:
        link, peer_id = driver.link, driver.party.peer
        assert link is not None, "frames come from open links"
        match frame.type:
            case FrameType.ENVELOPE:
                self._on_event(EnvelopeReceived(link, peer_id, frame.body))
            case FrameType.HANDSHAKE:
                self._on_event(HandshakeReceived(link, peer_id, frame.body))
            case FrameType.PROGRESS:
                self._on_event(ProgressReceived(link, peer_id, frame.body))
            case FrameType.NOMINATE:
                self._perform(self._paths.nominated(link))
            case FrameType.CONFIRM:
                self._perform(self._paths.confirmed(link, self._loop.time()))
            case FrameType.OBSERVED_ADDRESS:
                self._observe(driver, frame.body)
            case FrameType.SIGNAL:
                self._signalled(peer_id, frame.body)
            case FrameType.PING | FrameType.PONG | FrameType.CLOSE | FrameType.REKEY:
                raise AssertionError("the machine's own business")

    def link_writable(self, driver: LinkDriver) -> None:
        self._on_event(PeerWritable(driver.party.peer))

    def link_ended(self, driver: LinkDriver, reason: CloseReason) -> None:
        self._reception.leave(driver)
        self._ice.driver_ended(driver)
        failed = self._attempts.ended(driver, reason)
        if failed is not None and reason in _UNANSWERED:
            self._on_event(FlightUnanswered(failed.peer, failed.key.kind))
        link = driver.link
        if link is None or self._links.pop(link, None) is None:
            return
        del self._since[link]
        self._own_addresses.link_down(link, self._loop.time())
        log.info("link %d down: %s", link, reason)
        if reason in _UNANSWERED and driver.remote.address.is_global:
            self._surveyor.doubt()
        self._on_event(LinkDown(link, driver.party.peer, reason))
        farewell = reason is CloseReason.REMOTE
        self._perform(self._paths.link_down(link, self._loop.time(), farewell=farewell))

    def connection_gone(self, driver: LinkDriver) -> None:
        self._connections.discard(driver)
        if not self._connections:
            self._all_gone.set()

    # --- Carrying out

    def _perform(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Dial() | StopDial() | MovePort():
                    self._attempt(effect)
                case CloseLink(link=link, reason=reason):
                    if (driver := self._links.get(link)) is not None:
                        driver.close(reason)
                case Nominate(link=link):
                    self._send_control(link, FrameType.NOMINATE)
                case Confirm(link=link):
                    self._send_control(link, FrameType.CONFIRM)
                case Online(peer=peer_id, link=link):
                    self._come_online(peer_id, link)
                case Offline(peer=peer_id):
                    self._go_offline(peer_id)
        self._arm()

    def _attempt(self, effect: Dial | StopDial | MovePort) -> None:
        match effect:
            case Dial():
                self._attempts.start(effect)
            case StopDial(dial=dial):
                self._attempts.stop(dial)
            case MovePort():
                _ = self._supervisor.start("move of the port", self._move_port())

    def _come_online(self, peer_id: PeerId, link: LinkId) -> None:
        driver = self._links.get(link)
        if driver is None:  # gone since; its end brings the next news
            return
        driver.expect_answer(expecting=peer_id in self._expecting)
        path = self._paths.path_of_link(link)
        self._discovery.set_linked(peer_id, linked=True)
        self._ice.linked(peer_id, path)
        self._on_event(PeerOnline(peer_id, link, path, driver.rtt_s))

    def _go_offline(self, peer_id: PeerId) -> None:
        self._discovery.set_linked(peer_id, linked=False)
        self._ice.unlinked(peer_id)
        self._on_event(PeerOffline(peer_id))

    def _note_proof(self, driver: LinkDriver) -> None:
        """The peer is at the other end, wherever that is if a relay stands between."""
        if driver.ice_path is not PathClass.RELAYED:
            self._paths.proved(driver.party.peer, driver.remote)

    def _send_control(self, link: LinkId, frame_type: FrameType) -> None:
        if (driver := self._links.get(link)) is not None:
            driver.send(frame_type)

    def _observe(self, driver: LinkDriver, body: bytes) -> None:
        try:
            endpoint = decode_observed(body)
        except RemoteError:
            driver.close(CloseReason.PROTOCOL)
            return
        assert driver.link is not None, "frames come from open links"
        if driver.ice_path is not None:  # a port that is open for this path alone
            return
        observer = Observer(driver.party.peer, driver.remote.address)
        self._own_addresses.observed(
            driver.link,
            Observation(observer, Transport.TCP, driver.local, endpoint, accepted=not driver.was_dialled),
            by_contact=driver.party.kind is not LinkKind.INVITE,
        )
        self._learn_place()

    def _receive(self, driver: LinkDriver, remote: Endpoint, now: float) -> LinkMachine | None:
        """A connection came in."""
        return None if self._closed else self._reception.start(driver, remote, now)

    def _dial_failed(self, dial: Dial) -> None:
        self._perform(self._paths.dial_failed(dial.dial, self._loop.time()))

    def _drivers_of(self, peer_id: PeerId) -> list[LinkDriver]:
        return [driver for driver in self._links.values() if driver.party.peer == peer_id]

    # --- Time

    def _arm(self) -> None:
        wake_at = self._paths.wake_at()
        if self._closed or wake_at is None:
            return
        if self._timer is None or wake_at < self._timer.when():
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(wake_at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._perform(self._paths.handle_timer(self._loop.time()))
