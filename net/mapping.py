"""What came of asking the router for an open port: values, and how answers add up.  Sans-IO."""

from dataclasses import dataclass
from enum import Enum

from net.endpoint import MAX_PORT


class Asking(Enum):
    """The two families of protocols by which a router may be asked; the value is libtorrent's."""

    NAT_PMP = 0
    """NAT-PMP and PCP (RFC 6886, RFC 6887)."""
    UPNP = 1


class MappingState(Enum):
    """How far it has come."""

    OFF = "switched off"
    NEEDLESS = "this computer listens at no private IPv4 address"
    ASKING = "no router has answered yet"
    OPEN = "the router leads a port of its own to us"
    REFUSED = "the router answers, and opens none"
    UNANSWERED = "no router answers"


@dataclass(frozen=True, slots=True)
class PortMapping:
    """Where we stand; ``external_port`` is the router's port that leads to us."""

    state: MappingState
    external_port: int | None = None
    error: str | None = None
    """What the router, or the attempt to ask it, said last; English, for the doctor."""
    port: int | None = None
    """Ours, to which it should lead."""

    @property
    def is_open(self) -> bool:
        return self.state is MappingState.OPEN


class Answers:
    """The latest answer by each protocol."""

    def __init__(self) -> None:
        self._open: dict[Asking, int] = {}
        self._errors: dict[Asking, str] = {}

    def opened(self, asked_by: Asking, external_port: int) -> None:
        """The router says that its ``external_port`` leads to ours."""
        if 0 < external_port <= MAX_PORT:
            self._open[asked_by] = external_port
            self._errors.pop(asked_by, None)

    def failed(self, asked_by: Asking, error: str) -> None:
        """It says no, or what it opened before is closed."""
        self._open.pop(asked_by, None)
        self._errors[asked_by] = error

    def has_answered(self, asked_by: Asking) -> bool:
        """Whether the router has said anything by this protocol."""
        return asked_by in self._open or asked_by in self._errors

    def mapping(self, *, is_late: bool) -> PortMapping:
        """What they add up to; ``is_late``: who has not answered by now will not."""
        error = next(iter(self._errors.values()), None)
        if self._open:
            return PortMapping(MappingState.OPEN, next(iter(self._open.values())), error)
        if error is not None:
            return PortMapping(MappingState.REFUSED, error=error)
        return PortMapping(MappingState.UNANSWERED if is_late else MappingState.ASKING)
