"""Tries QUIC out: a client and a server in this process, which speak to nobody else."""

import asyncio
from collections.abc import Callable
from typing import Final

from net.endpoint import Endpoint
from net.limits import QUIC_HANDSHAKE_TIMEOUT_S
from net.transport.certificate import Certificate
from net.transport.quic import QuicStream
from net.transport.stream import Stream

_NOWHERE: Final = Endpoint.of("127.0.0.1", 1)
_TEXT: Final = b"text"


class _Wire:
    """One end of a channel in memory."""

    remote = local = _NOWHERE

    def __init__(self) -> None:
        self.deliver: Callable[[bytes], None] = lambda _: None

    def send(self, datagram: bytes) -> None:
        asyncio.get_running_loop().call_soon(self.deliver, datagram)

    def close(self) -> None: ...


class _Side:
    """Says something as soon as it may, and waits for what the other says."""

    def __init__(self, *, speaks: bool) -> None:
        self.heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._speaks = speaks
        self._space = memoryview(bytearray(len(_TEXT)))

    def stream_opened(self, stream: Stream) -> None:
        if self._speaks:
            stream.write(_TEXT)

    def space(self) -> memoryview:
        return self._space

    def received(self, size_bytes: int) -> None:
        if not self.heard.done():
            self.heard.set_result(bytes(self._space[:size_bytes]))

    def stream_drained(self) -> None: ...

    def stream_lost(self) -> None:
        if not self.heard.done():
            self.heard.set_result(b"")


async def quic_works(*, timeout_s: float = QUIC_HANDSHAKE_TIMEOUT_S) -> bool:
    """Whether a client that pins a new certificate is heard by the server that has it."""
    certificate = Certificate.generate()
    here, there = _Wire(), _Wire()
    speaker, listener = _Side(speaks=True), _Side(speaks=False)
    server = QuicStream(listener, there, certificate=certificate)
    client = QuicStream(speaker, here, pinned_hash=certificate.hash)
    here.deliver, there.deliver = server.datagram_received, client.datagram_received
    try:
        async with asyncio.timeout(timeout_s):
            return await listener.heard == _TEXT
    except TimeoutError:
        return False
    finally:
        client.abort()
        server.abort()
