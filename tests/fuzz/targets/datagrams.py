"""QUIC over datagrams: anybody's while the two sides meet, and a hostile peer's frames once they have."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from aioquic import tls

from net.limits import QUIC_WINDOW_BYTES
from net.transport.certificate import Certificate
from net.transport.quic import QuicStream
from net.transport.quic_connection import BoundedConnection
from tests.fuzz.target import Check, Target, joined, pieces
from tests.support.datagrams import Reader, channels, connect, serve

_FIRST_BYTES = 1200
_CERTIFICATE = Certificate.generate()


def strangers() -> Sequence[bytes]:
    """Pieces, each a datagram to a server that waits; then to a client that waits."""
    long_header = b"\xc3\x00\x00\x00\x01\x08" + bytes(8) + b"\x08" + bytes(8) + b"\x00\x44\x00"
    return [
        joined([long_header + bytes(_FIRST_BYTES), long_header]),
        joined([b"\xc0\x00\x00\x00\x00\x08" + bytes(17) + b"\x00\x00\x00\x01", b"\x40" + bytes(40)]),
        joined([bytes(_FIRST_BYTES), b"", b"\xf0" + bytes(30)]),
    ]


async def meet_stranger(data: bytes) -> None:
    here, there = channels()
    client, server = Reader(), Reader()
    server.stream = serve(there, server, _CERTIFICATE)
    client.stream = QuicStream(client, here, pinned_hash=_CERTIFICATE.hash)
    for datagram in pieces(data):
        server.stream.datagram_received(datagram)
        client.stream.datagram_received(datagram)
    assert not client.opened.is_set()
    assert not server.opened.is_set()
    await _end(client, server)


def frames() -> Sequence[bytes]:
    """Pieces, each the sealed payload of one packet."""
    stream = b"\x0e\x00\x00\x05hello"
    return [
        joined([stream, b"\x0f\x00\x05\x01!", b"\x06\x00\x03abc"]),
        joined([b"\x0e\x00" + b"\xbf\xff\xff\xff" + b"\x01x", b"\x0a\x04\x01x", b"\x04\x00\x01\x05"]),
        joined([b"\x10\x44\x00", b"\x11\x00\x44\x00", b"\x18\x01\x00\x08" + bytes(24), b"\x19\x00"]),
        joined([b"\x1a" + bytes(8), b"\x1b" + bytes(8), b"\x02\x7f\xff\x00\x00\x00", b"\x30abc"]),
        joined([b"\x1c\x00\x00\x03bye", b"\x1d\x00\x00", b"\x1e", b"\x07\x02ab"]),
    ]


async def meet_peer(data: bytes) -> None:
    """Whatever a peer seals, the server's stream holds no more than a window of it, and ends in the end."""
    here, there = channels()
    client, server = Reader(), Reader()
    connect(here, there, client, server)
    await asyncio.gather(client.opened.wait(), server.opened.wait())
    server.stream.pause_reading()
    assert client.stream._connection is not None
    for number, payload in enumerate(pieces(data), start=100):
        server.stream.datagram_received(_sealed(client.stream._connection, payload, number))
    assert sum(map(len, server.stream._held)) <= QUIC_WINDOW_BYTES
    server.stream.resume_reading()
    await _end(client, server)


def _sealed(connection: BoundedConnection, payload: bytes, number: int) -> bytes:
    """A packet of 1-RTT that opens, whatever is in it; short ones are padded as header protection wants it."""
    header = b"\x41" + connection._peer_cid.cid + number.to_bytes(2, "big")
    crypto = connection._cryptos[tls.Epoch.ONE_RTT]
    return bytes(crypto.encrypt_packet(header, payload.ljust(4, b"\x00"), number))


async def _end(*readers: Reader) -> None:
    for reader in readers:
        reader.stream.abort()
    await asyncio.gather(*(reader.lost.wait() for reader in readers))
    assert all(reader.times_lost == 1 for reader in readers)


def _running(scenario: Callable[[bytes], object]) -> Callable[[], AbstractContextManager[Check]]:
    @contextmanager
    def prepared() -> Iterator[Check]:
        with asyncio.Runner() as runner:
            yield lambda data: runner.run(scenario(data))  # type: ignore[arg-type]

    return prepared


TARGETS = (
    Target("quic-strangers", strangers, _running(meet_stranger), is_guided=False),
    Target("quic-frames", frames, _running(meet_peer), is_guided=False),
)
