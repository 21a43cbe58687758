"""When to try ICE with whom (docs/decisions/0023-ice-and-quic.md).  Sans-IO.

ICE costs both sides signals and servers' time, so it is tried only with a peer that is there: it has called us, we have
just called it, or its record is fresh.  TCP has a head start of a second.  A peer that is reached by a relay alone is
tried again for a direct way, without relays: soon, then ever more seldom.

Times are seconds of a clock that only goes forward.
"""

from dataclasses import dataclass

from crypto.primitives import Random
from net.agenda import Agenda
from net.events import PathClass
from net.jitter import shortened
from net.limits import (
    BACKOFF_JITTER,
    FIRST_BETTER_PATH_S,
    FIRST_ICE_PAUSE_S,
    ICE_DELAY_S,
    MAX_BETTER_PATH_S,
    MAX_ICE_PAUSE_S,
)
from net.peer import PeerId


@dataclass(frozen=True, slots=True)
class Try:
    """Begin with this peer now; ``relays``: any way is better than none."""

    peer: PeerId
    relays: bool


@dataclass(slots=True)
class _Prospect:
    path: PathClass | None = None
    """How it is reached now."""
    expected_until: float = 0.0
    rests_until: float = 0.0
    pause_s: float = FIRST_ICE_PAUSE_S
    better_path_s: float = FIRST_BETTER_PATH_S


class IceSchedule:
    """All peers."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._prospects: dict[PeerId, _Prospect] = {}
        self._agenda = Agenda[PeerId]()

    def expect(self, peer_id: PeerId, now: float, until: float, *, head_start_s: float = ICE_DELAY_S) -> None:
        """The peer is there, most likely until then; TCP has so long before us."""
        prospect = self._prospects.setdefault(peer_id, _Prospect())
        prospect.expected_until = max(prospect.expected_until, until)
        if prospect.path is None:
            self._agenda.set(peer_id, max(now + head_start_s, prospect.rests_until))

    def linked(self, peer_id: PeerId, path: PathClass, now: float) -> None:
        """The peer is reached like this."""
        prospect = self._prospects.setdefault(peer_id, _Prospect())
        if path is not PathClass.RELAYED:
            prospect.better_path_s = FIRST_BETTER_PATH_S
            self._agenda.set(peer_id, None)
        elif prospect.path is not PathClass.RELAYED:
            self._seek_better(peer_id, prospect, now)
        prospect.path, prospect.pause_s = path, FIRST_ICE_PAUSE_S

    def met(self, peer_id: PeerId) -> None:
        """A holder of our invite, whom we called under its name, has a link by which it becomes a contact."""
        if peer_id in self._prospects:
            self._prospects[peer_id].expected_until = 0.0
            self._agenda.set(peer_id, None)

    def unlinked(self, peer_id: PeerId, now: float) -> None:
        """The last link is gone: the peer may be there yet, at another address."""
        prospect = self._prospects.get(peer_id)
        if prospect is not None:
            prospect.path, prospect.rests_until = None, 0.0
            self._agenda.set(peer_id, now + ICE_DELAY_S if now < prospect.expected_until else None)

    def failed(self, peer_id: PeerId, now: float) -> None:
        """An attempt came to nothing."""
        prospect = self._prospects.get(peer_id)
        if prospect is None or prospect.path is not None:
            return
        prospect.rests_until = now + shortened(prospect.pause_s, BACKOFF_JITTER, self._random)
        prospect.pause_s = min(2 * prospect.pause_s, MAX_ICE_PAUSE_S)
        if prospect.rests_until < prospect.expected_until:
            self._agenda.set(peer_id, prospect.rests_until)

    def moved(self, now: float) -> None:
        """We are somewhere else: what failed there may work here."""
        for peer_id, prospect in self._prospects.items():
            prospect.rests_until, prospect.pause_s = 0.0, FIRST_ICE_PAUSE_S
            prospect.better_path_s = FIRST_BETTER_PATH_S
            if prospect.path is PathClass.RELAYED:
                self._seek_better(peer_id, prospect, now)

    def forget(self, peer_id: PeerId) -> None:
        self._prospects.pop(peer_id, None)
        self._agenda.set(peer_id, None)

    def wake_at(self) -> float | None:
        return self._agenda.next_at()

    def handle_timer(self, now: float) -> list[Try]:
        """With whom to begin."""
        tries: list[Try] = []
        for peer_id in self._agenda.take_due(now):
            prospect = self._prospects[peer_id]
            tries.append(Try(peer_id, relays=prospect.path is None))
            if prospect.path is PathClass.RELAYED:
                self._seek_better(peer_id, prospect, now)
        return tries

    def _seek_better(self, peer_id: PeerId, prospect: _Prospect, now: float) -> None:
        self._agenda.set(peer_id, now + shortened(prospect.better_path_s, BACKOFF_JITTER, self._random))
        prospect.better_path_s = min(2 * prospect.better_path_s, MAX_BETTER_PATH_S)
