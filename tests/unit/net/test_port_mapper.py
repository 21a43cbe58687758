"""A mapper on loopback, where libtorrent asks no router; with one it is tried in ``tests/e2e/test_open_port.py``."""

import asyncio

import pytest

from net import port_mapper as module
from net.endpoint import Endpoint
from net.mapping import Asking, MappingState, PortMapping
from net.port_mapper import PortMapper
from tests.support.aio import run


def test_whoever_waits_hears_when_there_is_nothing_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAPPING_TIMEOUT_S", 0.2)
    monkeypatch.setattr(module, "outlive", list.clear)

    async def scenario() -> None:
        told: asyncio.Queue[PortMapping] = asyncio.Queue()
        mapper = PortMapper([Endpoint.parse("127.0.0.1:0")], 4000, told.put_nowait)
        assert (await told.get()).state is MappingState.ASKING
        assert (await told.get()).state is MappingState.UNANSWERED
        await mapper.close()
        assert mapper._sessions == []
        assert told.empty()

    run(scenario())


@pytest.fixture(autouse=True)
def upnp_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UPNP_ANSWER_S", 0.1)


def test_what_a_router_is_about_to_open_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UPNP_ANSWER_S", 60.0)
    monkeypatch.setattr(module, "outlive", lambda _: None)

    async def scenario() -> None:
        mapper = PortMapper([Endpoint.parse("127.0.0.1:0")], 4000, lambda _: None)
        async with asyncio.TaskGroup() as tasks:
            closing = tasks.create_task(mapper.close())
            await asyncio.sleep(0.2)
            assert not closing.done()
            mapper._answers.opened(Asking.UPNP, 4000)

    run(scenario())


def test_what_a_router_opened_and_does_not_close_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAPPING_CLOSE_TIMEOUT_S", 0.1)
    kept: list[object] = []
    monkeypatch.setattr(module, "outlive", kept.append)

    async def scenario() -> None:
        mapper = PortMapper([Endpoint.parse("127.0.0.1:0")], 4000, lambda _: None)
        mapper._to_close.add(0)
        await mapper.close()
        assert kept == [mapper._sessions]

    run(scenario())


def test_no_session_is_taken_apart_while_it_may_have_asked_something(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing tells of a question before its answer: for the router's description, say."""
    kept: list[object] = []
    monkeypatch.setattr(module, "outlive", kept.append)

    async def scenario() -> None:
        mapper = PortMapper([Endpoint.parse("127.0.0.1:0")], 4000, lambda _: None)
        await mapper.close()
        assert kept == [mapper._sessions]
        assert mapper._sessions

    run(scenario())
