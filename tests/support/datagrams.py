"""Two ends of a channel in memory that loses, repeats and reorders datagrams by a seed."""

import asyncio
from collections.abc import Callable
from random import Random  # noqa: TID251 - a seed makes a failure repeatable

from net.endpoint import Endpoint
from net.transport.certificate import Certificate
from net.transport.quic import QuicStream
from net.transport.stream import StreamOwner

HERE, THERE = Endpoint.parse("198.51.100.1:1000"), Endpoint.parse("203.0.113.1:2000")


class Channel:
    """One end: what it sends arrives at ``receiver`` of the other, some of it."""

    def __init__(self, remote: Endpoint, local: Endpoint, random: Random, *, loss: float, disorder: float) -> None:
        self.remote = remote
        self.local = local
        self.receiver: Callable[[bytes], None] = lambda _: None
        self.other: Channel
        self.is_cut = False
        self.is_closed = False
        self.sent: list[bytes] = []
        self._random = random
        self._loss = loss
        self._disorder = disorder
        self._loop = asyncio.get_running_loop()

    def send(self, datagram: bytes) -> None:
        self.sent.append(datagram)
        if self.is_cut or self._random.random() < self._loss:
            return
        if self._random.random() < self._disorder:
            self._loop.call_later(self._random.random() / 100, self._arrive, datagram)
        else:
            self._loop.call_soon(self._arrive, datagram)
        if self._random.random() < self._disorder:
            self._loop.call_soon(self._arrive, datagram)

    def close(self) -> None:
        self.is_closed = True

    def _arrive(self, datagram: bytes) -> None:
        self.other.receiver(datagram)


def channels(seed: int = 0, *, loss: float = 0.0, disorder: float = 0.0) -> tuple[Channel, Channel]:
    """The two ends."""
    random = Random(seed)
    here = Channel(THERE, HERE, random, loss=loss, disorder=disorder)
    there = Channel(HERE, THERE, random, loss=loss, disorder=disorder)
    here.other, there.other = there, here
    return here, there


class Reader:
    """A stream's owner that keeps what arrives."""

    def __init__(self, space_bytes: int = 1000) -> None:
        self.stream: QuicStream
        self.opened = asyncio.Event()
        self.lost = asyncio.Event()
        self.drained = asyncio.Event()
        self.data = bytearray()
        self.answer = b""
        """What is said to all that arrives."""
        self.times_lost = 0
        self._arrived = asyncio.Event()
        self._buffer = memoryview(bytearray(space_bytes))

    def stream_opened(self, stream: object) -> None:
        assert stream is self.stream
        self.opened.set()

    def space(self) -> memoryview:
        return self._buffer

    def received(self, size_bytes: int) -> None:
        self.data += self._buffer[:size_bytes]
        self._arrived.set()
        if self.answer:
            self.stream.write(self.answer)

    def stream_drained(self) -> None:
        self.drained.set()

    def stream_lost(self) -> None:
        self.times_lost += 1
        self.lost.set()

    async def until(self, size_bytes: int) -> bytes:
        """What has arrived, once it is as much as that."""
        while len(self.data) < size_bytes:
            self._arrived.clear()
            await self._arrived.wait()
        return bytes(self.data)


def connect(here: Channel, there: Channel, client: Reader, server: Reader, *, pinned_hash: bytes | None = None) -> None:
    """Start both sides over the two ends; by default the client knows the server's certificate."""
    certificate = Certificate.generate()
    server.stream = serve(there, server, certificate)
    client.stream = QuicStream(client, here, pinned_hash=pinned_hash or certificate.hash)
    here.receiver = client.stream.datagram_received


def serve(there: Channel, owner: StreamOwner, certificate: Certificate) -> QuicStream:
    stream = QuicStream(owner, there, certificate=certificate)
    there.receiver = stream.datagram_received
    return stream
