"""Who is asked where we come from, and when: with answers that the test makes up."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import pytest

from crypto.primitives import Random
from net import surveyor as module
from net.asking import Hear
from net.endpoint import Endpoint
from net.limits import DOUBT_BURST, MAX_SURVEYED_NODES
from net.nat_kind import NatKind
from net.observation import Observation, Observer, Transport
from net.own_addresses import OwnAddresses
from net.server import ServerAddress
from net.survey import Target
from net.surveyor import Surveyor
from tests.support.aio import run
from tests.support.links import counted

EVERYWHERE = (Endpoint.parse("0.0.0.0:4000"), Endpoint.parse("[::]:4000"))
HERE = Endpoint.parse("192.168.1.2:4000")
ROUTER = "8.8.4.4"
SERVERS = (ServerAddress("one.example", 3478), ServerAddress("two.example", 3478))
PLACES = {"one.example": "104.1.0.1", "two.example": "74.2.0.2"}
NODES = tuple(Endpoint.parse(f"51.1.{number}.1:6881") for number in range(40))


class Scene:
    """Stands in for :mod:`net.asking`: says what everybody answers, and keeps who was asked."""

    def __init__(self) -> None:
        self.own = OwnAddresses()
        self.own.listen([HERE])
        self.nodes: tuple[Endpoint, ...] = ()
        self.answers = True
        self.router = ROUTER
        self.port_seen = 9_000
        self.over_udp: list[list[Endpoint]] = []
        self.over_tcp: list[tuple[Endpoint, Endpoint | None]] = []
        self.changes = 0
        self._news = asyncio.Event()
        self.surveyor = Surveyor(
            self.own,
            nodes=lambda: self.nodes,
            shared_port=lambda version: EVERYWHERE[0] if version == 4 else None,
            on_change=self._changed,
            random=counted(1),
        )

    async def rounds(self, count: int) -> list[list[Endpoint]]:
        """Whom each round asked, once there were so many."""
        await self.until(lambda: len(self.over_udp) >= count)
        return self.over_udp

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._news.clear()
            await self._news.wait()

    def begin(self) -> None:
        """Have servers to ask, and somewhere to ask from."""
        self.surveyor.use(SERVERS)
        self.surveyor.place(EVERYWHERE[:1], moved=False)

    async def until_seen_at(self, address: str) -> None:
        await self.until(lambda: [str(each) for each in self.own.external(0.0)] == [address])

    def nat(self) -> NatKind:
        return self.own.nat(0.0)

    def _changed(self) -> None:
        self.changes += 1
        self._news.set()

    # --- net.asking

    async def resolve(self, server: ServerAddress, _: socket.SocketKind) -> tuple[Endpoint, ...]:
        addresses = (PLACES[server.host], "104.9.9.9", "2600::9")
        return tuple(Endpoint.of(address, server.port) for address in addresses)

    async def ask_over_udp(self, speak_from: Endpoint, targets: Sequence[Target], _: Random, hear: Hear) -> None:
        assert {target.endpoint.address.version for target in targets} == {speak_from.address.version}
        self.over_udp.append([target.endpoint for target in targets])
        for target in targets if self.answers else ():
            seen = Endpoint.of(self.router, self.port_seen)
            hear(Observation(target.observer, Transport.UDP, Endpoint.parse("0.0.0.0:9000"), seen))
        self._news.set()

    async def ask_over_tcp(
        self, observer: Observer, endpoint: Endpoint, local: Endpoint | None, _: Random
    ) -> Observation | None:
        self.over_tcp.append((endpoint, local))
        if not self.answers:
            return None
        return Observation(observer, Transport.TCP, HERE, Endpoint.of(self.router, 23_456))


Play: TypeAlias = Callable[[Callable[[Scene], Awaitable[None]]], None]
"""Runs a script in a scene."""


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    async def staged(script: Callable[[Scene], Awaitable[None]]) -> None:
        scene = Scene()
        monkeypatch.setattr(module, "FIRST_SURVEY_PAUSE_S", 0.001)
        monkeypatch.setattr(module, "asking", scene)
        try:
            await script(scene)
        finally:
            await scene.surveyor.close()

    return lambda script: run(staged(script))


def test_nodes_of_the_dht_are_asked_first_and_no_server_if_they_tell_enough(play: Play) -> None:
    async def script(scene: Scene) -> None:
        scene.nodes = NODES
        scene.surveyor.use(SERVERS)
        scene.surveyor.place(EVERYWHERE, moved=False)
        [asked] = await scene.rounds(1)
        assert len(set(asked)) == MAX_SURVEYED_NODES
        assert set(asked) <= set(NODES)
        assert [str(address) for address in scene.own.external(0.0)] == [ROUTER]
        assert scene.nat() is NatKind.CONE
        assert scene.changes > 1  # each answer counts as it comes
        await asyncio.sleep(0.05)
        assert len(scene.over_udp) == 1
        assert scene.over_tcp == []

    play(script)


def test_of_nodes_in_one_network_and_of_private_ones_none_is_asked_twice(play: Play) -> None:
    async def script(scene: Scene) -> None:
        near = [Endpoint.parse(f"51.1.1.{number}:6881") for number in range(9)]
        scene.nodes = (*near, *(Endpoint.parse(f"{place}:6881") for place in ("10.0.0.1", "127.0.0.1")))
        scene.surveyor.place(EVERYWHERE, moved=False)
        [[asked], *_] = await scene.rounds(1)
        assert asked in near

    play(script)


def test_without_nodes_servers_are_asked_over_udp_and_tcp_once_each(play: Play) -> None:
    async def script(scene: Scene) -> None:
        scene.begin()
        places = [Endpoint.of(PLACES[server.host], server.port) for server in SERVERS]
        assert (await scene.rounds(1))[0] == places
        await scene.until(lambda: Endpoint.of(ROUTER, 23_456) in scene.own.published(0.0))
        assert scene.over_tcp == [(place, EVERYWHERE[0]) for place in places]

    play(script)


def test_they_are_asked_too_where_the_router_keeps_no_port(play: Play) -> None:
    async def script(scene: Scene) -> None:
        scene.nodes, scene.port_seen = NODES, 12_345
        scene.begin()
        await scene.until(lambda: Endpoint.of(ROUTER, 23_456) in scene.own.published(0.0))
        assert len(scene.over_tcp) == len(SERVERS)

    play(script)


def test_who_gets_no_answer_asks_again_and_who_moves_at_once(play: Play) -> None:
    async def script(scene: Scene) -> None:
        scene.answers = False
        scene.begin()
        await scene.rounds(3)
        scene.answers = True
        await scene.until(lambda: scene.nat() is NatKind.CONE)
        count = len(scene.over_udp)
        scene.own.moved([HERE])
        scene.surveyor.place(EVERYWHERE[:1], moved=True)
        await scene.rounds(count + 1)

    play(script)


def test_what_is_known_is_asked_again_now_and_then_of_servers_too_where_there_are_no_nodes(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_SURVEY_PAUSE_S", 0.002)

    async def script(scene: Scene) -> None:
        scene.begin()
        await scene.until(lambda: scene.nat() is NatKind.CONE)
        scene.router = "8.8.8.8"
        await scene.until_seen_at("8.8.8.8")

    play(script)


def test_who_doubts_what_was_said_has_it_said_again_but_not_all_the_time(play: Play) -> None:
    async def script(scene: Scene) -> None:
        scene.begin()
        await scene.until(lambda: scene.nat() is NatKind.CONE)
        scene.router = "8.8.8.8"
        scene.surveyor.doubt()
        await scene.until_seen_at("8.8.8.8")
        for _ in range(20):
            scene.surveyor.doubt()
            await asyncio.sleep(0)
        await asyncio.sleep(0.02)
        assert len(scene.over_udp) <= 2 + DOUBT_BURST

    play(script)


def test_nodes_are_enough_to_end_a_doubt(play: Play) -> None:
    async def script(scene: Scene) -> None:
        scene.nodes = NODES
        scene.begin()
        await scene.rounds(1)
        scene.router = "8.8.8.8"
        scene.surveyor.doubt()
        await scene.until_seen_at("8.8.8.8")
        assert all(set(asked) <= set(NODES) for asked in scene.over_udp)

    play(script)


def test_who_listens_on_loopback_alone_or_names_no_server_asks_nobody(play: Play) -> None:
    async def script(scene: Scene) -> None:
        scene.surveyor.use(SERVERS)
        scene.surveyor.place([Endpoint.parse("127.0.0.1:4000"), Endpoint.parse("[::1]:4000")], moved=True)
        scene.surveyor.nudge()
        await asyncio.sleep(0.02)
        scene.surveyor.use(())
        scene.surveyor.place(EVERYWHERE, moved=True)
        await asyncio.sleep(0.02)
        assert [targets for targets in scene.over_udp if targets] == []
        assert scene.over_tcp == []

    play(script)


def test_what_servers_said_is_forgotten_when_they_are_used_no_more(play: Play) -> None:
    async def script(scene: Scene) -> None:
        scene.begin()
        await scene.until(lambda: scene.own.external(0.0) != ())
        scene.surveyor.use(())
        assert scene.own.external(0.0) == ()

    play(script)
