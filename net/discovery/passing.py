"""Signals that a contact of both brings, where two have no link and may have no DHT (``docs/protocol.md``, section 6).
Sans-IO; whom to ring, :mod:`net.discovery.wishes` says.

They are sealed like those on the DHT, and have to be found out without an item key that says whose they are: by the
keys of those who are missing, of this epoch and near its ends of the next.  As each costs something whoever made it,
contacts who bring some take turns.

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
from net.discovery.wishes import Wishes
from net.endpoint import Endpoint
from net.fair_line import FairLine
from net.limits import (
    CLOCK_ERROR_S,
    MAX_PASSED_TRIES,
    MAX_PASSED_WAITING,
    PASSED_BURST,
    PASSED_PER_SECOND,
    PASSED_WAIT_S,
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


class Passing:
    """What all peers and we tell each other in this way."""

    def __init__(self, *, random: Random, clock: Callable[[], float], now: float) -> None:
        self._random = random
        self._clock = clock
        self._mailbox = Mailbox()
        self._last_ms = 0
        self.wishes = Wishes(now)
        """Whom we look for in this way."""
        ration = TokenBucket(per_second=PASSED_PER_SECOND, burst=PASSED_BURST, now=now)
        self._brought = FairLine[PeerId, bytes](ration, places=MAX_PASSED_WAITING, patience_s=PASSED_WAIT_S)

    def linked(self, peer_id: PeerId) -> None:
        """There is a link to the peer, and nothing to wish for."""
        self.wishes.forget(peer_id)

    def forget(self, peer_id: PeerId) -> None:
        self.wishes.forget(peer_id)
        self._mailbox.forget(peer_id)

    # --- Ours

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

    def bring(self, bringer: PeerId, value: bytes, now: float) -> None:
        """A contact brings this; it waits for its turn."""
        self._brought.add(bringer, value, now)

    def wake_at(self, now: float) -> float | None:
        """When to call :meth:`take`, at the latest."""
        return self._brought.wake_at(now)

    def take(self, missing: Sequence[Peer], now: float) -> list[Passed | None]:
        """What was brought and has its turn: what one of the missing says, or None where it is no news of any."""
        return [self._opened(value, missing, now) for value in self._brought.take(now)]

    def _opened(self, value: bytes, missing: Sequence[Peer], now: float) -> Passed | None:
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
        return Passed(peer_id, signal, not signal.content or self.wishes.is_answered(peer_id, now))

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


def _is_contact(peer: Peer) -> bool:
    return peer.wanted and bool(peer.keys) and _is_of_contacts(peer.keys[0])


def _is_of_contacts(key: LinkKey) -> bool:
    """No go-between knows who posted or holds an invite."""
    return key.kind is not LinkKind.INVITE
