"""A network without sockets: links are made where link keys match, frames arrive in order, and a test can cut them.

Stands in for :class:`net.node.Node` behind :class:`app.ports.network.Network`, and tells the same events.
"""

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from crypto.rendezvous import OwnRendezvous
from net.dial_log import DialRecord
from net.discovery.dht_settings import DhtSettings
from net.endpoint import Endpoint
from net.errors import LocalError
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
)
from net.ice_log import IceRecord
from net.ice_servers import IceServers
from net.mapping import MappingState, PortMapping
from net.nat_kind import NatKind
from net.own_addresses import AddressFacts
from net.peer import LinkKey, LinkKind, Peer, PeerId
from net.relay_check import RelayTrial
from net.server import ServerAddress


@dataclass(eq=False)
class Port:
    """One end of a wire."""

    node: "SwitchedNode"
    link: LinkId
    peer: PeerId
    kind: LinkKind
    carries_peer: bool
    """The peer counts as online by this link."""


@dataclass(eq=False)
class Wire:
    """A link between two nodes; frames in flight are lost when it is cut."""

    ends: tuple[Port, Port]
    up: bool = True

    def other(self, port: Port) -> Port:
        return self.ends[1] if port is self.ends[0] else self.ends[0]


@dataclass(eq=False)
class Switchboard:
    """Joins nodes.  Nothing happens by itself: :meth:`connect` makes the links that both sides want."""

    nodes: list["SwitchedNode"] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    frames: int = 0
    """Frames delivered so far."""
    tells_of_silence: bool = False
    """Whoever dials where somebody listens and does not know the key hears that nothing came back."""
    link_ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def node(self, on_event: Callable[[NetEvent], None], port: int) -> "SwitchedNode":
        node = SwitchedNode(self, on_event, Endpoint(IPv4Address("127.0.0.1"), port))
        self.nodes.append(node)
        return node

    def connect(self) -> None:
        """Dial for everybody who wants somebody and has no link to it."""
        for dialler in tuple(self.nodes):
            for peer in tuple(dialler.peers.values()):
                if peer.wanted and not dialler.linked(peer.peer_id):
                    self._dial(dialler, peer)

    def collide(self) -> None:
        """The same for all at once, so that two who want each other get two links."""
        wanted = [
            (dialler, peer)
            for dialler in self.nodes
            for peer in dialler.peers.values()
            if peer.wanted and not dialler.linked(peer.peer_id)
        ]
        for dialler, peer in wanted:
            self._dial(dialler, peer)

    def cut(self) -> None:
        """Cut every wire."""
        for wire in tuple(self.wires):
            self.hang_up(wire, CloseReason.LOST)

    def hang_up(self, wire: Wire, reason: CloseReason) -> None:
        if not wire.up:
            return
        wire.up = False
        self.wires.remove(wire)
        for port in wire.ends:
            port.node.lost(port, reason)

    def _dial(self, dialler: "SwitchedNode", peer: Peer) -> None:
        key = peer.keys[0]
        for listener in self.nodes:
            for known in tuple(listener.peers.values()):
                if listener is not dialler and any(key.secret.matches(accepted.secret) for accepted in known.keys):
                    self._join(dialler, peer, listener, known, key)
                    return
        listeners = [node for node in self.nodes if node is not dialler and node.bound_endpoints()[0] in peer.endpoints]
        if self.tells_of_silence and listeners:
            dialler.met_silence(peer, key)
        if any(set(peer.endpoints).intersection(node.bound_endpoints()) for node in self.nodes if node is not dialler):
            dialler._tell(FlightUnanswered(peer.peer_id, key.kind))

    def _join(self, dialler: "SwitchedNode", peer: Peer, listener: "SwitchedNode", known: Peer, key: LinkKey) -> None:
        number = next(self.link_ids)
        handshake_hash = number.to_bytes(32, "little")
        carries = key.kind is LinkKind.CONTACT
        here = Port(dialler, LinkId(number), peer.peer_id, key.kind, carries)
        there = Port(listener, LinkId(next(self.link_ids)), known.peer_id, key.kind, carries)
        wire = Wire((here, there))
        self.wires.append(wire)
        for port, dialled in ((there, False), (here, True)):
            port.node.joined(wire, port, handshake_hash, dialled=dialled)


class SwitchedNode:
    """One process's side of the switchboard."""

    def __init__(self, board: Switchboard, on_event: Callable[[NetEvent], None], endpoint: Endpoint) -> None:
        self.peers: dict[PeerId, Peer] = {}
        self.detached = False
        self.envelopes: list[bytes] = []
        """Every envelope that was taken for a link."""
        self.expecting: set[PeerId] = set()
        """Peers that owe an acknowledgement, as far as we were told."""
        self.room: int | None = None
        """Envelopes that the links still take; None: any number."""
        self.paused: set[PeerId] = set()
        """Peers that we do not read from."""
        self.held: list[tuple[Wire, Port, Callable[[Port], NetEvent]]] = []
        """What waits for that, in nobody's memory but the kernels'."""
        self.sought_on_lan: list[bool] = []
        """Whether peers on the LAN were to be found, each time that it was said."""
        self.nudged: list[PeerId] = []
        """Peers that were to be looked for at once."""
        self.dht: DhtSettings | None = None
        """How the DHT is taken part in, if it is."""
        self.stays_near = False
        """Whether nobody beyond the own networks is to be dialled."""
        self.stun_servers: tuple[ServerAddress, ...] = ()
        """Who is asked for our address."""
        self.facts = AddressFacts(nat=NatKind.UNKNOWN, believed=(), external=(), named={}, rounds={})
        """What is known of it."""
        self.router_asked: list[bool] = []
        self.ice: IceServers | None = None
        """Whether the router was to be asked for a port, each time that it was said."""
        self.mapping = PortMapping(MappingState.OFF)
        """What came of that."""
        self.brought: list[bytes] = []
        """Signals that contacts brought from others."""
        self.nodes_of_dht: tuple[Endpoint, ...] = ()
        self.published: Mapping[PeerId, OwnRendezvous] = {}
        """What whoever may find us is shown on the DHT."""
        self._refused: set[PeerId] = set()
        self._board = board
        self._on_event = on_event
        self._endpoints: tuple[Endpoint, ...] = (endpoint,)

    def make_room(self, room: int | None = None) -> None:
        """The links have drained: whoever was refused may go on."""
        self.room = room
        refused, self._refused = self._refused, set()
        for peer_id in refused:
            self._tell(PeerWritable(peer_id))

    def move(self, *endpoints: Endpoint) -> None:
        """The machine has other addresses, and its links stand all the same."""
        self._endpoints = endpoints
        self._tell(MachineMoved())

    def linked(self, peer_id: PeerId) -> bool:
        return any(port.node is self and port.peer == peer_id for wire in self._board.wires for port in wire.ends)

    def detach(self) -> None:
        """The process is gone: nothing is sent or told any more."""
        self.detached = True
        self._board.nodes.remove(self)
        for wire in [wire for wire in self._board.wires if any(port.node is self for port in wire.ends)]:
            self._board.hang_up(wire, CloseReason.LOST)

    # --- the port

    def told_endpoints(self) -> tuple[Endpoint, ...]:
        return self._endpoints

    def local_endpoints(self) -> tuple[Endpoint, ...]:
        return self._endpoints

    def bound_endpoints(self) -> tuple[Endpoint, ...]:
        return self._endpoints

    def set_peer(self, peer: Peer) -> None:
        self.peers[peer.peer_id] = peer

    def remove_peer(self, peer_id: PeerId) -> None:
        self.peers.pop(peer_id, None)
        for wire, port in self._ports():
            if port.peer == peer_id:
                self._board.hang_up(wire, CloseReason.REMOVED)

    def adopt(self, link: LinkId, peer_id: PeerId) -> None:
        if peer_id not in self.peers or not any(port.link == link for _, port in self._ports()):
            raise LocalError("no such link, or no such peer")
        for _, port in self._ports():
            if port.link == link and not (port.carries_peer and port.peer == peer_id):
                port.peer, port.carries_peer = peer_id, True
                self._tell(PeerOnline(peer_id, link, PathClass.LAN, None))

    def send_envelope(self, peer_id: PeerId, envelope: bytes) -> bool:
        for wire, port in self._ports():
            if port.peer == peer_id and port.carries_peer:
                if self.room == 0:
                    self._refused.add(peer_id)
                    return False
                self.room = None if self.room is None else self.room - 1
                self.envelopes.append(envelope)
                self._carry(wire, port, lambda other: EnvelopeReceived(other.link, other.peer, envelope))
                return True
        return False

    def send_handshake(self, link: LinkId, message: bytes) -> bool:
        for wire, port in self._ports():
            if port.link == link:
                self._carry(wire, port, lambda other: HandshakeReceived(other.link, other.peer, message))
                return True
        return False

    def send_progress(self, link: LinkId, message: bytes) -> bool:
        for wire, port in self._ports():
            if port.link == link:
                self._carry(wire, port, lambda other: ProgressReceived(other.link, other.peer, message))
                return True
        return False

    def expect_answer(self, peer_id: PeerId, *, waiting: bool) -> None:
        self.expecting = self.expecting | {peer_id} if waiting else self.expecting - {peer_id}

    def peer_of(self, link: LinkId) -> PeerId | None:
        return next((port.peer for _, port in self._ports() if port.link == link), None)

    def close_link(self, link: LinkId) -> None:
        for wire, port in self._ports():
            if port.link == link:
                self._board.hang_up(wire, CloseReason.LOCAL)

    def links(self) -> tuple[LinkStatus, ...]:
        return tuple(
            LinkStatus(port.link, port.peer, PathClass.LAN, self._endpoints[0], None, 0.0)
            for _, port in self._ports()
            if port.carries_peer
        )

    def seek_on_lan(self, *, wanted: bool) -> None:
        self.sought_on_lan.append(wanted)

    def lan_wanted(self) -> bool:
        return False

    def stay_near(self, *, wanted: bool) -> None:
        self.stays_near = wanted

    def nudge(self, peer_id: PeerId) -> None:
        self.nudged.append(peer_id)

    def take_passed(self, bringer: PeerId, value: bytes) -> None:
        self.brought.append(value)

    def seek_on_dht(self, settings: DhtSettings | None) -> None:
        self.dht = settings

    def use_ice(self, servers: IceServers | None) -> None:
        self.ice = servers

    async def try_relays(self) -> tuple[RelayTrial, ...]:
        return ()

    def use_stun(self, servers: Sequence[ServerAddress]) -> None:
        self.stun_servers = tuple(servers)

    def stun_wanted(self) -> bool:
        return bool(self.stun_servers)

    def address_facts(self) -> AddressFacts:
        return self.facts

    def map_port(self, *, wanted: bool) -> None:
        self.router_asked.append(wanted)

    def port_mapping(self) -> PortMapping:
        return self.mapping

    def external_endpoints(self) -> tuple[Endpoint, ...]:
        return ()

    def dht_wanted(self) -> bool:
        return self.dht is not None

    def dht_running(self) -> bool:
        return self.dht is not None

    def dht_nodes(self) -> tuple[Endpoint, ...]:
        return self.nodes_of_dht

    @property
    def nat(self) -> NatKind:
        return NatKind.UNKNOWN

    def publish(self, own: Mapping[PeerId, OwnRendezvous]) -> None:
        self.published = dict(own)

    def lan_running(self) -> bool:
        return False

    def dial_report(self, peer_id: PeerId) -> tuple[DialRecord, ...]:
        peer = self.peers.get(peer_id)
        return () if peer is None else tuple(DialRecord(endpoint, None) for endpoint in peer.endpoints)

    def ice_report(self, _peer_id: PeerId) -> IceRecord | None:
        return None

    def pause_reading(self, peer_id: PeerId) -> None:
        self.paused.add(peer_id)

    def resume_reading(self, peer_id: PeerId) -> None:
        self.paused.discard(peer_id)
        held, self.held = self.held, []
        for wire, port, event in held:
            self._arrive(wire, port, event)

    # --- the board's side

    def joined(self, wire: Wire, port: Port, handshake_hash: bytes, *, dialled: bool) -> None:
        remote = wire.other(port).node.bound_endpoints()[0]
        self._tell(LinkUp(port.link, port.peer, port.kind, handshake_hash, dialled, PathClass.LAN, remote))
        if port.carries_peer:
            self._tell(PeerOnline(port.peer, port.link, PathClass.LAN, None))

    def met_silence(self, peer: Peer, key: LinkKey) -> None:
        self._tell(FlightUnanswered(peer.peer_id, key.kind))

    def lost(self, port: Port, reason: CloseReason) -> None:
        self._tell(LinkDown(port.link, port.peer, reason))
        if port.carries_peer and not self.linked(port.peer):
            self._tell(PeerOffline(port.peer))

    def _ports(self) -> list[tuple[Wire, Port]]:
        if self.detached:
            return []
        return [(wire, port) for wire in self._board.wires for port in wire.ends if port.node is self]

    def _carry(self, wire: Wire, port: Port, event: Callable[[Port], NetEvent]) -> None:
        """Deliver a frame in the loop's next turn, unless the wire is cut before."""
        asyncio.get_running_loop().call_soon(self._arrive, wire, wire.other(port), event)

    def _arrive(self, wire: Wire, port: Port, event: Callable[[Port], NetEvent]) -> None:
        """A frame has come to its end, whose process may not be reading."""
        if wire.up and port.peer in port.node.paused:
            port.node.held.append((wire, port, event))
        elif wire.up:
            self._board.frames += 1
            port.node._tell(event(port))

    def _tell(self, event: NetEvent) -> None:
        if not self.detached:
            self._on_event(event)
