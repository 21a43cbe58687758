"""Looking again at a place in the DHT: real nodes, and some that lie."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import libtorrent
import pytest

from crypto.secret import Secret
from crypto.signal import SignalBox
from net.discovery import quick_look
from net.discovery.krpc import Announcement, Answer, CallersAt, Item, ItemUnder
from net.discovery.quick_look import Place, QuickLook
from net.discovery.quick_socket import QuickSocket
from net.discovery.quick_store import QuickStore
from net.endpoint import Endpoint
from tests.support.aio import run
from tests.support.private_dht import private_dht

PATIENCE_S = 60.0
HERE = (Endpoint.of("127.207.1.1", 0),)
BELL = b"b" * 20


class Heard:
    """What was told, and a way to wait for it."""

    def __init__(self) -> None:
        self.told: list[tuple[Place, Answer]] = []

    def hear(self, place: Place, answer: Answer) -> None:
        self.told.append((place, answer))

    async def until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def looks() -> AsyncIterator[tuple[QuickSocket, QuickLook, Heard]]:
    heard, quick = Heard(), QuickSocket(HERE)
    look = QuickLook(quick, heard.hear)
    yield quick, look, heard
    await look.close()
    quick.close()


class Node(asyncio.DatagramProtocol):
    """Says that one caller is there, and counts who asks."""

    def __init__(self) -> None:
        self.questions: list[tuple[bytes, tuple[str, int]]] = []
        self.is_silent = False
        self.values = [b"\xc0\x00\x02\x01\x1a\xe1"]

    async def start(self, number: int) -> Endpoint:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(f"127.208.{number}.1", 0))
        return Endpoint.of(*self.transport.get_extra_info("sockname"))

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.questions.append((data[data.index(b"1:t4:") + 5 :][:4], addr))
        if not self.is_silent:
            self.answer(*self.questions[-1])

    def answer(self, transaction: bytes, to: tuple[str, int]) -> None:
        said = {b"id": b"n" * 20, b"token": b"t", b"values": self.values}
        self.transport.sendto(libtorrent.bencode({b"r": said, b"t": transaction, b"y": b"r"}), to)  # type: ignore[arg-type]


def test_rings_and_signals_are_heard_by_a_search_at_first_and_then_by_asking_its_nodes() -> None:
    async def scene() -> None:
        with private_dht() as nodes:
            async with looks() as (quick, look, heard):
                box, bell = SignalBox.of(Secret(b"k" * 32), 7, from_controlling=True), os.urandom(20)
                places: tuple[Place, Place] = CallersAt(bell), ItemUnder(box.item_key)
                assert [look.look(place, lambda: nodes) for place in places] == [True, True]
                await heard.until(lambda: {place for place, _ in heard.told} == set(places))
                store = QuickStore(quick)
                store.store(Announcement(bell, 4_242), nodes)
                store.store(Item(box.signing_key, box.item_key, b"hello"), nodes)
                callers: set[Endpoint] = set()
                values: set[bytes] = set()
                while not (callers and values):
                    assert [look.look(place, lambda: nodes) for place in places] == [False, False]
                    await asyncio.sleep(0.1)
                    callers = {caller for _, answer in heard.told for caller in answer.callers}
                    values = {answer.value for place, answer in heard.told if place == places[1] and answer.value}
                assert {(str(caller.address), caller.port) for caller in callers} == {("127.207.1.1", 4_242)}
                assert values == {b"hello"}
                await store.close()

    run(scene(), PATIENCE_S)


def test_an_answer_counts_once_and_from_where_it_was_asked_only() -> None:
    async def scene() -> None:
        async with looks() as (_, look, heard):
            node, stranger = Node(), Node()
            endpoint = await node.start(1)
            await stranger.start(2)
            look.look(CallersAt(BELL), lambda: [endpoint])
            await heard.until(lambda: len(heard.told) == 1)
            node.is_silent = True
            asked = len(node.questions)
            assert not look.look(CallersAt(BELL), list)
            await heard.until(lambda: len(node.questions) == asked + 1)
            stranger.values = [b"\xc0\x00\x02\x02\x1a\xe1"]
            stranger.answer(*node.questions[-1])
            for _ in range(3):
                node.answer(*node.questions[-1])
            await heard.until(lambda: len(heard.told) == 2)
            await asyncio.sleep(0.05)  # for the others to be ignored
            assert [answer.callers for _, answer in heard.told] == [(Endpoint.of("192.0.2.1", 6_881),)] * 2
            node.transport.close()
            stranger.transport.close()

    run(scene(), PATIENCE_S)


def test_searches_under_way_are_bounded_and_end_with_the_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_look, "MAX_QUICK_SEARCHES", 1)

    async def scene() -> None:
        async with looks() as (_, look, heard):
            node = Node()
            endpoint = await node.start(3)
            node.is_silent = True
            assert look.look(CallersAt(BELL), lambda: [endpoint])
            assert look.look(CallersAt(b"c" * 20), lambda: [endpoint]), "libtorrent is to look nevertheless"
            assert not look.look(CallersAt(BELL), lambda: [endpoint]), "that goes on"
            await heard.until(lambda: len(node.questions) == 1)
            node.transport.close()
        assert len(node.questions) == 1

    run(scene(), PATIENCE_S)


def test_after_sleep_it_takes_a_search_again() -> None:
    async def scene() -> None:
        async with looks() as (_, look, heard):
            node = Node()
            endpoint = await node.start(4)
            look.look(CallersAt(BELL), lambda: [endpoint])
            await heard.until(lambda: bool(heard.told))
            look.forget()
            assert look.look(CallersAt(BELL), lambda: [endpoint])
            node.transport.close()

    run(scene(), PATIENCE_S)
