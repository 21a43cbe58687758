"""Questions and answers over real sockets: servers on loopback that answer, lie, are silent, or are somebody else."""

import asyncio
import logging
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import cast

import pytest

from net import asking as module
from net import stun, survey
from net.asking import ask_over_tcp, ask_over_udp, resolve
from net.endpoint import Endpoint
from net.observation import Observation, Observer, ObserverKind, Transport
from net.server import ServerAddress
from net.survey import Dialect, Target
from net.transport import tcp
from tests.support.aio import run
from tests.support.links import counted
from tests.unit.net.test_stun import PLAIN

LOOPBACK = Endpoint.parse("127.0.0.1:0")
STUN = Dialect(stun.TRANSACTION_BYTES, stun.question, stun.answer)
SEEN = Endpoint.parse("1.2.3.4:4660")

Reply = Callable[[bytes], bytes]


def honest(question: bytes) -> bytes:
    return PLAIN[:8] + question[8:20] + PLAIN[20:]


def of_another_question(_: bytes) -> bytes:
    return PLAIN


def nonsense(_: bytes) -> bytes:
    return b"\x01\x01\xff\xff nonsense that says it is long"


def observer(endpoint: Endpoint) -> Observer:
    return Observer(b"server", endpoint.address, ObserverKind.STUN)


# --- UDP


class UdpServer(asyncio.DatagramProtocol):
    def __init__(self, reply: Reply, *, from_elsewhere: bool) -> None:
        self.asked = 0
        self._reply = reply
        self._from_elsewhere = from_elsewhere
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked += 1
        if self._from_elsewhere:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                other.sendto(self._reply(data), addr)
        else:
            self._transport.sendto(self._reply(data), addr)


async def heard_over_udp(*replies: Reply, from_elsewhere: bool = False) -> tuple[list[Observation], list[int]]:
    """What comes of a round with one server for each reply, and how often each was asked."""
    loop = asyncio.get_running_loop()
    servers = []
    for reply in replies:

        def serve(reply: Reply = reply) -> UdpServer:
            return UdpServer(reply, from_elsewhere=from_elsewhere)

        servers.append(await loop.create_datagram_endpoint(serve, local_addr=("127.0.0.1", 0)))
    targets = []
    for transport, _ in servers:
        endpoint = Endpoint.of(*transport.get_extra_info("sockname"))
        targets.append(Target(observer(endpoint), endpoint, STUN))
    heard: list[Observation] = []
    await ask_over_udp(LOOPBACK, targets, counted(1), heard.append)
    for transport, _ in servers:
        transport.close()
    return heard, [server.asked for _, server in servers]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "SURVEY_MOMENTS_S", (0.0, 0.1))
    monkeypatch.setattr(survey, "SURVEY_TIMEOUT_S", 0.4)


def test_every_server_that_answers_is_heard_and_asked_once() -> None:
    heard, asked = run(heard_over_udp(honest, honest))
    assert [observation.seen for observation in heard] == [SEEN, SEEN]
    assert {observation.local.address for observation in heard} == {LOOPBACK.address}
    assert all(observation.local.port and observation.transport is Transport.UDP for observation in heard)
    assert asked == [1, 1]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("reply", [of_another_question, nonsense, bytes])
def test_a_reply_that_is_none_of_ours_counts_for_nothing(reply: Reply, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "net.asking"):
        heard, [asked] = run(heard_over_udp(reply))
    assert heard == []
    assert asked == 2
    said = "a reply is ignored: it answers nothing of ours, or was answered before"
    assert [record.getMessage() for record in caplog.records] == [said, said]


@pytest.mark.usefixtures("hasty")
def test_nor_does_the_right_answer_from_somewhere_else() -> None:
    heard, _ = run(heard_over_udp(honest, from_elsewhere=True))
    assert heard == []


@pytest.mark.usefixtures("hasty")
def test_where_nobody_is_or_no_socket_can_be_had_nobody_answers() -> None:
    async def scenario() -> None:
        nobody = Endpoint.parse("127.0.0.1:9")
        heard: list[Observation] = []
        for speak_from in (LOOPBACK, Endpoint.parse("192.0.2.1:0")):
            await ask_over_udp(speak_from, [Target(observer(nobody), nobody, STUN)], counted(1), heard.append)
        assert heard == []

    run(scenario())


# --- TCP


async def told_over_tcp(
    reply: Reply, *, local: Endpoint | None = None, pieces: int = 1
) -> tuple[Observation | None, list[Endpoint]]:
    """What one server's answer comes to, and from where it was asked."""
    came_from: list[Endpoint] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came_from.append(Endpoint.of(*writer.get_extra_info("peername")))
        data = reply(await reader.readexactly(20))
        for start in range(0, len(data), max(1, len(data) // pieces)):
            writer.write(data[start : start + max(1, len(data) // pieces)])
            await asyncio.sleep(0)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    endpoint = Endpoint.of(*server.sockets[0].getsockname())
    told = await ask_over_tcp(observer(endpoint), endpoint, local, counted(1))
    server.close()
    return told, came_from


@pytest.mark.parametrize("pieces", [1, 7])
def test_a_server_is_asked_over_tcp_too(pieces: int) -> None:
    told, [came_from] = run(told_over_tcp(honest, pieces=pieces))
    assert told is not None
    assert (told.seen, told.transport, told.local) == (SEEN, Transport.TCP, came_from)


@pytest.mark.skipif(not tcp.SHARES_PORTS, reason="this system lets no dial leave from a port that is listened on")
def test_it_is_asked_from_the_port_on_which_we_listen() -> None:
    async def scenario() -> None:
        (listener,) = await tcp.listen([Endpoint.parse("127.0.0.1:0")], lambda: None)  # type: ignore[arg-type,return-value]
        told, [came_from] = await told_over_tcp(honest, local=listener.endpoint)
        listener.close()
        assert told is not None
        assert told.local == came_from == listener.endpoint

    run(scenario())


@pytest.mark.parametrize("reply", [of_another_question, nonsense, bytes, lambda question: honest(question)[:-1]])
def test_an_answer_over_tcp_that_is_none_of_ours_is_none(reply: Reply, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "net.asking"):
        assert run(told_over_tcp(reply))[0] is None
    assert [record.getMessage().startswith("a STUN server ") for record in caplog.records] == [True]


def test_a_server_that_says_nothing_over_tcp_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STUN_TCP_TIMEOUT_S", 0.1)

    async def scenario() -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            endpoint = Endpoint.of(*silent.getsockname())
            assert await ask_over_tcp(observer(endpoint), endpoint, None, counted(1)) is None
        assert await ask_over_tcp(observer(endpoint), endpoint, None, counted(1)) is None

    run(scenario())


# --- Names


def test_a_name_is_resolved_and_one_that_says_nothing_is_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        there = await resolve(ServerAddress("127.0.0.1", 5), socket.SOCK_DGRAM)
        assert there == (Endpoint.parse("127.0.0.1:5"),)
        for error in (socket.gaierror(), UnicodeError()):

            def fail(*_: object, error: Exception = error, **__: object) -> None:
                raise error

            monkeypatch.setattr(socket, "getaddrinfo", fail)
            assert await resolve(ServerAddress("nowhere.invalid", 5), socket.SOCK_DGRAM) == ()

    run(scenario())


def test_a_name_that_takes_too_long_is_nowhere_and_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RESOLVE_TIMEOUT_S", 0.05)
    may_end = threading.Event()
    ended = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        may_end.wait()
        ended.set()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    assert run(resolve(ServerAddress("slow.invalid", 5), socket.SOCK_DGRAM)) == ()
    may_end.set()
    assert ended.wait(30)


# --- coturn


@pytest.fixture
def coturn(tmp_path: object) -> Iterator[Endpoint]:
    """A real server, on loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        endpoint = Endpoint.of(*probe.getsockname())
    options = "--no-cli --no-tls --no-dtls --no-auth --stun-only --log-file=stdout --listening-ip=127.0.0.1"
    places = (f"--listening-port={endpoint.port}", f"--pidfile={tmp_path}/pid", f"--userdb={tmp_path}/users")
    server = subprocess.Popen(
        ["turnserver", "-n", *options.split(), *places], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 30
    while True:
        with socket.socket() as probe:
            if not probe.connect_ex((str(endpoint.address), endpoint.port)):
                break
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield endpoint
    server.kill()
    server.wait(30)


@pytest.mark.skipif(shutil.which("turnserver") is None, reason="coturn is not installed")
def test_coturn_says_from_where_it_was_asked_over_udp_and_tcp(coturn: Endpoint) -> None:
    async def scenario() -> None:
        heard: list[Observation] = []
        await ask_over_udp(LOOPBACK, [Target(observer(coturn), coturn, STUN)], counted(1), heard.append)
        [over_udp] = heard
        assert over_udp.seen == over_udp.local
        over_tcp = await ask_over_tcp(observer(coturn), coturn, None, counted(1))
        assert over_tcp is not None
        assert over_tcp.seen == over_tcp.local
        assert over_tcp.observer.address == ip_address("127.0.0.1")

    run(scenario())
