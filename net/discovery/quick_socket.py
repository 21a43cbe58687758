"""The socket over IPv4 by which we ask nodes of the DHT ourselves, and store with them: one for all that is quick, as a
router's table is small.  It opens with the first that needs it.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Protocol

from crypto.primitives import Random
from net.discovery.krpc import TRANSACTION_BYTES, Answer, read_answer
from net.discovery.search import Search
from net.endpoint import Endpoint
from net.errors import RemoteError

log = logging.getLogger(__name__)

_LOOK_S = 0.05
"""Between looks of a search whether somebody is silent."""


def stranger_to(target: bytes) -> bytes:
    """The id by which we speak of a place in the DHT: the one that is farthest from it.

    Nodes remember whoever stored something by its id, and name it to whoever looks for what is near to that; but here
    nobody answers.
    """
    return bytes(byte ^ 0xFF for byte in target)


class Question(Protocol):
    """What a search asks."""

    @property
    def target(self) -> bytes:
        """Where in the DHT the answer is."""

    def search(self, node_id: bytes, transaction: bytes) -> bytes:
        """The datagram."""


class QuickSocket:
    """Datagrams out, answers in: everybody who listens hears all of them, and knows its own by their transactions."""

    def __init__(self, speak_from: Sequence[Endpoint], random: Random = os.urandom) -> None:
        self._host = next((str(each.address) for each in speak_from if each.address.version == 4), "0.0.0.0")  # noqa: S104 - as libtorrent
        self.random = random
        self._loop = asyncio.get_running_loop()
        self._ears: list[Callable[[Endpoint, Answer], None]] = []
        self._transport: asyncio.DatagramTransport | None = None
        self._opening = asyncio.Lock()
        self._is_closed = False

    async def open(self) -> bool:
        """Whether anything can be asked from here."""
        async with self._opening:
            if self._transport is None and not self._is_closed:
                with suppress(OSError):
                    self._transport, _ = await self._loop.create_datagram_endpoint(
                        lambda: _Ears(self._heard, self._lost), local_addr=(self._host, 0)
                    )
        return self._transport is not None

    def close(self) -> None:
        self._is_closed = True
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def new_transaction(self) -> bytes:
        """By which the answer to a question is known."""
        return self.random(TRANSACTION_BYTES)

    def send(self, node: Endpoint, datagram: bytes) -> None:
        if self._transport is not None:
            with suppress(OSError):
                self._transport.sendto(datagram, (str(node.address), node.port))

    @contextmanager
    def listening(self, ear: Callable[[Endpoint, Answer], None]) -> Iterator[None]:
        """Tell ``ear`` every answer, and where it comes from, within the block."""
        self._ears.append(ear)
        try:
            yield
        finally:
            self._ears.remove(ear)

    async def search(
        self,
        question: Question,
        start: Sequence[Endpoint],
        on_progress: Callable[[list[tuple[Endpoint, Answer]]], None],
    ) -> None:
        """Search, from some of these nodes, to the end; tells after each step which of the nearest nodes have answered,
        once they may be taken for the nearest.
        """
        nodes = sorted((node for node in start if node.address.version == 4), key=lambda _: self.random(4))
        if not nodes or not await self.open():
            return
        search, news = Search(question.target, nodes, self.random, self._loop.time()), asyncio.Event()

        def hear(source: Endpoint, answer: Answer) -> None:
            if search.received(source, answer):  # else a flood would have us sort the nodes for each datagram
                news.set()

        with self.listening(hear):
            while not search.is_over(now := self._loop.time()):
                for node, transaction in search.handle_timer(now):
                    self.send(node, question.search(stranger_to(question.target), transaction))
                on_progress(search.settled(now))
                news.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), _LOOK_S)
            on_progress(search.found())

    def _lost(self) -> None:
        self._transport = None  # the next search opens another

    def _heard(self, data: bytes, source: Endpoint) -> None:
        try:
            answer = read_answer(data)
        except RemoteError as error:
            log.debug("a node's answer is ignored: %s", type(error))
            return
        for ear in tuple(self._ears):
            ear(source, answer)


class _Ears(asyncio.DatagramProtocol):
    def __init__(self, heard: Callable[[bytes, Endpoint], None], lost: Callable[[], None]) -> None:
        self._heard = heard
        self._lost = lost

    def connection_lost(self, _error: Exception | None) -> None:
        self._lost()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._heard(data, Endpoint.of(*addr[:2]))
