"""Which of several links to one peer survives (``docs/protocol.md``, section 4).

The first link is used at once.  The controlling side nominates, the other confirms; **only the controlling side closes
links**, so the two can never close each other's last one, and only after a confirmation, so a link that died without
a sign (the peer moved) is not preferred to one that lives.

    Controller                                               Follower
                      first link
        No links ───────────────────► Gathering 150 ms       on nominate: use that link, answer confirm on it
            ▲                             │ then             on link down: use the newest of the rest
            │ last link down              ▼
            └──────────────────────── Nominating ◄──┐        Envelopes in flight on the link that was left are sent
                                      │  │ no answer in 2 s  again, since every change of the link in use is reported.
                                      │  └── next ──┘
                       confirm of the │       ▲
                       best: close    ▼       │ another link comes up, or the one in use goes down
                       the others   Settled ──┘

Times are seconds of a clock that only goes forward.  Pure: no I/O, no randomness.
"""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from net.events import LinkId, PathClass
from net.limits import CONFIRM_TIMEOUT_S, NOMINATION_DELAY_S

# --- What a survivor machine asks for


@dataclass(frozen=True, slots=True)
class Nominate:
    """Send a nominate frame."""

    link: LinkId


@dataclass(frozen=True, slots=True)
class Confirm:
    """Send a confirm frame."""

    link: LinkId


@dataclass(frozen=True, slots=True)
class Supersede:
    """Close a link that another one replaces."""

    link: LinkId


@dataclass(frozen=True, slots=True)
class Use:
    """Send over this link from now on; ``None``: there is none left."""

    link: LinkId | None


Demand: TypeAlias = Nominate | Confirm | Supersede | Use

_ORDER = {path: position for position, path in enumerate(PathClass)}


class Survivor(Protocol):
    """What both roles have in common."""

    in_use: LinkId | None

    def link_up(self, link: LinkId, path: PathClass, now: float) -> list[Demand]: ...
    def link_down(self, link: LinkId, now: float) -> list[Demand]: ...
    def nominated(self, link: LinkId) -> list[Demand]: ...
    def confirmed(self, link: LinkId, now: float) -> list[Demand]: ...
    def doubt(self, link: LinkId, *, silent: bool) -> None: ...
    def wake_at(self) -> float | None: ...
    def handle_timer(self, now: float) -> list[Demand]: ...


# --- States of the controller


@dataclass(frozen=True, slots=True)
class NoLinks:
    """Nothing to decide."""


@dataclass(frozen=True, slots=True)
class Gathering:
    """Dials of the same moment may still arrive."""

    until: float


@dataclass(frozen=True, slots=True)
class Nominating:
    """Waiting for a confirmation."""

    link: LinkId
    until: float


@dataclass(frozen=True, slots=True)
class Settled:
    """One link, confirmed."""


ControllerState: TypeAlias = NoLinks | Gathering | Nominating | Settled


class Controller:
    """The side that decides.

    ``by_class``: a better class of path wins; otherwise the link that came first stays, as first contact wants it.
    """

    def __init__(self, *, by_class: bool) -> None:
        self._by_class = by_class
        self._paths: dict[LinkId, PathClass] = {}
        self._silent: set[LinkId] = set()
        self._nominated: set[LinkId] = set()
        self._state: ControllerState = NoLinks()
        self.in_use: LinkId | None = None

    def link_up(self, link: LinkId, path: PathClass, now: float) -> list[Demand]:
        self._paths[link] = path
        match self._state:
            case NoLinks():
                self._state = Gathering(now + NOMINATION_DELAY_S)
                return self._use(link)
            case Settled():
                return self._nominate(now)
            case Gathering() | Nominating():
                return []

    def link_down(self, link: LinkId, now: float) -> list[Demand]:
        del self._paths[link]
        self._silent.discard(link)
        self._nominated.discard(link)
        if not self._paths:
            self._state = NoLinks()
            return self._use(None)
        if self.in_use == link:
            return self._use(self._best()) + self._nominate(now)
        if isinstance(self._state, Nominating) and self._state.link == link:
            return self._nominate(now)
        return []

    def nominated(self, link: LinkId) -> list[Demand]:  # noqa: ARG002 - the other side does not decide
        """Ignored: while an invite's link is being adopted, both sides may believe for a moment that they control."""
        return []

    def confirmed(self, link: LinkId, now: float) -> list[Demand]:
        """The follower uses ``link``; a late answer is as good, since it says what the follower last did."""
        if link not in self._nominated or not isinstance(self._state, Nominating):
            return []
        self._silent.discard(link)
        demands = self._use(link)
        if self._best() != link:  # a better one came up meanwhile
            return demands + self._nominate(now)
        self._state = Settled()
        self._silent.clear()
        self._nominated.clear()
        return demands + [Supersede(other) for other in self._paths if other != link]

    def doubt(self, link: LinkId, *, silent: bool) -> None:
        """Nobody answers on this link, or somebody does again: any other that comes up is nominated before it."""
        (self._silent.add if silent else self._silent.discard)(link)

    def wake_at(self) -> float | None:
        match self._state:
            case Gathering(until=until) | Nominating(until=until):
                return until
            case NoLinks() | Settled():
                return None

    def handle_timer(self, now: float) -> list[Demand]:
        wake_at = self.wake_at()
        if wake_at is None or now < wake_at:
            return []
        if isinstance(self._state, Nominating):
            self._silent.add(self._state.link)
            if self._silent >= self._paths.keys():
                self._silent.clear()
        return self._nominate(now)

    def _nominate(self, now: float) -> list[Demand]:
        link = self._best()
        self._nominated.add(link)
        self._state = Nominating(link, now + CONFIRM_TIMEOUT_S)
        return [Nominate(link)]

    def _best(self) -> LinkId:
        """Whoever answers, then the best class, then the one in use, then the oldest."""
        return min(self._paths, key=self._rank)

    def _rank(self, link: LinkId) -> tuple[bool, int, bool, LinkId]:
        class_order = _ORDER[self._paths[link]] if self._by_class else 0
        return link in self._silent, class_order, link != self.in_use, link

    def _use(self, link: LinkId | None) -> list[Demand]:
        if link == self.in_use:
            return []
        self.in_use = link
        return [Use(link)]


class Follower:
    """The side that does as it is told, and uses what it has until then: the first link, or the next if nobody answers
    on that.  What it acknowledges on a dead link is lost, and waits for the other side to send again.
    """

    def __init__(self) -> None:
        self._links: dict[LinkId, None] = {}
        self._silent: set[LinkId] = set()
        self.in_use: LinkId | None = None

    def link_up(self, link: LinkId, path: PathClass, now: float) -> list[Demand]:  # noqa: ARG002 - see Survivor
        self._links[link] = None
        return self._use(link) if self.in_use is None or self.in_use in self._silent else []

    def link_down(self, link: LinkId, now: float) -> list[Demand]:  # noqa: ARG002 - see Survivor
        del self._links[link]
        self._silent.discard(link)
        return self._use(next(reversed(self._links), None)) if self.in_use == link else []

    def nominated(self, link: LinkId) -> list[Demand]:
        return [Confirm(link), *self._use(link)]

    def confirmed(self, link: LinkId, now: float) -> list[Demand]:  # noqa: ARG002 - see Survivor
        """Ignored: this side nominates nothing."""
        return []

    def doubt(self, link: LinkId, *, silent: bool) -> None:
        """Nobody answers on this link, or somebody does again: the next that comes up is used at once."""
        (self._silent.add if silent else self._silent.discard)(link)

    def wake_at(self) -> float | None:
        return None

    def handle_timer(self, now: float) -> list[Demand]:  # noqa: ARG002 - see Survivor
        return []

    def _use(self, link: LinkId | None) -> list[Demand]:
        if link == self.in_use:
            return []
        self.in_use = link
        return [Use(link)]
