"""The nodes of a DHT as large as Mainline: whom each of them knows, where it is, and what it holds.  No sockets here.

Every node knows up to eight nodes of each subtree that it is not in (BEP 5), more of the largest ones as libtorrent
does, and names the eight nearest to a target of those that it knows.  Some are silent: known, and without an answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from random import Random  # noqa: TID251 - a run comes again from its seed

from tests.mainline.id_tree import ID_BITS, WHOLE, IdTree, subtree_of
from tests.mainline.verified_ids import BOUND_BITS, verified_address

K = 8
EXTENDED = (128, 64, 32, 16)
"""Nodes that libtorrent keeps of the largest subtrees."""


ANSWERS_AFTER_S = 0.02, 0.3
"""Each after a time of its own, since routing tables keep whoever is near."""


@dataclass(eq=False, slots=True)
class DhtNode:
    """One of them, as others see it."""

    node_id: int
    address: IPv4Address
    is_silent: bool
    answers_after_s: float
    items: dict[bytes, dict[bytes, object]] = field(default_factory=dict)
    callers: dict[bytes, set[bytes]] = field(default_factory=dict)

    @property
    def id_bytes(self) -> bytes:
        return self.node_id.to_bytes(ID_BITS // 8, "big")


class DhtNodes:
    """All of them; each comes into being when somebody is told of it."""

    def __init__(self, size: int, *, silent: float = 0.0, seed: int = 1) -> None:
        self._tree = IdTree(size, seed=seed)
        self.silent = silent
        """The part of them that does not answer."""
        self._seed = seed
        self._by_id: dict[int, DhtNode] = {}
        self._by_address: dict[IPv4Address, DhtNode] = {}
        self._known: dict[tuple[int, int], list[DhtNode]] = {}

    def sample(self, count: int, random: Random) -> list[DhtNode]:
        """Any of them."""
        return [self._node(drawn) for drawn in self._tree.sample(WHOLE, count, random)]

    def at(self, address: IPv4Address) -> DhtNode | None:
        """Who is there, if anybody was told of it."""
        return self._by_address.get(address)

    def nearest(self, node: DhtNode, target: int) -> list[DhtNode]:
        """The eight nearest to the target that the node knows."""
        parting = ID_BITS - (node.node_id ^ target).bit_length()
        near: list[DhtNode] = []
        for depth in self._nearest_first(node, parting):
            near += self._knows(node, depth)
            if len(near) >= K:
                break
        return sorted(near, key=lambda each: each.node_id ^ target)[:K]

    def _nearest_first(self, node: DhtNode, parting: int) -> Iterator[int]:
        """The parts of its routing table, of a target that shares ``parting`` bits with it."""
        yield parting
        # Whoever shares more bits with the node than the target does is as near to the target as the node itself.
        deeper: list[int] = []
        while self._tree.count(subtree_of(node.node_id, parting + 1 + len(deeper))) > 1:
            deeper.append(parting + 1 + len(deeper))
        yield from deeper
        yield from range(parting - 1, -1, -1)

    def _knows(self, node: DhtNode, depth: int) -> list[DhtNode]:
        """Whom it knows of those that share exactly ``depth`` bits with it."""
        place = node.node_id, depth
        if place not in self._known:
            subtree = subtree_of(node.node_id, depth + 1) ^ 1
            places = EXTENDED[depth] if depth < len(EXTENDED) else K
            random = Random(f"{self._seed} {node.node_id} knows {depth}")
            self._known[place] = [self._node(drawn) for drawn in self._tree.sample(subtree, places, random)]
        return self._known[place]

    def _node(self, drawn: int) -> DhtNode:
        if drawn not in self._by_id:
            random = Random(f"{self._seed} {drawn}")
            is_silent = random.random() < self.silent
            address, number = verified_address(drawn >> (ID_BITS - BOUND_BITS), random)
            while address in self._by_address:
                address, number = verified_address(drawn >> (ID_BITS - BOUND_BITS), random)
            node = DhtNode(drawn & ~7 | number, address, is_silent, random.uniform(*ANSWERS_AFTER_S))
            self._by_id[drawn] = self._by_address[address] = node
        return self._by_id[drawn]
