"""The one socket by which nodes are asked: when it opens, what it hears, and that it ends."""

import asyncio
import socket

from net.discovery.krpc import Answer, CallersAt
from net.discovery.quick_socket import QuickSocket
from net.endpoint import Endpoint
from tests.support.aio import run

PATIENCE_S = 30.0
HERE = (Endpoint.of("::1", 0), Endpoint.of("127.0.0.1", 0))
ANSWER = b"d1:rd2:id20:nnnnnnnnnnnnnnnnnnnne1:t4:12341:y1:re"


def test_all_is_asked_from_one_port_and_all_who_listen_hear_what_is_an_answer() -> None:
    async def scene() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as node:
            node.bind(("127.0.0.1", 0))
            node.settimeout(PATIENCE_S)
            endpoint = Endpoint.of(*node.getsockname())
            quick, heard = QuickSocket(HERE), asyncio.Queue[tuple[Endpoint, Answer]]()
            quick.send(endpoint, b"too early")
            assert await quick.open()
            assert await quick.open()
            quick.send(endpoint, b"one")
            quick.send(endpoint, b"two")
            (first, source), (second, again) = [await asyncio.to_thread(node.recvfrom, 100) for _ in range(2)]
            assert (first, second) == (b"one", b"two")
            assert source == again
            with quick.listening(lambda *told: heard.put_nowait(told)):
                for datagram in (b"junk", b"", ANSWER):
                    node.sendto(datagram, source)
                assert (await heard.get())[0] == endpoint
            node.sendto(ANSWER, source)
            quick.close()
            assert not await quick.open()
            assert heard.empty()

    run(scene(), PATIENCE_S)


def test_a_socket_that_broke_is_replaced_by_the_next_search() -> None:
    async def scene() -> None:
        quick = QuickSocket(HERE)
        assert await quick.open()
        broken = quick._transport
        assert broken is not None
        broken.abort()
        while quick._transport is broken:
            await asyncio.sleep(0)
        assert await quick.open()
        assert quick._transport is not broken
        quick.close()

    run(scene(), PATIENCE_S)


def test_from_an_address_that_is_not_ours_a_search_ends_at_once_and_tells_nothing() -> None:
    async def scene() -> None:
        quick = QuickSocket([Endpoint.of("192.0.2.77", 0)])
        await quick.search(CallersAt(b"b" * 20), [Endpoint.of("127.0.0.1", 9)], lambda _: None)
        assert not await quick.open()
        quick.close()

    run(scene(), PATIENCE_S)


def test_a_search_tells_the_nearest_at_its_end_at_the_latest() -> None:
    async def scene() -> None:
        loop, quick = asyncio.get_running_loop(), QuickSocket(HERE)
        told: list[list[Endpoint]] = []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as node:
            node.bind(("127.0.0.1", 0))
            node.settimeout(PATIENCE_S)
            search = loop.create_task(
                quick.search(
                    CallersAt(b"b" * 20),
                    [Endpoint.of(*node.getsockname()), Endpoint.of("::1", 9)],
                    lambda nearest: told.append([endpoint for endpoint, _ in nearest]),
                ),
                name="the search",
            )
            question, source = await asyncio.to_thread(node.recvfrom, 500)
            node.sendto(ANSWER.replace(b"1234", question[question.index(b"1:t4:") + 5 :][:4]), source)
            await search
            assert told[-1] == [Endpoint.of(*node.getsockname())]
        quick.close()

    run(scene(), PATIENCE_S)
