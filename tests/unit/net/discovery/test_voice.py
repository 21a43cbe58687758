"""What is said by mDNS for one service, packet by packet."""

import asyncio
import os
from types import SimpleNamespace
from typing import Any

import pytest
from zeroconf import ServiceInfo

from net.discovery import voice
from net.discovery.presence import Service
from net.discovery.voice import SERVICE_TYPE, Voice
from net.endpoint import Endpoint
from tests.support.aio import run

ENDPOINTS = (Endpoint.parse("10.77.0.1:4000"), Endpoint.parse("[fd77::1]:4000"))
PAUSE_S = 0.01


class Registry(list[ServiceInfo]):
    """What zeroconf answers for."""

    async_add = list.append
    async_remove = list.remove


class FakeZeroconf:
    """Notes what is sent: the name, and whether it is a goodbye."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.sent: list[tuple[str, bool]] = []
        self.error: OSError | None = None

    def generate_service_broadcast(self, info: ServiceInfo, ttl: int | None) -> Any:
        return SimpleNamespace(name=info.name, ttl=ttl)

    def async_send(self, outgoing: Any) -> None:
        if self.error is not None:
            raise self.error
        assert outgoing.ttl != 0 or all(info.name != outgoing.name for info in self.registry)
        self.sent.append((outgoing.name, outgoing.ttl == 0))


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MIN_ANNOUNCEMENT_INTERVAL_S", "_LAST_ANSWERS_S", "_LAST_ANSWERS_AT_END_S"):
        monkeypatch.setattr(voice, name, PAUSE_S)


def made() -> tuple[Voice, FakeZeroconf]:
    zeroconf = FakeZeroconf()
    return Voice(zeroconf, os.urandom), zeroconf  # type: ignore[arg-type]


async def sends(zeroconf: FakeZeroconf, count: int) -> list[tuple[str, bool]]:
    """What is sent, once that is so much; nothing follows it."""
    while len(zeroconf.sent) < count:
        await asyncio.sleep(PAUSE_S)
    await asyncio.sleep(3 * PAUSE_S)
    assert len(zeroconf.sent) == count
    return zeroconf.sent


def test_an_announcement_is_said_twice_and_the_same_again_is_no_news() -> None:
    async def scenario() -> None:
        speaker, zeroconf = made()
        speaker.announce(Service(b"one", ENDPOINTS))
        speaker.announce(Service(b"one", ENDPOINTS))
        (name, is_goodbye), again = await sends(zeroconf, 2)
        assert (name, is_goodbye) == again
        assert not is_goodbye
        assert name.endswith(SERVICE_TYPE)
        assert speaker.is_own(name)
        [info] = zeroconf.registry
        assert (info.port, set(info.parsed_addresses())) == (4000, {"10.77.0.1", "fd77::1"})
        await speaker.close()

    run(scenario())


def test_another_announcement_has_another_name_and_takes_the_former_back_once() -> None:
    async def scenario() -> None:
        speaker, zeroconf = made()
        speaker.announce(Service(b"one", ENDPOINTS))
        await sends(zeroconf, 2)
        former = zeroconf.sent[0][0]
        speaker.announce(Service(b"two", ENDPOINTS))
        assert speaker.is_own(former), "its last answers may still be on their way"
        assert len(zeroconf.registry) == 1
        await sends(zeroconf, 5)
        goodbyes = [name for name, is_goodbye in zeroconf.sent if is_goodbye]
        assert goodbyes == [former]
        assert len({name for name, _ in zeroconf.sent}) == 2
        assert not speaker.is_own(former)
        await speaker.close()

    run(scenario())


def test_at_the_end_everything_is_taken_back_and_nothing_said_again() -> None:
    async def scenario() -> None:
        speaker, zeroconf = made()
        for text in (b"one", b"two"):
            speaker.announce(Service(text, ENDPOINTS))
        await speaker.close()
        names = [name for name, is_goodbye in zeroconf.sent if not is_goodbye]
        assert sorted(name for name, is_goodbye in zeroconf.sent if is_goodbye) == sorted(names)
        assert len(names) == 2
        assert zeroconf.registry == []

    run(scenario())


def test_whose_network_is_gone_says_nothing_more_and_nothing_is_lost_of_it() -> None:
    async def scenario() -> None:
        speaker, zeroconf = made()
        speaker.announce(Service(b"one", ENDPOINTS))
        zeroconf.error = OSError("unreachable")
        await asyncio.sleep(5 * PAUSE_S)
        with pytest.raises(OSError, match="unreachable"):
            speaker.announce(Service(b"two", ENDPOINTS))
        zeroconf.error = None
        await speaker.close()

    run(scenario())


def test_who_never_said_anything_ends_without_a_word() -> None:
    async def scenario() -> None:
        speaker, zeroconf = made()
        speaker.announce(None)
        await speaker.close()
        assert zeroconf.sent == []

    run(scenario())
