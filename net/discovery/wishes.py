"""Whom to have rung by a contact of both, and when (``docs/protocol.md``, section 6).  Sans-IO.

a message waits, no link ─▶ ring ─▶ again after 3 s, 6 s, … for an hour, and when somebody else comes online
"""

from dataclasses import dataclass

from net.limits import (
    FIRST_PASSED_PAUSE_S,
    MAX_RING_PAUSE_S,
    MEETING_S,
    MIN_RING_PAUSE_S,
    PASSED_CALLS_AT_ONCE,
    PASSED_DELAY_S,
    PASSED_PATIENCE_S,
)
from net.peer import PeerId


@dataclass(slots=True)
class _Wish:
    until: float = float("-inf")
    pause_s: float = FIRST_PASSED_PAUSE_S
    rung_at: float = float("-inf")
    due_at: float = float("-inf")
    """The next ring, if anybody is there to bring it."""
    is_unanswered: bool = False


class Wishes:
    """All peers for whom something waits."""

    def __init__(self, now: float) -> None:
        self._wishes: dict[PeerId, _Wish] = {}
        self._rests_until = now

    def wish(self, peer_id: PeerId, now: float, *, is_anybody_there: bool) -> bool:
        """There is reason to ring the peer; says whether to do so now: ``is_anybody_there`` who may bring it."""
        wish = self._wishes.setdefault(peer_id, _Wish())
        wish.until = now + PASSED_PATIENCE_S
        if not is_anybody_there or now < wish.due_at:
            return False
        _note_ring(wish, now)
        return True

    def somebody_came(self, now: float) -> None:
        """Another peer is online, and may be linked to those whom we wish for; first it is sent what waits for it."""
        soon = now + PASSED_DELAY_S
        for wish in self._wishes.values():
            if now >= wish.rung_at + MIN_RING_PAUSE_S and not now <= wish.due_at <= soon:
                wish.due_at = soon

    def forget(self, peer_id: PeerId) -> None:
        """There is a link to the peer, or it is gone: there is nothing to wish for."""
        self._wishes.pop(peer_id, None)

    def is_answered(self, peer_id: PeerId, now: float) -> bool:
        """Whether this is the first that the peer says after our ring; what comes later is no reason to begin anew."""
        wish = self._wishes.get(peer_id)
        if wish is None or not wish.is_unanswered or now - wish.rung_at > MEETING_S:
            return False
        wish.is_unanswered = False
        return True

    def wake_at(self, now: float) -> float | None:
        """When to call :meth:`handle_timer`, if anybody is there; not for what nobody waits for any more by then."""
        earliest = max(now, self._rests_until)
        due = [max(wish.due_at, earliest) for wish in self._wishes.values() if max(wish.due_at, earliest) < wish.until]
        return min(due, default=None)

    def handle_timer(self, now: float) -> list[PeerId]:
        """Whom to ring now, those first who were rung longest ago."""
        if now < self._rests_until:
            return []
        due = [peer_id for peer_id, wish in self._wishes.items() if wish.due_at <= now < wish.until]
        chosen = sorted(due, key=lambda peer_id: self._wishes[peer_id].rung_at)[:PASSED_CALLS_AT_ONCE]
        for peer_id in chosen:
            _note_ring(self._wishes[peer_id], now)
        if len(chosen) < len(due):
            self._rests_until = now + MIN_RING_PAUSE_S
        return chosen


def _note_ring(wish: _Wish, now: float) -> None:
    wish.rung_at, wish.due_at, wish.is_unanswered = now, now + wish.pause_s, True
    wish.pause_s = min(2 * wish.pause_s, MAX_RING_PAUSE_S)
