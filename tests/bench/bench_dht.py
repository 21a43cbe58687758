"""What an idle Kith with a hundred contacts sends and receives on the DHT in an hour.

What a call costs is measured with the real client in a DHT of up to ten million nodes (:mod:`tests.mainline`), with IP
and UDP headers; where a part of the nodes is silent, as in Mainline, questions get lost and calls cost less.  How many
calls there are is counted over a day of virtual time: with all contacts away, which is the worst case since who is
linked is not looked for, and with all of them linked.  libtorrent's upkeep is in it.  What others ask of us has a
figure of its own, for whoever can be reached and is asked three times a second.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from crypto.rendezvous import Rendezvous
from crypto.secret import Secret
from net.peer import Peer, PeerId
from tests.bench.figure import Figure, figure
from tests.mainline.measure import measure
from tests.mainline.traffic import Traffic
from tests.support.dht_world import OWN, DhtWorld, Person, contact_key
from tests.support.virtual_time import run_virtually

CONTACTS = 100
HOUR_S = 3_600.0
HOURS = 24
GOAL_BYTES = 3_000_000
MAINLINE, SILENT = 10_000_000, 0.3
"""As large as Mainline; how many of its nodes are silent is assumed."""

DHTS = ((10_000, 0.0), (100_000, 0.0), (1_000_000, 0.0), (MAINLINE, 0.0), (MAINLINE, SILENT))


@dataclass(frozen=True, slots=True)
class Calls:
    """Of an idle hour, on the average of a day, the first hour after the start left out."""

    gets: float
    searches_at_doorbells: float
    looks_at_doorbells: float
    puts: float

    def bytes_at(self, costs: dict[str, Traffic]) -> float:
        """What they cost, and libtorrent's upkeep."""
        return (
            self.gets * costs["get"].bytes
            + self.searches_at_doorbells * costs["ask"].bytes
            + self.looks_at_doorbells * costs["ask_again"].bytes
            + self.puts * costs["put"].bytes
            + costs["upkeep"].bytes
        )


def figures() -> Iterator[Figure]:
    with ThreadPoolExecutor(len(DHTS)) as pool:
        costs = list(pool.map(lambda dht: measure(dht[0], silent=dht[1]), DHTS))
    for (nodes, silent), cost in zip(DHTS, costs, strict=True):
        detail = {name: each.as_detail() for name, each in cost.items()}
        place: dict[str, object] = {"nodes": nodes, "silent": silent}
        yield figure("dht_search", [cost["get"].questions], "questions", detail=place | {"calls": detail})
        yield figure("dht_asked_hour", [cost["asked"].bytes], "B", detail=place)
    for name, linked in (("dht_idle_hour_all_away", False), ("dht_idle_hour_all_linked", True)):
        calls = calls_an_hour(linked=linked)
        in_mainline = [calls.bytes_at(cost) for (nodes, _), cost in zip(DHTS, costs, strict=True) if nodes == MAINLINE]
        yield figure(name, in_mainline, "B", at_most=GOAL_BYTES, detail={"calls": asdict(calls)})


def calls_an_hour(*, linked: bool) -> Calls:
    """With a hundred contacts, all of them linked or none, and one invite open."""

    async def scenario() -> Calls:
        world = DhtWorld()
        idle, invite = Person(world, 1), Person(world, 2)
        for number in range(CONTACTS):
            shared = Rendezvous(idle.own.shared.point, Secret(number.to_bytes(32, "big")))
            name, key = PeerId(b"%d" % number), contact_key(number)
            idle.wan.set_peer(Peer(name, (key,), controls=True, wanted=True, rendezvous=shared))
            if linked:
                idle.wan.set_linked(name, linked=True)
        idle.come()
        idle.wan.set_own({OWN: idle.own, PeerId(b"invite"): invite.own})
        await asyncio.sleep(HOUR_S)
        world.calls.clear()
        await asyncio.sleep((HOURS - 1) * HOUR_S)
        await idle.leave()
        counted = {call: count / (HOURS - 1) for call, count in world.calls.items()}
        searches = counted["ask by search"]
        calls = counted.get("get", 0.0), searches, counted["ask"] - searches, counted["put"]
        return Calls(*(round(each, 1) for each in calls))

    return run_virtually(scenario())
