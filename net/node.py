"""The network's facade: peers in, events out.

Composes what carries out the decisions of the sans-IO machines: :mod:`net.whereabouts` (where we are),
:mod:`net.links` (dials and links), :mod:`net.meetings` (how peers are found and met).  Not thread-safe: it is called
from its event loop.
"""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence

from crypto.primitives import Random
from crypto.rendezvous import OwnRendezvous
from net.dial_log import DialRecord, complete_report
from net.discovery.dht_settings import DhtSettings
from net.endpoint import Endpoint
from net.events import CloseReason, LinkId, LinkStatus, MachineMoved, NetEvent, PeerOffline, PeerOnline
from net.ice_log import IceRecord
from net.ice_servers import IceServers
from net.interfaces import IPAddress
from net.keyring import Keyring
from net.link.driver import LinkDriver
from net.link.frames import FrameType
from net.link_table import LinkTable
from net.links import LinkCallbacks, Links
from net.mapping import PortMapping
from net.meetings import Meetings
from net.nat_kind import NatKind
from net.own_addresses import AddressFacts
from net.paths import Paths
from net.peer import Peer, PeerId
from net.reception import Reception
from net.relay_check import RelayTrial, try_relays
from net.server import ServerAddress
from net.transport.stream import StreamOwner
from net.whereabouts import Whereabouts


class Node:
    """Everything this process has to do with the network; made and used inside a running event loop.

    ``on_event`` is called on that loop, also from within calls into the node (``remove_peer`` reports links that it
    closes), and must not block.
    """

    def __init__(self, *, on_event: Callable[[NetEvent], None], random: Random = os.urandom) -> None:
        self._on_event = on_event
        self._loop = asyncio.get_running_loop()
        self._keyring = Keyring()
        self._paths = Paths(random)
        self._table = LinkTable()
        reception = Reception(self._keyring, random, self._loop.time())
        self._whereabouts = Whereabouts(
            stranger=self._stranger,
            nodes=self.dht_nodes,
            on_left=self._left,
            on_place=self._placed,
            on_learnt=self._learnt,
            on_news=lambda: self._tell(MachineMoved()),
            random=random,
        )
        callbacks = LinkCallbacks(
            event=self._tell,
            linked=self._linked,
            ended=self._ended,
            suspected=self._suspected,
            signalled=self._signalled,
        )
        self._links = Links(
            self._paths,
            self._table,
            reception=reception,
            whereabouts=self._whereabouts,
            callbacks=callbacks,
            random=random,
        )
        self._meetings = Meetings(
            self._paths,
            self._links,
            self._table,
            reception=reception,
            whereabouts=self._whereabouts,
            on_event=self._tell,
            random=random,
        )
        self._discovery, self._ice = self._meetings.discovery, self._meetings.ice

    # --- Where we are

    async def listen(self, endpoints: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
        """Listen there as well; an address family that this machine lacks is left out.  Returns what is bound.

        Raises:
            LocalError: one of them cannot be bound, or none exists.
        """
        return await self._whereabouts.listen(endpoints)

    def bound_endpoints(self) -> tuple[Endpoint, ...]:
        """Every listener as bound: wildcards as such, ports as they are."""
        return self._whereabouts.bound()

    def local_endpoints(self) -> tuple[Endpoint, ...]:
        """What others may be told: this machine's addresses for a wildcard, loopback if nothing else is bound."""
        return self._whereabouts.local()

    def told_endpoints(self) -> tuple[Endpoint, ...]:
        """Where we can be found again later, our router's address included: for contacts and invites to remember.

        What the record tells beside is a port that we punch from for a while.
        """
        return self._whereabouts.lasting()

    def external_endpoints(self) -> tuple[Endpoint, ...]:
        """Where others can probably reach us from far off: what we publish of our own or our router's address."""
        return self._whereabouts.external_endpoints()

    @property
    def nat(self) -> NatKind:
        """What stands between this computer and the internet, as far as others have told."""
        return self._whereabouts.nat

    def address_facts(self) -> AddressFacts:
        """What is known of our own addresses, and by whom."""
        return self._whereabouts.facts()

    def watch_addresses(self) -> None:
        """From now on notice when this machine moves or wakes up."""
        self._whereabouts.watch_machine()

    def use_stun(self, servers: Sequence[ServerAddress]) -> None:
        """Ask these servers where we come from, while nobody else has told enough; none: ask no server."""
        self._whereabouts.use_stun(servers)

    def stun_wanted(self) -> bool:
        """Whether there are servers to ask."""
        return self._whereabouts.has_stun_servers

    def map_port(self, *, wanted: bool) -> None:
        """Begin or cease to ask the router for a port that leads to us (UPnP, NAT-PMP)."""
        self._whereabouts.map_port(wanted=wanted)

    def port_mapping(self) -> PortMapping:
        """What came of asking the router."""
        return self._whereabouts.port_mapping

    def stay_near(self, *, wanted: bool) -> None:
        """Begin or cease to keep to this computer's own networks: no link beyond them is made, or stands."""
        if wanted != self._whereabouts.stays_near:
            self._whereabouts.stays_near = wanted
            self._links.close_those_to_afar()
            self._links.perform(self._paths.set_own_endpoints(self._whereabouts.own(), self._loop.time()))

    # --- How peers are found

    def discover(self, *, lan: bool) -> None:
        """From now on notice when this machine moves or wakes up and, if ``lan``, find peers on its LAN."""
        self.seek_on_lan(wanted=lan)
        self.watch_addresses()

    def seek_on_lan(self, *, wanted: bool) -> None:
        """Begin or cease to find peers on the LAN by mDNS, and to be found by them."""
        self._discovery.seek_on_lan(wanted=wanted)

    def lan_wanted(self) -> bool:
        """Whether peers on the LAN are to be found."""
        return self._discovery.lan_wanted

    def lan_running(self) -> bool:
        """Whether mDNS speaks on at least one interface."""
        return self._discovery.lan_running

    def seek_on_dht(self, settings: DhtSettings | None) -> None:
        """Begin to find peers on the DHT, and to be found there; with None cease."""
        self._discovery.seek_on_dht(settings)

    def dht_wanted(self) -> bool:
        """Whether peers are to be found across the internet."""
        return self._discovery.dht_wanted

    def dht_running(self) -> bool:
        """Whether the DHT takes calls; whether anybody answers, :meth:`dht_nodes` tells."""
        return self._discovery.dht_running

    def dht_nodes(self) -> tuple[Endpoint, ...]:
        """The DHT's nodes that are known now: what to start from the next time."""
        return self._discovery.dht_nodes()

    def publish(self, own: Mapping[PeerId, OwnRendezvous]) -> None:
        """Be found on the DHT by whoever holds the public half of one of these."""
        self._discovery.set_own(own)

    def use_ice(self, servers: IceServers | None) -> None:
        """Reach peers by UDP where TCP does not, with the help of these servers if there are any; None: never."""
        self._ice.use(servers)

    async def try_relays(self) -> tuple[RelayTrial, ...]:
        """Ask everybody for a port who is to relay where nothing else helps; takes some seconds at most."""
        return () if self._ice.servers is None else await try_relays(self._ice.servers.turn)

    # --- Whom we want

    def set_peer(self, peer: Peer) -> None:
        """Declare or replace a peer; its links stay up, even under keys that are no longer listed."""
        self._keyring.set_peer(peer)
        self._links.perform(self._paths.set_peer(peer, self._loop.time()))
        self._discovery.set_peer(peer)

    def remove_peer(self, peer_id: PeerId) -> None:
        """Forget a peer and close its links."""
        self._keyring.remove_peer(peer_id)
        self._ice.forget(peer_id)
        self._links.remove_peer(peer_id)
        self._discovery.remove_peer(peer_id)

    def nudge(self, peer_id: PeerId) -> None:
        """Dial a wanted peer now instead of at the next retry."""
        self._paths.nudge(peer_id, self._loop.time())
        self._discovery.nudge(peer_id)
        self._links.perform()

    def adopt(self, link: LinkId, peer_id: PeerId) -> None:
        """Make the link of an invite or a reset the contact's own, which brings it online.

        Raises:
            LocalError: the link is down, or the peer was not declared.
        """
        self._links.adopt(link, peer_id)

    def close_link(self, link: LinkId) -> None:
        """End a link; nothing happens if it is down."""
        self._table.close(link, CloseReason.LOCAL)

    # --- What we say

    def send_envelope(self, peer_id: PeerId, envelope: bytes) -> bool:
        """Send over the surviving link; False when there is none, or when its buffer is full (then await
        :class:`~net.events.PeerWritable`).

        Raises:
            LocalError: the envelope does not fit into a frame.
        """
        return self._table.offer(self._paths.link_in_use(peer_id), FrameType.ENVELOPE, envelope)

    def send_handshake(self, link: LinkId, message: bytes) -> bool:
        """Send a handshake frame over this very link; False when it is down or its buffer is full."""
        return self._table.offer(link, FrameType.HANDSHAKE, message)

    def send_progress(self, link: LinkId, message: bytes) -> bool:
        """Send a progress frame over this very link; False when it is down or its buffer is full."""
        return self._table.offer(link, FrameType.PROGRESS, message)

    def send_signal(self, peer_id: PeerId, content: bytes) -> None:
        """Tell the peer's paths something, over the link if there is one, else by the DHT and through others
        (:class:`~net.events.SignalToPass`); it may get lost.

        Raises:
            LocalError: more than 512 bytes.
        """
        self._meetings.send_signal(peer_id, content)

    def take_passed(self, bringer: PeerId, value: bytes) -> None:
        """Take a signal that a contact brings us from another, who has no link to us; anything else is dropped."""
        self._meetings.take_passed(bringer, value)

    def expect_answer(self, peer_id: PeerId, *, waiting: bool) -> None:
        """Say whether a message waits for its acknowledgement: a dead link is then noticed within 20 s, not 60."""
        is_news = self._table.expect_answer(peer_id, waiting=waiting)
        if is_news and (link := self._paths.link_in_use(peer_id)) is not None:
            self._table.expect_if_asked(link)

    def pause_reading(self, peer_id: PeerId) -> None:
        """Leave what a peer sends in the kernel, since the engine is behind; after 20 s it may give the link up."""
        self._table.pause(peer_id, paused=True)

    def resume_reading(self, peer_id: PeerId) -> None:
        """Take what a peer sends again."""
        self._table.pause(peer_id, paused=False)

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
                since=self._table.since(link),
            )
            for link, driver in self._table.all()
            if link == self._paths.link_in_use(driver.party.peer)
        )

    def peer_of(self, link: LinkId) -> PeerId | None:
        """Whose link this is by now; None when it is down."""
        driver = self._table.get(link)
        return None if driver is None else driver.party.peer

    def dial_report(self, peer_id: PeerId) -> tuple[DialRecord, ...]:
        """What came of dialling a peer, and where it is not dialled."""
        return complete_report(
            self._links.dial_report(peer_id),
            held_back=self._paths.held_back(peer_id),
            not_dialled=self._paths.not_dialled(peer_id),
        )

    def ice_report(self, peer_id: PeerId) -> IceRecord | None:
        """What came of the last attempt to meet a peer by UDP."""
        return self._ice.report(peer_id)

    async def close(self) -> None:
        """End every link with a close frame, and leave no listener, connection or task behind."""
        self._whereabouts.cease()
        self._meetings.cease()
        await self._links.close()
        await self._whereabouts.close()
        await self._discovery.close()
        await self._links.all_gone()
        await self._ice.close()

    # --- What one part has to know of another

    def _stranger(self) -> StreamOwner:
        """Whose business a connection is that comes in."""
        return self._links.stranger()

    def _left(self, here: frozenset[IPAddress]) -> None:
        """This machine has these addresses and no others."""
        self._links.close_those_from_elsewhere(here)

    def _placed(self) -> None:
        """We are somewhere else, or listen elsewhere."""
        self._links.perform(self._paths.set_own_endpoints(self._whereabouts.own(), self._loop.time()))
        self._discovery.place(self._whereabouts.vicinity(), self._whereabouts.bound())
        self._ice.move(self._whereabouts.hosts())

    def _learnt(self) -> None:
        """More is known of where we are."""
        self._discovery.tell(self._whereabouts.published(), self._whereabouts.nat)
        self._paths.learn_own_endpoints(self._whereabouts.own(), self._loop.time())
        self._links.perform()

    def _linked(self, driver: LinkDriver) -> None:
        """A driver has a link that we keep."""
        self._ice.driver_linked(driver)

    def _suspected(self, driver: LinkDriver) -> None:
        self._meetings.suspected(driver)

    def _ended(self, driver: LinkDriver) -> None:
        """A driver has no connection any more."""
        self._ice.driver_ended(driver)

    def _signalled(self, peer_id: PeerId, content: bytes) -> None:
        """A peer tells our paths something."""
        self._ice.received(peer_id, content)

    def _tell(self, event: NetEvent) -> None:
        match event:
            case PeerOnline(peer=peer_id, path=path):
                self._meetings.linked(peer_id, path)
            case PeerOffline(peer=peer_id):
                self._meetings.unlinked(peer_id)
            case _:
                pass
        self._on_event(event)
