"""The way of payloads to one contact: how far it has come, and what is on its way."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.domain.identifiers import MessageId
from app.ports import Outgoing
from net.peer import PeerId

MAX_IN_FLIGHT = 2_048
"""Envelopes handed to one link and not acknowledged yet; the rest waits in the store."""

MAX_IN_FLIGHT_BYTES = 16 << 20
"""The same for their size: long texts are not to fill our memory, nor the queue of whoever receives them."""


@dataclass(slots=True)
class Lane:
    """One contact's lane.  ``epoch`` tells a pump that the link changed under it."""

    contact: int
    peer: PeerId
    online: bool = False
    epoch: int = 0
    cursor: int = 0
    """Sequence of the last payload handed to the present link."""
    committed: int = 0
    """Largest sequence known to be durable."""
    behind: bool = True
    """The store may hold payloads after the cursor."""
    pumping: bool = False
    waiting: bool = False
    """The network was told that an answer is due."""
    told: int = 0
    """Sequence of the last message that the ledger of what is sent was told of, for the present link."""
    read: set[MessageId] = field(default_factory=set)
    """Messages that the contact has read, while their acknowledgements may still be due."""
    reseals: dict[int, int] = field(default_factory=dict)
    """By sequence how often a payload was sealed anew because the contact could not open it."""
    in_flight: dict[bytes, Outgoing] = field(default_factory=dict)
    in_flight_bytes: int = 0

    @property
    def is_full(self) -> bool:
        return len(self.in_flight) >= MAX_IN_FLIGHT or self.in_flight_bytes >= MAX_IN_FLIGHT_BYTES

    @property
    def is_empty(self) -> bool:
        """Nothing is on its way, and nothing waits behind."""
        return not self.in_flight and not self.behind

    def begin_anew(self) -> None:
        """Another link, or none: whatever was in flight goes out again."""
        self.epoch += 1
        self.cursor = 0
        self.behind = True
        self.in_flight.clear()
        self.in_flight_bytes = 0

    def launch(self, outgoing: Outgoing) -> None:
        """A sealed payload was handed to the link."""
        assert outgoing.envelope_id is not None
        self.in_flight[outgoing.envelope_id] = outgoing
        self.in_flight_bytes += _size(outgoing)
        self.cursor = max(self.cursor, outgoing.sequence)

    def find(self, envelope_ids: Iterable[bytes]) -> list[Outgoing]:
        """The payloads in flight that these envelopes carry."""
        return [self.in_flight[envelope_id] for envelope_id in envelope_ids if envelope_id in self.in_flight]

    def land(self, outgoing: Outgoing) -> None:
        """A payload has arrived."""
        self.recall(outgoing)
        self.reseals.pop(outgoing.sequence, None)

    def recall(self, outgoing: Outgoing) -> bool:
        """Expect nothing of this envelope any more; whether something was."""
        assert outgoing.envelope_id is not None
        if self.in_flight.pop(outgoing.envelope_id, None) is None:
            return False
        self.in_flight_bytes -= _size(outgoing)
        return True


def _size(outgoing: Outgoing) -> int:
    return len(outgoing.envelope or b"")
