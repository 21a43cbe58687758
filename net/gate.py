"""Who may come in before proving anything: bounds on strangers' connections and on the work they cause.

Sources are IPv4 addresses and IPv6 /64 networks.  Connections count from their first byte to authentication or end;
first flights cost a search through all link keys and are rationed over everybody and a source, failed ones a source
once more.  Answers are rationed a contact: one that reconnects all the time must not keep us busy.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import NewType, TypeAlias, TypeVar

from net.limits import (
    ANSWER_BURST,
    ANSWERS_PER_SECOND,
    FAILED_HANDSHAKES_PER_MINUTE,
    MAX_REMEMBERED_SOURCES,
    MAX_UNAUTHENTICATED,
    SCAN_BURST,
    SCAN_BURST_OF_SOURCE,
    SCANS_PER_SECOND,
    SCANS_PER_SECOND_OF_SOURCE,
)
from net.peer import PeerId
from net.token_bucket import TokenBucket

Source: TypeAlias = bytes
"""4 bytes of an IPv4 address or the first 8 of an IPv6 one."""

GuestId = NewType("GuestId", int)
_SOURCE_BYTES = 8

K = TypeVar("K")


def source_of(address: IPv4Address | IPv6Address) -> Source:
    return address.packed[:_SOURCE_BYTES]


@dataclass(frozen=True, slots=True)
class Admitted:
    """The connection may stay; ``evicted`` has to go for it."""

    guest: GuestId
    evicted: GuestId | None


class Gate:
    """Counts strangers."""

    def __init__(self, now: float) -> None:
        self._guests: dict[GuestId, Source] = {}
        self._guests_of: dict[Source, int] = {}
        self._failures: dict[Source, TokenBucket] = {}
        self._scans_of: dict[Source, TokenBucket] = {}
        self._answers: dict[PeerId, TokenBucket] = {}
        self._scans = TokenBucket(per_second=SCANS_PER_SECOND, burst=SCAN_BURST, now=now)
        self._next_guest = 0

    def enter(self, source: Source) -> Admitted:
        """Let a new connection in."""
        evicted = self._longest_of_the_most() if len(self._guests) >= MAX_UNAUTHENTICATED else None
        if evicted is not None:
            self.leave(evicted)
        self._next_guest += 1
        guest = GuestId(self._next_guest)
        self._guests[guest] = source
        self._guests_of[source] = self._guests_of.get(source, 0) + 1
        return Admitted(guest, evicted)

    def _longest_of_the_most(self) -> GuestId:
        """The oldest connection of the sources that have the most: a flood makes room for everybody else."""
        most = max(self._guests_of.values())
        return next(guest for guest, source in self._guests.items() if self._guests_of[source] == most)

    def leave(self, guest: GuestId) -> None:
        """The connection is authenticated, or over; telling it twice does no harm."""
        source = self._guests.pop(guest, None)
        if source is None:
            return
        self._guests_of[source] -= 1
        if not self._guests_of[source]:
            del self._guests_of[source]

    def may_scan(self, source: Source, now: float) -> bool:
        """Whether a first flight from there is looked at; counts it if so."""
        failures = self._failures.get(source)
        if failures is not None and not failures.has_token(now):
            return False
        scans = _seen(
            self._scans_of, source, per_second=SCANS_PER_SECOND_OF_SOURCE, burst=SCAN_BURST_OF_SOURCE, now=now
        )
        return scans.has_token(now) and self._scans.take(now) and scans.take(now)

    def failed(self, source: Source, now: float) -> None:
        """A first flight from there was nobody's."""
        _seen(
            self._failures,
            source,
            per_second=FAILED_HANDSHAKES_PER_MINUTE / 60,
            burst=FAILED_HANDSHAKES_PER_MINUTE,
            now=now,
        ).take(now)

    def may_answer(self, peer_id: PeerId, now: float) -> bool:
        """Whether a contact's first flight is answered; counts it if so."""
        return _seen(self._answers, peer_id, per_second=ANSWERS_PER_SECOND, burst=ANSWER_BURST, now=now).take(now)


def _seen(buckets: dict[K, TokenBucket], key: K, *, per_second: float, burst: float, now: float) -> TokenBucket:
    """The bucket of a key, moved to the end: the first is the longest unseen, and is forgotten when there are many."""
    bucket = buckets.pop(key, None) or TokenBucket(per_second=per_second, burst=burst, now=now)
    buckets[key] = bucket
    if len(buckets) > MAX_REMEMBERED_SOURCES:
        del buckets[next(iter(buckets))]
    return bucket
