"""The ids of any number of nodes, drawn where somebody looks: ten million cost nothing until then.

A subtree holds the ids that begin with the same bits.  Subtrees have the numbers of a heap: 1 is the whole, ``2 * n``
and ``2 * n + 1`` are the halves of ``n``, so a number is the bits themselves after a leading 1.  How many ids of a
subtree are in its first half is drawn as that many throws of a coin, from a seed that depends on nothing but the
subtree: the ids are those of independent draws, and the same in whatever order they are looked at.
"""

from hashlib import shake_128
from random import Random  # noqa: TID251 - a run comes again from its seed

ID_BITS = 160
WHOLE = 1
_FEW = 8
"""Ids of a subtree that are drawn together."""


def subtree_of(node_id: int, depth: int) -> int:
    """The subtree of all ids that share the first ``depth`` bits with this one."""
    return 1 << depth | node_id >> (ID_BITS - depth)


class IdTree:
    """``size`` ids, uniform and independent."""

    def __init__(self, size: int, *, seed: int) -> None:
        self.size = size
        self._seed = seed
        self._counts = {WHOLE: size}
        self._drawn: dict[int, list[int]] = {}

    def count(self, subtree: int) -> int:
        """How many ids are in it."""
        if subtree not in self._counts:
            above = subtree >> 1
            among = self.count(above)
            if among <= _FEW:
                self._counts[subtree] = len(self._few(subtree))
            else:
                first = above << 1
                self._counts[first] = self._bits(above, among).bit_count()
                self._counts[first + 1] = among - self._counts[first]
        return self._counts[subtree]

    def sample(self, subtree: int, places: int, random: Random) -> list[int]:
        """So many ids of the subtree, or all, chosen by ``random``."""
        count = self.count(subtree)
        return [self._at(subtree, rank) for rank in random.sample(range(count), min(places, count))]

    def _at(self, subtree: int, rank: int) -> int:
        while self.count(subtree) > _FEW:
            subtree <<= 1
            if rank >= self.count(subtree):
                rank -= self.count(subtree)
                subtree += 1
        return self._few(subtree)[rank]

    def _few(self, subtree: int) -> list[int]:
        """All ids of a subtree that has few."""
        if subtree not in self._drawn:
            rest_bits = ID_BITS + 1 - subtree.bit_length()
            if subtree != WHOLE and self.count(subtree >> 1) <= _FEW:
                ids = [each for each in self._few(subtree >> 1) if (1 << ID_BITS | each) >> rest_bits == subtree]
            else:
                first, count = (subtree << rest_bits) ^ 1 << ID_BITS, self._counts[subtree]
                bits = self._bits(subtree, count * rest_bits)
                ids = [first | bits >> place * rest_bits & (1 << rest_bits) - 1 for place in range(count)]
            self._drawn[subtree] = ids
        return self._drawn[subtree]

    def _bits(self, subtree: int, count: int) -> int:
        """So many random bits that are the subtree's own."""
        drawn = shake_128(b"%d %d" % (self._seed, subtree)).digest((count + 7) // 8)
        return int.from_bytes(drawn, "big") & (1 << count) - 1
