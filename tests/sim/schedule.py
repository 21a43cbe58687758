"""When somebody who has waited for long dials next: drawn from :class:`net.dialling.Dialling` itself.

Nine of ten dials are to contacts who are away, and come to nothing.  Simulating each would be most of the work, so the
real machine is run in advance, and what a user who comes back meets is looked up: how long its contact, who has been
trying for so long, takes to try again.
"""

from bisect import bisect_right
from ipaddress import IPv4Address
from itertools import count
from random import Random  # noqa: TID251 - a run comes again from its seed

from net.dialling import DialId, Dialling, Target, Way
from net.endpoint import Endpoint
from net.limits import CONNECT_TIMEOUT_S

TARGET = Target(Way.DIRECT, Endpoint(IPv4Address("198.51.100.1"), 4000))
AWAY_S = (0.0, 5.0, 30.0, 120.0, 600.0, 3600.0)
"""From when on somebody has been trying; beyond the last, back-off grows no more."""


class Rounds:
    """Waits until the next round of dialling, by how long the peer has been tried."""

    def __init__(self, random: Random, *, runs: int = 400) -> None:
        self._random = random
        self._waits: list[list[float]] = [[] for _ in AWAY_S]
        for _ in range(runs):
            starts = list(_starts(random))
            for place, away_s in enumerate(AWAY_S):
                moment = away_s + random.random() * max(1.0, away_s / 2)
                self._waits[place].append(starts[bisect_right(starts, moment)] - moment)

    def next_s(self, away_s: float) -> float:
        """How long until a round begins, if it has been tried for ``away_s``."""
        return self._random.choice(self._waits[bisect_right(AWAY_S, away_s) - 1])


def _starts(random: Random) -> list[float]:
    """The moments at which rounds begin, where nobody answers."""
    ids = count()
    dialling = Dialling(random.randbytes, lambda: DialId(next(ids)))
    dialling.set_wanted((TARGET,), 0.0, wanted=True)
    starts: list[float] = []
    while (moment := dialling.wake_at()) is not None and moment < 3 * AWAY_S[-1]:
        starts.append(moment)
        for dial, _ in dialling.handle_timer(moment):
            dialling.failed(dial, moment + CONNECT_TIMEOUT_S)
    return starts
