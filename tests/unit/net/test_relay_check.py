"""Relays are tried out against a real one."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from net.relay_check import RelayOutcome, try_relays
from net.server import ServerAddress, TurnServer
from tests.support.aio import run
from tests.support.coturn import Coturn, coturn


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    with coturn(tmp_path_factory.mktemp("coturn")) as server:
        yield server


def outcomes(*servers: TurnServer) -> list[RelayOutcome]:
    async def scenario() -> list[RelayOutcome]:
        return [trial.outcome for trial in await try_relays(servers)]

    return run(scenario())


def test_a_relay_that_grants_a_port_by_each_transport_does_so(relay: Coturn) -> None:
    assert outcomes(*map(relay.turn, ("udp", "tcp", "tls"))) == [RelayOutcome.GRANTED] * 3


def test_wrong_credentials_are_refused(relay: Coturn) -> None:
    assert outcomes(relay.turn("udp", password="wrong")) == [RelayOutcome.REFUSED]


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(relay: Coturn) -> None:
    assert outcomes(replace(relay.turn("tls"), ca_file=None)) == [RelayOutcome.UNTRUSTED]


def test_where_nobody_listens_and_where_nobody_answers_is_told_apart(relay: Coturn) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as deaf, socket.socket() as closed:
        deaf.bind(("127.0.0.1", 0))
        closed.bind(("127.0.0.1", 0))
        silent = replace(relay.turn("udp"), address=ServerAddress("127.0.0.1", deaf.getsockname()[1]))
        absent = replace(relay.turn("tcp"), address=ServerAddress("127.0.0.1", closed.getsockname()[1]))
        assert outcomes(silent, absent) == [RelayOutcome.SILENT, RelayOutcome.UNREACHABLE]


def test_without_relays_nothing_is_tried() -> None:
    assert outcomes() == []
