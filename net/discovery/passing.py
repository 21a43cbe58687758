"""Signals that a contact of both brings, where two have no link and may have no DHT (``docs/protocol.md``, section 6).
Sans-IO.

They are sealed like those on the DHT, and have to be found out without an item key that says whose they are: by the
keys of those who are missing, of this epoch and near its ends of the next.

    a message waits, no link ─▶ ring ─▶ again after 3 s, 6 s, … for an hour, and when somebody else comes online

A signal without content is a ring: its sender wants to be dialled.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from crypto.errors import RemoteError
from crypto.primitives import Random
from crypto.rendezvous import epoch_at
from net.discovery.mailbox import Mailbox
from net.discovery.signal import Signal
from net.discovery.signals import Meeting, signal_box
from net.endpoint import Endpoint
from net.limits import (
    CLOCK_ERROR_S,
    FIRST_PASSED_PAUSE_S,
    MAX_PASSED_TRIES,
    MAX_RING_PAUSE_S,
    MEETING_S,
    MIN_RING_PAUSE_S,
    PASSED_BURST,
    PASSED_CALLS_AT_ONCE,
    PASSED_DELAY_S,
    PASSED_PATIENCE_S,
    PASSED_PER_SECOND,
)
from net.nat_kind import NatKind
from net.peer import LinkKey, LinkKind, Peer, PeerId
from net.token_bucket import TokenBucket


@dataclass(frozen=True, slots=True)
class Passed:
    """A signal of a peer that was brought."""

    peer: PeerId
    signal: Signal
    is_meeting: bool
    """The peer rings, or answers our ring: it is to be dialled."""


@dataclass(slots=True)
class _Wish:
    until: float = float("-inf")
    pause_s: float = FIRST_PASSED_PAUSE_S
    rung_at: float = float("-inf")
    due_at: float = float("-inf")
    """The next ring, if anybody is there to bring it."""
    is_unanswered: bool = False


class Passing:
    """What all peers and we tell each other in this way."""

    def __init__(self, *, random: Random, clock: Callable[[], float], now: float) -> None:
        self._random = random
        self._clock = clock
        self._mailbox = Mailbox()
        self._wishes: dict[PeerId, _Wish] = {}
        self._ration = TokenBucket(per_second=PASSED_PER_SECOND, burst=PASSED_BURST, now=now)
        self._rests_until = now
        self._last_ms = 0

    # --- Ours

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

    def wake_at(self) -> float | None:
        """When to call :meth:`handle_timer`, if anybody is there."""
        due = [wish.due_at for wish in self._wishes.values() if wish.due_at < wish.until]
        return max(min(due), self._rests_until) if due else None

    def handle_timer(self, now: float) -> list[PeerId]:
        """Whom to ring now, those first who were rung longest ago."""
        due = [peer_id for peer_id, wish in self._wishes.items() if wish.due_at <= now < wish.until]
        chosen = sorted(due, key=lambda peer_id: self._wishes[peer_id].rung_at)[:PASSED_CALLS_AT_ONCE]
        for peer_id in chosen:
            _note_ring(self._wishes[peer_id], now)
        if len(chosen) < len(due):
            self._rests_until = now + MIN_RING_PAUSE_S
        return chosen

    def linked(self, peer_id: PeerId) -> None:
        """There is a link to the peer, and nothing to wish for."""
        self._wishes.pop(peer_id, None)

    def forget(self, peer_id: PeerId) -> None:
        self._wishes.pop(peer_id, None)
        self._mailbox.forget(peer_id)

    def seal(self, peer: Peer, content: bytes, endpoints: tuple[Endpoint, ...], nat: NatKind) -> bytes | None:
        """The value that tells the peer this; None if it is nobody whom a contact can know.

        Raises:
            LocalError: more than 512 bytes.
        """
        if not _is_contact(peer):
            return None
        self._last_ms = max(self._last_ms + 1, int(self._clock() * 1000))
        box = signal_box(peer, Meeting(peer.keys[0], epoch_at(self._clock())), from_us=True)
        return box.seal(Signal(self._last_ms, endpoints, content, nat).encode(), random=self._random)

    # --- Theirs

    def take(self, value: bytes, missing: Sequence[Peer], now: float) -> Passed | None:
        """What a value says, if it is new and of one of those who are missing."""
        if not self._ration.take(now):
            return None
        for (peer, meeting), _ in zip(self._senders(missing), range(MAX_PASSED_TRIES), strict=False):
            try:
                content = signal_box(peer, meeting, from_us=False).open(value)
            except RemoteError:
                continue
            return self._read(peer.peer_id, content, now)
        return None

    def _read(self, peer_id: PeerId, content: bytes, now: float) -> Passed | None:
        try:
            signal = Signal.decode(content)
        except RemoteError:
            return None
        if not self._mailbox.is_new(peer_id, signal.time_ms):
            return None
        return Passed(peer_id, signal, not signal.content or self._is_answered(peer_id, now))

    def _is_answered(self, peer_id: PeerId, now: float) -> bool:
        """Whether this is the first that the peer says after our ring; what comes later is no reason to begin anew."""
        wish = self._wishes.get(peer_id)
        if wish is None or not wish.is_unanswered or now - wish.rung_at > MEETING_S:
            return False
        wish.is_unanswered = False
        return True

    def _senders(self, missing: Sequence[Peer]) -> Iterator[tuple[Peer, Meeting]]:
        unix_s = self._clock()
        epochs = dict.fromkeys(epoch_at(unix_s + error_s) for error_s in (0.0, -CLOCK_ERROR_S, CLOCK_ERROR_S))
        return (
            (peer, Meeting(key, epoch))
            for epoch in epochs
            for peer in missing
            if peer.wanted
            for key in peer.keys
            if _is_of_contacts(key)
        )


def _note_ring(wish: _Wish, now: float) -> None:
    wish.rung_at, wish.due_at, wish.is_unanswered = now, now + wish.pause_s, True
    wish.pause_s = min(2 * wish.pause_s, MAX_RING_PAUSE_S)


def _is_contact(peer: Peer) -> bool:
    return peer.wanted and bool(peer.keys) and _is_of_contacts(peer.keys[0])


def _is_of_contacts(key: LinkKey) -> bool:
    """No go-between knows who posted or holds an invite."""
    return key.kind is not LinkKind.INVITE
