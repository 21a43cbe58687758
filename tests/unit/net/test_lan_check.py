"""The trial of the LAN search, over the loopback interface."""

import pytest

from net.errors import LocalError
from net.lan_check import lan_works
from tests.support.aio import run
from tests.support.nodes import LOOPBACK, stations


def test_two_throw_away_nodes_meet() -> None:
    assert run(lan_works([LOOPBACK]))


def test_without_time_enough_they_do_not_and_nothing_is_left_behind() -> None:
    assert not run(lan_works([LOOPBACK], timeout_s=0.0))


def test_ports_of_others_are_left_alone() -> None:
    async def scenario() -> None:
        async with stations(1) as (taken,):
            assert await lan_works([taken.endpoint])

    run(scenario())


def test_where_nothing_can_listen_the_caller_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> None:
        raise LocalError("cannot listen there")

    monkeypatch.setattr("net.node.Node.listen", refuse)
    with pytest.raises(LocalError):
        run(lan_works([LOOPBACK]))
