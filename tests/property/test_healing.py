"""How soon a session heals: a thief copies Alice's session once and reads along, classically and with X25519 broken.

A tick is half a round trip: what is sent in one arrives in the next.  Alice is robbed after each tick of a stretch of
the conversation, and each thief is asked what it could still read.  The figures stand in ``docs/protocol.md``.
"""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from crypto import session as sessions
from crypto.primitives import KEY_BYTES, KeyPair
from crypto.ratchet.kem_ratchet import Offered
from crypto.stored_session import encode
from tests.support.correspondents import Computer, Desk, Step
from tests.support.sessions import NOW_S, Randomness, session_ends
from tests.support.thief import Thief

ALICE, BOB = 0, 1
HOUR_S = 3600
PROTOCOL = Path(__file__).parents[2] / "docs" / "protocol.md"


class Recorder:
    """Randomness that remembers the ratchet keys made of it."""

    def __init__(self, seed: object) -> None:
        self._random = Randomness(seed)
        self.private_keys: dict[bytes, bytes] = {}

    def __call__(self, size_bytes: int) -> bytes:
        drawn = self._random(size_bytes)
        if size_bytes == KEY_BYTES:
            self.private_keys[KeyPair.from_private(drawn).public] = drawn
        return drawn


@dataclass
class Conversation:
    """Everything that was sent, and Alice's desk after every tick."""

    random: Recorder
    computers: list[Computer]
    desks: list[Desk]
    now_s: int = NOW_S
    robbed: list[Desk] = field(default_factory=list)
    sent: list[tuple[int, int, bytes]] = field(default_factory=list)
    """Tick, side and envelope."""
    offered: list[int] = field(default_factory=list)
    """Ticks in which an epoch was offered."""
    _arriving: tuple[tuple[bytes, ...], tuple[bytes, ...]] = ((), ())

    def tick(self, *speakers: int) -> bool:
        """Take in what was sent a tick ago, and let some speak; whether anything was sent."""
        arriving, leaving = self._arriving, dict[int, tuple[bytes, ...]]()
        for side in (ALICE, BOB):
            step = Step(self.desks[side])
            if arriving[side]:
                step = self.computers[side].receive(step.desk, arriving[side], now_s=self.now_s)
            if side in speakers:
                said = self.computers[side].say(step.desk, b"text")
                step = Step(said.desk, (*step.sent, *said.sent))
            leaving[1 - side] = self._commit(side, step)
        self._arriving = (leaving[ALICE], leaving[BOB])
        self.robbed.append(self.desks[ALICE])
        return any(self._arriving)

    def link_up(self) -> None:
        """Both see the link, and offer what is due; it counts to the tick that follows."""
        steps = [self.computers[side].link_up(self.desks[side], now_s=self.now_s) for side in (ALICE, BOB)]
        sent = [self._commit(side, step) for side, step in enumerate(steps)]
        self._arriving = ((*self._arriving[0], *sent[1]), (*self._arriving[1], *sent[0]))
        self.robbed.append(self.desks[ALICE])

    def _commit(self, side: int, step: Step) -> tuple[bytes, ...]:
        if is_offered(step.desk) and not is_offered(self.desks[side]):
            self.offered.append(len(self.robbed))
        self.desks[side] = step.desk
        self.sent += [(len(self.robbed), side, envelope) for envelope in step.sent]
        return step.sent


def is_offered(desk: Desk) -> bool:
    return isinstance(desk.session.ratchet.kem.exchange, Offered)


def begin() -> Conversation:
    """After a text each way."""
    random = Recorder("healing")
    desks = [Desk(encode(sessions.dated(end, now_s=NOW_S)), {}) for end in session_ends("healing")]
    conversation = Conversation(random, [Computer(random), Computer(random)], desks)
    conversation.tick(ALICE)
    conversation.tick(BOB)
    while conversation.tick():
        pass
    return conversation


@cache
def busy() -> Conversation:
    """Both write every second or so, and a round trip takes about as long."""
    conversation = begin()
    for number in range(260):
        conversation.now_s += 1
        conversation.tick(*((ALICE, BOB) if number % 2 else ()))
    return conversation


@cache
def one_sided(speaker: int) -> Conversation:
    """One writes, the other's program only acknowledges."""
    conversation = begin()
    for number in range(500):
        conversation.now_s += 1
        conversation.tick(*((speaker,) if number % 2 else ()))
    return conversation


@cache
def quiet() -> Conversation:
    """A text every eight hours, by either in turn, over a link that comes up for it."""
    conversation = begin()
    for number in range(24):
        conversation.now_s += 8 * HOUR_S
        conversation.link_up()
        conversation.tick(number % 2)
        while conversation.tick():
            pass
    return conversation


@dataclass(frozen=True)
class Loot:
    """What one thief read after the theft."""

    from_alice: int
    from_bob: int
    round_trips: float
    """Until the last envelope that it could read had been sent."""
    after_offer: float | None
    """The same, since the first offer after the theft; None if it was over before."""

    @property
    def envelopes(self) -> int:
        return self.from_alice + self.from_bob


def loot(conversation: Conversation, tick: int, private_keys: Mapping[bytes, bytes]) -> Loot:
    """Of a thief who comes at the end of ``tick``."""
    thief = Thief(conversation.robbed[tick].session, private_keys)
    read = {ALICE: 0, BOB: 0}
    last = tick
    for sent_in, side, envelope in conversation.sent:
        is_new = sent_in > tick if side == ALICE else sent_in >= tick
        if is_new and thief.read(envelope, from_victim=side == ALICE) is not None:
            read[side] += 1
            last = sent_in
    offered = next((offered for offered in conversation.offered if offered > tick), None)
    after_offer = None if offered is None or last <= offered else (last - offered) / 2
    return Loot(read[ALICE], read[BOB], (last - tick) / 2, after_offer)


def loots(conversation: Conversation, *, broken: bool) -> list[Loot]:
    """Of thieves who come in the first two thirds of it, so that what follows is long enough to heal."""
    keys = conversation.random.private_keys if broken else {}
    return [loot(conversation, tick, keys) for tick in range(4, len(conversation.robbed) * 2 // 3)]


CONVERSATIONS: dict[str, Callable[[], Conversation]] = {
    "busy": busy,
    "quiet": quiet,
    "one-sided, the robbed one writes": lambda: one_sided(ALICE),
    "one-sided, the other one writes": lambda: one_sided(BOB),
}


def row(name: str, *, broken: bool) -> str:
    """One line of the table in ``docs/protocol.md``: medians and worst cases of all thieves."""
    found = loots(CONVERSATIONS[name](), broken=broken)
    read = [float(one.envelopes) for one in found]
    trips = [one.round_trips for one in found]
    after = [one.after_offer for one in found if one.after_offer is not None]
    cells = [*map(spread, (read, trips)), spread(after) if broken else "–"]
    return " | ".join([name, "yes" if broken else "no", *cells])


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):g}, at most {max(values):g}"


@pytest.mark.parametrize("broken", [False, True], ids=["classically", "with X25519 broken"])
@pytest.mark.parametrize("name", CONVERSATIONS)
def test_the_figures_of_the_protocol_are_what_is_measured(name: str, broken: bool) -> None:  # noqa: FBT001
    assert f"| {row(name, broken=broken)} |" in PROTOCOL.read_text("utf-8")


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_copy_of_the_session_reads_neither_direction_after_an_epoch(name: str) -> None:
    conversation = CONVERSATIONS[name]()
    keys = conversation.random.private_keys
    for tick in range(4, len(conversation.robbed) * 2 // 3, 7):
        later = [offered for offered in conversation.offered if offered > tick]
        thief = Thief(conversation.robbed[tick].session, keys)
        read_from = [
            sent_in
            for sent_in, side, envelope in conversation.sent
            if (sent_in > tick or (side == BOB and sent_in == tick))
            and thief.read(envelope, from_victim=side == ALICE) is not None
        ]
        assert max(read_from, default=0) < later[1] + 6, "one whole epoch after the theft"


def test_a_thief_reads_everything_until_the_session_turns() -> None:
    """The measure itself: without a turn, or with all keys and no epoch, nothing is hidden from it."""
    conversation = begin()
    for _ in range(20):
        conversation.tick(ALICE, BOB)
    stolen, keys = conversation.robbed[4], conversation.random.private_keys
    thief = Thief(stolen.session, keys)
    texts = [
        thief.read(envelope, from_victim=side == ALICE)
        for sent_in, side, envelope in conversation.sent
        if sent_in > 4 or (side == BOB and sent_in == 4)
    ]
    assert len(texts) > 40
    assert None not in texts


def test_a_session_without_epochs_never_heals_from_a_broken_x25519(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "offer_due", lambda *_, **__: False)
    conversation = begin()
    for _ in range(100):
        conversation.tick(ALICE, BOB)
    found = loot(conversation, 4, conversation.random.private_keys)
    after = [envelope for sent_in, side, envelope in conversation.sent if sent_in > 4 or (side == BOB and sent_in == 4)]
    assert found.envelopes == len(after)
    assert loot(conversation, 4, {}).envelopes < 10
