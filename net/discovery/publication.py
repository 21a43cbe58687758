"""Which of our records to put on the DHT, and when.  Sans-IO.

    endpoints known ─▶ put ─▶ stored: again in half an hour, or when the epoch ends, or when we are elsewhere or awake
                        └──▶ nobody took it: again after 30 s, 1 min, and so on up to half an hour

Epochs follow the wall clock, which may be wrong; waiting follows the other one, which stands still during sleep.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crypto.primitives import Random
from crypto.rendezvous import EPOCH_S, epoch_at
from net.agenda import Agenda
from net.jitter import shortened
from net.limits import (
    FAR_PUT_GATHER_S,
    FIRST_PUT_RETRY_S,
    MAX_PUT_GATHER_S,
    MIN_PUT_INTERVAL_S,
    PUT_BURST,
    PUT_GATHER_S,
    PUT_INTERVAL_S,
    PUT_JITTER,
)
from net.peer import PeerId
from net.token_bucket import TokenBucket


@dataclass(frozen=True, slots=True)
class Put:
    """Seal where we are for this owner and epoch, and put it on the DHT."""

    owner: PeerId
    epoch: int


@dataclass(slots=True)
class _Owner:
    puts: TokenBucket
    failures: int = 0
    gathers_until: float = float("inf")
    """Later changes do not put a put off any longer."""


class Publication:
    """The owners are our account and the invites that we posted, each with a record of its own."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._owners: dict[PeerId, _Owner] = {}
        self._agenda = Agenda[PeerId]()
        self._is_running = False
        self._has_place = False
        self._gather_s = PUT_GATHER_S

    def start(self, now: float) -> None:
        """The DHT takes calls from now on."""
        self._is_running = True
        self._hasten_all(now)

    def set_owners(self, owners: Mapping[PeerId, object], now: float) -> None:
        """Publish for exactly these; a new one at once."""
        for gone in self._owners.keys() - owners.keys():
            del self._owners[gone]
            self._agenda.set(gone, None)
        for owner in owners:
            if owner not in self._owners:
                self._owners[owner] = _owner(now)
                self._hasten(owner, now, gather=False)  # what is known of our addresses has come before

    def renew(self, owner: PeerId, now: float) -> None:
        """This owner's keys are others now: what was put under the old ones is of no use."""
        if owner in self._owners:
            self._owners[owner] = _owner(now)
            self._hasten(owner, now)

    def restart(self, now: float) -> None:
        """We were asleep: nodes may have forgotten our records meanwhile, and epochs ended."""
        for owner in self._owners:
            self.renew(owner, now)

    def moved(self, now: float, *, has_place: bool, is_far: bool = False) -> None:
        """We can be reached elsewhere than before, or nowhere that anybody could be told; perhaps by those far off."""
        self._has_place = has_place
        self._gather_s = FAR_PUT_GATHER_S if is_far else PUT_GATHER_S
        self._hasten_all(now)

    def stored(self, owner: PeerId, copies: int, now: float) -> None:
        """A put has ended."""
        entry = self._owners.get(owner)
        if entry is None:
            return
        if copies:
            entry.failures = 0
            return
        wait_s = min(FIRST_PUT_RETRY_S * 2**entry.failures, PUT_INTERVAL_S)
        entry.failures = entry.failures + 1 if wait_s < PUT_INTERVAL_S else entry.failures
        self._agenda.set(owner, now + shortened(wait_s, PUT_JITTER, self._random))

    def wake_at(self) -> float | None:
        return self._agenda.next_at()

    def handle_timer(self, now: float, unix_s: float) -> list[Put]:
        """The records to put now."""
        puts = []
        for owner in self._agenda.take_due(now):
            puts.append(Put(owner, epoch_at(unix_s)))
            entry = self._owners[owner]
            entry.puts.spend(1, now)
            entry.gathers_until = float("inf")
            self._agenda.set(owner, now + self._interval_s(unix_s))
        return puts

    def _interval_s(self, unix_s: float) -> float:
        # Not before the next epoch has begun, or readers would look for this one in vain.
        left_s = EPOCH_S - unix_s % EPOCH_S
        return min(shortened(PUT_INTERVAL_S, PUT_JITTER, self._random), left_s + PUT_GATHER_S)

    def _hasten_all(self, now: float) -> None:
        for owner in self._owners:
            self._hasten(owner, now)

    def _hasten(self, owner: PeerId, now: float, *, gather: bool = True) -> None:
        entry = self._owners[owner]
        if not (self._is_running and self._has_place):
            self._agenda.set(owner, None)
            entry.gathers_until = float("inf")
            return
        entry.gathers_until = min(entry.gathers_until, now + MAX_PUT_GATHER_S)
        gathered_at = min(now + self._gather_s, entry.gathers_until) if gather else now
        self._agenda.set(owner, max(gathered_at, now + entry.puts.wait_s(1, now)))


def _owner(now: float) -> _Owner:
    return _Owner(TokenBucket(per_second=1 / MIN_PUT_INTERVAL_S, burst=PUT_BURST, now=now))
