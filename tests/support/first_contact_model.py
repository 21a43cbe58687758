"""A model of first contact: what is committed before what is sent (``docs/protocol.md`` section 2, rules 1 to 5).

One single-use invite, one or two honest invitees who race for it, and a photographer who opens handshakes and never
answers.  Messages are lost, repeated and reordered; either side crashes before or after its commit.  In the end the
network behaves, everybody retries, and then owner and invitees must agree on who used the invite.

The handshake itself is a parameter: tokens for thousands of schedules, the real functions for some.
"""

import random  # noqa: TID251 - a schedule is reproduced from its seed
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, Protocol, TypeVar

MAX_HALF_OPEN = 8
STEPS = 60
RETRIES = 4
PHOTOGRAPHER = -1

HalfOpenT = TypeVar("HalfOpenT")
AttemptT = TypeVar("AttemptT")


class Handshake(Protocol[HalfOpenT, AttemptT]):
    """The cryptography of one invite; ``connection`` numbers the link, ``invitee`` the joiner."""

    def offer(self, connection: int) -> tuple[HalfOpenT, bytes]:
        """R's half-open and M2."""

    def answer(self, connection: int, invitee: int, m2: bytes) -> tuple[AttemptT, bytes, bytes]:
        """I's attempt, its ephemeral key and M3."""

    def ephemeral_of(self, m3: bytes) -> bytes:
        """What names the attempt before anything is verified."""

    def accept(self, half_open: HalfOpenT, m3: bytes) -> tuple[int, bytes] | None:
        """The invitee that M3 proves, and M4; None if it answers another M2, as after a repeated knock."""

    def confirms(self, attempt: AttemptT, m4: bytes) -> bool:
        """Whether M4 belongs to the attempt."""

    def used_notice(self, connection: int, ephemeral: bytes) -> bytes:
        """USED on a connection."""

    def names(self, connection: int, notice: bytes, ephemeral: bytes) -> bool:
        """Whether USED names the attempt."""


class TokenHandshake:
    """Ideal cryptography: an attempt is its number."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def offer(self, connection: int) -> tuple[int, bytes]:
        return connection, b""

    def answer(self, connection: int, invitee: int, m2: bytes) -> tuple[bytes, bytes, bytes]:
        ephemeral = bytes([invitee]) + next(self._numbers).to_bytes(4, "little")
        return ephemeral, ephemeral, ephemeral

    def ephemeral_of(self, m3: bytes) -> bytes:
        return m3

    def accept(self, half_open: int, m3: bytes) -> tuple[int, bytes]:
        return m3[0], m3

    def confirms(self, attempt: bytes, m4: bytes) -> bool:
        return attempt == m4

    def used_notice(self, connection: int, ephemeral: bytes) -> bytes:
        return ephemeral

    def names(self, connection: int, notice: bytes, ephemeral: bytes) -> bool:
        return notice == ephemeral


@dataclass(frozen=True)
class Knock:
    """The link's first flight."""


@dataclass(frozen=True)
class M2:
    frame: bytes


@dataclass(frozen=True)
class M3:
    frame: bytes


@dataclass(frozen=True)
class M4:
    frame: bytes


@dataclass(frozen=True)
class Used:
    frame: bytes


@dataclass(frozen=True)
class Delivery:
    """One message on its way over a connection, from or to an invitee."""

    connection: int
    invitee: int
    to_owner: bool
    message: Knock | M2 | M3 | M4 | Used


@dataclass
class Weather:
    """How bad the network and the machines are; fair at the end of every schedule."""

    dice: random.Random
    loss: float
    crash: float
    repeat: float = 0.1

    def clear_up(self) -> None:
        self.loss = self.crash = self.repeat = 0.0

    def strikes(self, probability: float) -> bool:
        return probability > 0 and self.dice.random() < probability


class Network:
    """Delivers in any order, loses and repeats."""

    def __init__(self, weather: Weather) -> None:
        self._weather = weather
        self._in_flight: list[Delivery] = []

    def ship(self, delivery: Delivery) -> None:
        if not self._weather.strikes(self._weather.loss):
            self._in_flight.append(delivery)
        if self._weather.strikes(self._weather.repeat):
            self._in_flight.append(delivery)

    def pick(self) -> Delivery | None:
        if not self._in_flight:
            return None
        return self._in_flight.pop(self._weather.dice.randrange(len(self._in_flight)))

    def clear(self) -> None:
        self._in_flight.clear()


@dataclass
class Owner(Generic[HalfOpenT, AttemptT]):
    """R: everything but the half-opens survives a crash."""

    handshake: Handshake[HalfOpenT, AttemptT]
    weather: Weather
    silent: bool
    used_by: bytes | None = None
    contacts: dict[bytes, int] = field(default_factory=dict)
    confirmations: dict[bytes, bytes] = field(default_factory=dict)
    half_opens: dict[int, HalfOpenT] = field(default_factory=dict)

    def crash(self) -> None:
        self.half_opens.clear()

    def on_knock(self, connection: int) -> M2 | Used | None:
        if self.used_by is not None:
            return self._used(connection)
        if len(self.half_opens) >= MAX_HALF_OPEN:
            del self.half_opens[self.weather.dice.choice(list(self.half_opens))]
        self.half_opens[connection], frame = self.handshake.offer(connection)
        return M2(frame)

    def on_m3(self, connection: int, frame: bytes) -> M4 | Used | None:
        ephemeral = self.handshake.ephemeral_of(frame)
        if ephemeral in self.confirmations:
            return self._confirmation(ephemeral)
        if connection not in self.half_opens:
            return None
        accepted = self.handshake.accept(self.half_opens[connection], frame)
        if accepted is None:
            return None
        invitee, confirmation = accepted
        if self.weather.strikes(self.weather.crash / 2):  # before the commit
            self.crash()
            return None
        del self.half_opens[connection]
        if self.used_by is not None:
            return self._used(connection)
        self.used_by = ephemeral
        self.contacts[ephemeral] = invitee
        self.confirmations[ephemeral] = confirmation
        if self.weather.strikes(self.weather.crash):  # after the commit, before M4
            self.crash()
            return None
        return self._confirmation(ephemeral)

    def _confirmation(self, ephemeral: bytes) -> M4 | None:
        return None if self.silent else M4(self.confirmations[ephemeral])

    def _used(self, connection: int) -> Used | None:
        assert self.used_by is not None
        return None if self.silent else Used(self.handshake.used_notice(connection, self.used_by))


@dataclass
class Invitee(Generic[HalfOpenT, AttemptT]):
    """I: its open connections do not survive a crash, its attempts do."""

    handshake: Handshake[HalfOpenT, AttemptT]
    weather: Weather
    silent: bool
    number: int
    attempts: dict[bytes, AttemptT] = field(default_factory=dict)
    established: bytes | None = None
    refused: bool = False
    _waiting: set[int] = field(default_factory=set)

    @property
    def settled(self) -> bool:
        return self.established is not None or self.refused

    def dial(self, connection: int) -> None:
        self._waiting.add(connection)

    def on_m2(self, connection: int, frame: bytes) -> M3 | None:
        if self.settled or connection not in self._waiting:
            return None
        self._waiting.discard(connection)
        attempt, ephemeral, m3 = self.handshake.answer(connection, self.number, frame)
        if self.weather.strikes(self.weather.crash / 2):  # before the commit: the attempt never was
            return None
        self.attempts[ephemeral] = attempt
        if self.silent:
            self.established = ephemeral
        if self.weather.strikes(self.weather.crash / 2):  # after the commit, before M3 left
            return None
        return M3(m3)

    def on_m4(self, frame: bytes) -> None:
        if self.settled:
            return
        for ephemeral, attempt in self.attempts.items():
            if self.handshake.confirms(attempt, frame):
                self.established = ephemeral
                return

    def on_used(self, connection: int, frame: bytes) -> None:
        if self.settled:
            return
        for ephemeral in self.attempts:
            if self.handshake.names(connection, frame, ephemeral):
                self.established = ephemeral
                return
        self.refused = True


class World(Generic[HalfOpenT, AttemptT]):
    """One invite, its owner, its invitees and the network between them."""

    def __init__(self, seed: int, handshake: Handshake[HalfOpenT, AttemptT], *, silent: bool) -> None:
        self.dice = random.Random(seed)
        self.weather = Weather(self.dice, loss=self.dice.random() * 0.5, crash=self.dice.random() * 0.3)
        self.network = Network(self.weather)
        self.owner = Owner(handshake, self.weather, silent)
        self.invitees = [
            Invitee(handshake, self.weather, silent, number) for number in range(self.dice.choice([1, 1, 2]))
        ]
        self._connections: Iterator[int] = count(1)

    def storm(self) -> None:
        for _ in range(STEPS):
            luck = self.dice.random()
            if luck < 0.25:
                self._dial(self.dice.choice(self.invitees))
            elif luck < 0.32:
                self.network.ship(Delivery(next(self._connections), PHOTOGRAPHER, True, Knock()))
            elif luck < 0.36:
                self.owner.crash()
            else:
                self._step()

    def calm(self) -> None:
        self.network.clear()
        self.owner.crash()
        self.weather.clear_up()
        for _ in range(RETRIES):
            for invitee in self.invitees:
                self._dial(invitee)
                while self._step():
                    pass

    def inconsistency(self) -> str | None:
        """What owner and invitees disagree on, in words; None when all is well."""
        for invitee in self.invitees:
            if not invitee.settled:
                return "an invitee is stuck"
            if invitee.established is not None and invitee.established != self.owner.used_by:
                return "an invitee thinks to be a contact, the owner does not"
        if self.owner.used_by is None or len(self.owner.contacts) != 1:
            return "not exactly one contact"
        winner = self.invitees[self.owner.contacts[self.owner.used_by]]
        if winner.established != self.owner.used_by:
            return "the owner has a contact who does not know"
        return None

    def _dial(self, invitee: Invitee[HalfOpenT, AttemptT]) -> None:
        if not invitee.settled:
            connection = next(self._connections)
            invitee.dial(connection)
            self.network.ship(Delivery(connection, invitee.number, True, Knock()))

    def _step(self) -> bool:
        delivery = self.network.pick()
        if delivery is None:
            return False
        reply = self._at_owner(delivery) if delivery.to_owner else self._at_invitee(delivery)
        if reply is not None:
            self.network.ship(Delivery(delivery.connection, delivery.invitee, not delivery.to_owner, reply))
        return True

    def _at_owner(self, delivery: Delivery) -> M2 | M4 | Used | None:
        match delivery.message:
            case Knock():
                return self.owner.on_knock(delivery.connection)
            case M3(frame):
                return self.owner.on_m3(delivery.connection, frame)
            case _:
                raise AssertionError("not for the owner")

    def _at_invitee(self, delivery: Delivery) -> M3 | None:
        if delivery.invitee == PHOTOGRAPHER:
            return None
        invitee = self.invitees[delivery.invitee]
        match delivery.message:
            case M2(frame):
                return invitee.on_m2(delivery.connection, frame)
            case M4(frame):
                invitee.on_m4(frame)
            case Used(frame):
                invitee.on_used(delivery.connection, frame)
            case _:
                raise AssertionError("not for an invitee")
        return None


def inconsistency_of(seed: int, handshake: Handshake[HalfOpenT, AttemptT], *, silent: bool = False) -> str | None:
    """Run one schedule; ``silent`` leaves out M4 and USED, which is the protocol's older draft and fails."""
    world = World(seed, handshake, silent=silent)
    world.storm()
    world.calm()
    return world.inconsistency()
