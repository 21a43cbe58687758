"""What an idle Kith with a hundred contacts sends and receives on the DHT in an hour.

Its calls are counted over a day of virtual time with everybody away, which is the worst case: who is linked is not
looked for.  What a question costs is measured on a private DHT of real nodes, by libtorrent's own count, with IP and
UDP headers.  A search on the Mainline DHT asks about thirty nodes, not the dozen of a small one; the figure is for
thirty.  What others ask of us is not in it.
"""

import asyncio
import os
import time
from collections.abc import Iterator

import libtorrent

from crypto.rendezvous import Rendezvous
from crypto.secret import Secret
from net.peer import Peer, PeerId
from tests.bench.figure import Figure, figure
from tests.support.dht_world import OWN, DhtWorld, Person, contact_key
from tests.support.private_dht import private_dht
from tests.support.virtual_time import run_virtually

CONTACTS = 100
HOUR_S = 3_600.0
HOURS = 24
REPEATS = 20
NODES = 60
MAINLINE_QUESTIONS = 30
STORES = 8
"""Messages at the end of one of those."""
HEADER_BYTES = 28
GOAL_BYTES = 3_000_000
SEARCH_S = 1.0
SETTINGS: "libtorrent.settings_pack" = {
    "listen_interfaces": "127.220.1.1:0",
    "dht_bootstrap_nodes": "",
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "alert_mask": int(libtorrent.alert.category_t.stats_notification),
}


def figures() -> Iterator[Figure]:
    calls = calls_an_hour()
    stores = 2 * (calls["put"] + calls["announce"])  # by libtorrent, and at once
    questions = MAINLINE_QUESTIONS * (calls["get"] + calls["ask"] + stores) + STORES * stores
    costs = bytes_a_question()
    detail: dict[str, object] = {"calls_an_hour": calls, "bytes_a_question": round(sorted(costs)[REPEATS // 2])}
    yield figure("dht_idle_hour", [cost * questions for cost in costs], "B", at_most=GOAL_BYTES, detail=detail)


def calls_an_hour() -> dict[str, float]:
    """On the average of a day, the first hour after the start left out, with one invite open."""

    async def scenario() -> dict[str, float]:
        world = DhtWorld()
        idle, invite = Person(world, 1), Person(world, 2)
        for number in range(CONTACTS):
            shared = Rendezvous(idle.own.shared.point, Secret(number.to_bytes(32, "big")))
            name, key = PeerId(b"%d" % number), contact_key(number)
            idle.wan.set_peer(Peer(name, (key,), controls=True, wanted=True, rendezvous=shared))
        idle.come()
        idle.wan.set_own({OWN: idle.own, PeerId(b"invite"): invite.own})
        await asyncio.sleep(HOUR_S)
        world.calls.clear()
        await asyncio.sleep((HOURS - 1) * HOUR_S)
        await idle.leave()
        return {call: round(world.calls[call] / (HOURS - 1), 1) for call in ("get", "ask", "put", "announce")}

    return run_virtually(scenario())


def bytes_a_question() -> list[float]:
    """Of one question and its answer, both ways, in searches that find nothing."""
    with private_dht(NODES) as nodes:
        session = libtorrent.session(SETTINGS)
        for node in nodes[:8]:
            session.add_dht_node((str(node.address), node.port))
        time.sleep(SEARCH_S)

        def counted() -> tuple[int, int]:
            session.post_session_stats()
            while True:
                for alert in session.pop_alerts():
                    if isinstance(alert, libtorrent.session_stats_alert):
                        values = alert.values
                        both = values["dht.dht_bytes_in"] + values["dht.dht_bytes_out"]
                        return both, values["dht.dht_messages_out"]
                time.sleep(0.01)

        costs = []
        for number in range(REPEATS):
            before = counted()
            if number % 2:
                session.dht_get_peers(libtorrent.sha1_hash(os.urandom(20)))
            else:
                session.dht_get_mutable_item(os.urandom(32), b"")
            time.sleep(SEARCH_S)
            after = counted()
            costs.append((after[0] - before[0]) / (after[1] - before[1]) + 2 * HEADER_BYTES)
        return costs
