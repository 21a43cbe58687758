"""One connection from its first byte to its last, without any I/O (``docs/protocol.md``, section 4).

Bytes go in through :meth:`LinkMachine.space` and :meth:`~LinkMachine.received`, come out of
:meth:`~LinkMachine.take_output`; what happened comes back as values.  The machine knows link keys and opaque bodies,
never what they mean.

        dial()                                   listen()
          │ first flight out                        │
    AwaitingSecondFlight ──────────────┐     AwaitingFirstFlight ──── not authentic ───┐
          │ second flight in    first flight in     │ first flight in,                 │
          │                     that precedes ours, │ second flight out                ▼
          │ observed address,   second flight out ► AwaitingFirstFrame ───── not authentic ── Discarding
          │ ping out                                │
          ▼                                         │ any verified frame in            │ says nothing
        Open  ◄─────────────────────────────────────┘ (before it, the first            │ until the deadline
          │                                            flight may be a replay)         │
          ▼                                                                            ▼
        Closed  ◄── close frame, broken protocol, three unanswered pings, deadline, connection lost

A stranger cannot tell the three ways of not being authentic apart, nor any of them from a port where nobody speaks:
no byte is sent, and the connection stays until the same jittered deadline.

Where both sides connected to each other at once (a punched socket cannot tell who dialled) their first flights cross.
Both sides know which of the two stands; the other is as if it had never been sent.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self, TypeAlias

import crypto.errors
from crypto.link import (
    FIRST_FLIGHT_BYTES,
    SECOND_FLIGHT_BYTES,
    FirstFlight,
    Initiator,
    LinkSecrets,
    initiate,
)
from crypto.primitives import KEY_BYTES, KeyPair, Random
from net.endpoint import Endpoint
from net.errors import LocalError, RemoteError
from net.events import CloseReason
from net.jitter import shortened
from net.limits import (
    HANDSHAKE_TIMEOUT_S,
    INITIAL_BUFFER_BYTES,
    MAX_UNAUTHENTICATED_BYTES,
    PING_JITTER,
    REKEY_FRAMES,
    REKEY_INTERVAL_S,
)
from net.link.frames import CloseCode, Frame, FrameReader, FrameType, FrameWriter, encode_observed
from net.link.keepalive import Dead, Keepalive, Ping
from net.peer import LinkKey, LinkKind, PeerId


@dataclass(frozen=True, slots=True, eq=False)
class Party:
    """Whom a link is with, and what its key stands for."""

    peer: PeerId
    kind: LinkKind


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A doorkeeper's yes to a first flight."""

    party: Party
    second_flight: bytes
    secrets: LinkSecrets


Doorkeeper: TypeAlias = Callable[[FirstFlight, KeyPair, float], Answer | None]
"""Answers a first flight, with the given ephemeral key pair and the time, or says nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Rivalry:
    """What a dialler needs to know where the other side may have dialled it at the same moment."""

    doorkeeper: Doorkeeper
    controls: bool
    """This side's first flight stands, if both are under keys of one kind."""


_PRECEDENCE = {LinkKind.RESET: 2, LinkKind.INVITE: 1, LinkKind.CONTACT: 0}
"""Of two flights that crossed: who dials under a key of the first two may have no other that still counts."""


# --- What a machine tells its driver


@dataclass(frozen=True, slots=True)
class Opened:
    """The other side has proved the link key."""

    handshake_hash: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """The last event of a machine."""

    reason: CloseReason


LinkEvent: TypeAlias = Opened | Frame | Closed
"""A :class:`Frame` is an envelope, handshake, progress, nominate, confirm or observed-address frame."""


# --- States


@dataclass(frozen=True, slots=True, eq=False)
class AwaitingFirstFlight:
    """A connection came in; nobody has said anything."""

    doorkeeper: Doorkeeper
    deadline: float


@dataclass(frozen=True, slots=True, eq=False)
class AwaitingSecondFlight:
    """We said hello."""

    initiator: Initiator
    deadline: float
    rivalry: Rivalry | None
    """None once a first flight has crossed ours, or where none can."""


@dataclass(frozen=True, slots=True, eq=False)
class AwaitingFirstFrame:
    """We answered what may be a replay."""

    secrets: LinkSecrets
    deadline: float


@dataclass(frozen=True, slots=True)
class Discarding:
    """A stranger talks; nobody listens."""

    deadline: float


@dataclass(slots=True, eq=False)
class Open:
    """The one state that changes in place: it counts frames and pings."""

    writer: FrameWriter
    keepalive: Keepalive
    rekey_at: float


@dataclass(frozen=True, slots=True)
class Over:
    """Closed."""


State: TypeAlias = AwaitingFirstFlight | AwaitingSecondFlight | AwaitingFirstFrame | Discarding | Open | Over

_CODES = {CloseReason.SUPERSEDED: CloseCode.SUPERSEDED, CloseReason.PROTOCOL: CloseCode.PROTOCOL}


class LinkMachine:
    """See the diagram above.  Everything takes ``now``, seconds of a clock that only goes forward."""

    __slots__ = (
        "_output",
        "_random",
        "_reader",
        "_received_bytes",
        "_remote",
        "_state",
        "ephemeral",
        "has_crossed",
        "has_yielded",
        "output_bytes",
        "party",
    )

    def __init__(self, *, remote: Endpoint, random: Random, state: State, party: Party | None) -> None:
        self._remote = remote
        self._random = random
        self._state = state
        self._reader = FrameReader(MAX_UNAUTHENTICATED_BYTES)
        self._received_bytes = 0
        self._output: list[bytes | bytearray] = []
        self.output_bytes = 0
        """What :meth:`take_output` would give."""
        self.party = party
        """Whom the link is with: known to a dialler at once, to a listener from the first flight on."""
        self.ephemeral = b""
        """The public key with which a dialler opens."""
        self.has_crossed = False
        """Both sides dialled: another first flight met ours on the way."""
        self.has_yielded = False
        """And it was ours that counts no more."""

    @classmethod
    def dial(
        cls,
        key: LinkKey,
        peer: PeerId,
        *,
        remote: Endpoint,
        now: float,
        random: Random,
        rivalry: Rivalry | None = None,
        binding: bytes = b"",
    ) -> Self:
        """The side that connected: its first flight waits in the output.

        ``binding`` is what both sides know of the transport below and nobody else can have made: nothing over TCP.
        """
        initiator = initiate(key.secret, KeyPair.from_private(random(KEY_BYTES)), binding)
        state = AwaitingSecondFlight(initiator, now + HANDSHAKE_TIMEOUT_S, rivalry)
        machine = cls(remote=remote, random=random, state=state, party=Party(peer, key.kind))
        machine.ephemeral = initiator.first_flight[:KEY_BYTES]
        machine._emit(initiator.first_flight)
        return machine

    @classmethod
    def listen(cls, doorkeeper: Doorkeeper, *, remote: Endpoint, now: float, random: Random) -> Self:
        """The side that was connected to."""
        deadline = now + shortened(HANDSHAKE_TIMEOUT_S, PING_JITTER, random)
        return cls(remote=remote, random=random, state=AwaitingFirstFlight(doorkeeper, deadline), party=None)

    # --- What the driver asks

    @property
    def is_open(self) -> bool:
        return isinstance(self._state, Open)

    @property
    def is_closed(self) -> bool:
        return isinstance(self._state, Over)

    @property
    def rtt_s(self) -> float | None:
        return self._state.keepalive.rtt_s if isinstance(self._state, Open) else None

    @property
    def wants_bytes(self) -> bool:
        """False once a stranger has sent all that is ever read of one: stop reading."""
        return self.is_open or self._received_bytes < MAX_UNAUTHENTICATED_BYTES

    def wake_at(self) -> float | None:
        """When to call :meth:`handle_timer`, at the latest."""
        match self._state:
            case Open(keepalive=keepalive, rekey_at=rekey_at):
                return min(keepalive.wake_at(), rekey_at)
            case Over():
                return None
            case state:
                return state.deadline

    def take_output(self, now: float) -> list[bytes | bytearray]:
        """The bytes to write, in order."""
        if isinstance(self._state, Open) and self._output:
            self._state.keepalive.sent(now)
        output, self._output, self.output_bytes = self._output, [], 0
        return output

    # --- Bytes in

    def space(self) -> memoryview:
        """Where the transport puts what it reads; never empty while :attr:`wants_bytes`."""
        return self._reader.space()

    def received(self, size_bytes: int, now: float) -> list[LinkEvent]:
        """``size_bytes`` more stand in :meth:`space`: what they mean, in order."""
        self._reader.wrote(size_bytes)
        self._received_bytes += size_bytes
        events: list[LinkEvent] = []
        try:
            self._advance(events, now)
            if not self.is_closed:
                self._reader.make_room()
        except (RemoteError, crypto.errors.RemoteError):
            self._refuse(events)
        return events

    def _advance(self, events: list[LinkEvent], now: float) -> None:
        match self._state:
            case Open() as state:
                self._read_frames(state, events, now)
            case AwaitingSecondFlight() as state:
                if (data := self._reader.peek(SECOND_FLIGHT_BYTES)) is not None:
                    self._hear_answer(state, data, events, now)
            case AwaitingFirstFlight() as state:
                if (data := self._reader.take(FIRST_FLIGHT_BYTES)) is not None:
                    self._answer(state, FirstFlight.decode(data), now)
            case AwaitingFirstFrame() as state:
                self._read_first_frame(state, events, now)
            case Discarding() | Over():
                self._reader.discard()

    def _hear_answer(self, state: AwaitingSecondFlight, data: bytes, events: list[LinkEvent], now: float) -> None:
        try:
            secrets = state.initiator.finish(data)
        except crypto.errors.RemoteError:
            if state.rivalry is None:
                raise
            if (longer := self._reader.take(FIRST_FLIGHT_BYTES)) is not None:
                self._hear_rival(state, state.rivalry, FirstFlight.decode(longer), events, now)
            return
        self._reader.take(SECOND_FLIGHT_BYTES)
        self._open(secrets, events, now)

    def _hear_rival(
        self,
        state: AwaitingSecondFlight,
        rivalry: Rivalry,
        flight: FirstFlight,
        events: list[LinkEvent],
        now: float,
    ) -> None:
        """Another first flight has crossed ours.

        One that is under no key of ours is passed over, for the other side may know ours: whatever comes next has to
        be the answer to it.
        """
        if state.initiator.first_flight.startswith(flight.ephemeral):
            raise RemoteError("an echo")
        answer = rivalry.doorkeeper(flight, KeyPair.from_private(self._random(KEY_BYTES)), now)
        self.has_crossed = True
        if answer is not None and self._is_preceded_by(answer.party.kind, rivalry):
            self.has_yielded = True
            self._accept(answer, state.deadline)
        else:
            self._state = replace(state, rivalry=None)
        self._advance(events, now)  # what follows may have come with it

    def _is_preceded_by(self, kind: LinkKind, rivalry: Rivalry) -> bool:
        assert self.party is not None, "a dialler knows whom it dials"
        ours, theirs = _PRECEDENCE[self.party.kind], _PRECEDENCE[kind]
        return theirs > ours or (theirs == ours and not rivalry.controls)

    def _answer(self, state: AwaitingFirstFlight, flight: FirstFlight, now: float) -> None:
        answer = state.doorkeeper(flight, KeyPair.from_private(self._random(KEY_BYTES)), now)
        if answer is None:
            raise RemoteError("a stranger")
        self._accept(answer, state.deadline)

    def _accept(self, answer: Answer, deadline: float) -> None:
        self.party = answer.party
        self._reader.unseal_with(answer.secrets.receiving_key)
        self._state = AwaitingFirstFrame(answer.secrets, deadline)
        self._emit(answer.second_flight)

    def _read_first_frame(self, state: AwaitingFirstFrame, events: list[LinkEvent], now: float) -> None:
        frame = next(self._reader.frames(), None)
        if frame is not None:
            opened = self._enter_open(state.secrets, events, now)
            self._handle(opened, frame, events, now)
            self._read_frames(opened, events, now)

    def _open(self, secrets: LinkSecrets, events: list[LinkEvent], now: float) -> None:
        self._reader.unseal_with(secrets.receiving_key)
        self._read_frames(self._enter_open(secrets, events, now), events, now)

    def _enter_open(self, secrets: LinkSecrets, events: list[LinkEvent], now: float) -> Open:
        keepalive = Keepalive(now, self._random)
        state = Open(FrameWriter(secrets.sending_key), keepalive, now + REKEY_INTERVAL_S)
        self._state = state
        self._reader.unlock(INITIAL_BUFFER_BYTES)
        events.append(Opened(secrets.handshake_hash))
        # The initiator's first frame is what proves to the responder that its first flight was no replay.
        self._seal(state, FrameType.OBSERVED_ADDRESS, encode_observed(self._remote))
        self._seal(state, FrameType.PING, keepalive.ping(now).token)
        return state

    def _read_frames(self, state: Open, events: list[LinkEvent], now: float) -> None:
        state.keepalive.heard(now)  # even half a frame: a large one may take minutes through a slow line
        frames = self._reader.frames()
        while self._state is state and (frame := next(frames, None)) is not None:
            self._handle(state, frame, events, now)

    def _handle(self, state: Open, frame: Frame, events: list[LinkEvent], now: float) -> None:
        match frame.type:
            case FrameType.PING:
                self._seal(state, FrameType.PONG, frame.body)
            case FrameType.PONG:
                state.keepalive.pong(frame.body, now)
            case FrameType.CLOSE:
                superseded = frame.body[0] == CloseCode.SUPERSEDED
                self._end(CloseReason.SUPERSEDED if superseded else CloseReason.REMOTE, events)
            case _:
                events.append(frame)

    def _refuse(self, events: list[LinkEvent]) -> None:
        """The bytes were not acceptable: say so to a peer, say nothing to a stranger."""
        match self._state:
            case AwaitingFirstFlight(deadline=deadline) | AwaitingFirstFrame(deadline=deadline):
                self._state = Discarding(deadline)
                self._reader.discard()
            case _:
                events.extend(self.close(CloseReason.PROTOCOL))

    # --- Frames out

    def send(self, frame_type: FrameType, body: bytes = b"") -> None:
        """Seal a frame into the output.

        Raises:
            LocalError: the link is not open, or the body is too large for a frame.
        """
        if not isinstance(self._state, Open):
            raise LocalError("the link is not open")
        self._seal(self._state, frame_type, body)

    def close(self, reason: CloseReason) -> list[LinkEvent]:
        """End the link, with a close frame if it is open."""
        events: list[LinkEvent] = []
        if isinstance(self._state, Open) and reason not in (CloseReason.LOST, CloseReason.DEAD):
            self._seal(self._state, FrameType.CLOSE, bytes([_CODES.get(reason, CloseCode.GOING_AWAY)]))
        if not self.is_closed:
            self._end(reason, events)
        return events

    def _end(self, reason: CloseReason, events: list[LinkEvent]) -> None:
        self._state = Over()
        events.append(Closed(reason))

    def _seal(self, state: Open, frame_type: FrameType, body: bytes) -> None:
        if state.writer.frames_under_key >= REKEY_FRAMES:
            self._emit(state.writer.rekey())
        self._emit(state.writer.seal(frame_type, body))

    def _emit(self, data: bytes | bytearray) -> None:
        self._output.append(data)
        self.output_bytes += len(data)

    # --- Time

    def handle_timer(self, now: float) -> list[LinkEvent]:
        """Do what is due: a ping, a new key, the end of a silent connection."""
        match self._state:
            case Over():
                return []
            case Open() as state:
                return self._upkeep(state, now)
            case state:
                return self.close(CloseReason.DEAD) if now >= state.deadline else []

    def _upkeep(self, state: Open, now: float) -> list[LinkEvent]:
        if now >= state.rekey_at:
            self._emit(state.writer.rekey())
            state.rekey_at = now + REKEY_INTERVAL_S
        verdict = state.keepalive.poll(now)
        if isinstance(verdict, Ping):
            self._reader.shrink()
            state.writer.shrink()
            self._seal(state, FrameType.PING, verdict.token)
        return self.close(CloseReason.DEAD) if isinstance(verdict, Dead) else []

    @property
    def is_suspect(self) -> bool:
        """Whether it is open and nobody has answered for a while."""
        return isinstance(self._state, Open) and self._state.keepalive.is_suspect

    def expect_answer(self, *, expecting: bool) -> None:
        """Ping faster while a message waits for its acknowledgement."""
        if isinstance(self._state, Open):
            self._state.keepalive.expect_answer(expecting=expecting)

    def excuse(self, now: float) -> None:
        """We are not reading: silence is not the peer's fault."""
        if isinstance(self._state, Open):
            self._state.keepalive.heard(now)
