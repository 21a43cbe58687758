"""The SYNs that are held to get through two NATs: how many, where not again yet, and when another port is needed.

Sans-IO.  What remains in our NAT of a window that came to nothing does harm for two minutes
(:data:`net.limits.PUNCH_REST_S`), and after a connection its pair of ports is not free for one.  So where the other
side is most likely there and a window came to nothing all the same, the next one leaves from a new port, of which our
record tells.
"""

from net.dialling import DialId
from net.endpoint import Endpoint
from net.limits import (
    FIRST_PORT_LIFE_S,
    MAX_HOPEFUL_WINDOWS,
    MAX_PORT_LIFE_S,
    MAX_REMEMBERED_ADDRESSES,
    MAX_WINDOWS,
    PUNCH_REST_S,
)


class Windows:
    """All windows of this process."""

    def __init__(self) -> None:
        self._open: dict[DialId, Endpoint] = {}
        self._rests_until: dict[Endpoint, float] = {}
        self._port_stays_until = 0.0
        self._port_life_s = FIRST_PORT_LIFE_S

    def has_room(self, endpoint: Endpoint, now: float, *, expected: bool) -> bool:
        """Whether one more may be opened, to there; ``expected``: we know that somebody is there now."""
        if expected:
            return len(self._open) < MAX_WINDOWS
        return len(self._open) < MAX_HOPEFUL_WINDOWS and now >= self._rests_until.get(endpoint, 0.0)

    def opened(self, dial: DialId, endpoint: Endpoint) -> None:
        self._open[dial] = endpoint

    def closed(self, dial: DialId) -> None:
        """It is not needed any more, or has led to a link; does no harm to what was no window."""
        self._open.pop(dial, None)

    def failed(self, dial: DialId, now: float, *, expected: bool) -> bool:
        """It has come to nothing: whether another port is to be taken before the next one."""
        endpoint = self._open.pop(dial, None)
        if endpoint is None:
            return False
        self._rests_until.pop(endpoint, None)
        self._rests_until[endpoint] = now + PUNCH_REST_S
        if len(self._rests_until) > MAX_REMEMBERED_ADDRESSES:
            del self._rests_until[next(iter(self._rests_until))]
        if not expected or now < self._port_stays_until:
            return False
        self._port_stays_until = now + self._port_life_s
        self._port_life_s = min(2 * self._port_life_s, MAX_PORT_LIFE_S)
        return True

    def moved(self) -> None:
        """Whatever a NAT remembers of us, it is another NAT or another port."""
        self._rests_until.clear()

    def succeeded(self) -> None:
        """A link came up through two NATs: the port is good."""
        self._port_life_s = FIRST_PORT_LIFE_S
