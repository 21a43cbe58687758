"""What is put on the DHT and what is made of what is found there, against a DHT that a test plays by hand."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address
from typing import cast

import pytest

from crypto.discovery_key import DiscoveryKey
from crypto.rendezvous import EPOCH_S, OwnRendezvous, Rendezvous
from crypto.secret import Secret
from net.discovery import publication, wan
from net.discovery.dht_settings import DhtSettings
from net.discovery.record import Record
from net.discovery.sightings import Found
from net.discovery.wan import WanDiscovery
from net.endpoint import Endpoint
from net.nat_kind import NatKind
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.support.aio import run

EPOCH = 6000
UNIX_S = EPOCH * EPOCH_S + 60.0
OWN, BEN = PeerId(b"own"), PeerId(b"ben")
HERE, THERE = (Endpoint.of("1.2.3.4", 5),), (Endpoint.of("5.6.7.8", 9),)


class PlayedDht:
    """Keeps what it is asked, and answers when the test says so."""

    def __init__(self, settings: DhtSettings, listener: WanDiscovery) -> None:
        self.listener = listener
        self.puts: list[tuple[bytes, bytes]] = []
        self.gets: list[bytes] = []
        self.announced: list[tuple[bytes, int]] = []
        self.asked: list[bytes] = []
        self.is_closed = self.has_started_over = False

    @property
    def is_running(self) -> bool:
        return not self.is_closed

    def put(self, signing_key: Secret, key: bytes, value: bytes) -> None:
        self.puts.append((key, value))

    def get(self, key: bytes) -> None:
        self.gets.append(key)

    def look(self, key: bytes) -> None:
        self.gets.append(key)

    def announce(self, infohash: bytes, port: int) -> None:
        self.announced.append((infohash, port))

    def ask_callers(self, infohash: bytes) -> None:
        self.asked.append(infohash)

    def start_over(self) -> None:
        self.has_started_over = True

    def nodes(self) -> tuple[Endpoint, ...]:
        return THERE

    async def close(self) -> None:
        self.is_closed = True


def new_key() -> OwnRendezvous:
    key = DiscoveryKey.generate()
    return OwnRendezvous(Rendezvous(key.point, key.secret), key.scalar)


class Scene:
    """A discovery whose clock stands still, with its DHT."""

    def __init__(self) -> None:
        self.found: list[Found] = []
        self.seen_as: list[object] = []
        self.met: list[PeerId] = []
        self.signals: list[tuple[PeerId, bytes]] = []
        self.discovery = WanDiscovery(
            on_found=self.found.append,
            on_seen_as=self.seen_as.append,
            on_meeting=self.met.append,
            on_signal=lambda peer_id, content: self.signals.append((peer_id, content)),
            random=bytes,
            clock=lambda: UNIX_S,
        )
        self.ben = new_key()

    @property
    def dht(self) -> PlayedDht:
        return cast(PlayedDht, self.discovery._dht)

    async def asked(self, count: int = 1) -> list[bytes]:
        while len(self.dht.gets) < count:
            await asyncio.sleep(0)
        return self.dht.gets

    async def put(self, count: int = 1) -> list[tuple[bytes, bytes]]:
        while len(self.dht.puts) < count:
            await asyncio.sleep(0.001)
        return self.dht.puts

    def want_ben(self) -> None:
        key = LinkKey(LinkKind.CONTACT, Secret(b"k" * 32))
        peer = Peer(peer_id=BEN, keys=(key,), controls=True, wanted=True, rendezvous=self.ben.shared)
        self.discovery.set_peer(peer)

    def record(self, time: int = 1, epoch: int = EPOCH, endpoints: tuple[Endpoint, ...] = THERE) -> bytes:
        return self.ben.shared.seal(epoch, Record(time, endpoints, NatKind.NONE).encode())


@pytest.fixture(autouse=True)
def played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wan, "_load", lambda: PlayedDht)
    monkeypatch.setattr(publication, "PUT_GATHER_S", 0.0)
    monkeypatch.setattr(publication, "MIN_PUT_INTERVAL_S", 0.001)


@asynccontextmanager
async def scenes() -> AsyncIterator[Scene]:
    scene = Scene()
    await scene.discovery.start(DhtSettings())
    try:
        yield scene
    finally:
        await scene.discovery.close()


def test_where_we_are_is_put_under_the_key_of_the_epoch_and_only_contacts_can_read_it() -> None:
    async def scenario() -> None:
        async with scenes() as scene:
            own = new_key()
            scene.discovery.set_own({OWN: own})
            scene.discovery.set_place(HERE, NatKind.CONE)
            scene.discovery.entered()
            [(key, value)] = await scene.put()
            assert key == own.shared.item_key(EPOCH)
            assert Record.decode(own.shared.open(EPOCH, value)) == Record(int(UNIX_S), HERE, NatKind.CONE)
            scene.discovery.stored(key, 8)
            scene.discovery.stored(key, 8)  # told twice, or of somebody else's
            scene.discovery.set_place(THERE, NatKind.CONE)
            [_, (_, value)] = await scene.put(2)
            assert Record.decode(own.shared.open(EPOCH, value)).endpoints == THERE

    run(scenario())


def test_an_owner_with_another_secret_is_put_under_another_key() -> None:
    async def scenario() -> None:
        async with scenes() as scene:
            own = new_key()
            scene.discovery.set_own({OWN: own})
            scene.discovery.set_place(HERE, NatKind.CONE)
            scene.discovery.entered()
            await scene.put()
            rotated = OwnRendezvous(Rendezvous(own.shared.point, Secret(b"n" * 32)), own.scalar)
            scene.discovery.set_own({OWN: rotated})
            [_, (key, _)] = await scene.put(2)
            assert key == rotated.shared.item_key(EPOCH)

    run(scenario())


def test_a_found_record_is_told_and_an_older_copy_is_not() -> None:
    async def scenario() -> None:
        async with scenes() as scene:
            scene.want_ben()
            scene.discovery.entered()
            [key] = await scene.asked()
            assert key == scene.ben.shared.item_key(EPOCH)
            for time in (5, 4, 5, 6):
                scene.dht.listener.item(key, scene.record(time))
            assert scene.found == [Found(BEN, THERE, NatKind.NONE, made_at=time) for time in (5, 6)]
            scene.dht.listener.item(key, scene.record(7, endpoints=()))
            assert len(scene.found) == 2

    run(scenario())


def test_an_absent_record_is_looked_for_before_and_after() -> None:
    async def scenario() -> None:
        async with scenes() as scene:
            scene.want_ben()
            scene.discovery.entered()
            [key] = await scene.asked()
            scene.dht.listener.absent(key)
            [_, *others] = await scene.asked(3)
            assert others == [scene.ben.shared.item_key(epoch) for epoch in (EPOCH - 1, EPOCH + 1)]
            scene.dht.listener.item(others[1], scene.record(epoch=EPOCH + 1))
            assert scene.found == [Found(BEN, THERE, NatKind.NONE, made_at=1)]

    run(scenario())


@pytest.mark.parametrize("value", ["junk", "another epoch's", "another person's", "no record"])
def test_what_does_not_open_counts_as_absent_and_harms_nothing(value: str, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with scenes() as scene:
            scene.want_ben()
            scene.discovery.entered()
            [key] = await scene.asked()
            values = {
                "junk": b"x" * 512,
                "another epoch's": scene.record(epoch=EPOCH + 1),
                "another person's": new_key().shared.seal(EPOCH, Record(1, THERE).encode()),
                "no record": scene.ben.shared.seal(EPOCH, b"\x07nonsense"),
            }
            scene.dht.listener.item(key, values[value])
            await scene.asked(3)
            scene.dht.listener.item(key, scene.record())
            scene.dht.listener.item(b"never asked for", scene.record())
            assert scene.found == []

    with caplog.at_level(logging.INFO, "net.discovery.wan"):
        run(scenario())
    assert ["a record is ignored" in record.getMessage() for record in caplog.records] == [True]


def test_who_is_linked_removed_or_not_wanted_is_not_looked_for() -> None:
    async def scenario() -> None:
        async with scenes() as scene:
            scene.discovery.entered()
            scene.discovery.set_linked(BEN, linked=True)
            scene.want_ben()
            scene.discovery.nudge(BEN)
            await asyncio.sleep(0.01)
            assert scene.dht.gets == []
            scene.discovery.set_linked(BEN, linked=False)
            [key] = await scene.asked()
            scene.discovery.remove_peer(BEN)
            assert scene.discovery._asked == {}
            scene.dht.listener.item(key, scene.record())
            scene.dht.listener.absent(key)
            assert scene.found == []

    run(scenario())


def test_after_sleep_who_was_not_found_is_asked_for_at_once() -> None:
    async def scenario() -> None:
        async with scenes() as scene:
            scene.discovery.entered()
            scene.want_ben()
            await scene.asked()
            scene.discovery.restart()
            [first, second] = await asyncio.wait_for(scene.asked(2), 1.0)
            assert first == second
            assert scene.dht.has_started_over
            scene.discovery.restart()  # addresses that change all the time must not make us ask all the time
            await asyncio.sleep(0.01)
            assert len(scene.dht.gets) == 2

    run(scenario())


def test_declaring_a_peer_again_asks_nothing_anew() -> None:
    async def scenario() -> None:
        async with scenes() as scene:
            scene.want_ben()
            scene.discovery.entered()
            await scene.asked()
            scene.want_ben()
            await asyncio.sleep(0.01)
            assert len(scene.dht.gets) == 1
            scene.ben = new_key()
            scene.want_ben()
            assert (await scene.asked(2))[1] == scene.ben.shared.item_key(EPOCH)

    run(scenario())


def test_where_others_see_us_come_from_is_told() -> None:
    async def scenario() -> None:
        async with scenes() as scene:
            scene.dht.listener.seen_as(IPv4Address("1.2.3.4"))
            assert scene.seen_as == [IPv4Address("1.2.3.4")]
            before = scene.discovery.is_running, scene.discovery.nodes()
            await scene.discovery.close()
            after = scene.discovery.is_running, scene.discovery.nodes()
            assert (before, after) == ((True, THERE), (False, ()))

    run(scenario())


def test_who_is_switched_off_before_it_has_begun_never_begins() -> None:
    async def scenario() -> None:
        discovery = Scene().discovery
        starting = asyncio.get_running_loop().create_task(discovery.start(DhtSettings()))
        await asyncio.sleep(0)
        await discovery.close()
        await starting
        assert not discovery.is_running

    run(scenario())
