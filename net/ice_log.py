"""What came of trying to meet a peer by ICE, for whoever asks why it is not online."""

from dataclasses import dataclass
from enum import Enum

from net.peer import PeerId


class IceOutcome(Enum):
    """How an attempt ended."""

    LINKED = "a link came up"
    UNANSWERED = "the peer was called, and did not answer"
    NO_PAIR = "both told their addresses, and none reaches another"
    BROKEN = "two addresses met, and no link came of it"


@dataclass(frozen=True, slots=True)
class IceRecord:
    """The last outcome."""

    outcome: IceOutcome
    count: int
    """So often in a row."""
    at: float
    """Unix seconds of the last time."""


class IceLog:
    """The newest outcome of every peer."""

    def __init__(self) -> None:
        self._records: dict[PeerId, IceRecord] = {}

    def note(self, peer_id: PeerId, outcome: IceOutcome, at: float) -> None:
        """An attempt has ended; ``at`` is in Unix seconds."""
        last = self._records.get(peer_id)
        count = last.count + 1 if last is not None and last.outcome is outcome else 1
        self._records[peer_id] = IceRecord(outcome, count, at)

    def forget(self, peer_id: PeerId) -> None:
        """The peer is no longer known."""
        self._records.pop(peer_id, None)

    def of(self, peer_id: PeerId) -> IceRecord | None:
        """What came of the last attempt with a peer; None where there was none."""
        return self._records.get(peer_id)
