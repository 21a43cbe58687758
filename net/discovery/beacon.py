"""Whom to announce on the LAN, and when.  Sans-IO.

While anybody is not linked, announcements follow each other after 3 s, then 6 s, and so on up to an hour: multicast
gets lost, above all when a crowd starts together.  In a crowd the first wait is longer: all together say no more than
everybody reads.

An announcement holds 64 hints.  Where those who are not linked have more keys than that, half of the places go to who
was active last, or more if there is one for everybody's first key; the rest is drawn anew each time.  One side's hint
is enough for two to meet.
"""

from dataclasses import dataclass
from itertools import zip_longest

from crypto.primitives import Random
from net.jitter import shortened
from net.limits import (
    ANNOUNCED_HINTS,
    FIRST_ROTATION_S,
    GATHER_JITTER,
    GATHER_S,
    MAX_ANNOUNCEMENTS_PER_SECOND,
    MIN_ANNOUNCEMENT_INTERVAL_S,
    MOST_STEADY_HINTS,
    RENEWAL_JITTER,
    RENEWAL_S,
    ROTATION_JITTER,
    STEADY_HINTS,
)
from net.peer import PeerId

_RANDOM_BYTES = 8


@dataclass(slots=True)
class _Entry:
    keys: tuple[bytes, ...]
    linked: bool = False


class Beacon:
    """Keeps the peers in order of activity: who was declared, changed, linked or lost last was active last."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._peers: dict[PeerId, _Entry] = {}  # the least active first
        self._announced: frozenset[bytes] = frozenset()
        self._announced_at: float | None = None
        self._rotation_s = FIRST_ROTATION_S
        self._due_at: float | None = None
        self._has_news = False

    def set_peer(self, peer_id: PeerId, keys: tuple[bytes, ...], now: float) -> None:
        """Announce ourselves under these LAN keys of the peer, the first being the most important."""
        entry = self._peers.get(peer_id)
        if entry is not None and entry.keys == keys:
            return
        self._touch(peer_id, _Entry(keys, entry is not None and entry.linked), now)

    def remove_peer(self, peer_id: PeerId, now: float) -> None:
        """Announce ourselves to this peer no more, from the next announcement on."""
        entry = self._peers.pop(peer_id, None)
        if entry is not None and not self._announced.isdisjoint(entry.keys):
            self._hasten(now)

    def set_linked(self, peer_id: PeerId, now: float, *, linked: bool) -> None:
        """Say whether there is a link to the peer, which makes announcing less urgent."""
        entry = self._peers.get(peer_id)
        if entry is not None and entry.linked != linked:
            self._touch(peer_id, _Entry(entry.keys, linked), now)

    def restart(self, now: float) -> None:
        """We are somewhere else: nobody has heard anything yet."""
        self._announced = frozenset()
        self._rotation_s = FIRST_ROTATION_S
        self._hasten(now)

    def wake_at(self) -> float | None:
        return self._due_at

    def handle_timer(self, now: float, *, crowd: int = 0) -> tuple[bytes, ...] | None:
        """The keys of the announcement to make now; none are left: make none.  None: it is not time yet.

        ``crowd`` is the number of others that are announced.
        """
        if self._due_at is None or now < self._due_at:
            return None
        if self._announced_at is not None and self._need_not_repeat(now - self._announced_at):
            self._due_at = self._next_at(self._announced_at, crowd)
            return None
        chosen = self._chosen()
        self._has_news = False
        self._announced = frozenset(chosen)
        self._announced_at = now
        self._due_at = self._next_at(now, crowd)
        return chosen

    def _touch(self, peer_id: PeerId, entry: _Entry, now: float) -> None:
        self._peers.pop(peer_id, None)
        self._peers[peer_id] = entry
        if not entry.linked and not self._announced.issuperset(entry.keys):
            self._hasten(now)

    def _hasten(self, now: float) -> None:
        self._has_news = True
        if self._due_at is not None and self._due_at <= now + GATHER_S:
            return
        soon = now + shortened(GATHER_S, GATHER_JITTER, self._random)
        if self._announced_at is not None:
            soon = max(soon, self._announced_at + MIN_ANNOUNCEMENT_INTERVAL_S)
        self._due_at = soon if self._due_at is None else min(self._due_at, soon)

    def _need_not_repeat(self, age_s: float) -> bool:
        """Whether those for whom it was to be said again have come meanwhile, and what was said is not old."""
        is_wanted = self._has_news or not all(entry.linked for entry in self._peers.values())
        return not is_wanted and age_s < (1 - RENEWAL_JITTER) * RENEWAL_S

    def _next_at(self, now: float, crowd: int) -> float | None:
        if not self._announced:
            return None
        if all(entry.linked for entry in self._peers.values()):
            return now + shortened(RENEWAL_S, RENEWAL_JITTER, self._random)
        wait_s = min(max(self._rotation_s, crowd / MAX_ANNOUNCEMENTS_PER_SECOND), RENEWAL_S)
        self._rotation_s = 2 * wait_s
        return now + shortened(wait_s, ROTATION_JITTER, self._random)

    def _chosen(self) -> tuple[bytes, ...]:
        unlinked = self._ranked(linked=False)
        if len(unlinked) <= ANNOUNCED_HINTS:
            return (*unlinked, *self._ranked(linked=True))[:ANNOUNCED_HINTS]
        peers = sum(not entry.linked for entry in self._peers.values())
        steady = peers if STEADY_HINTS < peers <= MOST_STEADY_HINTS else STEADY_HINTS
        others = sorted(unlinked[steady:], key=lambda _: self._random(_RANDOM_BYTES))
        return (*unlinked[:steady], *others[: ANNOUNCED_HINTS - steady])

    def _ranked(self, *, linked: bool) -> list[bytes]:
        """Everybody's first key, the most active peer's first, then everybody's second, and so on."""
        keys_of = [entry.keys for entry in reversed(self._peers.values()) if entry.linked == linked]
        return [key for rank in zip_longest(*keys_of) for key in rank if key is not None]
