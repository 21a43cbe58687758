"""Whom to call where no node of the DHT is left, and when.  Sans-IO.

libtorrent begins without any node whenever this computer gets another address, forgets nodes that do not answer for
long, and asks nobody then: whoever opened Kith before there was a network, or carried the computer to another one,
would be alone for good.  So nodes are remembered here, and called again with growing pauses until one answers; those
that anybody may begin with are asked only when none of the known ones has answered.

Times are seconds of a clock that only goes forward.
"""

from collections.abc import Sequence
from typing import TypeAlias

from net.discovery.dht_settings import DhtSettings
from net.endpoint import Endpoint
from net.limits import FIRST_CALL_BACK_S, MAX_CALL_BACK_S

NodeAddress: TypeAlias = tuple[str, int]
"""Host name or address, and port."""


class Company:
    """The nodes that one node of the DHT knows.  The first calls, at the start, libtorrent makes by itself."""

    def __init__(self, settings: DhtSettings, now: float) -> None:
        self._known = settings.nodes
        self._bootstrap = settings.bootstrap
        self.is_alone = True
        self._pause_s = FIRST_CALL_BACK_S
        self._call_at = now + FIRST_CALL_BACK_S
        self._have_failed = True
        """Nobody has answered the last calls."""

    def see(self, nodes: Sequence[Endpoint], now: float) -> bool:
        """These are known now: whether that ends a time without any."""
        if not nodes:
            if not self.is_alone:
                self.is_alone, self._have_failed = True, False
                self.hurry(now)
            return False
        self._known = tuple(nodes)
        was_alone, self.is_alone = self.is_alone, False
        return was_alone

    def hurry(self, now: float) -> None:
        """There may be a network now."""
        self._pause_s, self._call_at = FIRST_CALL_BACK_S, now

    def calls(self, now: float) -> tuple[NodeAddress, ...]:
        """Whom to call now."""
        if not self.is_alone or now < self._call_at:
            return ()
        self._call_at = now + self._pause_s
        self._pause_s = min(2 * self._pause_s, MAX_CALL_BACK_S)
        known = tuple((str(node.address), node.port) for node in self._known)
        strangers = () if known and not self._have_failed else tuple((at.host, at.port) for at in self._bootstrap)
        self._have_failed = True
        return (*known, *strangers)
