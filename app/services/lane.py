"""The way of payloads to one contact: how far it has come, and what is on its way."""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.domain.identifiers import MessageId
from app.ports.records import Outgoing
from net.peer import PeerId

MAX_IN_FLIGHT = 2_048
"""Envelopes handed to one link and not acknowledged yet; the rest waits in the store, unsealed."""

MAX_IN_FLIGHT_BYTES = 16 << 20
"""The same for their size: long texts are not to fill our memory, nor the queue of whoever receives them."""

MAX_UNSENT_ANSWERS = MAX_IN_FLIGHT
"""Acknowledgements that wait for room on one link: a contact that keeps to its window never needs more."""


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
    overdue: bool = True
    """Some of those may be sealed: nothing that is sealed later is to overtake them."""
    pumping: bool = False
    waiting: bool = False
    """The network was told that an answer is due."""
    watched: bool = False
    """Somebody looks after what is in flight."""
    told: int = 0
    """Sequence of the last message that the ledger of what is sent was told of, for the present link."""
    read: set[MessageId] = field(default_factory=set)
    """Messages that the contact has read, while their acknowledgements may still be due."""
    nudged_at: float = -math.inf
    """When the network was last told that something new waits, by the loop's clock."""
    reseals: dict[int, int] = field(default_factory=dict)
    """By sequence how often a payload was sealed anew because the contact could not open it."""
    launching: dict[int, Outgoing] = field(default_factory=dict)
    """What is being made durable, by sequence."""
    in_flight: dict[bytes, Outgoing] = field(default_factory=dict)
    under_way_bytes: int = 0
    """Size of the envelopes that are launching or in flight."""
    answers: deque[bytes] = field(default_factory=deque)
    """Acknowledgements that wait for the link."""

    @property
    def keeps_up(self) -> bool:
        """The next payload can go from its commit straight to the link."""
        return self.online and not self.behind and self.has_room

    @property
    def has_room(self) -> bool:
        """One more payload may be sealed."""
        count = len(self.in_flight) + len(self.launching)
        return count < MAX_IN_FLIGHT and self.under_way_bytes < MAX_IN_FLIGHT_BYTES

    @property
    def is_empty(self) -> bool:
        """Nothing is on its way, and nothing waits behind."""
        return not self.in_flight and not self.behind

    def begin_anew(self) -> None:
        """Another link, or none: whatever was in flight goes out again."""
        self.epoch += 1
        self.cursor = 0
        self.behind = self.overdue = True
        self.under_way_bytes -= sum(map(_size, self.in_flight.values()))
        self.in_flight.clear()

    def commits_failed(self) -> None:
        """Nothing is being made durable any more."""
        self.under_way_bytes -= sum(map(_size, self.launching.values()))
        self.launching.clear()

    def prepare(self, outgoing: Outgoing) -> None:
        """A payload is part of a commit to come."""
        self.launching[outgoing.sequence] = outgoing
        self.under_way_bytes += _size(outgoing)

    def is_next(self, outgoing: Outgoing) -> bool:
        """A payload is durable; whether it goes now, rather than by the pump with others that do not know it yet."""
        self._prepared(outgoing)
        self.committed = max(self.committed, outgoing.sequence)
        earlier = next(iter(self.launching), outgoing.sequence)
        return self.online and not self.behind and earlier >= outgoing.sequence

    def launch(self, outgoing: Outgoing) -> None:
        """A sealed payload was handed to the link."""
        assert outgoing.envelope_id is not None
        self._prepared(outgoing)
        self.in_flight[outgoing.envelope_id] = outgoing
        self.under_way_bytes += _size(outgoing)
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
        self.under_way_bytes -= _size(outgoing)
        return True

    def _prepared(self, outgoing: Outgoing) -> None:
        if (prepared := self.launching.pop(outgoing.sequence, None)) is not None:
            self.under_way_bytes -= _size(prepared)


def _size(outgoing: Outgoing) -> int:
    return len(outgoing.envelope or b"")
