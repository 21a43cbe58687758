"""A DHT of our own on loopback addresses: real libtorrent nodes, one a /24, as libtorrent's defaults demand."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random  # noqa: TID251 - which nodes know each other comes again from the seed

import libtorrent

from net.endpoint import Endpoint

NODES = 20
KNOWN_AT_FIRST = 12

_SETTINGS: "libtorrent.settings_pack" = {
    "dht_bootstrap_nodes": "",  # the built-in one is a public node
    "enable_dht": True,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "alert_mask": 0,
    "aio_threads": 1,
    "hashing_threads": 1,
}


@contextmanager
def private_dht(count: int = NODES) -> Iterator[tuple[Endpoint, ...]]:
    """Run the nodes; gives their addresses, each good to start from."""
    port = _free_port()
    addresses = [f"127.{1 + number // 250}.{1 + number % 250}.1" for number in range(count)]
    sessions = [libtorrent.session({**_SETTINGS, "listen_interfaces": f"{address}:{port}"}) for address in addresses]
    random = Random(1)
    for number, session in enumerate(sessions):
        known = {0, *random.sample(range(count), min(KNOWN_AT_FIRST, count))} - {number}
        for other in sorted(known):
            session.add_dht_node((addresses[other], port))
    try:
        yield tuple(Endpoint.of(address, port) for address in addresses)
    finally:
        sessions.clear()


def _free_port() -> int:
    """One that no other test run on this computer has for its own DHT."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.1.1.1", 0))
        port: int = probe.getsockname()[1]
        return port
