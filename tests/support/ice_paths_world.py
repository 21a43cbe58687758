"""The two sides of :mod:`tests.support.paths_world` with ICE as one more way: what :mod:`net.ice_calls` and
:mod:`net.ice_attempts` carry out, on the virtual clock.

Offers go over the link that is in use, if anybody answers there, else by a DHT that takes seconds and may lose them.  A
pair is found where both sides check each other's offers at once, and then both ends of the link come up as over TCP.
While either side is offline, both hear a ring now and then.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from crypto.primitives import Random
from net.endpoint import Endpoint
from net.events import PathClass
from net.ice_exchange import Connect, Drop, Gather, IceExchange, IceStep, Tell
from net.ice_offer import NO_PIN, IceOffer
from net.ice_schedule import IceSchedule
from net.limits import CALL_S, ICE_ANSWER_TIMEOUT_S, ICE_DELAY_S, ICE_TIMEOUT_S
from tests.support.paths_world import PEER, Connection, Place, Side, World

RING_PAUSE_S = 20.0
PAIR = Endpoint.parse("5.6.7.99:5000")


@dataclass(frozen=True, slots=True)
class Udp:
    """What UDP is like between the two."""

    latency_s: float
    is_open: bool
    """A direct pair of addresses works."""
    has_relay: bool
    gathering_s: tuple[float, float]
    """How long each side takes to find out where it is."""
    signal_s: float
    """From one side to the other by the DHT."""
    signals_lost_until: float = 0.0
    head_start_s: float = ICE_DELAY_S
    """Of TCP."""

    def place(self, *, relays: bool) -> Place | None:
        """The pair that is found, if there is one."""
        if not self.is_open and not (relays and self.has_relay):
            return None
        return Place(PAIR, self.latency_s, ice_path=PathClass.PUNCHED if self.is_open else PathClass.RELAYED)


@dataclass(slots=True, eq=False)
class Attempt:
    """One side's half of one."""

    relays: bool
    ours: IceOffer | None = None
    theirs: IceOffer | None = None

    @property
    def names(self) -> tuple[bytes, bytes] | None:
        """Of both offers, ours first, once both are known."""
        return None if self.ours is None or self.theirs is None else (self.ours.name, self.theirs.name)

    def matches(self, other: "Attempt | None") -> bool:
        """Whether each of the two checks the other's offer."""
        return self.names is not None and other is not None and other.names == self.names[::-1]


class Caller:
    """One side's attempts by ICE."""

    def __init__(self, world: "IceWorld", side: Side, random: Random) -> None:
        self.world = world
        self.side = side
        self.schedule = IceSchedule(random)
        self.exchange = IceExchange(controls=side.number == 0)
        self.attempt: Attempt | None = None
        self.is_known = False
        """The other side has been declared."""

    def wake_at(self) -> list[float | None]:
        return [self.schedule.wake_at(), self.exchange.wake_at()]

    def handle_timer(self) -> None:
        for each in self.schedule.handle_timer(self.world.now):
            self._begin(relays=each.relays or not self.exchange.is_idle)
        steps = self.exchange.handle_timer(self.world.now)
        self._do(steps)
        if steps and self.exchange.is_idle:
            self.schedule.failed(PEER, self.world.now)

    def expect(self) -> None:
        until = self.world.now + CALL_S
        self.schedule.expect(PEER, self.world.now, until, head_start_s=self.world.udp.head_start_s)

    def received(self, offer: IceOffer) -> None:
        if self.is_known:
            self._relays = True
            self._do(self.exchange.received(offer))

    def changed(self) -> None:
        """What is told of the link in use."""
        link = self.side.online
        if link is None or self.side.is_doubting:
            self.schedule.unlinked(PEER, self.world.now)
            return
        path = self.side.links[link].place.path
        self.schedule.linked(PEER, path, self.world.now)
        if path is not PathClass.RELAYED:
            self.attempt = None
            self.exchange.linked()

    def linked(self) -> None:
        """The attempt has become a link."""
        self.attempt = None
        self.exchange.linked()

    def fail(self, attempt: Attempt) -> None:
        if self.attempt is not attempt:
            return
        self.attempt = None
        steps = self.exchange.failed()
        if not steps:
            self.schedule.failed(PEER, self.world.now)
        self._do(steps)

    def _begin(self, *, relays: bool) -> None:
        self._relays = relays
        self._do(self.exchange.start())

    def _do(self, steps: list[IceStep]) -> None:
        for step in steps:
            match step:
                case Gather():
                    self.attempt = Attempt(self._relays)
                    self.world.after(
                        self.world.udp.gathering_s[self.side.number], partial(self._gathered, self.attempt)
                    )
                case Tell(offer=offer):
                    self.world.signal(self, offer)
                case Connect(theirs=theirs):
                    assert self.attempt is not None, "both offers are known"
                    self.attempt.theirs = theirs
                    self.world.check(self, self.attempt)
                case Drop():
                    self.attempt = None

    def _gathered(self, attempt: Attempt) -> None:
        if self.attempt is attempt:
            attempt.ours = IceOffer.new(pin=NO_PIN, random=self.world.unique)
            self._do(self.exchange.gathered(attempt.ours, self.world.now))


class IceWorld(World):
    """Both sides by all ways."""

    def __init__(self, places: tuple[tuple[Place, ...], tuple[Place, ...]], random: Random, udp: Udp) -> None:
        super().__init__(places, random)
        self.udp = udp
        self.callers = tuple(Caller(self, side, random) for side in self.sides)
        self._names = itertools.count(1)
        self.at(0.0, self._ring)

    def unique(self, size_bytes: int) -> bytes:
        return next(self._names).to_bytes(size_bytes, "big")

    def after(self, delay_s: float, action: Callable[[], None]) -> None:
        self.at(self.now + delay_s, action)

    def is_busy(self) -> bool:
        """Whether an attempt is under way, or one of several links is yet to be chosen."""
        is_calling = any(caller.attempt is not None or not caller.exchange.is_idle for caller in self.callers)
        return is_calling or any(len(side.links) > 1 for side in self.sides)

    def introduce(self, side: Side) -> None:
        self.callers[side.number].is_known = True
        super().introduce(side)

    def signal(self, caller: Caller, offer: IceOffer) -> None:
        other = self.callers[1 - caller.side.number]
        link = caller.side.online
        if link is not None and not caller.side.is_doubting:
            connection = caller.side.links[link]
            if not connection.is_cut:
                self.after(connection.place.latency_s, partial(other.received, offer))
        elif self.now >= self.udp.signals_lost_until:
            self.after(self.udp.signal_s, partial(other.received, offer))

    def check(self, caller: Caller, attempt: Attempt) -> None:
        """The caller checks the pairs of both offers; whoever comes second finds the other one checking."""
        assert attempt.theirs is not None
        is_answer = attempt.theirs.answers == bytes(len(attempt.theirs.answers))
        self.after(ICE_ANSWER_TIMEOUT_S if is_answer else ICE_TIMEOUT_S, partial(caller.fail, attempt))
        theirs = self.callers[1 - caller.side.number].attempt
        if not attempt.matches(theirs):
            return
        assert theirs is not None
        place = self.udp.place(relays=attempt.relays or theirs.relays)
        if place is not None:
            halves = (attempt, theirs) if caller.side.number == 0 else (theirs, attempt)
            self.after(6 * place.latency_s, partial(self._come_up, Connection(place), *halves))

    def _come_up(self, connection: Connection, ours: Attempt, theirs: Attempt) -> None:
        """Checks and handshake have come through, if nobody has given up meanwhile."""
        first, second = self.callers
        if first.attempt is not ours or second.attempt is not theirs:
            return
        first.linked()
        self.connections.append(connection)
        connection.arrivals[1] = self.now + connection.place.latency_s
        self.at(connection.arrivals[1], partial(self._follow, connection, theirs))
        self._up(first.side, connection, None)

    def _follow(self, connection: Connection, theirs: Attempt) -> None:
        second = self.callers[1]
        if second.attempt is theirs and not connection.is_cut and connection.ends[0] is not None:
            second.linked()
            self._up(second.side, connection, None)
            return
        second.fail(theirs)
        self.after(connection.place.latency_s, partial(self._end, self.sides[0], connection))

    def _ring(self) -> None:
        if any(side.online is None for side in self.sides):
            for caller in self.callers:
                if caller.is_known:
                    caller.side.paths.expect(PEER, self.now)
                    caller.expect()
        self.after(RING_PAUSE_S, self._ring)

    def _wake_at(self) -> list[float | None]:
        return [*super()._wake_at(), *(moment for caller in self.callers for moment in caller.wake_at())]

    def _handle_timers(self) -> None:
        super()._handle_timers()
        for caller in self.callers:
            caller.handle_timer()

    def _changed(self, side: Side) -> None:
        self.callers[side.number].changed()
