"""Where one process is, on real loopback sockets; what whole nodes make of it is in ``tests/unit/net/test_node.py``."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_interface

import pytest

from net import interfaces
from net.endpoint import Endpoint
from net.errors import LocalError
from net.events import LinkId
from net.interfaces import IPAddress
from net.observation import Observation, Observer, Transport
from net.peer import PeerId
from net.transport.stream import StreamOwner
from net.whereabouts import Whereabouts
from tests.support.aio import run
from tests.support.links import counted
from tests.support.nodes import LOOPBACK

HOME = (ip_interface("127.0.0.1/8"), ip_interface("192.168.1.7/24"))
ANYWHERE = Endpoint.parse("0.0.0.0:0")


class Listener:
    """Writes down what it is told, and in which order."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.left: list[frozenset[IPAddress]] = []
        self.place = Whereabouts(
            stranger=_nobody,
            nodes=lambda: (),
            on_left=self._left,
            on_place=lambda: self.told.append("place"),
            on_learnt=lambda: self.told.append("learnt"),
            on_news=lambda: self.told.append("news"),
            random=counted(1),
        )

    def _left(self, here: frozenset[IPAddress]) -> None:
        self.left.append(here)
        self.told.append("left")


def _nobody() -> StreamOwner:
    raise AssertionError("nobody connects")


@asynccontextmanager
async def listener(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listener]:
    """On a machine that has the addresses of ``HOME``."""
    monkeypatch.setattr(interfaces, "machine_interfaces", lambda: HOME)
    made = Listener()
    try:
        yield made
    finally:
        await made.place.close()


def test_a_port_for_all_addresses_is_told_with_each_of_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with listener(monkeypatch) as heard:
            (bound,) = await heard.place.listen([ANYWHERE])
            at_home = Endpoint.of("192.168.1.7", bound.port)
            assert heard.told == ["place", "learnt"]
            assert heard.place.bound() == (bound,)
            assert heard.place.local() == (at_home,)
            assert heard.place.hosts() == (at_home.address,)
            assert {bound, at_home, Endpoint.of("127.0.0.1", bound.port)} <= heard.place.own().endpoints
            assert [str(each) for each in heard.place.own().networks] == ["192.168.1.0/24"]
            assert not heard.place.own().stays_near

    run(scenario())


def test_whoever_listens_on_loopback_alone_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with listener(monkeypatch) as heard:
            (bound,) = await heard.place.listen([LOOPBACK])
            assert heard.place.local() == (bound,)
            assert heard.place.own().listens_on_loopback

    run(scenario())


def test_a_port_in_use_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with listener(monkeypatch) as heard:
            (bound,) = await heard.place.listen([LOOPBACK])
            heard.told.clear()
            with pytest.raises(LocalError):
                await heard.place.listen([bound])
            assert (heard.place.bound(), heard.told) == ((bound,), [])

    run(scenario())


def test_what_is_learnt_of_our_own_addresses_is_news_once(monkeypatch: pytest.MonkeyPatch) -> None:
    router = Endpoint.parse("5.6.7.8:5000")

    async def scenario() -> None:
        async with listener(monkeypatch) as heard:
            (bound,) = await heard.place.listen([ANYWHERE])
            heard.told.clear()
            seen = Observation(Observer(PeerId(b"bob"), ip_address("1.2.3.4")), Transport.TCP, bound, router)
            monkeypatch.setattr(heard.place._own_addresses, "published", lambda _now: (router,))
            for link in (LinkId(1), LinkId(2)):
                heard.place.observed(link, seen, by_contact=True)
            assert heard.told == ["learnt", "news", "learnt"]
            assert heard.place.lasting() == (router,)

    run(scenario())


def test_observers_that_disagree_are_logged_without_an_address(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def seen(name: bytes, at: str, place: str) -> Observation:
        return Observation(Observer(PeerId(name), ip_address(at)), Transport.TCP, ANYWHERE, Endpoint.parse(place))

    async def scenario() -> None:
        async with listener(monkeypatch) as heard:
            await heard.place.listen([ANYWHERE])
            for number, (name, at, place) in enumerate(
                [
                    (b"bob", "1.2.3.4", "5.6.7.8:5000"),
                    (b"eve", "2.2.3.4", "6.6.6.6:5000"),
                    (b"cid", "3.2.3.4", "5.6.7.8:5000"),
                    (b"dan", "4.2.3.4", "5.6.7.8:5000"),
                ]
            ):
                heard.place.observed(LinkId(number), seen(name, at, place), by_contact=True)
            assert [str(each.address) for each in heard.place.external_endpoints()] == ["5.6.7.8"]

    with caplog.at_level(logging.DEBUG, "net.whereabouts"):
        run(scenario())
    said = [record.getMessage() for record in caplog.records]
    assert said.count("somebody sees us where nobody else does yet") == 2, "Bob came first, and Eve lies"
    assert sum(each.startswith("contacts are told of ") for each in said) == 1
    assert not [each for each in said if "5.6.7.8" in each or "6.6.6.6" in each]


def test_a_move_ends_what_left_from_elsewhere_before_anything_new_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with listener(monkeypatch) as heard:
            (bound,) = await heard.place.listen([ANYWHERE])
            heard.told.clear()
            away = (ip_interface("127.0.0.1/8"), ip_interface("10.0.0.9/24"))
            monkeypatch.setattr(interfaces, "machine_interfaces", lambda: away)
            heard.place.move(away)
            assert heard.told == ["left", "place", "learnt", "news"]
            assert heard.left == [frozenset(each.ip for each in away)]
            assert heard.place.local() == (Endpoint.of("10.0.0.9", bound.port),)
            assert [str(each) for each in heard.place.vicinity().networks] == ["10.0.0.0/24"]

    run(scenario())


def test_a_port_to_punch_from_is_used_and_told_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with listener(monkeypatch) as heard:
            (bound,) = await heard.place.listen([ANYWHERE])
            assert heard.place.shared_ports(4)[0] == bound
            heard.place.take_port()
            while heard.place.shared_ports(4)[0] == bound:
                await asyncio.sleep(0)
            spare = heard.place.shared_ports(4)[0]
            assert spare in heard.place.own().endpoints
            assert heard.place.bound() == (bound,)
            told = tuple(Endpoint.of("5.6.7.8", port) for port in (spare.port, bound.port))
            monkeypatch.setattr(heard.place._own_addresses, "published", lambda _now: told)
            assert heard.place.lasting() == told[1:]

    run(scenario())


def test_whoever_ceases_listens_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with listener(monkeypatch) as heard:
            await heard.place.listen([LOOPBACK])
            heard.place.cease()
            assert heard.place.bound() == ()

    run(scenario())
