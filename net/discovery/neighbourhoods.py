"""The nodes around the places in the DHT that are asked for again and again.  Sans-IO.

    unknown ─▶ search ─▶ known: three of its nodes are asked each time, in turn ─▶ after 10 min, or most are gone
                  ▲                                                                             │
                  └─────────────────────────────────────────────────────────────────────────────┘

A search asks some forty nodes to find the eight that matter, and whoever looks again seconds later finds the same
eight.  Asked in turn, each of them is heard within three looks; what is stored near a place is stored at most of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from net.endpoint import Endpoint
from net.limits import (
    ASKED_AT_ONCE,
    FIRST_SEARCH_GAP_S,
    MAX_MISSED_ANSWERS,
    MAX_NEIGHBOURHOODS,
    MAX_SEARCH_GAP_S,
    NEIGHBOURS_LIFE_S,
)


@dataclass(slots=True)
class _Neighbourhood:
    missed: dict[Endpoint, int]
    """Its nodes, the longest unasked first, and how many questions each has left unanswered."""
    found: int = 0
    """So many of them there were at first."""
    known_until: float = float("-inf")
    search_gap_s: float = FIRST_SEARCH_GAP_S
    no_search_before: float = float("-inf")


class Neighbourhoods:
    """Those of all places, the longest unasked forgotten first."""

    def __init__(self) -> None:
        self._places: dict[bytes, _Neighbourhood] = {}

    def ask(self, target: bytes, now: float) -> list[Endpoint]:
        """The nodes to ask now; none if it takes a search to find them."""
        place = self._place(target)
        for node in [node for node, missed in place.missed.items() if missed >= MAX_MISSED_ANSWERS]:
            del place.missed[node]
        if now >= place.known_until or 2 * len(place.missed) < place.found:
            return []
        asked = list(place.missed)[:ASKED_AT_ONCE]
        for node in asked:
            place.missed[node] = place.missed.pop(node) + 1
        return asked

    def search(self, target: bytes, now: float) -> bool:
        """Whether to search now; not while the last search goes on, and ever more seldom while they find nobody."""
        place = self._place(target)
        if now < place.no_search_before:
            return False
        place.no_search_before = now + place.search_gap_s
        place.search_gap_s = min(2 * place.search_gap_s, MAX_SEARCH_GAP_S)
        return True

    def found(self, target: bytes, nodes: Iterable[Endpoint], now: float) -> None:
        """A search has found that these are the nearest, and answer."""
        place = self._place(target)
        place.missed = {node: place.missed.get(node, 0) for node in nodes}
        place.found = len(place.missed)
        if place.found:
            place.known_until, place.search_gap_s = now + NEIGHBOURS_LIFE_S, FIRST_SEARCH_GAP_S

    def answered(self, target: bytes, node: Endpoint) -> None:
        """A node that was asked has answered."""
        place = self._places.get(target)
        if place is not None and node in place.missed:
            place.missed[node] = 0

    def forget(self) -> None:
        """We were asleep, and who knows how long: others may be the nearest by now."""
        self._places.clear()

    def _place(self, target: bytes) -> _Neighbourhood:
        place = self._places.pop(target, None) or _Neighbourhood({})
        self._places[target] = place
        while len(self._places) > MAX_NEIGHBOURHOODS:
            del self._places[next(iter(self._places))]
        return place
