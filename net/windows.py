"""The SYNs that are held to get through two NATs: how many, where not again yet, and when another port is needed.

Sans-IO.  What remains in our NAT of a window does harm while it lasts: a SYN of the other side that comes through it,
and meets our listener or a later dial instead of that window's socket, is stuck there.  So windows are as long as
Linux's NAT remembers, and a program that has just started, and cannot know what the one before it left, knocks beside
its ports as well.  Where the other side is most likely there and a window came to nothing all the same, the next one
leaves from a new port, of which our record tells.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from net.dialling import DialId, Target, Way
from net.endpoint import Endpoint
from net.limits import (
    FIRST_PORT_LIFE_S,
    FIRST_PUNCH_REST_S,
    MAX_ASIDE_WINDOWS,
    MAX_HOPEFUL_WINDOWS,
    MAX_PORT_LIFE_S,
    MAX_PUNCH_REST_S,
    MAX_REMEMBERED_ADDRESSES,
    MAX_WINDOWS,
)


@dataclass(frozen=True, slots=True)
class _Rest:
    """After a window in vain."""

    length_s: float
    until: float


class Windows:
    """All windows of this process."""

    def __init__(self) -> None:
        self._open: dict[DialId, Endpoint] = {}
        self._aside: set[DialId] = set()
        self._rests: dict[Endpoint, _Rest] = {}
        self._port_stays_until = 0.0
        self._port_life_s = FIRST_PORT_LIFE_S

    def has_room(self, target: Target, *, expected: bool) -> bool:
        """Whether one more may be opened, to there; ``expected``: we know that somebody is there now."""
        if target.way is Way.ASIDE:
            return len(self._aside) < MAX_ASIDE_WINDOWS
        return len(self._open) < (MAX_WINDOWS if expected else MAX_HOPEFUL_WINDOWS)

    def rests_until(self, target: Target) -> float:
        """Before that none is opened to there, unless somebody is there."""
        rest = self._rests.get(target.endpoint) if target.way is Way.PUNCH else None
        return 0.0 if rest is None else rest.until

    def opened(self, dial: DialId, target: Target) -> None:
        """A dial that is no window is not counted."""
        if target.way is Way.PUNCH:
            self._open[dial] = target.endpoint
        elif target.way is Way.ASIDE:
            self._aside.add(dial)

    def closed(self, dial: DialId) -> None:
        """It is not needed any more, or has led to a link; does no harm to what was no window."""
        self._aside.discard(dial)
        self._open.pop(dial, None)

    def failed(self, dial: DialId, now: float, *, expected: bool) -> bool:
        """It has come to nothing: whether another port is to be taken before the next one."""
        self._aside.discard(dial)
        endpoint = self._open.pop(dial, None)
        if endpoint is None:
            return False
        self._rest(endpoint, now)
        if not expected or now < self._port_stays_until:
            return False
        self._port_stays_until = now + self._port_life_s
        self._port_life_s = min(2 * self._port_life_s, MAX_PORT_LIFE_S)
        return True

    def moved(self) -> None:
        """Whatever a NAT remembers of us, it is another NAT or another port."""
        self._rests.clear()

    def renew(self, endpoints: Iterable[Endpoint]) -> None:
        """Who was there has just gone, and may be back soon."""
        for endpoint in endpoints:
            self._rests.pop(endpoint, None)

    def succeeded(self) -> None:
        """A link came up through two NATs: the port is good."""
        self._port_life_s = FIRST_PORT_LIFE_S

    def _rest(self, endpoint: Endpoint, now: float) -> None:
        last = self._rests.pop(endpoint, None)
        length_s = FIRST_PUNCH_REST_S if last is None else min(2 * last.length_s, MAX_PUNCH_REST_S)
        self._rests[endpoint] = _Rest(length_s, now + length_s)
        if len(self._rests) > MAX_REMEMBERED_ADDRESSES:
            del self._rests[next(iter(self._rests))]
