"""What came of dialling: the last outcome by peer, endpoint and way, for whoever asks why somebody is not online."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from net.dialling import Target, Way
from net.endpoint import Endpoint
from net.events import CloseReason
from net.limits import MAX_REMEMBERED_OUTCOMES
from net.peer import PeerId


class DialOutcome(Enum):
    """How an attempt to reach a peer at an endpoint ended, or why there was none."""

    LINKED = "a link came up"
    REFUSED = "refused: nobody listens there"
    UNREACHABLE = "there is no way to this address"
    TIMED_OUT = "nobody answers at this address"
    SILENT = "somebody listens there and says nothing"
    CLOSED = "closed before a word was said"
    WRONG_ANSWER = "somebody else answers there"
    NOT_DIALLED = "not an address to dial from here"


@dataclass(frozen=True, slots=True)
class DialRecord:
    """The last outcome at one endpoint, in one way."""

    endpoint: Endpoint
    outcome: DialOutcome | None
    """None where nothing was tried yet."""
    count: int = 0
    """So often in a row."""
    at: float | None = None
    """Unix seconds of the last time; None where nothing was tried."""
    is_held_back: bool = False
    """Tried too often in vain to be tried again soon."""
    way: Way = Way.DIRECT


def outcome_of_error(error: OSError) -> DialOutcome:
    """What a failed connect means."""
    match error:
        case ConnectionRefusedError():
            return DialOutcome.REFUSED
        case TimeoutError():
            return DialOutcome.TIMED_OUT
        case ConnectionError():
            return DialOutcome.CLOSED
        case _:
            return DialOutcome.UNREACHABLE


def outcome_of_end(reason: CloseReason) -> DialOutcome:
    """What the end of a connection means that never became a link."""
    match reason:
        case CloseReason.DEAD:
            return DialOutcome.SILENT
        case CloseReason.PROTOCOL:
            return DialOutcome.WRONG_ANSWER
        case _:
            return DialOutcome.CLOSED


def complete_report(
    tried: Sequence[DialRecord], *, held_back: Sequence[Endpoint], not_dialled: Sequence[Endpoint]
) -> tuple[DialRecord, ...]:
    """What came of dialling a peer, then where it is held back without having been tried, then where it never is."""
    marked = (replace(record, is_held_back=record.endpoint in held_back) for record in tried)
    known = {record.endpoint for record in tried}
    untried = (endpoint for endpoint in dict.fromkeys(held_back) if endpoint not in known)
    waiting = (DialRecord(endpoint, None, is_held_back=True) for endpoint in untried)
    avoided = (DialRecord(endpoint, DialOutcome.NOT_DIALLED) for endpoint in not_dialled)
    return (*marked, *waiting, *avoided)


class DialLog:
    """The newest outcomes of every peer."""

    def __init__(self) -> None:
        self._records: dict[PeerId, dict[Target, DialRecord]] = {}

    def note(self, peer_id: PeerId, target: Target, outcome: DialOutcome, at: float) -> None:
        """An attempt has ended; ``at`` is in Unix seconds."""
        records = self._records.setdefault(peer_id, {})
        last = records.pop(target, None)
        count = last.count + 1 if last is not None and last.outcome is outcome else 1
        records[target] = DialRecord(target.endpoint, outcome, count, at, way=target.way)
        if len(records) > MAX_REMEMBERED_OUTCOMES:
            del records[next(iter(records))]

    def forget(self, peer_id: PeerId) -> None:
        """The peer is no longer known."""
        self._records.pop(peer_id, None)

    def of(self, peer_id: PeerId) -> tuple[DialRecord, ...]:
        """The outcomes of one peer, the newest last."""
        return tuple(self._records.get(peer_id, {}).values())
