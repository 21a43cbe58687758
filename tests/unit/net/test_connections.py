"""Every connection until its last byte has left."""

import asyncio

import pytest

from net import connections as module
from net.connections import Connections
from net.events import CloseReason
from tests.support.aio import run
from tests.support.nodes import ALICE, BOB
from tests.support.noted_driver import NotedDriver


def test_the_end_waits_for_the_last_connection() -> None:
    async def scenario() -> None:
        connections = Connections()
        drivers = NotedDriver(ALICE), NotedDriver(BOB)
        for driver in drivers:
            connections.made(driver)
        connections.close(CloseReason.LOCAL)
        assert [driver.asked for driver in drivers] == [[CloseReason.LOCAL]] * 2
        async with asyncio.TaskGroup() as group:
            end = group.create_task(connections.all_gone(), name="end")
            connections.gone(drivers[0])
            await asyncio.sleep(0)
            assert not end.done()
            connections.gone(drivers[1])

    run(scenario())


def test_without_connections_there_is_nothing_to_wait_for() -> None:
    async def scenario() -> None:
        connections = Connections()
        await connections.all_gone()
        driver = NotedDriver(ALICE)
        connections.made(driver)
        connections.gone(driver)
        await connections.all_gone()

    run(scenario())


def test_a_connection_that_never_ends_is_an_error_and_not_a_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLOSE_TIMEOUT_S", 0.0)

    async def scenario() -> None:
        connections = Connections()
        connections.made(NotedDriver(ALICE))
        with pytest.raises(TimeoutError):
            await connections.all_gone()

    run(scenario())
