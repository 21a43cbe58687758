"""aioice's agent within bounds: whom it sends to, what it believes, and when relays join in (RFC 8445, 8489, 8656).

All that Kith needs of aioice beyond its documented interface stands in this file.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from aioice import stun, turn
from aioice.candidate import Candidate, candidate_foundation, candidate_priority
from aioice.ice import Connection, StunProtocol, server_reflexive_candidate

from net.asking import resolve
from net.endpoint import Endpoint
from net.ice_offer import CandidateKind, IceCandidate, IceOffer
from net.ice_rules import IceRules
from net.ice_servers import IceServers
from net.interfaces import IPAddress
from net.limits import (
    CHECK_AGAIN_S,
    ICE_GATHER_TIMEOUT_S,
    MAX_EARLY_DATAGRAM_BYTES,
    MAX_EARLY_DATAGRAMS,
    MAX_HOST_CANDIDATES,
    MAX_ICE_VISITORS,
    MAX_RELAYS_TRIED,
    MAX_STUN_SERVERS,
    MAX_TURN_LIFETIME_S,
    MIN_TURN_LIFETIME_S,
    RELAY_STAGGER_S,
    STUN_GRACE_S,
    STUN_TIMEOUT_S,
    TURN_CHANNEL_REFRESH_S,
    TURN_DELETE_TIMEOUT_S,
)
from net.server import ServerAddress, TurnServer, TurnTransport
from net.transport.stream import DatagramReceiver

log = logging.getLogger(__name__)

_COMPONENT = 1
_TYPES = {CandidateKind.HOST: "host", CandidateKind.REFLEXIVE: "srflx", CandidateKind.RELAYED: "relay"}
_KINDS = {text: kind for kind, text in _TYPES.items()}
_MALFORMED = (LookupError, ValueError, AssertionError, struct.error)
"""What aioice raises for STUN messages that it cannot read."""


@dataclass(frozen=True, slots=True)
class SelectedPair:
    """Between what two addresses datagrams go; ``local`` is one of this computer, a relay's port or not."""

    local: Endpoint
    remote: Endpoint
    is_relayed: bool


class _Guarded:
    """Lets no malformed message through: anybody may send one."""

    def datagram_received(self, data: bytes | str, addr: tuple[Any, ...]) -> None:
        try:
            super().datagram_received(data, addr)  # type: ignore[misc]
        except _MALFORMED:
            log.debug("a malformed datagram")


class _Port(_Guarded, StunProtocol):
    """One of our addresses.  Data counts only from where the peer has proved to be."""

    def datagram_received(self, data: bytes | str, addr: tuple[Any, ...]) -> None:
        agent = self.receiver
        assert isinstance(agent, IceAgent)
        if _is_stun(data):
            super().datagram_received(data, addr)
        elif isinstance(data, bytes) and agent.is_peer(addr):
            agent.data_received(data, _COMPONENT)


class _TurnClient(_Guarded):
    """A relay whose word on how long something lasts is taken with care."""

    transport: Any

    async def request_with_retry(self, request: stun.Message) -> tuple[stun.Message, tuple[str, int]]:
        response, address = await super().request_with_retry(request)  # type: ignore[misc]
        if "LIFETIME" in response.attributes:
            told = response.attributes["LIFETIME"]
            response.attributes["LIFETIME"] = min(max(told, MIN_TURN_LIFETIME_S), MAX_TURN_LIFETIME_S)
        return response, address

    async def delete(self) -> None:
        """Give the allocation back, if the server still answers; else it expires by itself.

        Nothing is left to be said then, and a server that does not answer the end of TLS, or reads nothing, would keep
        whoever waits for the end of the connection.
        """
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TURN_DELETE_TIMEOUT_S):
                    await super().delete()  # type: ignore[misc]
        finally:
            self.transport.abort()


class _TurnUdp(_TurnClient, turn.TurnClientUdpProtocol):
    pass


class _TurnTcp(_TurnClient, turn.TurnClientTcpProtocol):
    pass


class IceAgent(Connection):
    """One side of one attempt, and of the path that it becomes."""

    def __init__(self, *, controls: bool, username: str, password: str, rules: IceRules) -> None:
        super().__init__(ice_controlling=controls, local_username=username, local_password=password)
        self._rules = rules
        self._visitors: set[tuple[str, int]] = set()
        self._refused: set[tuple[str, int]] = set()
        """The peer's relays, where none is to be used."""
        self._checked_again_at: dict[tuple[StunProtocol, tuple[str, int]], float] = {}
        """From which port of ours, and to which address of the peer."""
        self._relays: list[StunProtocol] = []
        self._bases: dict[StunProtocol, Endpoint] = {}
        """From where we talk to each relay."""
        self.relay_errors: list[Exception] = []
        """Why relays granted nothing."""
        self.receiver: DatagramReceiver | None = None
        """Who gets the peer's datagrams, once there is a pair."""
        self._early: list[bytes] = []
        """Datagrams of a peer that knew so before us."""

    # --- Our own candidates

    async def gather(self, hosts: Sequence[IPAddress], servers: IceServers) -> tuple[IceCandidate, ...]:
        """Open a port at each host address and find out how it is seen from outside; what takes long is left out."""
        for host in hosts[:MAX_HOST_CANDIDATES]:
            await self._open_port(host)
        self._local_candidates = [port.local_candidate for port in self._protocols]
        ports = [port for port in self._protocols if ":" not in port.local_candidate.host]
        reflexive: list[Candidate] = []
        queries = [
            self._loop_task(_ask_where(server, ports, reflexive.append), "STUN")
            for server in servers.stun[:MAX_STUN_SERVERS]
        ]
        relay = self._loop_task(self._allocate(servers.turn[:MAX_RELAYS_TRIED]), "TURN")
        try:
            await self._await_answers(queries, relay)
        finally:  # also where the attempt is given up: a relay that grants a port afterwards would be kept for ever
            for task in (*queries, relay):
                task.cancel()
            await asyncio.gather(*queries, relay, return_exceptions=True)
        relayed = [port.local_candidate for port in self._relays]
        self._local_candidates = [*self._local_candidates, *reflexive, *relayed]
        self._local_candidates_end = True
        return self._told()

    async def _await_answers(self, queries: Sequence[asyncio.Task[Any]], relay: asyncio.Task[Any]) -> None:
        """Wait for everybody, but once a relay has granted a port, which is good for any way, only a moment more."""
        loop = asyncio.get_running_loop()
        until = loop.time() + ICE_GATHER_TIMEOUT_S
        await asyncio.wait([relay], timeout=ICE_GATHER_TIMEOUT_S)
        left_s = until - loop.time()
        await asyncio.wait([relay, *queries], timeout=min(left_s, STUN_GRACE_S) if self._relays else left_s)

    def _told(self) -> tuple[IceCandidate, ...]:
        """Ours, as an offer names them: each address once, and none that a server made up.

        Those come last of which there may be more than an offer has room for: a symmetric NAT gives each question
        another port, and a server may name any.
        """
        found: dict[Endpoint, IceCandidate] = {}
        for candidate in sorted(self._local_candidates, key=lambda each: each.type == _TYPES[CandidateKind.REFLEXIVE]):
            kind, endpoint = _KINDS[candidate.type], Endpoint.of(candidate.host, candidate.port)
            if kind is CandidateKind.HOST or self._rules.may_tell(endpoint):
                found.setdefault(endpoint, IceCandidate(kind, endpoint))
        return tuple(found.values())

    async def _open_port(self, host: IPAddress) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, port = await loop.create_datagram_endpoint(lambda: _Port(self), local_addr=(str(host), 0))
        except OSError as error:
            log.debug("cannot open a port: %s", type(error))
            return
        port.transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVBUF, turn.UDP_SOCKET_BUFFER_SIZE
        )
        name = port.transport.get_extra_info("sockname")
        port.local_candidate = _local_candidate(CandidateKind.HOST, name[0], name[1])
        self._protocols.append(port)

    async def _allocate(self, servers: Sequence[TurnServer]) -> None:
        """Ask relays in turn, each while the one before hesitates; the first that grants a port is ours."""
        tasks = [
            self._loop_task(self._allocate_at(server, position * RELAY_STAGGER_S), "relay")
            for position, server in enumerate(servers)
        ]
        try:
            for task in asyncio.as_completed(tasks):
                if await task:
                    return
        finally:
            for started in tasks:
                started.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _allocate_at(self, server: TurnServer, delay_s: float) -> bool:
        await asyncio.sleep(delay_s)
        try:
            port = await self._connect_to_relay(server)
        except (OSError, ssl.SSLError, stun.TransactionError, *_MALFORMED) as error:
            log.info("a relay refused or failed: %s", type(error))
            self.relay_errors.append(error)
            return False
        self._relays.append(port)
        return True

    async def _connect_to_relay(self, server: TurnServer) -> StunProtocol:
        """An allocation at a TURN server.

        Raises:
            OSError, TransactionError, LookupError, ValueError: there is none to be had.
        """
        transport, client = await _reach(server)
        try:
            relay = turn.TurnTransport(client)
            protocol = _Port(self)
            await relay._connect(protocol)
            name = relay.get_extra_info("sockname")
            protocol.local_candidate = _local_candidate(CandidateKind.RELAYED, name[0], name[1])
            self._bases[protocol] = Endpoint.of(*transport.get_extra_info("sockname")[:2])
        except BaseException:
            client.transport.abort()
            raise
        return protocol

    # --- The peer's candidates

    async def find_pair(self, theirs: IceOffer, relay_delay_s: float) -> SelectedPair:
        """Check our candidates against the peer's, relayed ones a little later if there may be other ways.

        Raises:
            ConnectionError: no two of them can reach each other.
        """
        self.remote_username, self.remote_password = theirs.username, theirs.ice_password
        if not self._rules.relays:
            relayed = [candidate for candidate in theirs.candidates if candidate.kind is CandidateKind.RELAYED]
            self._refused = {(str(each.address), each.port) for each in (it.plain_endpoint for it in relayed)}
            theirs = theirs.naming(tuple(candidate for candidate in theirs.candidates if candidate not in relayed))
        allowed = theirs.allowed(self._rules.may_send_to)
        direct = [candidate for candidate in allowed if candidate.kind is not CandidateKind.RELAYED]
        await self._add(direct)
        delay_s = relay_delay_s if direct or self._may_be_reached() else 0.0
        late = self._loop_task(self._add_relayed(allowed, delay_s), "relays")
        try:
            await self.connect()
        finally:
            late.cancel()
            await asyncio.gather(late, return_exceptions=True)
        return self._selected()

    def _may_be_reached(self) -> bool:
        """Whether the peer may come by none of the relays, even from where it did not say that it is."""
        known = [candidate for candidate in self._local_candidates if candidate.type != "relay"]
        return any(candidate.type == "srflx" or ip_address(candidate.host).is_global for candidate in known)

    async def _add_relayed(self, allowed: Sequence[IceCandidate], delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        self._use_relays()
        await self._add([candidate for candidate in allowed if candidate.kind is CandidateKind.RELAYED])
        await self.add_remote_candidate(None)

    async def _add(self, candidates: Sequence[IceCandidate]) -> None:
        for candidate in candidates:
            host, port = str(candidate.endpoint.address), candidate.endpoint.port
            await self.add_remote_candidate(_candidate(candidate.kind, host, port))

    def _use_relays(self) -> None:
        self._protocols += self._relays
        self._relays = []
        for remote in self._remote_candidates:
            self._pair_remote_candidate(remote)
        self.sort_check_list()

    def _selected(self) -> SelectedPair:
        pair = self._nominated[_COMPONENT]
        kinds = {pair.local_candidate.type, pair.remote_candidate.type}
        local = self._bases.get(pair.protocol, Endpoint.of(*pair.local_addr))
        return SelectedPair(local, Endpoint.of(*pair.remote_addr), "relay" in kinds)

    # --- The path

    def send_datagram(self, datagram: bytes) -> None:
        """Send to the peer, if there is a pair; never waits."""
        pair = self._nominated.get(_COMPONENT)
        if pair is not None:
            pair.protocol.transport.sendto(datagram, pair.remote_addr)

    def is_peer(self, address: tuple[Any, ...]) -> bool:
        """Whether an address is one of the peer's that were checked."""
        return any(known._network_host == address[0] and known.port == address[1] for known in self._remote_candidates)

    def data_received(self, data: bytes, component: int) -> None:  # noqa: ARG002 - aioice's signature
        if self.receiver is not None:
            self.receiver.datagram_received(data)
        elif len(self._early) < MAX_EARLY_DATAGRAMS and len(data) <= MAX_EARLY_DATAGRAM_BYTES:
            self._early.append(data)

    def deliver_to(self, receiver: DatagramReceiver) -> None:
        """The peer's datagrams are for this one from now on, and those that have come before."""
        self.receiver = receiver
        asyncio.get_running_loop().call_soon(self._deliver_early)

    def _deliver_early(self) -> None:
        early, self._early = self._early, []
        for datagram in early:
            self.data_received(datagram, _COMPONENT)

    def protocol_lost(self, protocol: StunProtocol) -> None:
        if any(pair.protocol is protocol for pair in self._nominated.values()):
            self._tell_lost()

    def check_incoming(self, message: stun.Message, addr: tuple[str, int], protocol: StunProtocol) -> None:
        """A check by somebody who holds the password: the peer, from wherever it says that it comes."""
        if "PRIORITY" in message.attributes and self._is_welcome(addr):
            self._check_again(addr, protocol)
            super().check_incoming(message, addr, protocol)

    def _check_again(self, address: tuple[str, int], protocol: StunProtocol) -> None:
        """Whoever is there by now is checked at once (RFC 8445, section 7.3.1.4): what was sent before was lost, and is
        due again half a minute later, at worst.
        """
        now = asyncio.get_running_loop().time()
        if now < self._checked_again_at.get((protocol, address), float("-inf")) + CHECK_AGAIN_S:
            return
        self._checked_again_at[protocol, address] = now
        for request in _unanswered(protocol, address):
            protocol.send_stun(request, address)

    def _is_welcome(self, address: tuple[str, int]) -> bool:
        if address in self._visitors or self.is_peer(address):
            return True
        if address[:2] in self._refused:
            return False
        if self._check_list_done or len(self._visitors) >= MAX_ICE_VISITORS:
            return False
        if not self._rules.may_send_to(Endpoint.of(*address)):
            return False
        self._visitors.add(address)
        return True

    async def close(self) -> None:
        """Close every port and give the relay back; also called by aioice when the peer has withdrawn consent."""
        self._protocols += self._relays
        self._relays = []
        await super().close()
        self._tell_lost()

    def _tell_lost(self) -> None:
        receiver, self.receiver = self.receiver, None
        if receiver is not None:
            receiver.channel_lost()

    def _loop_task(self, coroutine: Any, name: str) -> asyncio.Task[Any]:
        return asyncio.get_running_loop().create_task(coroutine, name=name)


async def _ask_where(
    server: ServerAddress, ports: Sequence[StunProtocol], on_seen: Callable[[Candidate], None]
) -> None:
    """Where the server sees these ports, each as soon and as far as it tells."""
    try:
        async with asyncio.timeout(STUN_TIMEOUT_S):
            found = await resolve(server, socket.SOCK_DGRAM)
    except TimeoutError:
        return
    there = next((endpoint for endpoint in found if endpoint.address.version == 4), None)
    if there is not None:
        await asyncio.gather(*(_ask_where_one(port, there, on_seen) for port in ports))


async def _ask_where_one(port: StunProtocol, server: Endpoint, on_seen: Callable[[Candidate], None]) -> None:
    if (seen := await _seen_as(port, server)) is not None:
        on_seen(seen)


async def _seen_as(port: StunProtocol, server: Endpoint) -> Candidate | None:
    """Where the server sees the port; None if it does not tell in time, or nonsense."""
    try:
        async with asyncio.timeout(STUN_TIMEOUT_S):
            return (await server_reflexive_candidate(port, (str(server.address), server.port)))[0]
    except (OSError, stun.TransactionError, *_MALFORMED) as error:
        log.debug("a STUN server does not help: %s", type(error))
        return None


async def _reach(server: TurnServer) -> tuple[asyncio.BaseTransport, _TurnUdp | _TurnTcp]:
    """A way to a TURN server, by the first of its addresses that there is one to.

    Raises:
        OSError: there is none, or no such name.
    """
    context = await _tls_context(server) if server.transport is TurnTransport.TLS else None
    kind = socket.SOCK_DGRAM if server.transport is TurnTransport.UDP else socket.SOCK_STREAM
    reason = OSError("no such name")
    for there in await resolve(server.address, kind):
        try:
            return await _reach_at(server, there, context)
        except OSError as error:
            reason = error
    raise reason


async def _reach_at(
    server: TurnServer, there: Endpoint, context: ssl.SSLContext | None
) -> tuple[asyncio.BaseTransport, _TurnUdp | _TurnTcp]:
    loop, address = asyncio.get_running_loop(), (str(there.address), there.port)
    credentials = (server.username, server.secret.reveal().decode(), MAX_TURN_LIFETIME_S, TURN_CHANNEL_REFRESH_S)
    if server.transport is TurnTransport.UDP:
        return await loop.create_datagram_endpoint(lambda: _TurnUdp(address, *credentials), remote_addr=address)
    name = None if context is None else server.address.host
    return await loop.create_connection(
        lambda: _TurnTcp(address, *credentials), *address, ssl=context, server_hostname=name
    )


def _unanswered(port: StunProtocol, address: tuple[str, int]) -> list[stun.Message]:
    """What we ask that address from this port and wait for."""
    waiting: list[Any] = list(port.transactions.values())
    return [each._Transaction__request for each in waiting if each._Transaction__addr == address]


def _is_stun(data: bytes | str) -> bool:
    """RFC 7983: the first byte tells STUN from QUIC."""
    return isinstance(data, bytes) and bool(data) and data[0] < 4


def _candidate(kind: CandidateKind, host: str, port: int) -> Candidate:
    text = _TYPES[kind]
    return Candidate(
        foundation=candidate_foundation(text, "udp", host),
        component=_COMPONENT,
        transport="udp",
        priority=candidate_priority(_COMPONENT, text),
        host=host,
        port=port,
        type=text,
    )


def _local_candidate(kind: CandidateKind, host: str, port: int) -> Candidate:
    return _candidate(kind, host.partition("%")[0], port)


async def _tls_context(server: TurnServer) -> ssl.SSLContext:
    """Reading the certificates takes time, and a disk."""
    return await asyncio.to_thread(ssl.create_default_context, cafile=server.ca_file)
