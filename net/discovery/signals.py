"""Signals put on the DHT and found there: under which keys, in which epoch, and what is made of them
(``docs/protocol.md``, section 6).  When to look, :mod:`net.discovery.mailbox` says.

Two have to agree on the item without asking each other.  Whoever rang or was found first names key and epoch: what goes
to somebody who rang goes under the key of the ring, in the epoch of the doorbell; what goes to somebody else goes under
the key that we dial with, in the epoch of the record.  We look under both, which mostly are the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crypto.primitives import Random
from crypto.rendezvous import epoch_at
from crypto.signal import SignalBox
from net.discovery.mailbox import Mailbox
from net.discovery.signal import Signal
from net.endpoint import Endpoint
from net.limits import MEETING_S, RING_SIGNAL_S
from net.nat_kind import NatKind
from net.peer import LinkKey, LinkKind, Peer, PeerId

if TYPE_CHECKING:
    from net.discovery.dht import Dht


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """Under which key, and in which epoch by the callee's clock, one of two met the other."""

    key: LinkKey
    epoch: int


@dataclass(frozen=True, slots=True, eq=False)
class _Met:
    meeting: Meeting
    until: float


class Signals:
    """What all peers and we tell each other before there is a link."""

    def __init__(self, *, random: Random, clock: Callable[[], float]) -> None:
        self._random = random
        self._clock = clock
        self._endpoints: tuple[Endpoint, ...] = ()
        self._nat = NatKind.UNKNOWN
        self._mailbox = Mailbox()
        self._boxes: dict[PeerId, dict[bytes, SignalBox]] = {}
        """Whose signals were asked for, by item key."""
        self._shared: set[PeerId] = set()
        """Invites of ours, whose holders all write to the same item."""
        self._found: dict[PeerId, _Met] = {}
        self._heard: dict[PeerId, _Met] = {}
        self._said: dict[PeerId, tuple[bytes, float]] = {}
        """What was last said to whom, and until when that is worth repeating."""
        self._last_ms = 0

    def set_place(self, endpoints: tuple[Endpoint, ...], nat: NatKind) -> None:
        """We can be reached there, and behind what."""
        self._endpoints, self._nat = endpoints, nat

    def found(self, peer_id: PeerId, meeting: Meeting, now: float) -> None:
        """The peer's record was found."""
        self._found[peer_id] = _Met(meeting, now + MEETING_S)

    def rung(self, peer_id: PeerId, meeting: Meeting, now: float) -> None:
        """The peer rang: it has left a signal, or leaves one now, if it has anything to say."""
        self._heard[peer_id] = _Met(meeting, now + MEETING_S)
        self.expect(peer_id, now + RING_SIGNAL_S, now)

    def expect(self, peer_id: PeerId, until: float, now: float) -> None:
        """Look for the peer's signals until then."""
        self._mailbox.expect(peer_id, until, now)

    def dismiss(self, peer_id: PeerId) -> None:
        """Look for the peer's signals no more."""
        self._mailbox.dismiss(peer_id)

    def forget(self, peer_id: PeerId) -> None:
        self._mailbox.forget(peer_id)
        for of_peer in (self._boxes, self._found, self._heard, self._said):
            of_peer.pop(peer_id, None)
        self._shared.discard(peer_id)

    def wake_at(self) -> float | None:
        return self._mailbox.wake_at()

    def handle_timer(self, now: float) -> list[PeerId]:
        """Whose signals to :meth:`look` for now."""
        return self._mailbox.handle_timer(now)

    def meeting(self, peer: Peer, now: float) -> Meeting:
        """Where we found the peer; by our own clock if we have not."""
        return _current(self._found, peer.peer_id, now) or Meeting(peer.keys[0], epoch_at(self._clock()))

    def say(self, dht: "Dht", peer: Peer, content: bytes, now: float) -> None:
        """Leave a signal for the peer.

        Raises:
            LocalError: more than 512 bytes.
        """
        self._said[peer.peer_id] = content, now + RING_SIGNAL_S
        self._put(dht, peer, _current(self._heard, peer.peer_id, now) or self.meeting(peer, now), content)

    def say_where(self, dht: "Dht", peer: Peer, now: float) -> None:
        """Leave the peer our addresses, with what we said to it a moment ago."""
        content, until = self._said.get(peer.peer_id, (b"", now))
        self._put(dht, peer, self.meeting(peer, now), content if now < until else b"")

    def look(self, dht: "Dht", peer: Peer, now: float) -> None:
        """Ask for the peer's signals."""
        met = (self.meeting(peer, now), _current(self._heard, peer.peer_id, now))
        boxes = [signal_box(peer, meeting, from_us=False) for meeting in met if meeting is not None]
        self._boxes[peer.peer_id] = {box.item_key: box for box in boxes}
        if peer.keys[0].kind is LinkKind.INVITE and not peer.wanted:
            self._shared.add(peer.peer_id)
        for item_key in self._boxes[peer.peer_id]:
            dht.look(item_key)

    def take(self, key: bytes, value: bytes, now: float) -> tuple[PeerId, Signal] | None:
        """What an item says, if it is a signal that is expected and new.

        Raises:
            RemoteError: it is where one is expected, and none.
        """
        for peer_id, boxes in self._boxes.items():
            if key in boxes and self._mailbox.is_expected(peer_id, now):
                signal = Signal.decode(boxes[key].open(value))
                shared_at_ms = int(self._clock() * 1000) if peer_id in self._shared else None
                is_new = self._mailbox.is_new(peer_id, signal.time_ms, shared_at_ms=shared_at_ms)
                return (peer_id, signal) if is_new else None
        return None

    def _put(self, dht: "Dht", peer: Peer, meeting: Meeting, content: bytes) -> None:
        self._last_ms = max(self._last_ms + 1, int(self._clock() * 1000))
        signal = Signal(self._last_ms, self._endpoints, content, self._nat).encode()
        box = signal_box(peer, meeting, from_us=True)
        dht.put(box.signing_key, box.item_key, box.seal(signal, random=self._random))


def _current(met: Mapping[PeerId, _Met], peer_id: PeerId, now: float) -> Meeting | None:
    last = met.get(peer_id)
    return last.meeting if last is not None and now < last.until else None


def signal_box(peer: Peer, meeting: Meeting, *, from_us: bool) -> SignalBox:
    """What the peer or we write to the other, having met like that."""
    # Of an invite the joiner controls, who wants its poster.
    we_control = peer.wanted if meeting.key.kind is LinkKind.INVITE else peer.controls
    return SignalBox.of(meeting.key.secret, meeting.epoch, from_controlling=we_control == from_us)
