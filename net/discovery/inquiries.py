"""Whose record to look for on the DHT, and when.  Sans-IO.

    wanted, not linked ─▶ get of this epoch ─▶ absent ─▶ at times: get of the one before and the one after
           ▲                     │                              │
           └── 2 s, 4 s, … 4 h ◀─┴── found: newest copy wins ◀──┴── absent        who has just invited us: ½ s, 1 s, …

Neighbouring epochs are for clocks that differ.  By minutes they matter around the end of an epoch only; for those who
are wrong by hours the first look-ups, every fourth and those after a ring do.  Else they would be two thirds of all.

Who is linked is not asked for.  A link that ended, a message that waits and a new peer begin anew at once, and so do
all after sleep or a move: pauses have grown to an hour by then, and who was away may be there.  Over all peers look-ups
are rationed, so that a start with a thousand contacts is a minute's trickle and no burst.
"""

from dataclasses import dataclass, field

from crypto.primitives import Random
from crypto.rendezvous import EPOCH_S, epoch_at
from net.agenda import Agenda
from net.discovery.record import Record
from net.jitter import shortened
from net.limits import (
    CLOCK_ERROR_S,
    EXTRA_LOOKUP_PAUSES_S,
    FIRST_INVITED_PAUSE_S,
    FIRST_LOOKUP_PAUSE_S,
    LOOKUP_BURST,
    LOOKUP_JITTER,
    LOOKUPS_A_THOROUGH_ONE,
    LOOKUPS_PER_SECOND,
    MAX_LOOKUP_PAUSE_S,
    THOROUGH_LOOKUPS,
)
from net.peer import PeerId
from net.token_bucket import TokenBucket


@dataclass(frozen=True, slots=True)
class Get:
    """Look for this peer's item of this epoch."""

    peer: PeerId
    epoch: int


@dataclass(slots=True)
class _Inquiry:
    pauses: int = 0
    is_linked: bool = False
    first_pause_s: float = FIRST_LOOKUP_PAUSE_S
    pending: set[int] = field(default_factory=set)
    """Epochs asked for and not answered."""
    widens: bool = False
    """The neighbouring epochs are to be asked for next."""
    may_widen: bool = False
    """They are worth it in this look-up, and were not asked for yet."""
    extra: int = 0
    """Look-ups to come that do not count as pauses."""
    newest: int | None = None
    """Time of the newest record of this look-up."""


class Inquiries:
    """All peers that are to be found."""

    def __init__(self, random: Random, now: float) -> None:
        self._random = random
        self._peers: dict[PeerId, _Inquiry] = {}
        self._agenda = Agenda[PeerId]()
        self._is_running = False
        self._line: dict[PeerId, None] = {}
        """Whose look-up is due and waits for its ration."""
        self._ration = TokenBucket(per_second=LOOKUPS_PER_SECOND, burst=LOOKUP_BURST, now=now)

    def start(self, now: float) -> None:
        """The DHT takes calls from now on."""
        self._is_running = True
        for peer_id in self._peers:
            self._begin(peer_id, now)

    def want(self, peer_id: PeerId, now: float, *, linked: bool = False, invited: bool = False) -> None:
        """Look for this peer while it is not linked, more often if it has invited us: its record may be put just now.

        Nothing changes if that is done already.
        """
        if peer_id not in self._peers:
            first_pause_s = FIRST_INVITED_PAUSE_S if invited else FIRST_LOOKUP_PAUSE_S
            self._peers[peer_id] = _Inquiry(is_linked=linked, first_pause_s=first_pause_s)
            self._begin(peer_id, now)

    def forget(self, peer_id: PeerId) -> None:
        """Look for this peer no more."""
        self._peers.pop(peer_id, None)
        self._line.pop(peer_id, None)
        self._agenda.set(peer_id, None)

    def set_linked(self, peer_id: PeerId, now: float, *, linked: bool) -> None:
        """Say whether there is a link to the peer."""
        inquiry = self._peers.get(peer_id)
        if inquiry is None or inquiry.is_linked == linked:
            return
        inquiry.is_linked = linked
        if linked:
            self._line.pop(peer_id, None)
            self._agenda.set(peer_id, None)
        else:
            self._begin(peer_id, now)

    def nudge(self, peer_id: PeerId, now: float) -> None:
        """There is reason to look again now."""
        inquiry = self._peers.get(peer_id)
        if inquiry is not None and inquiry.pauses > 1 and not inquiry.is_linked:
            self._begin(peer_id, now)

    def restart(self, now: float) -> None:
        """We were asleep, or are somewhere else: who was away may be there by now."""
        for peer_id in self._peers:
            self._begin(peer_id, now)

    def rung(self, peer_id: PeerId, now: float) -> None:
        """The peer, or somebody who guessed its ring, wants to be looked for: three times now, and then as before."""
        inquiry = self._peers.get(peer_id)
        if inquiry is not None and not inquiry.is_linked and self._is_running:
            inquiry.pending, inquiry.widens = set(), False
            inquiry.extra = 1 + len(EXTRA_LOOKUP_PAUSES_S)
            self._agenda.set(peer_id, now)

    def found(self, peer_id: PeerId, epoch: int, record: Record) -> bool:
        """A record of this peer: whether it is the newest of this look-up."""
        inquiry = self._peers.get(peer_id)
        if inquiry is None:
            return False
        inquiry.pending.discard(epoch)
        is_newest = inquiry.newest is None or record.time > inquiry.newest
        if is_newest:
            inquiry.newest, inquiry.extra = record.time, 0
        return is_newest

    def absent(self, peer_id: PeerId, epoch: int, now: float) -> None:
        """Nobody has the peer's item of this epoch."""
        inquiry = self._peers.get(peer_id)
        if inquiry is None or epoch not in inquiry.pending:
            return
        inquiry.pending.discard(epoch)
        if inquiry.may_widen and inquiry.newest is None and not inquiry.is_linked:
            inquiry.widens, inquiry.may_widen = True, False
            self._agenda.set(peer_id, now)

    def wake_at(self, now: float) -> float | None:
        """When to call :meth:`handle_timer`, at the latest."""
        if self._line:
            return now + self._ration.wait_s(1, now)
        return self._agenda.next_at()

    def handle_timer(self, now: float, unix_s: float) -> list[Get]:
        """The look-ups to start now."""
        for peer_id in self._agenda.take_due(now):
            self._line[peer_id] = None
        gets: list[Get] = []
        while self._line and self._ration.take(now):
            peer_id = next(iter(self._line))
            del self._line[peer_id]
            gets += self._gets(peer_id, unix_s, now)
        return gets

    def _gets(self, peer_id: PeerId, unix_s: float, now: float) -> list[Get]:
        inquiry, epoch = self._peers[peer_id], epoch_at(unix_s)
        if inquiry.widens:
            inquiry.pending = {epoch - 1, epoch + 1}
        else:
            inquiry.pending, inquiry.newest = {epoch}, None
            is_early = inquiry.extra > 0 or inquiry.pauses < THOROUGH_LOOKUPS
            is_one_of_many = inquiry.pauses % LOOKUPS_A_THOROUGH_ONE == 0
            inquiry.may_widen = is_early or is_one_of_many or _is_near_the_end_of_an_epoch(unix_s)
            if inquiry.extra:
                inquiry.extra -= 1
            else:
                inquiry.pauses += 1
        inquiry.widens = False
        self._agenda.set(peer_id, now + self._pause_s(inquiry))
        return [Get(peer_id, each) for each in sorted(inquiry.pending)]

    def _pause_s(self, inquiry: _Inquiry) -> float:
        if inquiry.extra:
            return shortened(EXTRA_LOOKUP_PAUSES_S[-inquiry.extra], LOOKUP_JITTER, self._random)
        doubled_s = inquiry.first_pause_s * 2 ** max(0, min(inquiry.pauses - 1, 16))
        return shortened(min(doubled_s, MAX_LOOKUP_PAUSE_S), LOOKUP_JITTER, self._random)

    def _begin(self, peer_id: PeerId, now: float) -> None:
        inquiry = self._peers[peer_id]
        inquiry.pauses, inquiry.pending, inquiry.widens = 0, set(), False
        if self._is_running and not inquiry.is_linked:
            self._agenda.set(peer_id, now)


def _is_near_the_end_of_an_epoch(unix_s: float) -> bool:
    into_epoch_s = unix_s % EPOCH_S
    return min(into_epoch_s, EPOCH_S - into_epoch_s) < CLOCK_ERROR_S
