"""How many nodes a search of the DHT asks, by the size of the DHT: an ideal Kademlia, searched as libtorrent does.

Every node knows up to eight nodes of each subtree that it is not in (BEP 5), more of the largest ones (libtorrent's
extended table), and answers with the eight nearest to the target that it knows.  A search asks five at a time, the
nearest first, until the eight nearest that answer have answered.  Nodes that are silent cost a question each.

``tests/sim/measure.py`` holds it against real libtorrent nodes at the sizes that fit into one computer.
"""

from bisect import bisect_left
from collections import deque
from random import Random  # noqa: TID251 - a run comes again from its seed

ID_BITS = 64
"""Of BEP 5's 160: enough to tell millions of nodes apart."""

BUCKET = 8
EXTENDED = (128, 64, 32, 16)
"""Nodes that libtorrent keeps of the largest subtrees."""

AT_A_TIME = 5
"""libtorrent's ``search_branching``."""


class Kademlia:
    """A DHT of ``size`` nodes with random ids, of which a part never answers."""

    def __init__(self, size: int, *, silent: float, random: Random) -> None:
        self._random = random
        self._ids = sorted({random.getrandbits(ID_BITS) for _ in range(size)})
        self._silent = {each for each in self._ids if random.random() < silent}
        self._tables: dict[tuple[int, int], list[int]] = {}

    def requests(self, target: int) -> int:
        """The number of nodes that a search from some node asks."""
        known = set(self._answer(self._random.choice(self._ids), target))
        asked: set[int] = set()
        under_way: deque[int] = deque()
        while True:
            under_way += self._next_to_ask(known, asked, len(under_way), target)
            asked.update(under_way)
            if not under_way:
                return len(asked)
            node = under_way.popleft()  # answers come one by one, and each may lead nearer
            if node not in self._silent:
                known.update(self._answer(node, target))

    def mean_requests(self, searches: int) -> float:
        """Over searches for random targets."""
        return sum(self.requests(self._random.getrandbits(ID_BITS)) for _ in range(searches)) / searches

    def _next_to_ask(self, known: set[int], asked: set[int], under_way: int, target: int) -> list[int]:
        """Of those that may still be among the eight nearest, as many as may be asked now."""
        fresh: list[int] = []
        nearest = 0
        for node in sorted(known, key=lambda each: each ^ target):
            if nearest == BUCKET or under_way + len(fresh) == AT_A_TIME:
                break
            if node not in asked:
                fresh.append(node)
            if node not in asked or node not in self._silent:
                nearest += 1
        return fresh

    def _answer(self, node: int, target: int) -> list[int]:
        """The eight nearest to the target that the node knows."""
        common = ID_BITS - (node ^ target).bit_length()
        near: list[int] = []
        for depth in range(common, -1, -1):
            near += self._table(node, depth)
            if len(near) >= BUCKET:
                break
        return sorted(near, key=lambda each: each ^ target)[:BUCKET]

    def _table(self, node: int, depth: int) -> list[int]:
        """Whom the node knows of those that share exactly ``depth`` bits with it."""
        if depth >= ID_BITS:
            return []
        key = (node, depth)
        if key not in self._tables:
            width = ID_BITS - depth - 1
            first = ((node >> width) ^ 1) << width
            low, high = bisect_left(self._ids, first), bisect_left(self._ids, first + (1 << width))
            places = EXTENDED[depth] if depth < len(EXTENDED) else BUCKET
            count = min(places, high - low)
            self._tables[key] = [self._ids[place] for place in self._random.sample(range(low, high), count)]
        return self._tables[key]
