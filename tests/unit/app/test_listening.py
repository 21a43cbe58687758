"""Which ports a start asks for, and keeps."""

from collections.abc import Sequence

import pytest

from app.listening import DEFAULT_PORTS, listen_at, listen_everywhere
from net.endpoint import Endpoint
from net.errors import LocalError
from net.node import Node
from tests.support.aio import run

LOOPBACK = Endpoint.parse("127.0.0.1:0")


class PortTable(Node):
    """A node that binds by a table: ``taken`` ports are somebody else's, port 0 is the next of ``free``."""

    def __init__(self, *, taken: set[int], free: int = 40_000) -> None:
        self.taken = taken
        self.free = free
        self.bound: list[str] = []

    async def listen(self, endpoints: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
        if any(endpoint.port in self.taken for endpoint in endpoints):
            raise LocalError("taken")
        bound = tuple(Endpoint(endpoint.address, endpoint.port or self.free) for endpoint in endpoints)
        self.bound += map(str, bound)
        return bound


def test_a_remembered_port_is_used_while_it_is_free() -> None:
    node = PortTable(taken=set())
    settings = run(listen_at(node, [LOOPBACK], {"port of 127.0.0.1": "50000"}))
    assert (node.bound, settings) == (["127.0.0.1:50000"], {"port of 127.0.0.1": "50000"})


def test_another_port_is_picked_and_remembered_when_it_is_taken() -> None:
    node = PortTable(taken={50_000})
    settings = run(listen_at(node, [LOOPBACK], {"port of 127.0.0.1": "50000"}))
    assert (node.bound, settings) == (["127.0.0.1:40000"], {"port of 127.0.0.1": "40000"})


def test_a_port_that_was_asked_for_by_number_is_that_or_nothing() -> None:
    wanted = [Endpoint.parse("127.0.0.1:50000")]
    assert run(listen_at(PortTable(taken=set()), wanted, {"port of 127.0.0.1": "60000"})) == {}
    with pytest.raises(LocalError):
        run(listen_at(PortTable(taken={50_000}), wanted, {}))


def test_by_default_one_port_serves_all_interfaces() -> None:
    node = PortTable(taken=set())
    port = run(listen_everywhere(node, 0))
    assert port in DEFAULT_PORTS
    assert node.bound == [f"0.0.0.0:{port}", f"[::]:{port}"]


def test_the_kept_port_stays_kept_even_while_it_is_taken() -> None:
    node = PortTable(taken={25_000})
    assert run(listen_everywhere(node, 25_000)) == 25_000
    assert len(node.bound) == 2
    assert "0.0.0.0:25000" not in node.bound


def test_where_no_port_can_be_had_that_is_said() -> None:
    with pytest.raises(LocalError):
        run(listen_everywhere(PortTable(taken=set(DEFAULT_PORTS)), 0))
