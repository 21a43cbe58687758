"""Two people over a network that drops, repeats, reorders, corrupts and delays, on computers that crash around commits.

Whatever happens, no text is read twice, a failure changes nothing, no message key seals twice and no nonce repeats,
both have the same epochs, and once the network behaves everything that was committed arrives, every open epoch ends,
and the network falls silent.

200 conversations, or 10,000 with ``KITH_SLOW=1``.
"""

import os
from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crypto import session as sessions
from crypto.errors import RemoteError
from crypto.labels import EPOCH_AFTER_S
from crypto.ratchet.kem_ratchet import Resting
from crypto.session import decrypt, envelope_id
from crypto.stored_session import encode
from tests.support.correspondents import Computer, Desk, Step, seal_of
from tests.support.sessions import NOW_S, Randomness, session_ends

pytestmark = pytest.mark.thorough

CONVERSATIONS = 10_000 if os.environ.get("KITH_SLOW") == "1" else 200
DAY_S = 24 * 3600
KEYS_LAST_S = 13 * DAY_S
"""A conversation is shorter than skipped keys are kept: what they lose after 14 days, other tests show."""

MAX_ROUNDS = 12
"""In which a well-behaved network falls silent: two for everything to arrive, three for each of two open epochs."""

Crash = Literal["none", "before commit", "after commit"]

crashes = st.sampled_from(["none", "none", "none", "before commit", "after commit"])
sides = st.sampled_from([0, 1])
picks = st.integers(0, 10_000)


class TwoPeople(RuleBasedStateMachine):
    """A bug shows as an error of :func:`decrypt` for an honest envelope, or as one of the assertions."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = NOW_S
        self.computers = [Computer(Randomness(f"computer {side}")) for side in (0, 1)]
        ends = (sessions.dated(end, now_s=NOW_S) for end in session_ends("handshake"))
        self.desks = [Desk(encode(end), {}) for end in ends]
        self.silent: int | None = None
        self.arriving: list[list[bytes]] = [[], []]
        self.opened: list[list[bytes]] = [[], []]
        self.said: list[list[bytes]] = [[], []]
        self.seals: set[tuple[bytes, int]] = set()
        self.nonces: set[bytes] = set()

    @initialize(
        silent=st.sampled_from([None, None, None, 0, 1]),
        after_s=st.sampled_from([0, 0, 3600, EPOCH_AFTER_S]),
        rounds=st.sampled_from([0, 2, 5]),
    )
    def begin(self, silent: int | None, after_s: int, rounds: int) -> None:
        """Whether one says nothing, how soon an epoch follows the one before, and how far they are when it begins."""
        self.computers = [replace(computer, after_s=after_s) for computer in self.computers]
        if rounds:
            self.say(0, 1, "none")
            self.behave(rounds)
        self.silent = silent

    # --- What people and computers do

    @rule(side=sides, count=st.integers(1, 4), crash=crashes)
    def say(self, side: int, count: int, crash: Crash) -> None:
        desk = self.desks[side]
        if side == self.silent or (side == 1 and not desk.received):
            return  # a responder that received nothing cannot send
        for _ in range(count):
            text = b"%d %d" % (side, len(self.said[side]))
            if self.commit(side, self.computers[side].say(self.desks[side], text), crash):
                self.said[side].append(text)

    @rule(side=sides)
    def resend(self, side: int) -> None:
        self.arriving[1 - side] += self.computers[side].resend(self.desks[side]).sent

    @rule(side=sides, crash=crashes)
    def link_up(self, side: int, crash: Crash) -> None:
        self.commit(side, self.computers[side].link_up(self.desks[side], now_s=self.now_s), crash)

    @precondition(lambda self: any(self.arriving))
    @rule(side=sides, pick=picks, count=st.integers(1, 3), crash=crashes)
    def receive(self, side: int, pick: int, count: int, crash: Crash) -> None:
        arriving = self.arriving[side]
        batch = [arriving.pop(pick % len(arriving)) for _ in range(min(count, len(arriving)))]
        if batch:
            self.take_in(side, batch, crash)

    @precondition(lambda self: any(self.arriving))
    @rule(rounds=st.integers(1, 4))
    def behave(self, rounds: int) -> None:
        """The network delivers everything in order for a while."""
        for side in (0, 1) * rounds:
            batch, self.arriving[side] = self.arriving[side], []
            if batch:
                self.take_in(side, batch, "none")

    @precondition(lambda self: self.now_s < NOW_S + KEYS_LAST_S - 2 * DAY_S)
    @rule(hours=st.sampled_from([1, 5, 25, 48]))
    def wait(self, hours: int) -> None:
        self.now_s += hours * 3600

    # --- What the network does

    @precondition(lambda self: any(self.arriving))
    @rule(side=sides, pick=picks)
    def drop(self, side: int, pick: int) -> None:
        if arriving := self.arriving[side]:
            del arriving[pick % len(arriving)]

    @precondition(lambda self: any(self.arriving))
    @rule(side=sides, pick=picks)
    def repeat(self, side: int, pick: int) -> None:
        if arriving := self.arriving[side]:
            arriving.append(arriving[pick % len(arriving)])

    @precondition(lambda self: any(self.arriving))
    @rule(side=sides, pick=picks, position=picks, change=st.integers(1, 255))
    def corrupt(self, side: int, pick: int, position: int, change: int) -> None:
        if arriving := self.arriving[side]:
            envelope = bytearray(arriving[pick % len(arriving)])
            envelope[position % len(envelope)] ^= change
            self.refuse(side, bytes(envelope))

    @precondition(lambda self: any(self.opened))
    @rule(side=sides, pick=picks)
    def replay(self, side: int, pick: int) -> None:
        """An envelope opened before, should its id ever be forgotten."""
        if opened := self.opened[side]:
            self.refuse(side, opened[pick % len(opened)])

    # --- What must hold

    def take_in(self, side: int, batch: list[bytes], crash: Crash) -> None:
        new = [envelope for envelope in dict.fromkeys(batch) if envelope_id(envelope) not in self.desks[side].received]
        step = self.computers[side].receive(self.desks[side], batch, now_s=self.now_s)
        if self.commit(side, step, crash):
            self.opened[side] += new

    def commit(self, side: int, step: Step, crash: Crash) -> bool:
        """Whether the step became durable; what it sent leaves only then."""
        for envelope in step.sent:
            assert envelope[1:25] not in self.nonces
            self.nonces.add(envelope[1:25])
        if crash == "before commit":
            return False
        session = step.desk.session
        for envelope in step.sent:
            seal = seal_of(session, envelope)
            assert seal not in self.seals
            self.seals.add(seal)
        self.desks[side] = step.desk
        if crash == "none":
            self.arriving[1 - side] += step.sent
        return True

    def refuse(self, side: int, envelope: bytes) -> None:
        session, stored = self.desks[side].session, self.desks[side].stored
        with pytest.raises(RemoteError):
            decrypt(session, envelope, now_s=self.now_s)
        assert encode(session) == stored

    @invariant()
    def both_have_the_same_epochs(self) -> None:
        ours, theirs = (desk.epochs for desk in self.desks)
        assert abs(len(ours) - len(theirs)) <= 1
        assert all(pair == other for pair, other in zip(ours, theirs, strict=False))

    @invariant()
    def either_can_dial_the_other(self) -> None:
        ours, theirs = (desk.session for desk in self.desks)
        for one, other in ((ours, theirs), (theirs, ours)):
            assert any(one.pair.matches(pair) for pair in other.pairs)

    @invariant()
    def counts_tell_what_was_sent(self) -> None:
        ours, theirs = (desk.session for desk in self.desks)
        assert ours.highest_received_count <= theirs.sent_count
        assert theirs.highest_received_count <= ours.sent_count

    @invariant()
    def no_text_was_read_twice(self) -> None:
        for desk in self.desks:
            assert len(set(desk.texts)) == len(desk.texts)

    def teardown(self) -> None:
        """The network behaves at last, though it is no less out of order, and no further epoch is due."""
        self.computers = [replace(computer, after_s=2 * KEYS_LAST_S) for computer in self.computers]
        self.arriving = [[], []]
        for side in (0, 1):
            self.arriving[1 - side] += reversed(self.computers[side].resend(self.desks[side]).sent)
        for _ in range(MAX_ROUNDS):
            for side in (0, 1):
                batch, self.arriving[side] = self.arriving[side], []
                if batch:
                    self.take_in(side, batch, "none")
        assert not any(self.arriving)
        assert not any(desk.unacknowledged for desk in self.desks)
        for side in (0, 1):
            assert sorted(self.desks[1 - side].texts) == sorted(self.said[side])
        assert len(self.desks[0].epochs) == len(self.desks[1].epochs)
        for desk in self.desks:
            assert isinstance(desk.session.ratchet.kem.exchange, Resting)


TestTwoPeople = TwoPeople.TestCase
TestTwoPeople.settings = settings(max_examples=CONVERSATIONS, stateful_step_count=50)
