"""TCP as a transport: streams, listeners, and two ways to dial (``docs/protocol.md``, section 4, "Punched sockets")."""

import asyncio
import contextlib
import errno
import logging
import socket
import struct
import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

from crypto.primitives import Random
from net.endpoint import Endpoint
from net.errors import LocalError
from net.jitter import shortened
from net.limits import (
    ASIDE_PERIOD_S,
    ASIDE_WINDOW_S,
    CONNECT_TIMEOUT_S,
    FAST_KNOCKS_S,
    KNOCK_PERIOD_S,
    MIN_KNOCK_PAUSE_S,
    PUNCH_WINDOW_S,
    RESUME_SEND_BYTES,
    SLOW_KNOCK_PERIOD_S,
    TAKEN_PORT_PAUSE_S,
)
from net.transport.stream import HIGH_WATER_BYTES, StreamOwner

log = logging.getLogger(__name__)

PortPair: TypeAlias = tuple[Endpoint, Endpoint]
"""From where to where a connection leads."""

_BACKLOG = 128
_SEND_NOTHING_MORE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""Of ``SO_LINGER``: close with RST."""
_NO_SUCH_FAMILY = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})
_REFUSED = frozenset({errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED, errno.EHOSTUNREACH, errno.ETIMEDOUT})
"""What a router says to a SYN that came too early, or the kernel when it has asked for long enough."""

_TAKEN = frozenset({errno.EADDRINUSE, errno.EADDRNOTAVAIL})
"""Between these two ports there is a connection, or was one a minute ago (TIME_WAIT)."""

SHARES_PORTS = sys.platform != "win32" and hasattr(socket, "SO_REUSEPORT")
"""Whether dials can leave from a port on which we listen.  On Windows, only where every other program may, too."""


class TcpStream(asyncio.BufferedProtocol):
    """A :class:`~net.transport.stream.Stream` over one TCP connection."""

    def __init__(self, owner: StreamOwner) -> None:
        self._owner = owner
        self._transport: asyncio.Transport | None = None
        self._paused = False
        self.remote: Endpoint
        self.local: Endpoint
        self.space = owner.space

    @property
    def unsent_bytes(self) -> int:
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    @property
    def is_writable(self) -> bool:
        return not self._paused and self._transport is not None

    def write(self, data: bytes | bytearray) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        if self._transport is None:
            return
        with contextlib.suppress(OSError):  # closed since
            # Without this the kernel goes on to send what nobody takes, and the pair of ports is not free for a minute.
            opened = self._transport.get_extra_info("socket")
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _SEND_NOTHING_MORE)
        self._transport.abort()

    def pause_reading(self) -> None:
        if self._transport is not None and self._transport.is_reading():
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        if self._transport is not None and not self._transport.is_closing() and not self._transport.is_reading():
            self._transport.resume_reading()

    # --- asyncio.BufferedProtocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=HIGH_WATER_BYTES, low=RESUME_SEND_BYTES)
        peer_name = transport.get_extra_info("peername")
        if peer_name is None:  # gone before we looked
            self._transport.abort()
            return
        self.remote = Endpoint.of(peer_name[0], peer_name[1])
        self.local = Endpoint.of(*transport.get_extra_info("sockname")[:2])
        self._owner.stream_opened(self)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - the frame decides, not the hint
        return self.space()

    def buffer_updated(self, nbytes: int) -> None:
        self._owner.received(nbytes)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._owner.stream_drained()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the reset's text tells nobody anything
        self._transport = None
        self._owner.stream_lost()


async def dial(endpoint: Endpoint, owner: StreamOwner) -> None:
    """Connect ``owner`` to ``endpoint``.

    Raises:
        OSError: nobody answers there; TimeoutError is one.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(CONNECT_TIMEOUT_S):
        # asyncio sets TCP_NODELAY on every TCP socket.
        await loop.create_connection(lambda: TcpStream(owner), str(endpoint.address), endpoint.port)


async def punch(endpoint: Endpoint, owner: StreamOwner, *, ports: Sequence[Endpoint], random: Random) -> None:
    """Connect ``owner`` to ``endpoint`` from one of ``ports``, where we listen: through two NATs, if the other side
    does the same.

    One SYN from each is held for the whole window, and opens our NAT for the other side's; NATs drop one that follows
    it with another sequence number.  So another goes out only after an error.

    Raises:
        OSError: it did not come about; TimeoutError is one.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(PUNCH_WINDOW_S):
        connected = await _knock_from(ports, endpoint, random)
        await loop.create_connection(lambda: TcpStream(owner), sock=connected)


async def punch_aside(owner: StreamOwner, pair_at: Callable[[float], PortPair], *, random: Random) -> None:
    """The same between the pair of ports that counts at a Unix time, as long as it does, and then between the next.

    Raises:
        OSError: it did not come about; TimeoutError is one.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(ASIDE_WINDOW_S):
        while (connected := await _knock_for_a_period(pair_at, random)) is None:
            pass
        await loop.create_connection(lambda: TcpStream(owner), sock=connected)


async def _knock_for_a_period(pair_at: Callable[[float], PortPair], random: Random) -> socket.socket | None:
    unix_s = time.time()
    local, remote = pair_at(unix_s)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ASIDE_PERIOD_S - unix_s % ASIDE_PERIOD_S):
            return await _knock(remote, local, random)
    return None


async def _knock_from(ports: Sequence[Endpoint], endpoint: Endpoint, random: Random) -> socket.socket:
    """The first that gets through."""
    through: list[socket.socket] = []

    async def knock(local: Endpoint) -> None:
        through.append(await _knock(endpoint, local, random))
        for task in knocking:
            task.cancel()

    try:
        async with asyncio.TaskGroup() as group:
            knocking = [group.create_task(knock(local)) for local in ports]
        return through.pop(0)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed
    finally:
        for late in through:
            late.close()


async def _knock(endpoint: Endpoint, local: Endpoint, random: Random) -> socket.socket:
    loop = asyncio.get_running_loop()
    began_at = loop.time()
    while True:
        try:
            return await connect_from(local, endpoint)
        except OSError as error:
            if error.errno in _TAKEN:
                await asyncio.sleep(TAKEN_PORT_PAUSE_S)
            elif error.errno in _REFUSED:
                await asyncio.sleep(knock_pause_s(loop.time() - began_at, time.time(), random))
            else:
                raise


def knock_pause_s(held_for_s: float, unix_s: float, random: Random) -> float:
    """Until the next SYN after one that was refused, in a window that has been held for so long.

    Two NATs that answer with RST let through only SYNs that pass each other on the way.  So every other one, by chance,
    goes out when the other side's does, if both clocks are right; the rest at any moment, if they are not.
    """
    period_s = KNOCK_PERIOD_S if held_for_s < FAST_KNOCKS_S else SLOW_KNOCK_PERIOD_S
    earliest_s = unix_s + MIN_KNOCK_PAUSE_S
    to_common_moment_s = MIN_KNOCK_PAUSE_S + -earliest_s % period_s
    if random(1)[0] % 2:
        return to_common_moment_s
    return to_common_moment_s + period_s - shortened(period_s, 1.0, random)


async def connect_from(local: Endpoint, remote: Endpoint) -> socket.socket:
    """A socket that is connected from the port where we listen.

    Raises:
        OSError: it did not come about.
    """
    with contextlib.ExitStack() as undo:
        dialling = socket.socket(_family(remote), socket.SOCK_STREAM)
        undo.callback(dialling.close)
        dialling.setblocking(False)
        dialling.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _share_port(dialling)
        dialling.bind((str(local.address), local.port))
        await asyncio.get_running_loop().sock_connect(dialling, (str(remote.address), remote.port))
        undo.pop_all()
    return dialling


def _share_port(bound: socket.socket) -> None:
    if SHARES_PORTS:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)


def _family(endpoint: Endpoint) -> socket.AddressFamily:
    return socket.AF_INET6 if endpoint.address.version == 6 else socket.AF_INET


class Listener:
    """One bound socket."""

    def __init__(self, server: asyncio.Server, endpoint: Endpoint) -> None:
        self._server = server
        self.endpoint = endpoint
        """As bound: a wildcard stays a wildcard, port 0 has become a real one."""

    def close(self) -> None:
        self._server.close()


async def listen(endpoints: Sequence[Endpoint], stranger: Callable[[], StreamOwner]) -> tuple[Listener, ...]:
    """Listen at each endpoint; an address family that this machine lacks is left out.

    Raises:
        LocalError: an endpoint cannot be bound, or none is left; nothing listens then.
    """
    listeners: list[Listener] = []
    try:
        for bound in filter(None, map(_bind, endpoints)):
            listeners.append(await _serve(bound, stranger))  # noqa: PERF401 - what listens already is closed below
    except OSError as error:
        for listener in listeners:
            listener.close()
        raise LocalError("cannot listen there") from error
    if endpoints and not listeners:
        raise LocalError("none of the address families to listen on exists")
    return tuple(listeners)


async def _serve(bound: socket.socket, stranger: Callable[[], StreamOwner]) -> Listener:
    loop = asyncio.get_running_loop()
    host, port = bound.getsockname()[:2]
    server = await loop.create_server(lambda: TcpStream(stranger()), sock=bound, backlog=_BACKLOG)
    _share_port(bound)  # not before it listens, or another program could listen there as well
    return Listener(server, Endpoint.of(host, port))


def _bind(endpoint: Endpoint) -> socket.socket | None:
    """A bound socket; None if the address family is missing."""
    is_ipv6 = endpoint.address.version == 6
    with contextlib.ExitStack() as undo:
        try:
            bound = socket.socket(_family(endpoint), socket.SOCK_STREAM)
            undo.callback(bound.close)
            if sys.platform == "win32":
                # There SO_REUSEADDR lets another program take the port over.
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if is_ipv6:
                bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            bound.bind((str(endpoint.address), endpoint.port))
        except OSError as error:
            if is_ipv6 and error.errno in _NO_SUCH_FAMILY:
                log.info("no IPv6 here to listen on")
                return None
            raise
        undo.pop_all()
    return bound
