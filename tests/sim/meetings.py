"""How long contacts who were both here took to be linked, and what share of that time they were."""

from collections import defaultdict
from dataclasses import dataclass, field

from tests.sim.nats import Means, Nat

COUNTED_FROM_S = 60.0
"""Shorter meetings tell about people, not about the network."""


@dataclass(slots=True)
class Meeting:
    began_at: float
    means: Means
    kinds: str
    linked_at: float | None = None


@dataclass(slots=True)
class Tally:
    """Of meetings of one kind."""

    meetings: int = 0
    linked: int = 0
    together_s: float = 0.0
    linked_s: float = 0.0
    delays_s: list[float] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.meetings += other.meetings
        self.linked += other.linked
        self.together_s += other.together_s
        self.linked_s += other.linked_s
        self.delays_s += other.delays_s


class Meetings:
    """Begins to count at ``count_from``."""

    def __init__(self) -> None:
        self.count_from = 0.0
        self._open: dict[tuple[int, int], Meeting] = {}
        self.tallies: defaultdict[tuple[Means, str], Tally] = defaultdict(Tally)

    def begin(self, one: int, other: int, now: float, means: Means, nats: tuple[Nat, Nat]) -> None:
        kinds = "–".join(sorted(nat.value for nat in nats))
        self._open[one, other] = Meeting(now, means, kinds)

    def linked(self, one: int, other: int, now: float) -> None:
        meeting = self._open[one, other]
        if meeting.linked_at is None:
            meeting.linked_at = now

    def end(self, one: int, other: int, now: float) -> None:
        meeting = self._open.pop((one, other))
        if meeting.began_at < self.count_from or now - meeting.began_at < COUNTED_FROM_S:
            return
        tally = self.tallies[meeting.means, meeting.kinds]
        tally.meetings += 1
        tally.together_s += now - meeting.began_at
        if meeting.linked_at is not None:
            tally.linked += 1
            tally.linked_s += now - meeting.linked_at
            tally.delays_s.append(meeting.linked_at - meeting.began_at)

    def end_all(self, now: float) -> None:
        """The end of the measurement."""
        for pair in list(self._open):
            self.end(*pair, now)
