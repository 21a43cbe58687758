"""Two ``kith rpc`` processes on loopback: throughput, delay and memory, every message durable and acknowledged."""

import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.bench.figure import Figure, figure
from tests.bench.raw_rpc import RawRpc, await_words
from tests.support.rpc_process import RpcProcess, introduce

ROUNDS = 5
TEXTS = 5_000
TEXT_BYTES = 200
SINGLE_TEXTS = 300
PAUSE_S = 0.01
"""Between single messages, so that each meets processes at rest."""

TIMEOUT_S = 120.0
MEGABYTE = 1_000_000

ONLINE = b'"online":true'
DELIVERED = b'"state":"delivered"'
RECEIVED = b'"method":"message.received"'


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        alice_profile, bob_profile = Path(folder) / "alice", Path(folder) / "bob"
        bob_id = acquaint(alice_profile, bob_profile)
        with RawRpc(alice_profile) as alice, RawRpc(bob_profile) as bob:
            await_words({alice: (ONLINE, 1), bob: (ONLINE, 1)}, TIMEOUT_S)
            at_rest_mb = [memory_mb(alice), memory_mb(bob)]
            delays_ms = [delay_ms(alice, bob, bob_id) for _ in range(SINGLE_TEXTS)]
            rates = [rate(alice, bob, bob_id) for _ in range(ROUNDS)]
            loaded_mb = [memory_mb(alice), memory_mb(bob)]
    load: dict[str, object] = {"texts": TEXTS, "text_bytes": TEXT_BYTES}
    yield figure("messages_acknowledged", rates, "1/s", at_least=3_000, detail=load)
    percentile_99 = round(statistics.quantiles(delays_ms, n=100)[98], 2)
    yield figure("message_delay", delays_ms, "ms", at_most=5, detail={"p99_ms": percentile_99})
    yield figure("memory_headless", at_rest_mb, "MB", at_most=90)
    yield figure("memory_headless_loaded", loaded_mb, "MB", at_most=90, detail={"messages": ROUNDS * TEXTS})


def acquaint(alice_profile: Path, bob_profile: Path) -> str:
    """Make two accounts that know each other; Bob's id."""
    with RpcProcess(alice_profile, create="Alice") as alice, RpcProcess(bob_profile, create="Bob") as bob:
        bob_id, _ = introduce(alice, bob)
        assert (alice.close(), bob.close()) == (0, 0)
        return bob_id


def sends(contact: str, count: int) -> bytes:
    """So many requests, ready to write."""
    requests = (
        {
            "jsonrpc": "2.0",
            "id": index,
            "method": "messages.send",
            "params": {"contact": contact, "text": f"{index:0{TEXT_BYTES}}"},
        }
        for index in range(count)
    )
    return b"".join(json.dumps(request).encode() + b"\n" for request in requests)


def rate(alice: RawRpc, bob: RawRpc, bob_id: str) -> float:
    """Messages a second, from the first post to the notification that the last was delivered."""
    alice.unsent = memoryview(sends(bob_id, TEXTS))
    started = time.perf_counter()
    await_words({alice: (DELIVERED, TEXTS), bob: (RECEIVED, TEXTS)}, TIMEOUT_S)
    return TEXTS / (time.perf_counter() - started)


def delay_ms(alice: RawRpc, bob: RawRpc, bob_id: str) -> float:
    """From writing one request to the notification at the other side."""
    time.sleep(PAUSE_S)
    alice.unsent = memoryview(sends(bob_id, 1))
    started = time.perf_counter()
    alice.send()
    await_words({bob: (RECEIVED, 1)}, TIMEOUT_S)
    elapsed_s = time.perf_counter() - started
    await_words({alice: (DELIVERED, 1)}, TIMEOUT_S)
    return elapsed_s * 1_000


def memory_mb(process: RawRpc) -> float:
    """Proportional set size: what the process holds, shared pages counted by share."""
    pss: int = psutil.Process(process.process.pid).memory_full_info().pss
    return pss / MEGABYTE
