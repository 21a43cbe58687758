"""Stores at once what libtorrent stores within 15 s, each time from a socket of its own, over IPv4: the shell around
:mod:`net.discovery.search`.  Nobody is told what came of it; libtorrent's own store is the thorough one.
"""

import asyncio
import logging
import os
from collections.abc import Sequence
from contextlib import suppress

from crypto.primitives import Random
from net.discovery.krpc import NODE_ID_BYTES, TRANSACTION_BYTES, Announcement, Item, read_answer
from net.discovery.search import Search
from net.endpoint import Endpoint
from net.errors import RemoteError
from net.limits import MAX_QUICK_STORES
from net.supervisor import Supervisor

log = logging.getLogger(__name__)

_LOOK_S = 0.05
"""Between looks whether somebody has answered."""

_RANDOM_BYTES = 4


class QuickStore:
    """All such stores of one node of the DHT."""

    def __init__(self, speak_from: Sequence[Endpoint], random: Random = os.urandom) -> None:
        self._host = next((str(each.address) for each in speak_from if each.address.version == 4), "0.0.0.0")  # noqa: S104 - as libtorrent
        self._random = random
        self._node_id = random(NODE_ID_BYTES)
        self._supervisor = Supervisor(asyncio.get_running_loop())
        self._under_way = 0

    def store(self, what: Announcement | Item, nodes: Sequence[Endpoint]) -> None:
        """Begin, from some of these nodes; where too much is under way, libtorrent's own store has to do."""
        start = sorted((node for node in nodes if node.address.version == 4), key=lambda _: self._random(_RANDOM_BYTES))
        if start and self._under_way < MAX_QUICK_STORES:
            self._under_way += 1
            _ = self._supervisor.start("a quick store", self._run(what, start))

    async def close(self) -> None:
        await self._supervisor.close()

    async def _run(self, what: Announcement | Item, start: Sequence[Endpoint]) -> None:
        loop = asyncio.get_running_loop()
        search = Search(what.target, start, self._random, loop.time())
        try:
            transport, _ = await loop.create_datagram_endpoint(lambda: _Ears(search), local_addr=(self._host, 0))
        except OSError:
            log.debug("no socket for a quick store")
            self._under_way -= 1
            return
        try:
            while not search.is_over(loop.time()):
                for node, transaction in search.handle_timer(loop.time()):
                    _send(transport, node, what.search(self._node_id, transaction))
                await asyncio.sleep(_LOOK_S)
            found = search.found()
            seq = 1 + max((what.seq_of(answer) for _, answer in found), default=0)
            for node, answer in found:
                if answer.token is not None:
                    transaction = self._random(TRANSACTION_BYTES)
                    _send(transport, node, what.store(self._node_id, transaction, answer.token, seq))
        finally:
            self._under_way -= 1
            transport.close()


def _send(transport: asyncio.DatagramTransport, node: Endpoint, datagram: bytes) -> None:
    with suppress(OSError):
        transport.sendto(datagram, (str(node.address), node.port))


class _Ears(asyncio.DatagramProtocol):
    def __init__(self, search: Search) -> None:
        self._search = search

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            answer = read_answer(data)
        except RemoteError as error:
            log.debug("a node's answer is ignored: %s", type(error))
            return
        self._search.received(Endpoint.of(*addr[:2]), answer)
