"""How many nodes a search of the DHT asks, by the size of the DHT: Kademlia, searched as libtorrent does.

The nodes and what they know are those of :mod:`tests.mainline.nodes`.  A search asks the nearest nodes it knows of, and
keeps five of them under way, one more for each that has not answered for a while, until the eight nearest that answer
have answered.  So it asks some beyond the eight, while the last of them are still to answer.

``python3 dev.py bench dht`` measures the same with the real client.
"""

from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random  # noqa: TID251 - a run comes again from its seed

from net.discovery.krpc import Answer, Contact
from net.discovery.search import Search
from net.endpoint import Endpoint
from net.limits import SEARCH_START_NODES
from tests.mainline.answers import PORT
from tests.mainline.id_tree import ID_BITS
from tests.mainline.nodes import DhtNode, DhtNodes, K

QUICK_LOOK_S = 0.01
"""Our own search goes on as soon as somebody answers."""

AT_A_TIME = 5
"""libtorrent's ``dht_search_branching``."""

SHORT_TIMEOUT_S = 1.0
TIMEOUT_S = 15.0
"""After the one libtorrent asks somebody else as well, after the other it waits no more."""

MOST_KNOWN = 100
"""So many nodes a search keeps in mind."""


def mean_questions(size: int, *, silent: float, searches: int, seed: int = 1) -> float:
    """Nodes that a search from some node for some place asks, in a DHT of so many."""
    random = Random(seed)
    nodes = DhtNodes(size, silent=silent, seed=seed)
    asked = 0
    for _ in range(searches):
        (searcher,) = nodes.sample(1, random)
        asked += _Search(nodes, random.getrandbits(ID_BITS)).run(searcher)
    return asked / searches


def mean_quick_questions(size: int, *, silent: float, searches: int, seed: int = 1) -> float:
    """The same of a search of our own (:mod:`net.discovery.search`)."""
    random = Random(seed)
    nodes = DhtNodes(size, silent=silent, seed=seed)
    return sum(_quick_questions(nodes, random) for _ in range(searches)) / searches


def _quick_questions(nodes: DhtNodes, random: Random) -> int:
    known = {Endpoint(node.address, PORT): node for node in nodes.sample(SEARCH_START_NODES, random)}
    target = random.getrandbits(ID_BITS)
    search = Search(target.to_bytes(ID_BITS // 8, "big"), known, random.randbytes, 0.0)
    answers: list[tuple[float, int, Endpoint, Answer]] = []
    asked, now = 0, 0.0
    while not search.is_over(now):
        for endpoint, transaction in search.handle_timer(now):
            asked += 1
            node = known[endpoint]
            if not node.is_silent:
                near = {Endpoint(each.address, PORT): each for each in nodes.nearest(node, target)}
                known |= near
                contacts = tuple(Contact(each.id_bytes, where) for where, each in near.items())
                answer = Answer(transaction, node.id_bytes, contacts, token=b"token", seq=0)
                heappush(answers, (now + node.answers_after_s, asked, endpoint, answer))
        now += QUICK_LOOK_S
        while answers and answers[0][0] <= now:
            _, _, endpoint, answer = heappop(answers)
            search.received(endpoint, answer)
    return asked


@dataclass(slots=True)
class _Search:
    nodes: DhtNodes
    target: int
    known: list[DhtNode] = field(default_factory=list)
    """The nearest first."""
    asked: set[DhtNode] = field(default_factory=set)
    answered: set[DhtNode] = field(default_factory=set)
    failed: set[DhtNode] = field(default_factory=set)
    events: list[tuple[float, int, DhtNode, bool]] = field(default_factory=list)
    """When something becomes of a question, and whether it is the last, in order."""
    more_at_a_time: int = 0

    def run(self, searcher: DhtNode) -> int:
        """The number of nodes that are asked until it is over."""
        self._learn(searcher)
        is_over = self._ask(0.0)
        while not is_over:
            now, _, node, is_late = heappop(self.events)
            if not node.is_silent:
                self.answered.add(node)
                self._learn(node)
            elif is_late:
                self.more_at_a_time -= 1
                self.failed.add(node)
            else:
                self.more_at_a_time += 1
            is_over = self._ask(now)
        return len(self.asked)

    def _learn(self, node: DhtNode) -> None:
        known = {*self.known, *self.nodes.nearest(node, self.target)}
        self.known = sorted(known, key=lambda each: each.node_id ^ self.target)[:MOST_KNOWN]

    def _ask(self, now: float) -> bool:
        """Ask whom there is to ask; whether there is nothing more to wait for."""
        missing, under_way = K, 0
        for node in self.known:
            if not missing or under_way >= AT_A_TIME + self.more_at_a_time:
                break
            if node in self.answered:
                missing -= 1
            elif node not in self.failed:
                under_way += 1
                if node not in self.asked:
                    self._send(node, now)
        return (not missing and not under_way) or not self.events

    def _send(self, node: DhtNode, now: float) -> None:
        self.asked.add(node)
        moments = (SHORT_TIMEOUT_S, TIMEOUT_S) if node.is_silent else (node.answers_after_s,)
        for after_s in moments:
            heappush(self.events, (now + after_s, len(self.asked), node, after_s == TIMEOUT_S))
