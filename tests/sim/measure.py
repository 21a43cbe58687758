"""What libtorrent's calls cost in a private DHT, by its own counters: where :mod:`tests.sim.cost` begins."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random  # noqa: TID251 - a run comes again from its seed

import libtorrent

from crypto.rendezvous import RECORD_BYTES
from crypto.secret import Secret
from crypto.signal import SignalBox
from net.endpoint import Endpoint
from tests.support.private_dht import private_dht

REQUESTS = ("dht.dht_get_out", "dht.dht_get_peers_out", "dht.dht_put_out", "dht.dht_announce_peer_out")
SENT, RECEIVED = "dht.dht_bytes_out", "dht.dht_bytes_in"
CALM_S = 0.5
"""Without a new question a call counts as done."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Without headers of IP and UDP."""

    call: str
    requests: int
    sent_bytes: int
    received_bytes: int


def measure(nodes: int, *, seed: int = 1) -> Iterator[Cost]:
    """One call of each kind, in a DHT of so many nodes."""
    random = Random(seed)
    box = SignalBox(Secret(random.randbytes(32)), Secret(random.randbytes(32)))
    with private_dht(nodes) as endpoints:
        session = _newcomer(endpoints, random)
        bell = libtorrent.sha1_hash(random.randbytes(20))
        yield _cost(session, "search", lambda: session.dht_get_peers(bell))
        yield _cost(session, "announce", lambda: session.dht_announce(bell, 4_000, 0))
        key, value = box.signing_key.reveal(), random.randbytes(RECORD_BYTES)
        yield _cost(session, "put", lambda: session.dht_put_mutable_item(key, box.item_key, value, b""))
        yield _cost(session, "get", lambda: session.dht_get_mutable_item(box.item_key, b""))


def _newcomer(endpoints: Sequence[Endpoint], random: Random) -> libtorrent.session:
    """One node more, which knows a few and has nothing to do."""
    session = libtorrent.session(
        {
            "listen_interfaces": f"127.200.1.1:{endpoints[0].port}",
            "dht_bootstrap_nodes": "",
            "enable_dht": True,
            "enable_lsd": False,
            "enable_upnp": False,
            "enable_natpmp": False,
            "alert_mask": int(libtorrent.alert.category_t.status_notification),
        }
    )
    while not session.is_dht_running():
        time.sleep(0.05)
    for endpoint in random.sample(list(endpoints), min(16, len(endpoints))):
        session.add_dht_node((str(endpoint.address), endpoint.port))
    _when_calm(session)
    return session


def _cost(session: libtorrent.session, call: str, do: Callable[[], None]) -> Cost:
    before = _when_calm(session)
    do()
    after = _when_calm(session)
    requests, sent, received = (late - early for late, early in zip(after, before, strict=True))
    return Cost(call, requests, sent, received)


def _when_calm(session: libtorrent.session) -> tuple[int, int, int]:
    """The counters, once they stand still."""
    last, since = _counters(session), time.monotonic()
    while time.monotonic() < since + CALM_S:
        time.sleep(0.05)
        now = _counters(session)
        if now[0] != last[0]:
            last, since = now, time.monotonic()
    return _counters(session)


def _counters(session: libtorrent.session) -> tuple[int, int, int]:
    session.post_session_stats()
    while True:
        for alert in session.pop_alerts():
            if isinstance(alert, libtorrent.session_stats_alert):
                values = alert.values
                return sum(values[name] for name in REQUESTS), values[SENT], values[RECEIVED]
        time.sleep(0.01)
