"""A router that speaks UPnP and NAT-PMP (miniupnpd) leads a port of its own to us, and is told when we end."""

import re
import time
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.conftest import Start
from tests.lab.homes import Home, Homes
from tests.lab.namespaces import why_not
from tests.lab.router import LAN, Nat
from tests.support.rpc_process import RpcProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(why_not() is not None, reason=f"no network namespaces: {why_not()}"),
]

PATIENCE_S = 30.0
QUIET = ("--no-dht", "--no-lan")


@pytest.fixture
def home() -> Iterator[Home]:
    with Homes(Nat.CONE) as homes:
        yield homes.homes[0]


def led_to_us(home: Home) -> list[int]:
    """The TCP ports that the router leads into the home, apart from the one that every libtorrent session has led."""
    rules = home.router.namespace.run("nft", "list", "chain", "inet", "filter", "prerouting_miniupnpd")
    return [int(port) for port in re.findall(r"0x6 th dport (\d+) dnat", rules)]


def drop(home: Home, *matching: str) -> None:
    """Have the router ignore what matches and is meant for itself."""
    home.router.namespace.run("nft", "insert", "rule", "inet", "router", "to_the_router", *matching, "drop")


def port_of(process: RpcProcess) -> int:
    return int(process.call("network.status")["listen"][0].rpartition(":")[2])


def await_that(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def finding(process: RpcProcess) -> dict[str, object]:
    [found] = [each for each in process.call("network.doctor")["findings"] if each["check"] == "port_mapping"]
    return dict(found)


@pytest.mark.parametrize("silent_port", [None, 1900, 5351], ids=["both", "NAT-PMP", "UPnP"])
def test_the_router_leads_a_port_to_us_as_long_as_that_is_wanted(
    home: Home, start: Start, silent_port: int | None
) -> None:
    home.router.serve_upnp()
    if silent_port is not None:
        drop(home, "udp", "dport", str(silent_port))
    ann = start("ann", account="Ann", network=QUIET, launcher=home.computers[0].launcher)
    await_that(lambda: ann.call("network.status")["port_mapping"] is True)
    port = port_of(ann)
    assert port in led_to_us(home)
    assert finding(ann)["ok"]
    ann.call("settings.set", port_mapping=False)
    await_that(lambda: led_to_us(home) == [])
    assert ann.call("network.status")["port_mapping"] is False
    ann.call("settings.set", port_mapping=True)
    await_that(lambda: ann.call("network.status")["port_mapping"] is True)
    assert port in led_to_us(home)
    assert ann.close() == 0
    await_that(lambda: led_to_us(home) == [])


def test_a_router_that_falls_silent_holds_nobody_up(home: Home, start: Start) -> None:
    home.router.serve_upnp()
    ann = start("ann", account="Ann", network=QUIET, launcher=home.computers[0].launcher)
    await_that(lambda: ann.call("network.status")["port_mapping"] is True)
    drop(home, "iifname", LAN)
    ann.call("settings.set", port_mapping=False)
    ann.call("settings.set", port_mapping=True)
    slowest_s = 0.0
    for _ in range(30):
        began = time.monotonic()
        ann.call("account.info")
        slowest_s = max(slowest_s, time.monotonic() - began)
        time.sleep(0.1)
    assert slowest_s < 15  # taking the session apart would stop everything for 30 s
    began = time.monotonic()
    assert ann.close() == 0
    assert time.monotonic() - began < 15
