"""A link: strangers' bytes in every state of the handshake, and a hostile contact's frames once it is open."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import crypto.errors
import net.errors
from crypto.link import FirstFlight, LinkSecrets, initiate, respond
from crypto.noise import CipherState
from crypto.primitives import KEY_BYTES, KeyPair
from net.link.frames import Frame, FrameType, decode_observed, encode_observed
from net.link.machine import Closed, LinkEvent, LinkMachine, Opened
from tests.fuzz.target import Target, always, joined, pieces
from tests.support.links import KEY, REMOTE, counted, dialler, drain, feed, listener, rival

_LATER_S = 20.0


def listening() -> tuple[LinkMachine, bool]:
    return listener(), False


def dialled() -> tuple[LinkMachine, bool]:
    machine = dialler(random=counted(5))
    drain(machine)
    return machine, True


def answered() -> tuple[LinkMachine, bool]:
    """Has answered a first flight that may be a replay."""
    machine = listener()
    feed(machine, drain(dialler()))
    drain(machine)
    return machine, False


def discarding() -> tuple[LinkMachine, bool]:
    machine = listener()
    feed(machine, bytes(100))
    return machine, False


def punched() -> tuple[LinkMachine, bool]:
    """Has dialled, and may have been dialled at the same moment; gives way then."""
    machine = rival(controls=False)
    drain(machine)
    return machine, True


_STATES: Sequence[Callable[[], tuple[LinkMachine, bool]]] = (listening, dialled, answered, discarding, punched)


def flights() -> Sequence[bytes]:
    first = dialler()
    flight = drain(first)
    second = listener()
    feed(second, flight)
    answer = drain(second)
    other_key = initiate(KEY.secret, KeyPair.from_private(b"\x07" * KEY_BYTES)).first_flight
    return [
        *(bytes([state]) + joined([data]) for state in range(len(_STATES)) for data in (flight, answer, flight * 60)),
        bytes([0]) + joined([other_key[:30], other_key[30:], bytes(40)]),
        bytes([2]) + joined([bytes([17, 0, 0]), bytes(17), bytes([255, 255, 15])]),
    ]


def check_strangers(data: bytes) -> None:
    """Whatever a stranger sends, it hears nothing and no link opens; an answer to our own dial at most ends it."""
    machine, is_dialler = _STATES[data[0] % len(_STATES) if data else 0]()
    before = machine.party
    for chunk in pieces(data[1:]):
        events = feed(machine, chunk)
        assert all(is_dialler and isinstance(event, Closed) for event in events)
    if machine.party is before:  # nobody repeated the one flight that is authentic
        assert drain(machine) == b""
    assert not machine.is_open
    closed = machine.handle_timer(_LATER_S)
    assert machine.is_closed
    assert len(closed) <= 1


class Hostile:
    """A contact that holds the keys of its link and seals whatever it likes."""

    def __init__(self) -> None:
        self.machine = listener()
        random = counted(9)
        initiator = initiate(KEY.secret, KeyPair.from_private(random(KEY_BYTES)))
        feed(self.machine, initiator.first_flight)
        secrets: LinkSecrets = initiator.finish(drain(self.machine))
        self._cipher = CipherState(secrets.sending_key)
        self.events = feed(self.machine, self.sealed(bytes([FrameType.PING]) + bytes(8)))
        assert self.machine.is_open

    def sealed(self, plaintext: bytes) -> bytes:
        """A frame that verifies, whatever is in it."""
        length = (len(plaintext) + 16).to_bytes(3, "little")
        frame = length + self._cipher.seal(plaintext, length)
        if plaintext == bytes([FrameType.REKEY]):
            self._cipher.rekey()
        return frame


_SEALED, _RAW, _WAIT = range(3)


def frames() -> Sequence[bytes]:
    sealed = bytes([_SEALED])
    observed = [encode_observed(REMOTE), bytes(16) + b"\x01\x02", bytes(6)]
    return [
        joined([sealed + bytes([frame_type]) + bytes(8) for frame_type in FrameType]),
        joined([sealed + bytes([FrameType.OBSERVED_ADDRESS]) + body for body in observed]),
        joined([sealed + bytes([FrameType.ENVELOPE]) + bytes(9_000), sealed + bytes([FrameType.HANDSHAKE])]),
        joined([sealed + bytes([FrameType.NOMINATE]), bytes([_WAIT]), sealed + bytes([FrameType.CONFIRM])]),
        joined([sealed + bytes([FrameType.REKEY]), sealed + bytes([FrameType.PING]) + bytes(8)]),
        joined([sealed + b"\x80\x01signal", sealed + b"\x81ignored", sealed + b"\x80" + bytes(600)]),
        joined([sealed + bytes([FrameType.CLOSE, 1]), sealed + bytes([FrameType.PING])]),
        joined([bytes([_RAW]) + b"\xff\xff\x0f", bytes([_WAIT]), bytes([_RAW]) + bytes(3_000)]),
    ]


def check_frames(data: bytes) -> None:
    """An open link yields frames of known types and one end; what comes after the end is not even read."""
    hostile, now = Hostile(), 0.0
    machine, events = hostile.machine, list(hostile.events)
    for piece in pieces(data):
        kind, rest = piece[0] % 3 if piece else _RAW, piece[1:]
        if kind == _SEALED and rest:
            rest = hostile.sealed(rest)
        elif kind == _WAIT:
            now += _LATER_S
            events += machine.handle_timer(now)
            continue
        was_closed = machine.is_closed
        new = feed(machine, rest, now)
        assert not (was_closed and new)
        events += new
    drain(machine, now)
    _check_events(events, machine)


def _check_events(events: Sequence[LinkEvent], machine: LinkMachine) -> None:
    assert isinstance(events[0], Opened)
    assert all(isinstance(event, Frame) for event in events[1:-1])
    assert machine.is_closed == isinstance(events[-1], Closed)
    for event in events:
        if isinstance(event, Frame) and event.type is FrameType.OBSERVED_ADDRESS:
            with suppress(net.errors.RemoteError):
                decode_observed(event.body)


def first_flights() -> Sequence[bytes]:
    return [initiate(KEY.secret, KeyPair.from_private(bytes([n]) * KEY_BYTES)).first_flight for n in range(1, 4)]


def check_flight(data: bytes) -> None:
    """A first flight is answered under the key it is under, or refused as the other side's fault."""
    with suppress(crypto.errors.RemoteError):
        respond(KEY.secret, FirstFlight.decode(data), KeyPair.from_private(b"\x09" * KEY_BYTES))
    with suppress(crypto.errors.RemoteError):
        initiate(KEY.secret, KeyPair.from_private(b"\x08" * KEY_BYTES)).finish(data)


TARGETS = [
    Target("link-flights", first_flights, always(check_flight), words=[bytes(32), b"\x01" + bytes(31)], max_bytes=128),
    Target("link-strangers", flights, always(check_strangers), max_bytes=8_192),
    Target("link-frames", frames, always(check_frames), words=[b"\0\x00\x10", bytes([1, 0, 2])], max_bytes=70_000),
]
