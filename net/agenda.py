"""Which of many things is due next: a heap that tolerates changes of mind."""

import heapq
import itertools
from typing import Generic, TypeVar

K = TypeVar("K")

_SPARE_ENTRIES = 64


class Agenda(Generic[K]):
    """One moment a key; setting and asking cost the logarithm of the number of keys."""

    __slots__ = ("_counter", "_heap", "_moments")

    def __init__(self) -> None:
        self._moments: dict[K, float] = {}
        self._heap: list[tuple[float, int, K]] = []  # stale entries stay until they come up
        self._counter = itertools.count()

    def set(self, key: K, moment: float | None) -> None:
        """From now on ``key`` is due at ``moment``, or never."""
        if self._moments.get(key) == moment:
            return
        if moment is None:
            del self._moments[key]
        else:
            self._moments[key] = moment
            heapq.heappush(self._heap, (moment, next(self._counter), key))
        if len(self._heap) > 2 * len(self._moments) + _SPARE_ENTRIES:
            self._heap = [(moment, next(self._counter), key) for key, moment in self._moments.items()]
            heapq.heapify(self._heap)

    def moment_of(self, key: K) -> float | None:
        """When ``key`` is due."""
        return self._moments.get(key)

    def next_at(self) -> float | None:
        """The earliest moment."""
        while self._heap:
            moment, _, key = self._heap[0]
            if self._moments.get(key) == moment:
                return moment
            heapq.heappop(self._heap)
        return None

    def take_due(self, now: float) -> list[K]:
        """The keys whose moment has come, earliest first; they have none any more."""
        due: list[K] = []
        while (moment := self.next_at()) is not None and moment <= now:
            key = heapq.heappop(self._heap)[2]
            del self._moments[key]
            due.append(key)
        return due
