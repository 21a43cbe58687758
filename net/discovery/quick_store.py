"""Stores at once what libtorrent stores within 15 s, over IPv4: with each node near by as it answers, and without
waiting for those that do not.  Nobody is told what came of it; libtorrent's own store is the thorough one.
"""

import asyncio
from collections.abc import Sequence

from net.discovery.krpc import Announcement, Answer, Item
from net.discovery.quick_socket import QuickSocket, stranger_to
from net.endpoint import Endpoint
from net.limits import MAX_QUICK_STORES, MAX_REMEMBERED_STORES, MAX_STORED_COPIES
from net.supervisor import Supervisor


class QuickStore:
    """All such stores of one node of the DHT."""

    def __init__(self, socket: QuickSocket) -> None:
        self._socket = socket
        self._supervisor = Supervisor(asyncio.get_running_loop())
        self._under_way = 0
        self._items: dict[bytes, _Copies] = {}
        """The last store of each item, by its key, the oldest first."""

    def store(self, what: Announcement | Item, nodes: Sequence[Endpoint]) -> None:
        """Begin, from some of these nodes; where too much is under way, libtorrent's own store has to do."""
        copies = _Copies(self._socket, what)
        if isinstance(what, Item):
            self._supersede(what.key, copies)
        if self._under_way < MAX_QUICK_STORES:
            self._under_way += 1
            _ = self._supervisor.start("a quick store", self._run(what, nodes, copies))

    async def close(self) -> None:
        await self._supervisor.close()

    def _supersede(self, key: bytes, copies: "_Copies") -> None:
        """An older value that is still on its way must not come after this one, nor under the same number."""
        older = self._items.pop(key, None)
        if older is not None:
            older.is_over, copies.seq = True, older.seq + 1
        self._items[key] = copies
        if len(self._items) > MAX_REMEMBERED_STORES:
            del self._items[next(iter(self._items))]

    async def _run(self, what: Announcement | Item, start: Sequence[Endpoint], copies: "_Copies") -> None:
        try:
            await self._socket.search(what, start, copies.give)
        finally:
            self._under_way -= 1


class _Copies:
    """What is stored, and where it is already."""

    def __init__(self, socket: QuickSocket, what: Announcement | Item) -> None:
        self._socket = socket
        self._what = what
        self.seq = 1
        """Larger than that of every other value that was seen."""
        self.is_over = False
        self._seen: set[Endpoint] = set()

    def give(self, nearest: list[tuple[Endpoint, Answer]]) -> None:
        """Store with those of these nodes that have no copy of ours yet."""
        new = [(node, answer) for node, answer in nearest if node not in self._seen and not self.is_over]
        for node, answer in new[: MAX_STORED_COPIES - len(self._seen)]:
            self._seen.add(node)
            self.seq = max(self.seq, 1 + self._what.seq_of(answer))
            if answer.token is not None:
                transaction = self._socket.new_transaction()
                node_id = stranger_to(self._what.target)
                datagram = self._what.store(node_id, transaction, answer.token, self.seq)
                self._socket.send(node, datagram)
