"""mDNS over the loopback interface: what one announces the other hears, whatever else is sent there."""

import asyncio
import logging
import os
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random  # noqa: TID251 - seeded, so that a failure comes again

import pytest
from zeroconf import (  # type: ignore[attr-defined] # not all are declared to be exported
    DNSOutgoing,
    DNSQuestion,
    current_time_millis,
)

from net.discovery import mdns
from net.discovery.mdns import Mdns
from net.discovery.presence import Presence, Service
from net.discovery.voice import SERVICE_TYPE
from net.endpoint import Endpoint
from tests.support.aio import run

HERE = ("127.0.0.1",)
ENDPOINTS = (Endpoint.parse("127.0.0.1:40000"),)


class Ear:
    """Remembers what there is, by name."""

    def __init__(self) -> None:
        self.texts: dict[str, bytes] = {}
        self.names: list[str] = []
        self._news = asyncio.Event()

    def heard(self, name: str, text: bytes) -> None:
        self.texts[name] = text
        self.names.append(name)
        self._news.set()

    def gone(self, name: str) -> None:
        self.texts.pop(name, None)
        self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._news.clear()
            await self._news.wait()

    async def hears(self, text: bytes) -> None:
        """Wait until this is announced; other tests may run on the same loopback."""
        await self.until(lambda: text in self.texts.values())


@asynccontextmanager
async def speaker(ear: Ear, *speakers: str) -> AsyncIterator[Mdns]:
    mdns = Mdns(ear, os.urandom)
    mdns.want(Presence(speakers=speakers or HERE))
    try:
        yield mdns
    finally:
        await mdns.close()


def announcing(text: bytes, move: int = 0) -> Presence:
    return Presence(speakers=HERE, move=move, service=Service(text, ENDPOINTS))


def unique() -> bytes:
    """A TXT record that no other test has."""
    return b"\x12v=" + os.urandom(16)


def test_what_one_announces_the_other_hears_whoever_came_first() -> None:
    async def scenario() -> None:
        ear, other_ear, text, other_text = Ear(), Ear(), unique(), unique()
        async with speaker(ear) as one:
            one.want(announcing(text))
            async with speaker(other_ear) as other:
                await other_ear.hears(text)
                other.want(announcing(other_text))
                await ear.hears(other_text)
                assert one.is_running
                assert other.is_running
            await ear.until(lambda: other_text not in ear.texts.values())  # it said goodbye
        assert not one.is_running

    run(scenario())


def test_each_announcement_has_names_of_its_own_and_replaces_the_one_before() -> None:
    async def scenario() -> None:
        ear, texts = Ear(), [unique() for _ in range(3)]
        async with speaker(ear), speaker(Ear()) as other:
            for number, text in enumerate(texts):
                other.want(announcing(text, move=number))
                await ear.hears(text)
            await ear.until(lambda: not set(texts[:2]) & set(ear.texts.values()))
            assert len(set(ear.names)) >= len(texts)

    run(scenario())


def test_nobody_hears_himself() -> None:
    async def scenario() -> None:
        ear, other_ear, text = Ear(), Ear(), unique()
        async with speaker(ear) as one, speaker(other_ear):
            one.want(announcing(text))
            await other_ear.hears(text)
            assert text not in ear.texts.values()

    run(scenario())


def test_without_a_network_nothing_runs_until_there_is_one() -> None:
    async def scenario() -> None:
        ear, text = Ear(), unique()
        async with speaker(Ear()) as other:
            other.want(announcing(text))
            async with speaker(ear) as one:
                one.want(Presence())
                await asyncio.sleep(0)
                assert not one.is_running
                one.want(Presence(speakers=("203.0.113.1",)))  # not an address of this machine
                await asyncio.sleep(0)
                one.want(Presence(speakers=HERE, move=1))
                await ear.hears(text)

    run(scenario())


@pytest.mark.parametrize("somebody_asks", [False, True])
def test_who_has_just_heard_the_question_does_not_ask_it(
    monkeypatch: pytest.MonkeyPatch, *, somebody_asks: bool
) -> None:
    asked: list[DNSOutgoing] = []
    question = DNSQuestion(SERVICE_TYPE, PTR, 1)

    async def scenario() -> None:
        async with speaker(Ear()) as one:
            one.want(announcing(unique()))
            await ear_is_open(one)
            station = one._station
            assert station is not None
            await station._supervisor.close()  # what it asks by itself
            zeroconf = station._zeroconf.zeroconf
            now_ms = current_time_millis()
            monkeypatch.setattr(mdns, "current_time_millis", lambda: now_ms + (0 if somebody_asks else 2_000))
            if somebody_asks:
                with neighbour() as asking:
                    while not zeroconf.question_history.suppresses(question, now_ms, set()):
                        asking.sendto(query(), ("224.0.0.251", 5353))
                        await asyncio.sleep(0.01)
            monkeypatch.setattr(zeroconf, "async_send", asked.append)
            monkeypatch.setattr(mdns, "QUESTION_PAUSES_S", (0.0, 0.0))
            await station._ask()
            monkeypatch.undo()

    run(scenario())
    assert [out.questions for out in asked] == ([] if somebody_asks else [[question]])


def test_closing_takes_what_is_under_way_along() -> None:
    async def scenario() -> None:
        async with speaker(Ear()) as one:
            one.want(announcing(unique()))
        one.want(announcing(unique()))
        assert not one.is_running

    run(scenario())


# --- Neighbours


def name(*labels: bytes) -> bytes:
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def record(owner: bytes, kind: int, data: bytes, ttl: int = 120) -> bytes:
    return owner + struct.pack(">HHIH", kind, 0x8001, ttl, len(data)) + data


def answer(*records: bytes) -> bytes:
    return struct.pack(">6H", 0, 0x8400, 0, len(records), 0, 0) + b"".join(records)


PTR, TXT, SRV, A = 12, 16, 33, 1
TYPE = (b"_kith", b"_tcp", b"local")


def query() -> bytes:
    """Who is there?"""
    return struct.pack(">6H", 0, 0, 1, 0, 0, 0) + name(*TYPE) + struct.pack(">HH", PTR, 1)


def neighbour() -> socket.socket:
    """Somebody else on the loopback interface."""
    speaking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    speaking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(HERE[0]))
    return speaking


def hostile(chance: Random) -> bytes:
    """An mDNS packet that nobody would send who means well."""
    instance = chance.choice([chance.randbytes(12).hex().encode(), chance.randbytes(63), b"a.b", b"\xff\xfe", b"_kith"])
    owner = name(instance, *TYPE) if chance.random() < 0.8 else name(instance, chance.randbytes(60), *TYPE)
    records = [record(name(*TYPE), PTR, owner, ttl=chance.choice([0, 1, 120, 2**31 - 1]))]
    if chance.random() < 0.5:
        records.append(record(owner, TXT, chance.choice([b"", b"\0", b"\xffshort", chance.randbytes(1000)])))
    if chance.random() < 0.5:
        host = chance.choice([name(b"h", b"local"), name(chance.randbytes(63)), b"\xc0\x0c", b""])
        records.append(record(owner, SRV, struct.pack(">HHH", 0, 0, chance.randrange(65_536)) + host))
    if chance.random() < 0.3:
        records.append(record(name(b"h", b"local"), A, chance.randbytes(chance.choice([3, 4, 16]))))
    packet = bytearray(answer(*records))
    if chance.random() < 0.2:
        packet[chance.randrange(len(packet))] = chance.randrange(256)
    return bytes(packet)


def test_hostile_packets_neither_end_nor_deafen_us(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        ear, text, chance = Ear(), unique(), Random(7)
        with neighbour() as speaking:
            async with speaker(ear) as one:
                await ear_is_open(one)
                for _ in range(1_000):
                    speaking.sendto(hostile(chance), ("224.0.0.251", 5353))
                    await asyncio.sleep(0)
                async with speaker(Ear()) as other:
                    other.want(announcing(text))
                    await ear.hears(text)

    with caplog.at_level(logging.INFO):
        run(scenario())
    assert [entry.getMessage() for entry in caplog.records if entry.levelno > logging.INFO] == []


async def ear_is_open(mdns: Mdns) -> None:
    while not mdns.is_running:
        await asyncio.sleep(0)
