"""Link machines joined back to back, without sockets."""

import hashlib
import itertools

from crypto.link import FirstFlight
from crypto.primitives import KeyPair, Random
from crypto.secret import Secret
from net.endpoint import Endpoint
from net.keyring import Keyring
from net.link.machine import Answer, LinkEvent, LinkMachine, Rivalry
from net.peer import LinkKey, LinkKind, Peer, PeerId

KEY = LinkKey(LinkKind.CONTACT, Secret(b"k" * 32))
ALICE, BOB = PeerId(b"alice"), PeerId(b"bob")
REMOTE = Endpoint.parse("192.0.2.1:5000")


def counted(seed: int = 0) -> Random:
    """Randomness for tests: different bytes each time, the same each run."""
    numbers = itertools.count(seed << 32)
    return lambda size_bytes: next(numbers).to_bytes(8, "little").ljust(size_bytes, b"\x5a")[:size_bytes]


def scattered(seed: int = 0) -> Random:
    """The same, without a pattern: keys that differ in all their bits, waits that differ from one another."""
    numbers = itertools.count(seed << 32)
    return lambda size_bytes: hashlib.blake2b(next(numbers).to_bytes(8, "big"), digest_size=size_bytes).digest()


def keyring(*keys: LinkKey) -> Keyring:
    """The keys of Alice."""
    ring = Keyring()
    ring.set_peer(Peer(peer_id=ALICE, keys=keys, controls=False, wanted=False))
    return ring


def dialler(key: LinkKey = KEY, now: float = 0.0, random: Random | None = None) -> LinkMachine:
    return LinkMachine.dial(key, BOB, remote=REMOTE, now=now, random=random or counted(1))


def rival(
    key: LinkKey = KEY, *, controls: bool, known: Keyring | None = None, random: Random | None = None
) -> LinkMachine:
    """A dialler that the other side may be dialling, too."""
    ring = known or keyring(KEY)
    rivalry = Rivalry(lambda flight, ephemeral, _now: ring.answer(flight, ephemeral), controls=controls)
    random = random or counted(3 + controls)
    return LinkMachine.dial(key, BOB, remote=REMOTE, now=0.0, random=random, rivalry=rivalry)


def listener(ring: Keyring | None = None, now: float = 0.0) -> LinkMachine:
    known = ring or keyring(KEY)

    def answer(flight: FirstFlight, ephemeral: KeyPair, _now: float) -> Answer | None:
        return known.answer(flight, ephemeral)

    return LinkMachine.listen(answer, remote=REMOTE, now=now, random=counted(2))


def feed(machine: LinkMachine, data: bytes, now: float = 0.0) -> list[LinkEvent]:
    """Give a machine bytes as a transport would: as much as it has space for, as long as it wants any."""
    events: list[LinkEvent] = []
    while data and machine.wants_bytes and not machine.is_closed:
        space = machine.space()
        size_bytes = min(len(space), len(data))
        space[:size_bytes] = data[:size_bytes]
        data = data[size_bytes:]
        events += machine.received(size_bytes, now)
    return events


def drain(machine: LinkMachine, now: float = 0.0) -> bytes:
    return b"".join(machine.take_output(now))


def exchange(first: LinkMachine, second: LinkMachine, now: float = 0.0) -> tuple[list[LinkEvent], list[LinkEvent]]:
    """Carry bytes both ways until neither has any; the events of both."""
    events: tuple[list[LinkEvent], list[LinkEvent]] = ([], [])
    while first.output_bytes or second.output_bytes:
        events[1].extend(feed(second, drain(first, now), now))
        events[0].extend(feed(first, drain(second, now), now))
    return events


def opened(now: float = 0.0) -> tuple[LinkMachine, LinkMachine]:
    """Two machines with an open link; the first dialled."""
    first, second = dialler(now=now), listener(now=now)
    exchange(first, second, now)
    assert first.is_open
    assert second.is_open
    return first, second
