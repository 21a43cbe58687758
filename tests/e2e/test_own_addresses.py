"""What Kith finds out about its own addresses behind routers of each kind, from the DHT and from a STUN server."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.e2e.conftest import Start
from tests.lab.homes import Home, Homes
from tests.lab.namespaces import why_not
from tests.lab.router import Nat
from tests.support.rpc_process import RpcProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(why_not() is not None, reason=f"no network namespaces: {why_not()}"),
]

PATIENCE_S = 60.0
QUIET = ("--no-lan", "--no-port-mapping")


@contextmanager
def home_behind(nat: Nat) -> Iterator[tuple[Homes, Home]]:
    with Homes(nat) as homes:
        yield homes, homes.homes[0]


def with_dht(homes: Homes) -> tuple[str, ...]:
    return tuple(word for node in homes.public.serve_dht() for word in ("--dht-bootstrap", str(node)))


def status_with(process: RpcProcess, **expected: object) -> Any:
    """``network.status`` once it says so."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        status = process.call("network.status")
        if all(status[name] == value for name, value in expected.items()):
            return status
        assert time.monotonic() < deadline, status
        time.sleep(0.1)


def port_of(process: RpcProcess) -> str:
    return str(process.call("network.status")["listen"][0].rpartition(":")[2])


@pytest.mark.parametrize("nat", [Nat.CONE, Nat.SYMMETRIC])
def test_the_dht_alone_tells_address_and_nat(start: Start, nat: Nat) -> None:
    with home_behind(nat) as (homes, home):
        network = (*QUIET, "--no-stun", *with_dht(homes))
        ann = start("ann", account="Ann", network=network, launcher=home.computers[0].launcher)
        status_with(ann, nat=nat.value, external=[f"{home.address}:{port_of(ann)}"])


def test_a_stun_server_tells_the_nat_over_tcp_where_udp_is_blocked(start: Start) -> None:
    with home_behind(Nat.UDP_BLOCKED) as (homes, home):
        stun = homes.public.serve_relay().stun
        network = (*QUIET, "--no-dht", stun)
        ann = start("ann", account="Ann", network=network, launcher=home.computers[0].launcher)
        status_with(ann, nat="no_udp", external=[])  # one server's word about an address is not enough
        [found] = [each for each in ann.call("network.doctor")["findings"] if each["check"] == "stun"]
        assert found["ok"]


def test_one_stun_server_and_the_dht_agree(start: Start) -> None:
    with home_behind(Nat.CONE) as (homes, home):
        network = (*QUIET, *with_dht(homes), homes.public.serve_relay().stun)
        ann = start("ann", account="Ann", network=network, launcher=home.computers[0].launcher)
        status_with(ann, nat="cone", external=[f"{home.address}:{port_of(ann)}"])
