"""A stream by ICE and QUIC against raw asyncio TCP, in one run: two processes on loopback, directly and through coturn.

The processor time of the busier side says what it costs whatever else the machine is doing; coturn's own is not in it.
"""

import asyncio
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from ipaddress import ip_address
from multiprocessing.connection import Connection
from pathlib import Path

from net.ice_offer import CandidateKind, IceOffer
from net.ice_rules import IceRules
from net.ice_servers import IceServers
from net.server import TurnServer
from net.supervisor import Supervisor
from net.transport.ice import IceAttempt
from net.transport.stream import Stream
from tests.bench.bench_frames import MIB, Run, Tally, median, receive_raw, send_raw, transfer
from tests.bench.figure import Figure, figure
from tests.support.coturn import coturn

REPEATS = 5
TOTAL_BYTES = 16 * MIB
CHUNK_BYTES = 64 * 1024
LOOPBACK = [ip_address("127.0.0.1")]


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, coturn(Path(folder)) as relay:
        direct, relayed, raw = [], [], []
        for _ in range(REPEATS):  # in turns, so that a busy moment of the machine meets all
            raw.append(transfer(receive_raw, send_raw, CHUNK_BYTES, 8 * TOTAL_BYTES))
            direct.append(quic_transfer(None))
            relayed.append(quic_transfer(relay.turn("udp")))
    for name, runs in (("quic_throughput", direct), ("quic_throughput_relayed", relayed)):
        detail: dict[str, object] = {
            "mib_s": round(statistics.median(run.mib_per_s for run in runs), 1),
            "raw_mib_s": median(run.mib_per_s for run in raw),
        }
        yield figure(name, [run.mib_per_cpu_s for run in runs], "MiB a second of processor time", detail=detail)


def quic_transfer(relay: TurnServer | None) -> Run:
    """From the receiver's first byte to its last."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run_receiver, args=(theirs, _uri(relay)))
    process.start()
    cpu_s = asyncio.run(_send(ours, relay))
    elapsed_s, receiver_cpu_s = ours.recv()
    process.join()
    return Run(TOTAL_BYTES / MIB / elapsed_s, TOTAL_BYTES / MIB / max(cpu_s, receiver_cpu_s))


class _Owner:
    def __init__(self) -> None:
        self.stream: Stream
        self.tally = Tally(TOTAL_BYTES)
        self.writable, self.lost = asyncio.Event(), asyncio.Event()
        self._buffer = memoryview(bytearray(CHUNK_BYTES))

    def stream_opened(self, stream: Stream) -> None:
        self.stream = stream
        self.writable.set()

    def space(self) -> memoryview:
        return self._buffer

    def received(self, size_bytes: int) -> None:
        self.tally.add(size_bytes)

    def stream_drained(self) -> None:
        self.writable.set()

    def stream_lost(self) -> None:
        self.lost.set()


async def _meet(
    pipe: Connection, owner: _Owner, closing: Supervisor, relay: TurnServer | None, *, controls: bool
) -> None:
    rules = IceRules(lambda _: True, lambda _: True)
    attempt = IceAttempt(controls=controls, rules=rules, closing=closing, random=os.urandom)
    relayed = relay is not None
    await attempt.gather(LOOPBACK, IceServers(turn=() if relay is None else (relay,)))
    pipe.send(attempt.offer.encode())
    theirs = IceOffer.decode(await asyncio.to_thread(pipe.recv))
    if relayed:
        theirs = theirs.naming(
            tuple(candidate for candidate in theirs.candidates if candidate.kind is CandidateKind.RELAYED)
        )
    path = await attempt.find_path(theirs, 0.0)
    attempt.open_stream(path, theirs, owner)


def _uri(relay: TurnServer | None) -> str:
    """What another process makes the same server of: secrets are not pickled."""
    return "" if relay is None else f"turn:{relay.username}:{relay.secret.reveal().decode()}@{relay.address}"


def _run_receiver(pipe: Connection, relay: str) -> None:
    asyncio.run(_receive(pipe, TurnServer.parse(relay) if relay else None))


async def _receive(pipe: Connection, relay: TurnServer | None) -> None:
    owner, closing = _Owner(), Supervisor(asyncio.get_running_loop())
    await _meet(pipe, owner, closing, relay, controls=False)
    await owner.tally.complete.wait()
    pipe.send(owner.tally.result)
    owner.stream.close()
    await owner.lost.wait()
    await closing.finished()


async def _send(pipe: Connection, relay: TurnServer | None) -> float:
    owner, closing = _Owner(), Supervisor(asyncio.get_running_loop())
    await _meet(pipe, owner, closing, relay, controls=True)
    await owner.writable.wait()
    before_s, chunk = time.process_time(), os.urandom(CHUNK_BYTES)
    for _ in range(TOTAL_BYTES // CHUNK_BYTES):
        while not owner.stream.is_writable:
            owner.writable.clear()
            await owner.writable.wait()
        owner.stream.write(chunk)
    await owner.lost.wait()
    await closing.finished()
    return time.process_time() - before_s
