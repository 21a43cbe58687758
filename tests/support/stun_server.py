"""A STUN or TURN server on loopback that says what the test wants."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import cast

from aioice import stun

from net.server import ServerAddress

Answer = Callable[[stun.Message], Sequence[stun.Message | bytes]]
"""What to say to a question: messages, or bytes that are none."""


class _Server(asyncio.DatagramProtocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        for message in self._answer(stun.parse_message(data)):
            self._transport.sendto(bytes(message), addr)


@asynccontextmanager
async def stun_server(answer: Answer) -> AsyncIterator[ServerAddress]:
    """Where it listens; each request is met with what ``answer`` makes of it."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Server(answer), local_addr=("127.0.0.1", 0))
    try:
        yield ServerAddress("127.0.0.1", transport.get_extra_info("sockname")[1])
    finally:
        transport.close()
