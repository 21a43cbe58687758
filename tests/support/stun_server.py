"""A STUN or TURN server on loopback that says what the test wants."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from aioice import stun

from net.server import ServerAddress


class _Server(asyncio.DatagramProtocol):
    def __init__(self, answer: Callable[[stun.Message], list[stun.Message]]) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        for message in self._answer(stun.parse_message(data)):
            self._transport.sendto(bytes(message), addr)


@asynccontextmanager
async def stun_server(answer: Callable[[stun.Message], list[stun.Message]]) -> AsyncIterator[ServerAddress]:
    """Where it listens; each request is met with what ``answer`` makes of it."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Server(answer), local_addr=("127.0.0.1", 0))
    try:
        yield ServerAddress("127.0.0.1", transport.get_extra_info("sockname")[1])
    finally:
        transport.close()
