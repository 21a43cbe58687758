"""The nodes of the DHT are kept for the next start."""

import asyncio

import pytest

from app.domain.errors import ErrorKind, StorageError
from app.services import known_nodes as module
from net.endpoint import Endpoint
from tests.support.aio import run
from tests.support.pair import strangers

NODES = (Endpoint.of("1.2.3.4", 5), Endpoint.of("2001:db8::1", 6))


def test_the_next_start_begins_with_those_that_answered() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            assert pair.ann.node.dht is not None
            assert not pair.ann.node.dht.nodes
            pair.ann.node.nodes_of_dht = NODES
            await pair.ann.messenger._known_nodes.keep()
            await pair.ann.restart()
            assert pair.ann.node.dht is not None
            assert pair.ann.node.dht.nodes == NODES

    run(scenario())


def test_where_nobody_answers_those_of_before_stay() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            pair.ann.node.nodes_of_dht = NODES
            await pair.ann.messenger._known_nodes.keep()
            pair.ann.node.nodes_of_dht = ()
            await pair.ann.messenger._known_nodes.keep()
            await pair.ann.restart()
            assert pair.ann.node.dht is not None
            assert pair.ann.node.dht.nodes == NODES

    run(scenario())


def test_they_are_kept_again_and_again_and_a_full_disk_is_no_harm(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "FIRST_KEPT_AFTER_S", 0)
    monkeypatch.setattr(module, "KEPT_EVERY_S", 0)

    async def scenario() -> None:
        async with strangers() as pair:
            kept: list[bool] = []

            async def keep() -> None:
                kept.append(True)
                if len(kept) == 1:
                    raise StorageError(ErrorKind.STORAGE_FULL)

            monkeypatch.setattr(pair.ann.messenger._known_nodes, "keep", keep)
            while len(kept) < 3:
                await asyncio.sleep(0)

    run(scenario())
    assert [record.getMessage() for record in caplog.records] == ["the nodes of the DHT were not kept: storage_full"]


def test_a_stored_list_that_is_none_is_refused_by_no_start(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            unit = pair.ann.opened.begin()
            unit.put_setting("nodes of the DHT", "nonsense 1.2.3.4:5 [::1]:99999")
            await pair.ann.opened.commit(unit)
            await pair.ann.restart()
            assert pair.ann.node.dht is not None
            assert pair.ann.node.dht.nodes == NODES[:1]

    run(scenario())
