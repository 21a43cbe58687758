"""What is stored at once, on a private DHT of real nodes."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import libtorrent
import pytest

from crypto.secret import Secret
from crypto.signal import SignalBox
from net.discovery import quick_store
from net.discovery.dht import Dht
from net.discovery.dht_settings import DhtSettings
from net.discovery.krpc import Announcement, Answer, Item
from net.discovery.quick_socket import QuickSocket
from net.discovery.quick_store import QuickStore
from net.endpoint import Endpoint
from net.interfaces import IPAddress
from tests.support.aio import run
from tests.support.dht_listener import Heard
from tests.support.private_dht import private_dht

PATIENCE_S = 60.0
HERE = (Endpoint.of("127.205.1.1", 0),)


@pytest.fixture
def nodes() -> Iterator[tuple[Endpoint, ...]]:
    with private_dht() as endpoints:
        yield endpoints


@asynccontextmanager
async def stores(speak_from: Sequence[Endpoint] = HERE) -> AsyncIterator[QuickStore]:
    quick = QuickSocket(speak_from)
    store = QuickStore(quick)
    yield store
    await store.close()
    quick.close()


def item(value: bytes) -> Item:
    box = SignalBox.of(Secret(b"k" * 32), 7, from_controlling=True)
    return Item(box.signing_key, box.item_key, value)


def client(heard: Heard, nodes: Sequence[Endpoint]) -> Dht:
    return Dht(DhtSettings((Endpoint.of("127.206.1.1", 0),), (), tuple(nodes)), heard)


def test_an_item_stored_at_once_is_found_by_libtorrent_and_replaced_by_a_newer_one(
    nodes: tuple[Endpoint, ...],
) -> None:
    async def scene() -> None:
        heard = Heard()
        dht = client(heard, nodes)
        async with stores() as store:
            for value in (b"old", b"new"):
                store.store(item(value), nodes)
                found = b""
                while found != value:
                    dht.get(item(value).key)
                    await asyncio.sleep(0.1)
                    while not heard.items.empty():
                        found = heard.items.get_nowait()[1]
        await dht.close()

    run(scene(), PATIENCE_S)


def test_an_announcement_made_at_once_is_heard_with_its_port(nodes: tuple[Endpoint, ...]) -> None:
    async def scene() -> None:
        heard, bell = Heard(), os.urandom(20)
        dht = client(heard, nodes)
        async with stores() as store:
            store.store(Announcement(bell, 4_242), nodes)
            while heard.rings.empty():
                dht.ask_callers(bell)
                await asyncio.sleep(0.1)
            assert await heard.rings.get() == (bell, (Endpoint.of("127.205.1.1", 4_242),))
        await dht.close()

    run(scene(), PATIENCE_S)


class Liar(asyncio.DatagramProtocol):
    """A node that says that it has the largest number there is."""

    def __init__(self) -> None:
        self.stored: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if b"3:put" in data:
            self.stored.set_result(data)
            return
        transaction = data[data.index(b"1:t4:") + 5 :][:4]
        lie = b"3:seqi%de3:sig64:" % (2**62 - 1) + bytes(64) + b"5:token1:t1:v1:x"
        self._transport.sendto(b"d1:rd2:id20:" + bytes(20) + lie + b"e1:t4:" + transaction + b"1:y1:re", addr)


def test_a_node_that_makes_a_number_up_does_not_use_the_numbers_up() -> None:
    async def scene() -> None:
        loop = asyncio.get_running_loop()
        transport, liar = await loop.create_datagram_endpoint(Liar, local_addr=("127.0.0.1", 0))
        async with stores() as store:
            store.store(item(b"new"), [Endpoint.of(*transport.get_extra_info("sockname"))])
            assert b"3:seqi1e" in await liar.stored
        transport.close()

    run(scene(), PATIENCE_S)


class Hesitant(asyncio.DatagramProtocol):
    """A node that answers the first search only when it has stored what a later one brought, and then with that."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.stored: asyncio.Queue[bytes] = asyncio.Queue()
        self._kept_waiting: tuple[bytes, tuple[str, int]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        question = cast(dict[bytes, Any], libtorrent.bdecode(data))
        said, transaction = question[b"a"], question[b"t"]
        if question[b"q"] == b"put":
            self.stored.put_nowait(said[b"v"])
            if self._kept_waiting is not None:
                self._answer(*self._kept_waiting, {name: said[name] for name in (b"k", b"seq", b"sig", b"v")})
        elif not self.asked.is_set():
            self._kept_waiting = transaction, addr
            self.asked.set()
        else:
            self._answer(transaction, addr, {})

    def _answer(self, transaction: bytes, addr: tuple[str, int], item: dict[bytes, Any]) -> None:
        answer: dict[bytes, Any] = {
            b"r": {b"id": bytes(20), b"token": b"t", **item},
            b"t": transaction,
            b"y": b"r",
        }
        self._transport.sendto(libtorrent.bencode(answer), addr)


def test_an_older_value_whose_search_meets_the_newer_one_is_not_put_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("net.discovery.search.SEARCH_PATIENCE_S", 600.0)
    monkeypatch.setattr("net.discovery.search.SEARCH_TIMEOUT_S", 600.0)

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        transport, node = await loop.create_datagram_endpoint(Hesitant, local_addr=("127.0.0.1", 0))
        at = [Endpoint.of(*transport.get_extra_info("sockname"))]
        async with stores() as store:
            store.store(item(b"old"), at)
            await node.asked.wait()
            store.store(item(b"new"), at)
            assert await node.stored.get() == b"new"
            # Longer than the older store would take, whose search is over now.
            store.store(Item(item(b"").signing_key, b"m" * 32, b"another item"), at)
            assert await node.stored.get() == b"another item"
        transport.close()

    run(scene(), PATIENCE_S)


def test_who_stores_is_never_named_as_one_of_the_nodes_near_by(nodes: tuple[Endpoint, ...]) -> None:
    """Nodes remember whoever stored something; but from where we store nobody answers."""

    async def scene() -> None:
        heard = Heard()
        dht = client(heard, nodes)
        async with stores() as store:
            store.store(item(b"mine"), nodes)
            while heard.items.empty():
                dht.get(item(b"").key)
                await asyncio.sleep(0.1)
            assert HERE[0].address not in await addresses_near(item(b"").target, nodes)
        await dht.close()

    run(scene(), PATIENCE_S)


async def addresses_near(target: bytes, nodes: Sequence[Endpoint]) -> set[IPAddress]:
    """Of all nodes that these name as near to the target."""
    answers: asyncio.Queue[Answer] = asyncio.Queue()
    quick = QuickSocket([Endpoint.of("127.207.1.1", 0)])
    await quick.open()
    with quick.listening(lambda _, answer: answers.put_nowait(answer)):
        for node in nodes:
            quick.send(node, Announcement(target, 1).search(bytes(20), b"near"))
        named = [contact.endpoint.address for _ in nodes for contact in (await answers.get()).nodes]
    quick.close()
    return set(named)


def test_what_is_under_way_is_bounded_and_ends_with_the_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_store, "MAX_QUICK_STORES", 1)

    async def scene() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            endpoint = Endpoint.of(*silent.getsockname())
            async with stores() as store:
                for target in (b"b" * 20, b"c" * 20):
                    store.store(Announcement(target, 1), [endpoint])
                silent.settimeout(5.0)
                assert b"b" * 20 in await asyncio.to_thread(silent.recv, 2_048)
            silent.setblocking(False)
            with pytest.raises(BlockingIOError):
                silent.recv(2_048)

    run(scene(), PATIENCE_S)


def test_without_a_socket_or_nodes_nothing_is_stored_and_nothing_breaks() -> None:
    async def scene() -> None:
        async with stores([Endpoint.of("192.0.2.77", 0)]) as store:  # not ours
            store.store(Announcement(b"a" * 20, 1), [])
            store.store(Announcement(b"a" * 20, 1), [Endpoint.of("127.0.0.1", 9)])
            await asyncio.sleep(0)

    run(scene(), PATIENCE_S)
