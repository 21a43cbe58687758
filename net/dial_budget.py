"""How often we dial where nobody has ever proved a link key ("Whom we dial" in ``docs/architecture.md``).

Contacts tell us addresses, and one of them may lie: without bounds a popular account could be made to aim hundreds of
contacts at a victim.  So an address has to answer with somebody's key before it is dialled as often as back-off allows.
"""

from collections import deque
from typing import TypeVar

from net.endpoint import Endpoint
from net.interfaces import IPAddress
from net.limits import (
    FIRST_UNPROVEN_DIALS,
    MAX_REMEMBERED_ADDRESSES,
    MAX_UNPROVEN_ADDRESSES,
    UNPROVEN_DIALS_A_DAY,
    UNPROVEN_DIALS_A_MINUTE,
)
from net.peer import PeerId
from net.token_bucket import TokenBucket

_DAY_S = 86_400.0
_MINUTE_S = 60.0
_GAINED_A_DAY = UNPROVEN_DIALS_A_DAY - FIRST_UNPROVEN_DIALS
"""What is saved up and what is gained within a day come to the bound in any 24 hours."""

T = TypeVar("T")


class DialBudget:
    """Counts dials by (peer, address), and by address over all peers."""

    def __init__(self) -> None:
        self._proven_by: dict[PeerId, dict[IPAddress, None]] = {}
        self._proven: dict[IPAddress, None] = {}
        self._relayed_by: dict[PeerId, dict[IPAddress, None]] = {}
        """Where a relay took us to the peer."""
        self._of_pair: dict[PeerId, dict[IPAddress, TokenBucket]] = {}
        self._of_address: dict[IPAddress, deque[float]] = {}

    def take(self, peer_id: PeerId, endpoint: Endpoint, now: float, *, reserve: int = 0) -> bool:
        """Whether the endpoint may be dialled for this peer now; counts it if so.

        So many of the peer's dials there as ``reserve`` says are left to others that matter more.
        """
        address = endpoint.address
        if address.is_loopback or address in self._proven_by.get(peer_id, ()):
            return True
        recent = self._recent(address, now)
        if recent is not None and len(recent) >= UNPROVEN_DIALS_A_MINUTE:
            return False
        bucket = self._pair(peer_id, address, now)
        if bucket is None or not bucket.take(now, reserve=reserve):
            return False
        if recent is not None:
            recent.append(now)
        return True

    def proved(self, peer_id: PeerId, endpoint: Endpoint) -> None:
        """A link to the peer came up there."""
        address = endpoint.address
        self._of_pair.get(peer_id, {}).pop(address, None)
        self._of_address.pop(address, None)
        for proven in (self._proven_by.setdefault(peer_id, {}), self._proven):
            proven.pop(address, None)
            proven[address] = None
            _shorten(proven)

    def relayed(self, peer_id: PeerId, endpoint: Endpoint) -> None:
        """A link to the peer came up through a relay, which had us send there."""
        known = self._relayed_by.setdefault(peer_id, {})
        known.pop(endpoint.address, None)
        known[endpoint.address] = None
        _shorten(known)

    def is_relayed(self, peer_id: PeerId, endpoint: Endpoint) -> bool:
        """Whether what is sent there by UDP has reached the peer: a relay's address, or one that only a relay reaches.

        The peer is not there, so this is no reason to dial there by TCP.
        """
        return endpoint.address in self._relayed_by.get(peer_id, ())

    def forget(self, peer_id: PeerId) -> None:
        """The peer is no longer known; what was done to its addresses counts on."""
        self._proven_by.pop(peer_id, None)
        self._relayed_by.pop(peer_id, None)
        self._of_pair.pop(peer_id, None)

    def _recent(self, address: IPAddress, now: float) -> deque[float] | None:
        """The dials of the last minute; None where anybody has proved a key."""
        if address in self._proven:
            return None
        recent = self._of_address.pop(address, None) or deque()
        while recent and recent[0] <= now - _MINUTE_S:
            recent.popleft()
        self._of_address[address] = recent
        _shorten(self._of_address)
        return recent

    def _pair(self, peer_id: PeerId, address: IPAddress, now: float) -> TokenBucket | None:
        """The dials of one pair; None for an address too many."""
        buckets = self._of_pair.setdefault(peer_id, {})
        if address not in buckets and len(buckets) >= MAX_UNPROVEN_ADDRESSES:
            for rested in [known for known, bucket in buckets.items() if bucket.is_full(now)]:
                del buckets[rested]
            if len(buckets) >= MAX_UNPROVEN_ADDRESSES:
                return None
        if address not in buckets:
            buckets[address] = TokenBucket(per_second=_GAINED_A_DAY / _DAY_S, burst=FIRST_UNPROVEN_DIALS, now=now)
        return buckets[address]


def _shorten(remembered: dict[IPAddress, T]) -> None:
    """Forget the longest unseen, which is the first: whatever is seen again is put at the end."""
    while len(remembered) > MAX_REMEMBERED_ADDRESSES:
        del remembered[next(iter(remembered))]
