"""Streams and listeners over loopback; two SYNs that meet need NATs, as in ``tests/e2e/test_punching.py``."""

import asyncio
import errno
import os
import socket
import struct
from collections.abc import Callable

import pytest

from crypto.primitives import Random
from net.endpoint import Endpoint
from net.errors import LocalError
from net.limits import MIN_KNOCK_PAUSE_S
from net.transport import tcp
from net.transport.stream import Stream
from net.transport.tcp import TcpStream
from tests.support.aio import run

LOOPBACK = Endpoint.parse("127.0.0.1:0")


class Owner:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.stream: TcpStream
        self.opened = asyncio.Event()
        self.news = asyncio.Event()
        self.lost = asyncio.Event()
        self.data = b""
        self._buffer = memoryview(bytearray(1024))

    def stream_opened(self, stream: Stream) -> None:
        assert isinstance(stream, TcpStream)
        self.stream = stream
        self.opened.set()

    def space(self) -> memoryview:
        return self._buffer

    def received(self, size_bytes: int) -> None:
        self.data += bytes(self._buffer[:size_bytes])
        self.news.set()

    def stream_drained(self) -> None: ...

    def stream_lost(self) -> None:
        self.lost.set()


EVERYWHERE = Endpoint.parse("0.0.0.0:0")


def accepting(owners: list[Owner]) -> Callable[[], Owner]:
    def accept() -> Owner:
        owners.append(Owner())
        return owners[-1]

    return accept


def test_bytes_go_both_ways_without_delay() -> None:
    async def scenario() -> None:
        accepted: list[Owner] = []
        (listener,) = await tcp.listen([LOOPBACK], accepting(accepted))
        dialler = Owner()
        await tcp.dial(listener.endpoint, dialler)
        await dialler.opened.wait()
        assert dialler.stream.remote == listener.endpoint
        dialler.stream.write(b"there")
        while not accepted:
            await asyncio.sleep(0)
        await accepted[0].news.wait()
        accepted[0].stream.write(b"back")
        await dialler.news.wait()
        assert (accepted[0].data, dialler.data) == (b"there", b"back")
        assert dialler.stream._transport is not None
        raw = dialler.stream._transport.get_extra_info("socket")
        assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        dialler.stream.close()
        await asyncio.gather(dialler.lost.wait(), accepted[0].lost.wait())
        dialler.stream.write(b"late")
        dialler.stream.close()
        listener.close()

    run(scenario())


def test_nobody_there_is_an_os_error() -> None:
    async def scenario() -> None:
        (listener,) = await tcp.listen([LOOPBACK], Owner)
        listener.close()
        with pytest.raises(ConnectionRefusedError):
            await tcp.dial(listener.endpoint, Owner())

    run(scenario())


def test_both_families_are_listened_to_where_they_exist() -> None:
    async def scenario() -> None:
        listeners = await tcp.listen([LOOPBACK, Endpoint.parse("[::1]:0")], Owner)
        assert {listener.endpoint.address.version for listener in listeners} <= {4, 6}
        for listener in listeners:
            assert listener.endpoint.port
            listener.close()

    run(scenario())


def test_a_missing_ipv6_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_ipv6(family: int, kind: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "no such family")
        return real(family, kind)

    real = socket.socket
    ipv6 = Endpoint.parse("[::1]:0")

    async def scenario() -> None:
        monkeypatch.setattr(socket, "socket", without_ipv6)
        (listener,) = await tcp.listen([LOOPBACK, ipv6], Owner)
        assert listener.endpoint.address.version == 4
        listener.close()
        with pytest.raises(LocalError):
            await tcp.listen([ipv6], Owner)

    run(scenario())


def test_an_address_that_is_not_ours_is_a_local_error_and_nothing_is_left_listening() -> None:
    async def scenario() -> None:
        with pytest.raises(LocalError):
            await tcp.listen([LOOPBACK, Endpoint.parse("192.0.2.1:0")], Owner)

    run(scenario())


def test_a_punched_dial_that_is_refused_is_tried_again_within_its_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "knock_pause_s", lambda *_: 0.001)

    async def scenario() -> None:
        (ours,) = await tcp.listen([EVERYWHERE], Owner)
        with socket.socket() as late:  # bound, and refusing until it listens
            late.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            late.bind(("127.0.0.1", 0))
            owner = Owner()
            there = Endpoint.of(*late.getsockname())
            async with asyncio.TaskGroup() as tasks:
                punching = tasks.create_task(tcp.punch(there, owner, ports=[ours.endpoint], random=os.urandom))
                for _ in range(20):
                    await asyncio.sleep(0)
                assert not punching.done()
                late.listen()
            await owner.opened.wait()
            assert owner.stream.local.port == ours.endpoint.port
            owner.stream.abort()
            await owner.lost.wait()
        ours.close()

    run(scenario())


def always(byte: bytes) -> Random:
    return lambda size_bytes: byte * size_bytes


@pytest.mark.parametrize(("held_for_s", "period_s"), [(0.0, 0.5), (9.9, 0.5), (10.0, 2.0), (100.0, 2.0)])
@pytest.mark.parametrize("unix_s", [1_000.0, 1_000.3, 1_000.46, 1_001.99])
def test_two_who_are_refused_knock_at_one_moment_or_at_any(held_for_s: float, period_s: float, unix_s: float) -> None:
    together = tcp.knock_pause_s(held_for_s, unix_s, always(b"\x01"))
    assert MIN_KNOCK_PAUSE_S - 1e-9 <= together <= MIN_KNOCK_PAUSE_S + period_s
    moment = (unix_s + together) / period_s
    assert moment == pytest.approx(round(moment))
    for byte, later_s in ((b"\x00", 0.0), (b"\x80", period_s / 2), (b"\xfe", period_s)):
        alone = tcp.knock_pause_s(held_for_s, unix_s, always(byte))
        assert alone == pytest.approx(together + later_s, abs=0.01 * period_s)


def test_a_window_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "PUNCH_WINDOW_S", 0.01)

    async def scenario() -> None:
        (ours, theirs) = await tcp.listen([EVERYWHERE, LOOPBACK], Owner)
        theirs.close()
        with pytest.raises(TimeoutError):
            await tcp.punch(theirs.endpoint, Owner(), ports=[ours.endpoint], random=os.urandom)
        ours.close()

    run(scenario())


def test_what_is_cut_leaves_its_pair_of_ports_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "TAKEN_PORT_PAUSE_S", 3_600.0)

    async def scenario() -> None:
        accepted: list[Owner] = []
        (ours, theirs) = await tcp.listen([EVERYWHERE, LOOPBACK], accepting(accepted))
        for _ in range(2):
            owner = Owner()
            await tcp.punch(theirs.endpoint, owner, ports=[ours.endpoint], random=os.urandom)
            assert owner.stream.local.port == ours.endpoint.port
            owner.stream.write(b"never read")
            owner.stream.abort()
            await owner.lost.wait()
        ours.close()
        theirs.close()

    run(scenario())


def test_whoever_punches_from_two_ports_uses_the_one_that_gets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "TAKEN_PORT_PAUSE_S", 3_600.0)

    async def scenario() -> None:
        accepted: list[Owner] = []
        (ours, spare, theirs) = await tcp.listen([EVERYWHERE, EVERYWHERE, LOOPBACK], accepting(accepted))
        first, second = Owner(), Owner()
        await tcp.punch(theirs.endpoint, first, ports=[ours.endpoint], random=os.urandom)
        await tcp.punch(theirs.endpoint, second, ports=[ours.endpoint, spare.endpoint], random=os.urandom)
        assert second.stream.local.port == spare.endpoint.port
        for owner in (first, second):
            owner.stream.abort()
            await owner.lost.wait()
        for listener in (ours, spare, theirs):
            listener.close()

    run(scenario())


def test_between_ports_that_change_each_period_has_its_own_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "ASIDE_PERIOD_S", 0.02)

    async def scenario() -> None:
        accepted: list[Owner] = []
        (ours, theirs, gone) = await tcp.listen([EVERYWHERE, LOOPBACK, LOOPBACK], accepting(accepted))
        gone.close()
        owner, moments = Owner(), list[float]()

        def pair_at(unix_s: float) -> tuple[Endpoint, Endpoint]:
            moments.append(unix_s)
            return ours.endpoint, gone.endpoint if len(moments) < 3 else theirs.endpoint

        await tcp.punch_aside(owner, pair_at, random=os.urandom)
        await owner.opened.wait()
        assert owner.stream.remote == theirs.endpoint
        assert owner.stream.local.port == ours.endpoint.port
        assert moments == sorted(moments)
        assert len(moments) == 3
        owner.stream.abort()
        await owner.lost.wait()
        ours.close()
        theirs.close()

    run(scenario())


def test_knocking_beside_our_ports_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "ASIDE_WINDOW_S", 0.01)

    async def scenario() -> None:
        (ours, gone) = await tcp.listen([EVERYWHERE, LOOPBACK], Owner)
        gone.close()
        with pytest.raises(TimeoutError):
            await tcp.punch_aside(Owner(), lambda _: (ours.endpoint, gone.endpoint), random=os.urandom)
        ours.close()

    run(scenario())


def test_a_pair_of_ports_that_has_a_connection_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "TAKEN_PORT_PAUSE_S", 0.001)

    async def scenario() -> None:
        accepted: list[Owner] = []
        (ours, theirs) = await tcp.listen([EVERYWHERE, LOOPBACK], accepting(accepted))
        first, second = Owner(), Owner()
        await tcp.punch(theirs.endpoint, first, ports=[ours.endpoint], random=os.urandom)
        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(tcp.punch(theirs.endpoint, second, ports=[ours.endpoint], random=os.urandom))
            for _ in range(20):
                await asyncio.sleep(0)
            assert not waiting.done()
            await first.opened.wait()
            assert first.stream._transport is not None
            first.stream._transport.get_extra_info("socket").setsockopt(*tcp_reset())
            first.stream.abort()
            await first.lost.wait()
        await second.opened.wait()
        second.stream.abort()
        await second.lost.wait()
        ours.close()
        theirs.close()

    run(scenario())


def tcp_reset() -> tuple[int, int, bytes]:
    """The option that ends a connection without TIME_WAIT."""
    return socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)


def test_where_nothing_can_ever_come_of_it_no_window_is_held() -> None:
    async def scenario() -> None:
        (ours,) = await tcp.listen([EVERYWHERE], Owner)
        broadcast = Endpoint.parse("255.255.255.255:5000")
        with pytest.raises(OSError, match=r"denied|unreachable|permi") as caught:
            await tcp.punch(broadcast, Owner(), ports=[ours.endpoint], random=os.urandom)
        assert not isinstance(caught.value, TimeoutError)
        ours.close()

    run(scenario())


def test_no_second_listener_gets_a_port_that_our_dials_share() -> None:
    async def scenario() -> None:
        (ours,) = await tcp.listen([EVERYWHERE], Owner)
        with pytest.raises(LocalError):
            await tcp.listen([ours.endpoint], Owner)
        ours.close()

    run(scenario())
