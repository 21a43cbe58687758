import asyncio
import os

import pytest

from crypto.secret import Secret
from net.endpoint import Endpoint
from net.events import CloseReason, LinkId
from net.link.driver import LinkDriver
from net.link.frames import Frame
from net.link.machine import LinkMachine
from net.peer import LinkKey, LinkKind, PeerId
from net.transport.tcp import TcpStream
from tests.support.aio import run


class Socket:
    """What is set on it counts for nothing."""

    def setsockopt(self, level: int, option: int, value: bytes) -> None: ...


class Transport(asyncio.Transport):
    """A connected socket that says ``names`` of itself and takes whatever is written."""

    def __init__(self, names: dict[str, tuple[str, int]]) -> None:
        super().__init__({"socket": Socket(), **names})
        self.aborted = False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...
    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: bytes | bytearray | memoryview) -> None: ...
    def close(self) -> None: ...
    def abort(self) -> None:
        self.aborted = True


class Owner:
    """Writes down what a driver tells it."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def connection_made(self, driver: LinkDriver) -> None: ...
    def link_opened(self, driver: LinkDriver, handshake_hash: bytes) -> None:
        self.told.append("opened")

    def frame_received(self, driver: LinkDriver, frame: Frame) -> None:
        self.told.append("frame")

    def link_suspected(self, driver: LinkDriver) -> None: ...
    def link_writable(self, driver: LinkDriver) -> None:
        self.told.append("writable")

    def link_ended(self, driver: LinkDriver, reason: CloseReason) -> None:
        self.told.append(f"ended: {reason.name}")

    def connection_gone(self, driver: LinkDriver) -> None:
        self.told.append("gone")


def dialler(driver: LinkDriver, remote: Endpoint, now: float) -> LinkMachine:
    key = LinkKey(LinkKind.CONTACT, Secret(bytes(32)))
    return LinkMachine.dial(key, PeerId(b"peer"), remote=remote, now=now, random=os.urandom)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param({"peername": ("127.0.0.1", 2), "sockname": ("127.0.0.1", 1)}, id="during the handshake"),
        pytest.param({"sockname": ("127.0.0.1", 1)}, id="before we looked who it was"),
    ],
)
def test_a_connection_that_is_lost_before_the_link_is_open_ends_once(names: dict[str, tuple[str, int]]) -> None:
    async def scenario() -> list[str]:
        owner = Owner()
        stream = TcpStream(LinkDriver(owner, dialler, asyncio.get_running_loop()))
        stream.connection_made(Transport(names))
        stream.connection_lost(ConnectionResetError())
        return owner.told

    assert run(scenario()) == ["ended: LOST", "gone"]


@pytest.mark.parametrize(
    ("reason", "is_cut"), [(CloseReason.DEAD, True), (CloseReason.LOST, True), (CloseReason.LOCAL, False)]
)
def test_a_link_that_nobody_answers_leaves_nothing_that_the_kernel_goes_on_to_send(
    reason: CloseReason, *, is_cut: bool
) -> None:
    async def scenario() -> bool:
        driver = LinkDriver(Owner(), dialler, asyncio.get_running_loop())
        transport = Transport({"peername": ("127.0.0.1", 2), "sockname": ("127.0.0.1", 1)})
        stream = TcpStream(driver)
        stream.connection_made(transport)
        driver.link = LinkId(1)
        driver.close(reason)
        was_aborted = transport.aborted
        stream.connection_lost(None)
        return was_aborted

    assert run(scenario()) is is_cut
