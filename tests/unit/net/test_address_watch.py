"""When a machine counts as moved."""

import asyncio
import time
from ipaddress import ip_interface

import pytest

from net import interfaces
from net.address_watch import AddressWatch
from net.interfaces import IPInterface
from tests.support.aio import run

HOME = (ip_interface("127.0.0.1/8"), ip_interface("192.168.1.7/24"))
AWAY = (ip_interface("127.0.0.1/8"), ip_interface("10.0.0.7/8"))


class EnoughError(Exception):
    """Ends a watch."""


def changes(*looks: tuple[IPInterface, ...]) -> list[tuple[IPInterface, ...]]:
    """What a watch reports of these looks."""
    reported: list[tuple[IPInterface, ...]] = []
    left = iter(looks)

    def look() -> tuple[IPInterface, ...]:
        try:
            return next(left)
        except StopIteration:
            raise EnoughError from None

    with pytest.raises(EnoughError):
        run(AddressWatch(reported.append, look=look, poll_s=0.0).run())
    return reported


def test_where_it_is_at_first_is_told() -> None:
    assert changes(HOME) == [HOME]
    assert changes(()) == [()]


def test_only_changes_are_told() -> None:
    assert changes(HOME, HOME, AWAY, AWAY, HOME) == [HOME, AWAY, HOME]


def test_another_order_is_no_change() -> None:
    assert changes(HOME, HOME[::-1]) == [HOME]


def test_sleep_counts_as_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    wall = iter(range(0, 1_000, 100))
    monkeypatch.setattr(time, "time", lambda: float(next(wall)))
    assert changes(HOME, HOME, HOME) == [HOME, HOME, HOME]


def test_this_machine_has_a_loopback_interface() -> None:
    async def scenario() -> None:
        told: asyncio.Queue[tuple[IPInterface, ...]] = asyncio.Queue()
        watch = asyncio.get_running_loop().create_task(AddressWatch(told.put_nowait).run(), name="watch")
        assert any(interface.is_loopback for interface in await told.get())
        watch.cancel()
        await asyncio.wait([watch])

    run(scenario())


def test_networks_come_with_the_addresses() -> None:
    machine = interfaces.machine_interfaces()
    assert {interface.ip for interface in machine} == set(interfaces.machine_addresses())
    assert ip_interface("127.0.0.1/8") in machine
