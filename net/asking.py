"""Carries questions to servers and nodes, and answers back: sockets for :mod:`net.survey` and :mod:`net.stun`."""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import cast

from crypto.primitives import Random
from net import stun
from net.endpoint import Endpoint
from net.errors import RemoteError
from net.limits import RESOLVE_TIMEOUT_S, STUN_TCP_TIMEOUT_S
from net.observation import Observation, Observer, Transport
from net.server import ServerAddress
from net.survey import Survey, Target
from net.transport import tcp

log = logging.getLogger(__name__)

Hear = Callable[[Observation], None]


async def resolve(server: ServerAddress, kind: socket.SocketKind) -> tuple[Endpoint, ...]:
    """Where a server is, the best first; nowhere if its name says nothing in time."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[tuple[Endpoint, ...]] = loop.create_future()

    def tell(endpoints: tuple[Endpoint, ...]) -> None:
        if not found.done():
            found.set_result(endpoints)

    def look_up() -> None:
        endpoints = _endpoints(server, kind)
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, endpoints)

    # Not in the loop's executor: without a network it may take long, and nobody's end is to wait for that.
    threading.Thread(target=look_up, name="look-up of a server", daemon=True).start()
    try:
        async with asyncio.timeout(RESOLVE_TIMEOUT_S):
            return await found
    except TimeoutError:
        return ()


def _endpoints(server: ServerAddress, kind: socket.SocketKind) -> tuple[Endpoint, ...]:
    try:
        found = socket.getaddrinfo(server.host, server.port, type=kind)
    except (OSError, UnicodeError):
        return ()
    return tuple(Endpoint.of(str(address[0]), int(address[1])) for _, _, _, _, address in found)


# --- UDP


async def ask_over_udp(speak_from: Endpoint, targets: Sequence[Target], random: Random, hear: Hear) -> None:
    """One round from one socket of its own; ``hear`` is called with each answer.  Without a socket nobody answers."""
    loop = asyncio.get_running_loop()
    survey = Survey(targets, random, loop.time())
    try:
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Ears(survey, hear), local_addr=(str(speak_from.address), 0)
        )
    except OSError:
        return
    try:
        while not survey.is_over(loop.time()):
            for endpoint, datagram in survey.handle_timer(loop.time()):
                transport.sendto(datagram, (str(endpoint.address), endpoint.port))
            await asyncio.sleep(max(0.0, min(survey.wake_at() - loop.time(), _LOOK_S)))
    finally:
        transport.close()


_LOOK_S = 0.1
"""Between looks whether everybody has answered."""


class _Ears(asyncio.DatagramProtocol):
    def __init__(self, survey: Survey, hear: Hear) -> None:
        self._survey = survey
        self._hear = hear
        self._local: Endpoint

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._local = Endpoint.of(*transport.get_extra_info("sockname")[:2])

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        observation = self._survey.received(Endpoint.of(*addr[:2]), data, self._local)
        if observation is None:
            log.debug("a reply is ignored: it answers nothing of ours, or was answered before")
        else:
            self._hear(observation)


# --- TCP


async def ask_over_tcp(
    observer: Observer, endpoint: Endpoint, local: Endpoint | None, random: Random
) -> Observation | None:
    """Ask one STUN server, from ``local`` where we listen or else from any port; None: it does not answer."""
    transaction = random(stun.TRANSACTION_BYTES)
    try:
        async with asyncio.timeout(STUN_TCP_TIMEOUT_S):
            reader, writer = await _connect(endpoint, local)
            try:
                writer.write(stun.question(transaction))
                header = await reader.readexactly(stun.HEADER_BYTES)
                rest = await reader.readexactly(stun.answer_bytes(header) - len(header))
                answer = stun.answer(header + rest)
                ours = Endpoint.of(*writer.get_extra_info("sockname")[:2])
            finally:
                # Nothing is left to be said, and a connection that lingers would hold this pair of ports.
                cast(asyncio.Transport, writer.transport).abort()
    except (OSError, EOFError, RemoteError) as error:
        log.debug("a STUN server does not help: %s", type(error))
        return None
    if answer.transaction != transaction:
        log.debug("a STUN server answers another question")
        return None
    return Observation(observer, Transport.TCP, ours, answer.seen)


async def _connect(endpoint: Endpoint, local: Endpoint | None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if local is None:
        return await asyncio.open_connection(str(endpoint.address), endpoint.port)
    return await asyncio.open_connection(sock=await tcp.connect_from(local, endpoint))
