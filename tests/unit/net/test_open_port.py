"""When a router is asked for a port, with a mapper that asks nobody."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from net import open_port as module
from net.endpoint import Endpoint
from net.mapping import MappingState, PortMapping
from net.open_port import OpenPort
from tests.support.aio import run

BOUND = (Endpoint.of("0.0.0.0", 4000), Endpoint.of("::", 4000))
AT_HOME = (Endpoint.of("192.168.1.2", 4000), Endpoint.of("2600::1", 4000))
OPEN = PortMapping(MappingState.OPEN, 5000)


class PlayedMapper:
    """Takes down what it is asked for; the test answers."""

    made: "list[PlayedMapper]"
    may_close: asyncio.Event

    def __init__(self, speak_from: Sequence[Endpoint], port: int, on_change: Callable[[PortMapping], None]) -> None:
        self.speak_from, self.port, self.on_change = tuple(speak_from), port, on_change
        self.is_closed = False
        assert all(mapper.is_closed for mapper in type(self).made), "the one before would close what this one opens"
        type(self).made.append(self)

    async def close(self) -> None:
        await type(self).may_close.wait()
        self.is_closed = True


class Scene:
    def __init__(self) -> None:
        self.told: list[PortMapping] = []
        self.port = OpenPort(lambda: self.told.append(self.port.mapping))

    def state(self) -> MappingState:
        return self.port.mapping.state

    async def asked(self, count: int = 1) -> PlayedMapper:
        """The ``count``-th mapper, once it is there."""
        while len(PlayedMapper.made) < count:
            await asyncio.sleep(0)
        return PlayedMapper.made[count - 1]


@pytest.fixture(autouse=True)
def played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedMapper, "made", [], raising=False)
    may_close = asyncio.Event()
    may_close.set()
    monkeypatch.setattr(PlayedMapper, "may_close", may_close, raising=False)
    monkeypatch.setattr(module, "_load", lambda: PlayedMapper)


def test_nobody_is_asked_before_it_is_wanted_and_after_it_no_longer_is() -> None:
    async def scenario() -> None:
        scene = Scene()
        scene.port.place(BOUND, AT_HOME, moved=True)
        assert scene.state() is MappingState.OFF
        scene.port.switch(on=True)
        assert scene.state() is MappingState.ASKING
        mapper = await scene.asked()
        assert (mapper.port, mapper.speak_from) == (4000, (Endpoint.of("0.0.0.0", 0),))
        mapper.on_change(OPEN)
        assert scene.port.mapping == PortMapping(MappingState.OPEN, 5000, port=4000)
        scene.port.switch(on=False)
        assert scene.state() is MappingState.OFF
        mapper.on_change(OPEN)  # too late
        assert scene.state() is MappingState.OFF
        while not mapper.is_closed:
            await asyncio.sleep(0)
        await scene.port.close()
        assert len(PlayedMapper.made) == 1

    run(scenario())


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.1.1", "8.8.4.4", "2600::1", "fd00::1"])
def test_who_has_no_private_ipv4_address_asks_nobody(address: str) -> None:
    async def scenario() -> None:
        scene = Scene()
        scene.port.switch(on=True)
        scene.port.place(BOUND, [Endpoint.of(address, 4000)], moved=True)
        assert scene.state() is MappingState.NEEDLESS
        await asyncio.sleep(0)
        await scene.port.close()
        assert PlayedMapper.made == []

    run(scenario())


def test_elsewhere_another_router_is_asked_once_the_one_before_has_been_told() -> None:
    async def scenario() -> None:
        scene = Scene()
        scene.port.place(BOUND, AT_HOME, moved=False)
        scene.port.switch(on=True)
        first = await scene.asked()
        first.on_change(OPEN)
        scene.port.place(BOUND, AT_HOME, moved=False)  # nothing new
        assert scene.state() is MappingState.OPEN
        PlayedMapper.may_close.clear()
        for _ in range(3):  # and each time the one that is closed takes its time
            scene.port.place(BOUND, AT_HOME, moved=True)
        assert scene.state() is MappingState.ASKING
        first.on_change(OPEN)
        assert scene.state() is MappingState.ASKING
        PlayedMapper.may_close.set()
        second = await scene.asked(2)
        second.on_change(OPEN)
        assert scene.state() is MappingState.OPEN
        await scene.port.close()
        assert [mapper.is_closed for mapper in PlayedMapper.made] == [True, True]

    run(scenario())


def test_what_ends_while_it_begins_leaves_nothing_behind() -> None:
    async def scenario() -> None:
        scene = Scene()
        scene.port.place(BOUND, AT_HOME, moved=False)
        scene.port.switch(on=True)
        scene.port.switch(on=False)
        scene.port.switch(on=True)
        await scene.port.close()
        assert all(mapper.is_closed for mapper in PlayedMapper.made)

    run(scenario())
