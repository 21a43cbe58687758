"""The exchange of offers with one peer: who offers, who answers, and which two belong together.  Sans-IO.

                   start(), from either side                 an offer that answers none
    Idle ──────────────────► Gathering ◄──────────────────────────────────── Idle
                                │ gathered(): tell it the peer
          none answered yet     │                    it answers one
              ┌─────────────────┴──────────────────────┐
              ▼                                        ▼
           Offered ── the answer to it ──────► Connecting ── linked(), failed() ──► Idle
              │ 60 s
              ▼
            Idle

Both may offer at the same moment.  Then the offer of the side that controls stands, which lets the other one wait
until nothing has become of its own; the other side drops its own and answers.  Whoever answers an offer of the peer's
turns to the next one as soon as it comes: the peer has given the one before up, or that was an old copy, which would
keep us busy for three quarters of a minute.  An answer names its offer, so what is late or repeated leads to nothing.

Times are seconds of a clock that only goes forward.
"""

from dataclasses import dataclass
from typing import TypeAlias

from net.ice_offer import NO_NAME, IceOffer, OfferName
from net.limits import ICE_OFFER_LIFE_S

# --- What is to be done


@dataclass(frozen=True, slots=True)
class Gather:
    """Find out where we can be reached."""


@dataclass(frozen=True, slots=True, eq=False)
class Tell:
    """Send this offer to the peer."""

    offer: IceOffer


@dataclass(frozen=True, slots=True, eq=False)
class Connect:
    """Check the two offers' candidates against each other."""

    theirs: IceOffer


@dataclass(frozen=True, slots=True)
class Drop:
    """Forget what was gathered, and what is under way."""


IceStep: TypeAlias = Gather | Tell | Connect | Drop


# --- States


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is tried."""


@dataclass(frozen=True, slots=True, eq=False)
class Gathering:
    """Our own candidates are being found out."""

    answered: IceOffer | None


@dataclass(frozen=True, slots=True)
class Offered:
    """Ours was told, none has answered."""

    name: OfferName
    until: float


@dataclass(frozen=True, slots=True)
class Connecting:
    """Both know both."""

    is_ours: bool
    """Whether our offer was answered, or we have answered the peer's."""


ExchangeState: TypeAlias = Idle | Gathering | Offered | Connecting


class IceExchange:
    """One peer's exchange."""

    def __init__(self, *, controls: bool) -> None:
        self._controls = controls
        self._state: ExchangeState = Idle()
        self._last_seen = NO_NAME
        self._waiting: IceOffer | None = None
        """An offer that came while ours was tried, and counts only if nothing becomes of ours."""

    @property
    def is_idle(self) -> bool:
        return isinstance(self._state, Idle)

    def start(self) -> list[IceStep]:
        """An attempt is wanted; one that is under way goes on."""
        if not self.is_idle:
            return []
        self._state = Gathering(answered=None)
        return [Gather()]

    def gathered(self, ours: IceOffer, now: float) -> list[IceStep]:
        """Our own candidates are known."""
        match self._state:
            case Gathering(answered=None):
                self._state = Offered(ours.name, now + ICE_OFFER_LIFE_S)
                return [Tell(ours)]
            case Gathering(answered=theirs) if theirs is not None:
                self._state = Connecting(is_ours=False)
                return [Tell(ours.answering(theirs.name)), Connect(theirs)]
            case _:
                return []

    def received(self, theirs: IceOffer) -> list[IceStep]:
        """The peer told us an offer, perhaps again, perhaps late."""
        if theirs.name == self._last_seen:
            return []
        if theirs.answers != NO_NAME:
            return self._answered(theirs)
        if self._controls and self._is_ours:
            self._waiting = theirs
            return []
        return self._answer(theirs)

    @property
    def _is_ours(self) -> bool:
        """Whether we have begun what is under way."""
        match self._state:
            case Gathering(answered=None) | Offered() | Connecting(is_ours=True):
                return True
            case _:
                return False

    def _answer(self, theirs: IceOffer) -> list[IceStep]:
        self._last_seen = theirs.name
        self._waiting = None
        steps: list[IceStep] = [] if self.is_idle else [Drop()]
        self._state = Gathering(answered=theirs)
        return [*steps, Gather()]

    def _answered(self, theirs: IceOffer) -> list[IceStep]:
        if not isinstance(self._state, Offered) or self._state.name != theirs.answers:
            return []
        self._last_seen = theirs.name
        self._state = Connecting(is_ours=True)
        return [Connect(theirs)]

    def linked(self) -> None:
        """The attempt has become a link."""
        self._state = Idle()
        self._waiting = None

    def failed(self) -> list[IceStep]:
        """The attempt has come to nothing: whoever offered meanwhile gets an answer."""
        self._state = Idle()
        return [] if self._waiting is None else self._answer(self._waiting)

    def wake_at(self) -> float | None:
        return self._state.until if isinstance(self._state, Offered) else None

    def handle_timer(self, now: float) -> list[IceStep]:
        """Give up an offer that nobody answers."""
        if not isinstance(self._state, Offered) or now < self._state.until:
            return []
        return [Drop(), *self.failed()]
