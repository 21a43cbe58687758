"""Whom to ring on the DHT, and when (``docs/protocol.md``, section 6).  Sans-IO.

    record found, no link ─▶ ½ s ─▶ ring ─▶ not again before 1 min, 2 min, … 1 h, and when found once more
    invite taken, no link ─▶ ¼ s ──▲

A link that ended, a message that waits and a new peer begin anew.  Over all peers rings are rationed.
"""

from dataclasses import dataclass

from crypto.primitives import Random
from crypto.signal import RINGS
from net.agenda import Agenda
from net.limits import (
    FIRST_RING_PAUSE_S,
    INVITE_RING_DELAY_S,
    MAX_RING_PAUSE_S,
    MIN_RING_PAUSE_S,
    OWN_RING_BURST,
    OWN_RINGS_PER_SECOND,
    RING_DELAY_S,
)
from net.peer import PeerId
from net.token_bucket import TokenBucket


@dataclass(frozen=True, slots=True)
class Call:
    """Ring this peer, by this one of its eight hints: another one than the last time, which still stands there."""

    peer: PeerId
    number: int


@dataclass(slots=True)
class _Callee:
    number: int
    pause_s: float = FIRST_RING_PAUSE_S
    rung_at: float = float("-inf")
    not_before: float = float("-inf")
    due_at: float | None = None


class Calls:
    """All peers that we may ring."""

    def __init__(self, random: Random, now: float) -> None:
        self._random = random
        self._callees: dict[PeerId, _Callee] = {}
        self._agenda = Agenda[PeerId]()
        self._line: dict[PeerId, None] = {}
        """Whose ring is due and waits for its ration."""
        self._ration = TokenBucket(per_second=OWN_RINGS_PER_SECOND, burst=OWN_RING_BURST, now=now)

    def found(self, peer_id: PeerId, now: float) -> None:
        """The peer has a record on the DHT, so that it is there and listens; it is not linked."""
        callee = self._callee(peer_id)
        if now >= callee.not_before:
            self._due(peer_id, now + RING_DELAY_S)

    def invited(self, peer_id: PeerId, now: float) -> None:
        """An invite of the peer was taken: it is likely to be there and to listen."""
        self._due(peer_id, now + INVITE_RING_DELAY_S)

    def ring(self, peer_id: PeerId, now: float) -> None:
        """Ring the peer as soon as it may be, whatever the pauses say."""
        self._due(peer_id, max(now, self._callee(peer_id).rung_at + MIN_RING_PAUSE_S))

    def renew(self, peer_id: PeerId) -> None:
        """There is reason to ring when the peer is found the next time."""
        if (callee := self._callees.get(peer_id)) is not None:
            callee.pause_s, callee.not_before = FIRST_RING_PAUSE_S, callee.rung_at + MIN_RING_PAUSE_S

    def renew_all(self) -> None:
        """The same for everybody: we were asleep, or are somewhere else."""
        for peer_id in self._callees:
            self.renew(peer_id)

    def cancel(self, peer_id: PeerId) -> None:
        """Do not ring the peer just now."""
        if (callee := self._callees.get(peer_id)) is not None:
            callee.due_at = None
        self._agenda.set(peer_id, None)
        self._line.pop(peer_id, None)

    def forget(self, peer_id: PeerId) -> None:
        self.cancel(peer_id)
        self._callees.pop(peer_id, None)

    def wake_at(self, now: float) -> float | None:
        """When to call :meth:`handle_timer`, at the latest."""
        if self._line:
            return now + self._ration.wait_s(1, now)
        return self._agenda.next_at()

    def handle_timer(self, now: float) -> list[Call]:
        """The rings to send now."""
        for peer_id in self._agenda.take_due(now):
            self._line[peer_id] = None
        calls: list[Call] = []
        while self._line and self._ration.take(now):
            peer_id = next(iter(self._line))
            del self._line[peer_id]
            calls.append(self._call(peer_id, now))
        return calls

    def _call(self, peer_id: PeerId, now: float) -> Call:
        callee = self._callee(peer_id)
        callee.number = (callee.number + 1) % RINGS
        callee.due_at, callee.rung_at, callee.not_before = None, now, now + callee.pause_s
        callee.pause_s = min(2 * callee.pause_s, MAX_RING_PAUSE_S)
        return Call(peer_id, callee.number)

    def _due(self, peer_id: PeerId, moment: float) -> None:
        callee = self._callee(peer_id)
        if callee.due_at is None or moment < callee.due_at:
            callee.due_at = moment
            self._line.pop(peer_id, None)
            self._agenda.set(peer_id, moment)

    def _callee(self, peer_id: PeerId) -> _Callee:
        if peer_id not in self._callees:
            # Of the rings of an earlier run we know nothing.
            self._callees[peer_id] = _Callee(self._random(1)[0] % RINGS)
        return self._callees[peer_id]
