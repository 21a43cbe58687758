"""What calls of the DHT cost in a large one: counted by the nodes that are asked, while the real client asks them."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from hashlib import sha1
from itertools import chain
from random import Random  # noqa: TID251 - a run comes again from its seed

from crypto.rendezvous import RECORD_BYTES
from crypto.secret import Secret
from crypto.signal import SignalBox
from net.dht_check import Newcomer
from net.discovery.dht import Dht
from net.discovery.dht_settings import DhtSettings
from net.endpoint import Endpoint
from tests.mainline.answers import PORT
from tests.mainline.host import CLIENT, Host
from tests.mainline.nodes import DhtNodes
from tests.mainline.traffic import NOTHING, Traffic

WARM_UP_CALLS = 8
WARM_UP_PAUSE_S = 1.5
"""Searches for this and that, of a round."""

KNOWN_AT_FIRST = 40
CLIENT_PORT = 7_000
CALM_S = 1.5
"""Without a new question what was called counts as done."""

PATIENCE_S = 17.0
"""The same where nodes are silent: libtorrent waits 15 s for them, and asks others then."""

LOOK_S = 0.2


class Measurement:
    """The real client in a large DHT; to be made inside a running event loop."""

    def __init__(self, nodes: DhtNodes, random: Random) -> None:
        self.host = Host(nodes, random)
        self._random = random
        self._calm_s = PATIENCE_S if nodes.silent else CALM_S
        self._listener = Newcomer()
        known = [node for node in nodes.sample(2 * KNOWN_AT_FIRST, random) if not node.is_silent][:KNOWN_AT_FIRST]
        start = tuple(Endpoint(node.address, PORT) for node in known)
        self._dht = Dht(
            DhtSettings(listen=(Endpoint(CLIENT, CLIENT_PORT),), bootstrap=(), nodes=start),
            self._listener,
        )

    async def close(self) -> None:
        await self._dht.close()
        self.host.close()

    async def warm_up(self, rounds: int) -> None:
        """Search for this and that: after some rounds the routing table is as full as after hours."""
        await self._listener.has_entered.wait()
        for _ in range(rounds):
            for _ in range(WARM_UP_CALLS):
                self._dht.get(self._random.randbytes(32))
            await asyncio.sleep(WARM_UP_PAUSE_S)
        await asyncio.sleep(self._calm_s)

    async def calls(self, count: int, pause_s: float) -> dict[str, Traffic]:
        """Mean traffic of one call of each kind, of so many with a pause between them.

        Who answers for all nodes must not be late, and the application has no more than eight searches of its own under
        way at once.
        """
        random, dht = self._random, self._dht
        absent = [random.randbytes(32) for _ in range(count)]
        boxes = [SignalBox(Secret(random.randbytes(32)), Secret(random.randbytes(32))) for _ in range(count)]
        record = random.randbytes(RECORD_BYTES)
        bells = [random.randbytes(20) for _ in range(count)]
        rung = [random.randbytes(20) for _ in range(count)]
        gets = {_place(key): partial(dht.get, key) for key in absent}
        puts = {_place(box.item_key): partial(dht.put, box.signing_key, box.item_key, record) for box in boxes}
        finds = {_place(box.item_key): partial(dht.get, box.item_key) for box in boxes}
        asks = {bell: partial(dht.ask_callers, bell) for bell in bells}
        announcements = {bell: partial(dht.announce, bell, 4_000) for bell in rung}
        first = await self._means(pause_s, {"get": gets, "put": puts, "ask": asks, "announce": announcements})
        return first | await self._means(pause_s, {"get_found": finds, "ask_again": asks})

    async def idle(self, seconds: float) -> Traffic:
        """Of libtorrent's own accord."""
        before = self.host.traffic()
        await asyncio.sleep(seconds)
        after = self.host.traffic()
        return after - before

    async def questions(self, rate: float, seconds: float) -> Traffic:
        """What others ask of us at so many questions a second, and what we answer."""
        before = self.host.of_client
        for _ in range(round(rate * seconds)):
            self.host.ask_client(CLIENT_PORT, "get_peers")
            await asyncio.sleep(1 / rate)
        await asyncio.sleep(LOOK_S)
        return self.host.of_client - before

    async def _means(
        self, pause_s: float, calls: Mapping[str, Mapping[bytes, Callable[[], None]]]
    ) -> dict[str, Traffic]:
        """Of calls of each kind, by the places in the DHT that they are about."""
        before = {kind: self._about(places) for kind, places in calls.items()}
        for some in zip(*(places.values() for places in calls.values()), strict=True):
            for call in some:
                call()
            await asyncio.sleep(pause_s)
        await self._calm(list(chain.from_iterable(calls.values())))
        return {kind: (self._about(places) - before[kind]) * (1 / len(places)) for kind, places in calls.items()}

    def _about(self, places: Iterable[bytes]) -> Traffic:
        return sum((self.host.about(place) for place in places), NOTHING)

    async def _calm(self, places: Sequence[bytes]) -> None:
        """Return when nobody was asked about these for a while."""
        loop = asyncio.get_running_loop()
        last, calm_since = NOTHING, loop.time()
        while loop.time() < calm_since + self._calm_s:
            await asyncio.sleep(LOOK_S)
            now = self._about(places)
            if now != last:
                last, calm_since = now, loop.time()


def _place(key: bytes) -> bytes:
    """Where an item belongs."""
    return sha1(key, usedforsecurity=False).digest()
