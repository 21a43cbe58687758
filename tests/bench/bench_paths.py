"""Bulk through home routers, in network namespaces without delay: what each path carries, against raw TCP.

Raw TCP goes to a port that the router opened.  All packets pass two routers and their NAT in this computer's kernel.
"""

import json
import subprocess
import sys
from collections.abc import Iterator

from tests.bench.figure import Figure, figure
from tests.lab.homes import Home, Homes
from tests.lab.public_side import SERVER
from tests.lab.relay import STUN_PORT
from tests.lab.router import Nat

MIB = 1 << 20
ROUNDS = 5
PORT = 7000
GATEWAY = "10.1.0.1"

TCP_BYTES = 512 * MIB
QUIC_BYTES = 32 * MIB
GOAL = 0.4


def figures() -> Iterator[Figure]:
    for chunk_bytes in (64 << 10, 256 << 10):
        raw, punched = [], []
        for _ in range(ROUNDS):  # in turns, so that a busy moment of the machine meets both
            raw.append(transfer(Nat.CONE, TCP_BYTES, chunk_bytes, is_raw=True, path="raw"))
            punched.append(transfer(Nat.CONE, TCP_BYTES, chunk_bytes, path="punched"))
        ratios = [ours / theirs for ours, theirs in zip(punched, raw, strict=True)]
        rates: dict[str, object] = {"raw_mib_s": list(map(round, raw)), "punched_mib_s": list(map(round, punched))}
        name = f"punched_tcp_throughput_{chunk_bytes // 1024}_kib"
        yield figure(name, ratios, "of raw TCP", at_least=GOAL, detail=rates)
    ice = [transfer(Nat.TCP_BLOCKED, QUIC_BYTES, 64 << 10, path="punched") for _ in range(ROUNDS)]
    yield figure("ice_quic_throughput", ice, "MiB/s", detail={"bytes": QUIC_BYTES})


def transfer(nat: Nat, total_bytes: int, chunk_bytes: int, *, path: str, is_raw: bool = False) -> float:
    """MiB a second from one home to the other."""
    with Homes(nat, nat) as lab:
        bob, alice = lab.homes
        bob.router.serve_upnp()
        options = raw_options(bob) if is_raw else link_options(lab)
        options.append(f"chunk={chunk_bytes}")
        receiver = start(bob, "receive", total_bytes, options)
        start(alice, "send", total_bytes, options)
        assert receiver.stdout is not None
        result = json.loads(receiver.stdout.readline())
        assert result["path"] == path
        return float(total_bytes / MIB / result["seconds"])


def raw_options(home: Home) -> list[str]:
    probe = (sys.executable, "-m", "tests.lab.probe", "map", GATEWAY, str(PORT))
    mapped = home.computers[0].namespace.run(*probe).strip()
    return [f"port={PORT}", f"to={home.address}:{mapped}"]


def link_options(lab: Homes) -> list[str]:
    nodes = ",".join(map(str, lab.public.serve_dht()))
    lab.public.serve_relay()
    return [f"dht={nodes}", f"stun={SERVER}:{STUN_PORT}"]


def start(home: Home, role: str, total_bytes: int, options: list[str]) -> "subprocess.Popen[bytes]":
    command = (sys.executable, "-m", "tests.lab.bulk", role, str(total_bytes), *options)
    return home.computers[0].namespace.start(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
