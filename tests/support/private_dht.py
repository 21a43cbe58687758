"""A DHT of our own on loopback addresses: real libtorrent nodes, one a /24, as libtorrent's defaults demand."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random  # noqa: TID251 - which nodes know each other comes again from the seed

import libtorrent

from net.endpoint import Endpoint

NODES = 20
KNOWN_AT_FIRST = 12
ACQUAINTED_WITHIN_S = 30.0

_SETTINGS: "libtorrent.settings_pack" = {
    "dht_bootstrap_nodes": "",  # the built-in one is a public node
    "enable_dht": True,
    # By default a node gives 8 kB/s to all others, and what is more it leaves unanswered, as if it were gone.  Here all
    # that is asked is asked of a few nodes.
    "dht_upload_rate_limit": 1_000_000,
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
    endpoints = tuple(Endpoint.of(address, port) for address in addresses)
    sessions = nodes_at(endpoints)
    try:
        yield endpoints
    finally:
        sessions.clear()


def nodes_at(endpoints: Sequence[Endpoint]) -> "list[libtorrent.session]":
    """Start one node at each endpoint, which gets to know some of the others; they end with the last reference."""
    sessions = [libtorrent.session({**_SETTINGS, "listen_interfaces": str(endpoint)}) for endpoint in endpoints]
    random = Random(1)
    count = len(endpoints)
    for number, session in enumerate(sessions):
        known = {0, *random.sample(range(count), min(KNOWN_AT_FIRST, count))} - {number}
        for other in sorted(known):
            session.add_dht_node((str(endpoints[other].address), endpoints[other].port))
    return sessions


def wait_until_acquainted(sessions: "Sequence[libtorrent.session]") -> None:
    """Return when each node has others in its routing table, as many as it was told of or half of all."""
    deadline = time.monotonic() + ACQUAINTED_WITHIN_S
    enough = min(KNOWN_AT_FIRST - 1, len(sessions) // 2)
    while min(map(_table_size, sessions)) < enough:
        if time.monotonic() > deadline:
            raise TimeoutError("the nodes of the DHT do not get to know each other")
        time.sleep(0.1)


def _table_size(session: "libtorrent.session") -> int:
    flags = libtorrent.save_state_flags_t.save_dht_state
    state = libtorrent.bdecode(libtorrent.write_session_params_buf(session.session_state(flags), flags))
    nodes = _field(_field(state, b"dht state"), b"nodes")
    return len(nodes) if isinstance(nodes, list) else 0


def _field(decoded: object, name: bytes) -> object:
    return decoded.get(name) if isinstance(decoded, dict) else None


def _free_port() -> int:
    """One that no other test run on this computer has for its own DHT."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.1.1.1", 0))
        port: int = probe.getsockname()[1]
        return port
