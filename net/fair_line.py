"""A line in which nobody who crowds in keeps another waiting: whoever was served longest ago comes next.  Sans-IO."""

from collections import deque
from typing import Generic, TypeVar

from net.token_bucket import TokenBucket

S = TypeVar("S")
T = TypeVar("T")


class FairLine(Generic[S, T]):
    """Of each source the newest ``places`` items wait, none for longer than ``patience_s``; the ration is for all.

    An item of a source that asks for nothing else comes up within as many turns as there are sources.
    """

    def __init__(self, ration: TokenBucket, *, places: int, patience_s: float) -> None:
        self._ration = ration
        self._places = places
        self._patience_s = patience_s
        self._waiting: dict[S, deque[tuple[float, T]]] = {}
        self._served_at: dict[S, float] = {}  # the longest unserved first

    def add(self, source: S, item: T, now: float) -> None:
        """Let an item wait; the oldest of that source makes room if need be."""
        self._waiting.setdefault(source, deque(maxlen=self._places)).append((now, item))

    def wake_at(self, now: float) -> float | None:
        """When to call :meth:`take`, at the latest."""
        return now + self._ration.wait_s(1, now) if self._waiting else None

    def take(self, now: float) -> list[T]:
        """The items whose turn has come; of one source in the order in which they came."""
        self._forget_late(now)
        taken: list[T] = []
        while self._waiting and self._ration.take(now):
            source = min(self._waiting, key=self._last_served)
            taken.append(self._waiting[source].popleft()[1])
            if not self._waiting[source]:
                del self._waiting[source]
            self._served_at.pop(source, None)
            self._served_at[source] = now
        return taken

    def _last_served(self, source: S) -> tuple[float, float]:
        """Among those served at the same moment whose item came first."""
        return self._served_at.get(source, float("-inf")), self._waiting[source][0][0]

    def _forget_late(self, now: float) -> None:
        too_late = now - self._patience_s
        while self._served_at and self._served_at[first := next(iter(self._served_at))] < too_late:
            del self._served_at[first]
        for source, items in tuple(self._waiting.items()):
            while items and items[0][0] < too_late:
                items.popleft()
            if not items:
                del self._waiting[source]
