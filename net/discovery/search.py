"""A search for the nodes nearest to a place in the DHT that waits for no dead one.  Sans-IO.

    nodes known ─▶ ask the nearest ─▶ they name nearer ones ─▶ … ─▶ the eight nearest that answer have answered: over

libtorrent's own search waits 15 s for each node that is gone, and so does all that it stores; near most places one is.
This one passes over whoever is silent for a moment, and is over after seconds at the latest, with what there is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from crypto.primitives import Random
from net.discovery.krpc import NODE_ID_BYTES, TRANSACTION_BYTES, Answer, Contact
from net.endpoint import Endpoint
from net.interfaces import IPAddress
from net.limits import (
    MAX_SEARCH_NODES,
    MAX_SEARCH_QUESTIONS,
    SEARCH_AT_ONCE,
    SEARCH_PATIENCE_S,
    SEARCH_SLOW_S,
    SEARCH_START_NODES,
    SEARCH_TIMEOUT_S,
    STORED_COPIES,
)

_UNKNOWN = 1 << (8 * NODE_ID_BYTES)
"""The distance of a node whose id nobody has told: farther than any."""

_NETWORK_BYTES = 3
"""Of an IPv4 address, which makes a /24 of it."""


@dataclass(slots=True)
class _Node:
    endpoint: Endpoint
    distance: int
    asked_at: float | None = None
    answer: Answer | None = None


class Search:
    """One search, from a few nodes whose ids are not known."""

    def __init__(self, target: bytes, start: Iterable[Endpoint], random: Random, now: float) -> None:
        self._target = int.from_bytes(target, "big")
        self._random = random
        self._until = now + SEARCH_TIMEOUT_S
        self._nodes: dict[Endpoint, _Node] = {}
        self._addresses: set[IPAddress] = set()
        """Theirs.  Who is behind a symmetric NAT is known to everybody by another port, and answers at none of them."""
        self._questions: dict[bytes, Endpoint] = {}
        start = tuple(start)
        self._only_global = any(endpoint.address.is_global for endpoint in start)
        """A DHT on private addresses is one of a laboratory."""
        for endpoint in start[:SEARCH_START_NODES]:
            self._add(endpoint, _UNKNOWN)

    def handle_timer(self, now: float) -> list[tuple[Endpoint, bytes]]:
        """Whom to ask now, each with a transaction."""
        asked = []
        for node in self._nearest(now):
            if self._is_full(now) or len(self._questions) >= MAX_SEARCH_QUESTIONS:
                break
            if node.asked_at is None:
                node.asked_at = now
                transaction = self._random(TRANSACTION_BYTES)
                self._questions[transaction] = node.endpoint
                asked.append((node.endpoint, transaction))
        return asked

    def received(self, source: Endpoint, answer: Answer) -> bool:
        """An answer came from there: whether it is news, the first to what we asked there; any other is ignored."""
        if self._questions.get(answer.transaction) != source or self._nodes[source].answer is not None:
            return False
        node = self._nodes[source]
        node.answer, node.distance = answer, self._distance(answer.node_id)
        for contact in answer.nodes:
            self._learn(contact)
        return True

    def is_over(self, now: float) -> bool:
        """Whether there is nothing more to wait for."""
        nearest = self._nearest(now)
        return now >= self._until or not nearest or all(node.answer is not None for node in nearest)

    def settled(self, now: float) -> list[tuple[Endpoint, Answer]]:
        """Of the nearest eight those that have answered, once all of them are asked: hardly anybody nearer is to come.

        Whoever waits for the rest waits for nodes that are gone, as a rule.
        """
        nearest = self._nearest(now)
        if any(node.asked_at is None for node in nearest):
            return []
        return [(node.endpoint, node.answer) for node in nearest if node.answer is not None]

    def found(self) -> list[tuple[Endpoint, Answer]]:
        """The nearest nodes that have answered, at most eight."""
        nearest = _nearest_of(node for node in self._nodes.values() if node.answer is not None)
        return [(node.endpoint, node.answer) for node in nearest if node.answer is not None]

    def _learn(self, contact: Contact) -> None:
        node, distance = self._nodes.get(contact.endpoint), self._distance(contact.node_id)
        if node is None and self._may_ask(contact.endpoint) and len(self._nodes) < MAX_SEARCH_NODES:
            self._add(contact.endpoint, distance)
        elif node is not None and node.answer is None:
            node.distance = min(node.distance, distance)

    def _add(self, endpoint: Endpoint, distance: int) -> None:
        if endpoint.address not in self._addresses:
            self._addresses.add(endpoint.address)
            self._nodes[endpoint] = _Node(endpoint, distance)

    def _may_ask(self, endpoint: Endpoint) -> bool:
        """Whether whoever names this place may make us send something there."""
        address = endpoint.address
        return (address.is_global or not self._only_global) and not (address.is_multicast or address.is_unspecified)

    def _nearest(self, now: float) -> list[_Node]:
        """The nearest eight of those that have answered or may yet, and whoever has no id that we know."""
        return _nearest_of(node for node in self._nodes.values() if not self._is_silent(node, now))

    def _is_silent(self, node: _Node, now: float) -> bool:
        return node.answer is None and node.asked_at is not None and now >= node.asked_at + SEARCH_PATIENCE_S

    def _is_full(self, now: float) -> bool:
        """Whether so many were asked just now that their answers may change whom to ask next."""
        waiting = [
            node
            for node in self._nodes.values()
            if node.answer is None and node.asked_at is not None and now < node.asked_at + SEARCH_SLOW_S
        ]
        return len(waiting) >= SEARCH_AT_ONCE

    def _distance(self, node_id: bytes) -> int:
        return int.from_bytes(node_id, "big") ^ self._target


def _nearest_of(nodes: Iterable[_Node]) -> list[_Node]:
    """The nearest eight, of those that have answered one a network: anybody can give himself eight ids."""
    nearest: list[_Node] = []
    networks: set[bytes] = set()
    for node in sorted(nodes, key=attrgetter("distance")):
        network = node.endpoint.address.packed[:_NETWORK_BYTES]
        if network not in networks and len(nearest) < STORED_COPIES:
            nearest.append(node)
            if node.answer is not None:
                networks.add(network)
    return nearest
