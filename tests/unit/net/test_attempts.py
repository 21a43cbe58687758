"""Attempts on loopback; what whole nodes make of them is in ``tests/unit/net/test_links.py``."""

import asyncio
import os

import pytest

from net.attempts import Attempts
from net.dial_log import DialOutcome
from net.dialling import DialId
from net.endpoint import Endpoint
from net.events import CloseReason
from net.keyring import Keyring
from net.link.driver import LinkDriver
from net.link.frames import Frame
from net.path_effects import Dial
from net.reception import Reception
from net.supervisor import Supervisor
from net.transport import tcp
from net.transport.stream import Stream
from tests.support.aio import run
from tests.support.nodes import BOB, KEY, LOOPBACK


class Owner:
    """Has the attempts, and writes down what came of them."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self.supervisor = Supervisor(asyncio.get_running_loop())
        self.attempts = Attempts(
            self,
            on_failed=self._failed,
            reception=Reception(Keyring(), os.urandom, 0.0),
            shared_ports=lambda _version: (),
            supervisor=self.supervisor,
            random=os.urandom,
        )
        self.made: list[LinkDriver] = []
        self.failed: list[DialId] = []
        self.ended: list[CloseReason] = []
        self.gone = 0

    def connection_made(self, driver: LinkDriver) -> None:
        self.made.append(driver)
        self._news.set()

    def link_opened(self, driver: LinkDriver, handshake_hash: bytes) -> None: ...
    def frame_received(self, driver: LinkDriver, frame: Frame) -> None: ...
    def link_suspected(self, driver: LinkDriver) -> None: ...
    def link_writable(self, driver: LinkDriver) -> None: ...

    def link_ended(self, driver: LinkDriver, reason: CloseReason) -> None:
        self.attempts.ended(driver, reason)
        self.ended.append(reason)
        self._news.set()

    def connection_gone(self, driver: LinkDriver) -> None:
        self.gone += 1
        self._news.set()

    def _failed(self, dial: Dial) -> None:
        self.failed.append(dial.dial)
        self._news.set()

    async def news(self) -> None:
        await self._news.wait()
        self._news.clear()


class Silent:
    """Takes a connection and says nothing."""

    def stream_opened(self, stream: Stream) -> None: ...
    def space(self) -> memoryview:
        return memoryview(bytearray(4096))

    def received(self, size_bytes: int) -> None: ...
    def stream_drained(self) -> None: ...
    def stream_lost(self) -> None: ...


def dial(endpoint: Endpoint) -> Dial:
    return Dial(DialId(1), BOB, endpoint, KEY)


def test_an_attempt_that_is_refused_fails_once_and_is_written_down() -> None:
    async def scenario() -> Owner:
        owner = Owner()
        (listener,) = await tcp.listen([LOOPBACK], Silent)
        listener.close()
        owner.attempts.start(dial(listener.endpoint))
        while not owner.ended:
            await owner.news()
        await owner.supervisor.close()
        return owner

    owner = run(scenario())
    assert owner.failed == [DialId(1)]
    assert [record.outcome for record in owner.attempts.report(BOB)] == [DialOutcome.REFUSED]


def test_a_forgotten_peer_has_no_report() -> None:
    async def scenario() -> Owner:
        owner = Owner()
        (listener,) = await tcp.listen([LOOPBACK], Silent)
        listener.close()
        owner.attempts.start(dial(listener.endpoint))
        while not owner.ended:
            await owner.news()
        owner.attempts.forget(BOB)
        return owner

    assert run(scenario()).attempts.report(BOB) == ()


@pytest.mark.parametrize("is_connected", [False, True])
def test_an_attempt_that_is_stopped_reports_nothing_and_leaves_no_connection(*, is_connected: bool) -> None:
    async def scenario() -> Owner:
        owner = Owner()
        (listener,) = await tcp.listen([LOOPBACK], Silent)
        owner.attempts.start(dial(listener.endpoint))
        while is_connected and not owner.made:
            await owner.news()
        owner.attempts.stop(DialId(1))
        owner.attempts.stop(DialId(1))
        await owner.supervisor.close()
        while owner.gone < len(owner.made):
            await owner.news()
        listener.close()
        return owner

    owner = run(scenario())
    assert (owner.failed, owner.ended) == ([], [CloseReason.LOCAL])
    assert owner.attempts.report(BOB) == ()
