"""Ports that stay, and one to punch from.  On every address of this computer, since loopback is not punched."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from net.endpoint import Endpoint
from net.errors import LocalError
from net.listeners import Listeners
from net.transport import tcp
from net.transport.stream import Stream
from tests.support.aio import run

EVERYWHERE, LOOPBACK = Endpoint.parse("0.0.0.0:0"), Endpoint.parse("127.0.0.1:0")


class Visitors:
    """Counts who came in; says nothing to anybody."""

    def __init__(self) -> None:
        self.came = asyncio.Event()

    def stream_opened(self, stream: Stream) -> None:
        self.came.set()
        stream.abort()

    def space(self) -> memoryview:
        return memoryview(bytearray(16))

    def received(self, size_bytes: int) -> None: ...
    def stream_drained(self) -> None: ...
    def stream_lost(self) -> None: ...


def with_listeners(scenario: Callable[[Listeners, Visitors], Awaitable[None]]) -> None:
    async def whole() -> None:
        visitors = Visitors()
        listeners = Listeners(lambda: visitors)
        try:
            await scenario(listeners, visitors)
        finally:
            listeners.close()

    run(whole())


def test_dials_leave_from_the_port_on_which_we_listen() -> None:
    async def scenario(listeners: Listeners, _: Visitors) -> None:
        (bound,) = await listeners.listen([EVERYWHERE])
        assert listeners.shared_port(4) == bound
        assert listeners.shared_port(6) is None
        assert listeners.shared_versions() == frozenset({4})

    with_listeners(scenario)


def test_nothing_is_punched_from_loopback() -> None:
    async def scenario(listeners: Listeners, _: Visitors) -> None:
        await listeners.listen([LOOPBACK])
        assert listeners.shared_port(4) is None
        with pytest.raises(LocalError):
            await listeners.take_port()

    with_listeners(scenario)


def test_a_port_that_is_taken_is_listened_to_beside_the_others_until_the_next() -> None:
    async def scenario(listeners: Listeners, visitors: Visitors) -> None:
        (lasting,) = await listeners.listen([EVERYWHERE])
        await listeners.take_port()
        (_, first) = listeners.all()
        await listeners.take_port()
        assert listeners.lasting() == (lasting,)
        (_, second) = listeners.all()
        assert listeners.shared_port(4) == second
        assert listeners.shared_ports(4) == (second, lasting), "who cannot read our record knocks there"
        assert len({lasting.port, first.port, second.port}) == 3
        for endpoint, is_open in ((lasting, True), (first, False), (second, True)):
            visitors.came.clear()
            there = Endpoint.of("127.0.0.1", endpoint.port)
            if not is_open:
                with pytest.raises(ConnectionRefusedError):
                    await tcp.dial(there, Visitors())
                continue
            await tcp.dial(there, Visitors())
            await visitors.came.wait()

    with_listeners(scenario)


def test_a_port_that_is_taken_too_late_is_let_go() -> None:
    async def scenario(listeners: Listeners, _: Visitors) -> None:
        await listeners.listen([EVERYWHERE])
        async with asyncio.TaskGroup() as tasks:
            taking = tasks.create_task(listeners.take_port())
            await asyncio.sleep(0)
            assert not taking.done()
            listeners.close()
        assert listeners.all() == ()

    with_listeners(scenario)


def test_where_ports_cannot_be_shared_none_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "SHARES_PORTS", False)

    async def scenario(listeners: Listeners, _: Visitors) -> None:
        await listeners.listen([EVERYWHERE])
        assert listeners.shared_versions() == frozenset()

    with_listeners(scenario)
