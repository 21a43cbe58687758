"""The DHT's client against real nodes of a private DHT."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress

import pytest

from crypto.discovery_key import DiscoveryKey
from crypto.rendezvous import OwnRendezvous, Rendezvous
from net.discovery import dht as dht_module
from net.discovery.dht import Dht
from net.discovery.dht_settings import DhtSettings
from net.endpoint import Endpoint
from net.limits import MAX_SAVED_DHT_NODES
from net.server import ServerAddress
from tests.support.aio import run
from tests.support.dht_listener import Heard
from tests.support.private_dht import private_dht

EPOCH = 42
PATIENCE_S = 60.0


@pytest.fixture
def nodes() -> Iterator[tuple[Endpoint, ...]]:
    with private_dht() as endpoints:  # anew for each test: the clients of others would be dead nodes, which take 15 s
        yield endpoints


@pytest.fixture(autouse=True)
def generous(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a DHT this small we are near to everything, and store with ourselves, too, right after asking everybody: more
    than we give to others in a second.
    """
    monkeypatch.setattr(dht_module, "DHT_UPLOAD_BYTES_PER_SECOND", 1_000_000)


def own() -> OwnRendezvous:
    key = DiscoveryKey.generate()
    return OwnRendezvous(Rendezvous(key.point, key.secret), key.scalar)


def client(number: int, heard: Heard, nodes: tuple[Endpoint, ...] = (), *, bootstrap: Endpoint | None = None) -> Dht:
    known = () if bootstrap is None else (ServerAddress(str(bootstrap.address), bootstrap.port),)
    return Dht(DhtSettings((Endpoint.of(f"127.20{number}.1.1", 0),), known, nodes), heard)


def test_what_one_puts_another_gets_with_calls_made_before_the_dht_runs(nodes: tuple[Endpoint, ...]) -> None:
    async def scene() -> None:
        alice, bob, owner = Heard(), Heard(), own()
        puts, gets = client(0, alice, nodes), client(1, bob, nodes)
        item_key = owner.shared.item_key(EPOCH)
        puts.put(owner.signing_key(EPOCH), item_key, owner.shared.seal(EPOCH, b"where I am"))
        assert not alice.has_entered.is_set()
        key, copies = await alice.puts.get()
        assert puts.is_running
        assert key == item_key
        assert copies > 0
        gets.get(item_key)
        key, value = await bob.items.get()
        assert key == item_key
        assert owner.shared.open(EPOCH, value) == b"where I am"
        await puts.close()
        await gets.close()

    run(scene(), PATIENCE_S)


def test_who_moves_to_another_network_is_in_the_dht_again_soon(nodes: tuple[Endpoint, ...]) -> None:
    async def scene() -> None:
        heard, owner = Heard(), own()
        dht, item_key = client(0, heard, nodes), owner.shared.item_key(EPOCH)
        await heard.has_entered.wait()
        heard.has_entered.clear()
        assert dht._session is not None
        dht._session.apply_settings({"listen_interfaces": "127.209.1.1:0"})  # as libtorrent does by itself on a move
        while dht.nodes():
            await asyncio.sleep(0.05)
        dht.start_over()
        await heard.has_entered.wait()
        dht.put(owner.signing_key(EPOCH), item_key, b"where I am now")
        _, copies = await heard.puts.get()
        assert copies > 0
        await dht.close()

    run(scene(), PATIENCE_S)


def test_a_newer_value_replaces_an_older_one(nodes: tuple[Endpoint, ...]) -> None:
    async def scene() -> None:
        heard, owner = Heard(), own()
        dht, item_key = client(0, heard, nodes), owner.shared.item_key(EPOCH)
        for value in (b"old", b"new"):
            dht.put(owner.signing_key(EPOCH), item_key, value)
            await heard.puts.get()
        found = (item_key, b"old")
        while found != (item_key, b"new"):  # each value is stored twice, and the first copy that is found is told
            assert found == (item_key, b"old")
            dht.get(item_key)
            found = await heard.items.get()
        await dht.close()

    run(scene(), PATIENCE_S)


def test_of_values_put_while_an_older_one_is_being_stored_the_last_one_stands(nodes: tuple[Endpoint, ...]) -> None:
    async def scene() -> None:
        heard, owner = Heard(), own()
        dht, item_key = client(0, heard, nodes), owner.shared.item_key(EPOCH)
        for value in (b"first", b"second", b"third"):
            dht.put(owner.signing_key(EPOCH), item_key, value)
        await heard.puts.get()  # of all three at once, or an older one might still be on its way
        assert heard.puts.empty()
        dht.get(item_key)
        assert await heard.items.get() == (item_key, b"third")
        await dht.close()
        assert heard.puts.empty()

    run(scene(), PATIENCE_S)


def test_an_absent_item_is_told_as_such(nodes: tuple[Endpoint, ...]) -> None:
    async def scene() -> None:
        heard = Heard()
        dht, item_key = client(0, heard, nodes), own().shared.item_key(EPOCH)
        dht.get(item_key)
        assert await heard.missing.get() == item_key
        await dht.close()
        assert heard.items.empty()

    run(scene(), PATIENCE_S)


def test_who_announces_itself_is_told_to_who_asks_as_often_as_it_does_so(nodes: tuple[Endpoint, ...]) -> None:
    async def scene() -> None:
        heard, bell = Heard(), os.urandom(20)
        caller, asking = client(0, Heard(), nodes), client(1, heard, nodes)
        ports: set[int] = set()
        for port in (7, 65_535):
            caller.announce(bell, port)
            while port not in ports:
                asking.ask_callers(bell)
                with suppress(TimeoutError):
                    infohash, callers = await asyncio.wait_for(heard.rings.get(), 0.5)
                    assert infohash == bell
                    assert {str(each.address) for each in callers} == {"127.200.1.1"}
                    ports |= {each.port for each in callers}
        assert ports == {7, 65_535}
        await caller.close()
        await asking.close()

    run(scene(), PATIENCE_S)


def test_who_looks_again_is_answered_without_libtorrent(nodes: tuple[Endpoint, ...]) -> None:
    async def scene() -> None:
        heard, bell = Heard(), os.urandom(20)
        caller, asking = client(0, Heard(), nodes), client(1, heard, nodes)
        caller.announce(bell, 7)
        while heard.rings.empty():
            asking.ask_callers(bell)
            await asyncio.sleep(0.1)
        watched_until = asking._busy_until
        for _ in range(8):  # more often than a search has answers to come
            asking.ask_callers(bell)
            await heard.rings.get()
        assert asking._busy_until == watched_until
        await caller.close()
        await asking.close()

    run(scene(), PATIENCE_S)


def test_nodes_known_from_before_or_one_to_start_from_lead_into_the_dht(nodes: tuple[Endpoint, ...]) -> None:
    async def scene() -> None:
        for dht in (client(0, Heard(), nodes[:3]), client(1, Heard(), bootstrap=nodes[0])):
            while len(dht.nodes()) < 4:
                await asyncio.sleep(0.02)
            assert len(set(dht.nodes()) & set(nodes)) >= 3
            assert len(dht.nodes()) <= MAX_SAVED_DHT_NODES
            await dht.close()

    run(scene(), PATIENCE_S)


def test_without_anybody_to_start_from_there_are_no_nodes(nodes: tuple[Endpoint, ...]) -> None:
    async def scene() -> None:
        heard = Heard()
        dht = client(0, heard)
        while not dht.is_running:
            await asyncio.sleep(0.01)
        assert dht.nodes() == ()
        assert not heard.has_entered.is_set()
        await dht.close()

    run(scene(), PATIENCE_S)


def test_nothing_happens_after_the_end(nodes: tuple[Endpoint, ...]) -> None:
    async def scene() -> None:
        heard, owner = Heard(), own()
        dht = client(0, heard, nodes)
        dht.get(os.urandom(32))
        await dht.close()
        await dht.close()
        dht.put(owner.signing_key(EPOCH), owner.shared.item_key(EPOCH), b"x")
        dht.get(owner.shared.item_key(EPOCH))
        assert not dht.is_running
        assert dht.nodes() == ()
        await asyncio.sleep(0)
        assert not heard.has_entered.is_set()

    run(scene(), PATIENCE_S)
