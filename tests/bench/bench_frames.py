"""The frame layer against raw asyncio TCP, in one run: two processes on loopback, one sends, one receives.

Both sides use ``BufferedProtocol`` and write chunk after chunk while the transport takes them; what the frame layer
adds is sealing, opening and our own Python.  The processor time of the busier side is given too, since it says what
the code costs whatever else the machine is doing; and so is ``bound``, the ratio that would be left if there were
nothing but raw TCP and the cipher itself, by processor time.
"""

import asyncio
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TypeAlias

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from crypto.secret import Secret
from net.endpoint import Endpoint
from net.events import EnvelopeReceived, LinkDown, NetEvent, PeerOnline, PeerWritable
from net.node import Node
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.bench.figure import Figure, figure

Receiver: TypeAlias = Callable[[int, Connection], Coroutine[None, None, None]]
Sender: TypeAlias = Callable[[int, int, int], Coroutine[None, None, None]]

KEY = LinkKey(LinkKind.CONTACT, Secret(b"k" * 32))
PEER = PeerId(b"peer")
LOOPBACK = Endpoint.parse("127.0.0.1:0")
MIB = 1 << 20
REPEATS = 7
TOTAL_BYTES = 256 * MIB
ENVELOPE_BYTES = 400
ENVELOPES = 50_000
HIGH_WATER_BYTES = 2 * MIB
RAW_BUFFER_BYTES = 256 * 1024
GOAL = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """One transfer: its throughput by the clock, and by the processor time of the busier side."""

    mib_per_s: float
    mib_per_cpu_s: float


def figures() -> Iterator[Figure]:
    for chunk_bytes in (64 * 1024, 256 * 1024):
        raw, sealed = [], []
        for _ in range(REPEATS):  # in turns, so that a busy moment of the machine meets both
            raw.append(transfer(receive_raw, send_raw, chunk_bytes, TOTAL_BYTES))
            sealed.append(transfer(receive_frames, send_frames, chunk_bytes, TOTAL_BYTES))
        cipher = cipher_mib_per_cpu_s(chunk_bytes)
        raw_cpu = median(run.mib_per_cpu_s for run in raw)
        detail: dict[str, object] = {
            "bound": round(cipher / (cipher + raw_cpu), 2),
            "cipher_mib_cpu_s": round(cipher),
            "raw_mib_s": median(run.mib_per_s for run in raw),
            "sealed_mib_s": median(run.mib_per_s for run in sealed),
            "raw_mib_cpu_s": raw_cpu,
            "sealed_mib_cpu_s": median(run.mib_per_cpu_s for run in sealed),
        }
        ratios = [ours.mib_per_s / theirs.mib_per_s for ours, theirs in zip(sealed, raw, strict=True)]
        name = f"frame_throughput_{chunk_bytes // 1024}_kib"
        yield figure(name, ratios, "of raw TCP", at_least=GOAL, detail=detail)
    rates = [
        transfer(receive_frames, send_frames, ENVELOPE_BYTES, ENVELOPE_BYTES * ENVELOPES).mib_per_s
        * MIB
        / ENVELOPE_BYTES
        for _ in range(REPEATS)
    ]
    yield figure("frames_of_400_bytes", rates, "1/s")


def median(values: Iterable[float]) -> int:
    return round(statistics.median(values))


def cipher_mib_per_cpu_s(chunk_bytes: int) -> float:
    """Sealing alone, into memory that is there already."""
    cipher = ChaCha20Poly1305(bytes(32))
    chunk, sealed, rounds = os.urandom(chunk_bytes), bytearray(chunk_bytes + 16), TOTAL_BYTES // chunk_bytes
    started_s = time.process_time()
    for _ in range(rounds):
        cipher.encrypt_into(bytes(12), chunk, b"abc", sealed)
    return TOTAL_BYTES / MIB / (time.process_time() - started_s)


def transfer(receiver: Receiver, sender: Sender, chunk_bytes: int, total_bytes: int) -> Run:
    """From the receiver's first byte to its last; the receiver ends the connection when it has all."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=run_receiver, args=(receiver, total_bytes, theirs))
    process.start()
    port: int = ours.recv()
    cpu_before_s = time.process_time()
    asyncio.run(sender(port, chunk_bytes, total_bytes))
    sender_cpu_s = time.process_time() - cpu_before_s
    elapsed_s, receiver_cpu_s = ours.recv()
    process.join()
    size_mib = total_bytes / MIB
    return Run(size_mib / elapsed_s, size_mib / max(sender_cpu_s, receiver_cpu_s))


def run_receiver(receiver: Receiver, total_bytes: int, report: Connection) -> None:
    asyncio.run(receiver(total_bytes, report))


class Tally:
    """Counts bytes and knows when all are there."""

    def __init__(self, total_bytes: int) -> None:
        self._missing_bytes = total_bytes
        self._started: tuple[float, float] | None = None
        self.result = (0.0, 0.0)
        """Seconds by the clock, and of processor time."""
        self.complete = asyncio.Event()

    def add(self, size_bytes: int) -> None:
        if self._started is None:
            self._started = time.perf_counter(), time.process_time()
        self._missing_bytes -= size_bytes
        if self._missing_bytes <= 0:
            clock_s, cpu_s = self._started
            self.result = time.perf_counter() - clock_s, time.process_time() - cpu_s
            self.complete.set()


class RawReceiver(asyncio.BufferedProtocol):
    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._buffer = memoryview(bytearray(RAW_BUFFER_BYTES))
        self.transport: asyncio.BaseTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._tally.add(nbytes)


class RawSender(asyncio.Protocol):
    def __init__(self) -> None:
        self.writable = asyncio.Event()
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.set_write_buffer_limits(high=HIGH_WATER_BYTES)
        self.writable.set()

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set()


async def receive_raw(total_bytes: int, report: Connection) -> None:
    tally = Tally(total_bytes)
    receiver = RawReceiver(tally)
    server = await asyncio.get_running_loop().create_server(lambda: receiver, "127.0.0.1", 0)
    report.send(server.sockets[0].getsockname()[1])
    await tally.complete.wait()
    receiver.transport.close()
    server.close()
    report.send(tally.result)


async def send_raw(port: int, chunk_bytes: int, total_bytes: int) -> None:
    transport, protocol = await asyncio.get_running_loop().create_connection(RawSender, "127.0.0.1", port)
    chunk = os.urandom(chunk_bytes)
    for _ in range(total_bytes // chunk_bytes):
        await protocol.writable.wait()
        transport.write(chunk)
    await protocol.ended.wait()
    transport.close()


async def receive_frames(total_bytes: int, report: Connection) -> None:
    tally = Tally(total_bytes)

    def on_event(event: NetEvent) -> None:
        if isinstance(event, EnvelopeReceived):
            tally.add(len(event.envelope))

    node = Node(on_event=on_event)
    (bound,) = await node.listen([LOOPBACK])
    node.set_peer(Peer(peer_id=PEER, keys=(KEY,), controls=False, wanted=False))
    report.send(bound.port)
    await tally.complete.wait()
    report.send(tally.result)
    await node.close()


async def send_frames(port: int, chunk_bytes: int, total_bytes: int) -> None:
    writable, ended = asyncio.Event(), asyncio.Event()

    def on_event(event: NetEvent) -> None:
        if isinstance(event, PeerOnline | PeerWritable):
            writable.set()
        elif isinstance(event, LinkDown):
            ended.set()

    node = Node(on_event=on_event)
    await node.listen([LOOPBACK])
    endpoint = Endpoint(LOOPBACK.address, port)
    node.set_peer(Peer(peer_id=PEER, keys=(KEY,), controls=True, wanted=True, endpoints=(endpoint,)))
    await writable.wait()
    chunk = os.urandom(chunk_bytes)
    for _ in range(total_bytes // chunk_bytes):
        while not node.send_envelope(PEER, chunk):
            writable.clear()
            await writable.wait()
    await ended.wait()
    await node.close()
