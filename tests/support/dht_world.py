"""A DHT in a dictionary, and those who look for each other on it, in virtual time (:mod:`tests.support.virtual_time`).

Items and rings are handed out as nodes would: after a moment, the newest item only, rings as long as they stand.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from ipaddress import IPv4Address
from random import Random  # noqa: TID251 - whom a node names of many comes again from the seed

from crypto.discovery_key import DiscoveryKey
from crypto.rendezvous import OwnRendezvous, Rendezvous
from crypto.secret import Secret
from net.discovery.neighbourhoods import Neighbourhoods
from net.discovery.sightings import Found
from net.discovery.wan import WanDiscovery
from net.endpoint import Endpoint
from net.nat_kind import NatKind
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.support.sessions import Randomness

UNIX_START_S = 6000 * 14_400 + 1_800.0
RING_STANDS_S = 2_700.0
ITEM_STANDS_S = 7_200.0
DELAY_S = 0.2
NODES_NEAR, CALLERS_A_REPLY = 4, 100
NEIGHBOURS = tuple(Endpoint(IPv4Address("203.0.113.0") + number, 6881) for number in range(8))
OWN = PeerId(b"own")


class DhtWorld:
    """What all nodes of the DHT hold."""

    def __init__(self) -> None:
        self.items: dict[bytes, tuple[bytes, float]] = {}
        self.rings: dict[bytes, dict[Endpoint, float]] = {}
        self.calls: Counter[str] = Counter()
        self.random = Random(1)
        self.is_lost: Callable[[], bool] = lambda: False
        """Whether the next call comes to nothing, as with a DHT whose nodes are silent."""


class WorldDht:
    """One node's client, in the place of :class:`net.discovery.dht.Dht`."""

    def __init__(self, world: DhtWorld, listener: WanDiscovery, address: IPv4Address) -> None:
        self._world = world
        self._listener = listener
        self._address = address
        self._loop = asyncio.get_running_loop()
        self._is_closed = False
        self._neighbourhoods = Neighbourhoods()
        self._loop.call_soon(listener.entered)

    @property
    def is_running(self) -> bool:
        return not self._is_closed

    def nodes(self) -> tuple[Endpoint, ...]:
        return ()

    def put(self, signing_key: Secret, key: bytes, value: bytes) -> None:
        if self._carried_out("put"):
            assert len(signing_key) == 64
            self._world.items[key] = value, self._loop.time()
            self._later(lambda: self._listener.stored(key, 8))

    def get(self, key: bytes) -> None:
        if self._carried_out("get"):
            self._later(lambda: self._answer(key))

    def look(self, key: bytes) -> None:
        if self._carried_out("look"):
            self._later(lambda: self._answer(key))

    def announce(self, infohash: bytes, port: int) -> None:
        if self._carried_out("announce"):
            self._world.rings.setdefault(infohash, {})[Endpoint(self._address, port)] = self._loop.time()

    def ask_callers(self, infohash: bytes) -> None:
        if self._carried_out("ask"):
            self._count_search(infohash)
            self._later(lambda: self._tell_callers(infohash))

    def start_over(self) -> None:
        self._neighbourhoods.forget()

    async def close(self) -> None:
        self._is_closed = True

    def _carried_out(self, call: str) -> bool:
        self._world.calls[call] += 1
        return not self._is_closed and not self._world.is_lost()

    def _count_search(self, infohash: bytes) -> None:
        """Of a look at a doorbell: whether it would take one, since its nodes are not known."""
        now = self._loop.time()
        neighbours = self._neighbourhoods.ask(infohash, now)
        for node in neighbours:
            self._neighbourhoods.answered(infohash, node)
        if not neighbours and self._neighbourhoods.search(infohash, now):
            self._world.calls["ask by search"] += 1
            self._neighbourhoods.found(infohash, NEIGHBOURS, now)

    def _later(self, answer: Callable[[], None]) -> None:
        self._loop.call_later(DELAY_S, lambda: None if self._is_closed else answer())

    def _answer(self, key: bytes) -> None:
        value, put_at = self._world.items.get(key, (b"", float("-inf")))
        if self._loop.time() - put_at < ITEM_STANDS_S:
            self._listener.item(key, value)
        else:
            self._listener.absent(key)

    def _tell_callers(self, infohash: bytes) -> None:
        rings = self._world.rings.get(infohash, {})
        standing = [caller for caller, rung_at in rings.items() if self._loop.time() - rung_at < RING_STANDS_S]
        if standing:
            for _ in range(NODES_NEAR):
                told = self._world.random.sample(standing, min(len(standing), CALLERS_A_REPLY))
                self._listener.callers(infohash, tuple(told))


class Person:
    """Somebody with a discovery of their own, and all that it told."""

    def __init__(self, world: DhtWorld, number: int) -> None:
        self.loop = asyncio.get_running_loop()
        self.clock_error_s = 0.0
        key = DiscoveryKey.generate(Randomness(f"person {number}"))
        self.own = OwnRendezvous(Rendezvous(key.point, key.secret), key.scalar)
        self.address = IPv4Address("198.51.100.0") + number
        self.found: list[tuple[float, Found]] = []
        self.met: list[tuple[float, PeerId]] = []
        self.signals: list[tuple[PeerId, bytes]] = []
        self.wan = WanDiscovery(
            on_found=lambda found: self.found.append((self.loop.time(), found)),
            on_seen_as=lambda _: None,
            on_meeting=lambda peer_id: self.met.append((self.loop.time(), peer_id)),
            on_signal=lambda peer_id, content: self.signals.append((peer_id, content)),
            random=Randomness(f"random of {number}"),
            clock=lambda: UNIX_START_S + self.loop.time() + self.clock_error_s,
        )
        self._world = world

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.address, 4_000)

    def come(self) -> None:
        """Take part in the DHT, and say where we are."""
        self.wan._dht = WorldDht(self._world, self.wan, self.address)  # type: ignore[assignment]
        self.wan.set_own({OWN: self.own})
        self.wan.set_place((self.endpoint,), NatKind.CONE)

    async def leave(self) -> None:
        await self.wan.close()


def contact_key(number: int, kind: LinkKind = LinkKind.CONTACT) -> LinkKey:
    return LinkKey(kind, Secret(number.to_bytes(32, "big")))


def befriend(one: Person, other: Person, *keys: LinkKey) -> tuple[PeerId, PeerId]:
    """Let two be contacts of each other; gives what the first calls the other, and the other the first."""
    names = PeerId(b"the other"), PeerId(b"the one")
    shared = keys or (contact_key(1),)
    one.wan.set_peer(Peer(names[0], shared, controls=True, wanted=True, rendezvous=other.own.shared))
    other.wan.set_peer(Peer(names[1], shared, controls=False, wanted=True, rendezvous=one.own.shared))
    return names
