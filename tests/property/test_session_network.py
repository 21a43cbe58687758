"""Two people over a network that drops, repeats, reorders and corrupts, on computers that crash around each commit.

Whatever happens, no text is read twice, a failure changes nothing, no message key seals twice, and everything that was
committed arrives once the network behaves.
"""

from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from crypto.errors import LocalError, RemoteError
from crypto.ratchet import header
from crypto.ratchet.state import Sending
from crypto.session import Payload, Session, decrypt, encrypt, envelope_id
from crypto.stored_session import decode_session, encode
from tests.support.sessions import ASSOCIATED_DATA, NOW_S, Randomness, session_ends

Crash = Literal["none", "before commit", "after commit"]
Seal = tuple[bytes, int]

crashes = st.sampled_from(["none", "none", "none", "before commit", "after commit"])
sides = st.sampled_from([0, 1])
picks = st.integers(0, 10_000)


@dataclass
class Person:
    """One computer: what it has committed, and the envelopes on their way to it."""

    stored_session: bytes
    unacknowledged: dict[bytes, bytes] = field(default_factory=dict)
    read: dict[bytes, Payload] = field(default_factory=dict)
    envelopes_read: list[bytes] = field(default_factory=list)
    arriving: list[bytes] = field(default_factory=list)

    @property
    def session(self) -> Session:
        return decode_session(self.stored_session)


class TwoPeople(RuleBasedStateMachine):
    """A bug shows as an error of :func:`decrypt` for an honest envelope, or as one of the assertions."""

    def __init__(self) -> None:
        super().__init__()
        self.random = Randomness("of both computers")
        self.people = [Person(encode(end)) for end in session_ends("handshake")]
        self.sent: dict[bytes, bytes] = {}
        self.message_keys: set[Seal] = set()
        self.nonces: set[bytes] = set()

    # --- What people and computers do

    @rule(side=sides, crash=crashes)
    def send(self, side: int, crash: Crash) -> None:
        me, peer = self.people[side], self.people[1 - side]
        message_id = self.random(16)
        try:
            session, envelope = encrypt(me.session, 1, message_id, b"text " + message_id, random=self.random)
        except LocalError:
            assert not me.read
            assert side == 1, "only a responder that received nothing cannot send"
            return
        assert envelope[1:25] not in self.nonces
        self.nonces.add(envelope[1:25])
        if crash == "before commit":
            return
        seal = sealed_with(session, envelope)
        assert seal not in self.message_keys
        self.message_keys.add(seal)
        self.sent[message_id] = b"text " + message_id
        me.stored_session = encode(session)
        me.unacknowledged[envelope_id(envelope)] = envelope
        if crash == "none":
            peer.arriving.append(envelope)

    @precondition(lambda self: any(person.unacknowledged for person in self.people))
    @rule(side=sides, pick=picks)
    def resend(self, side: int, pick: int) -> None:
        me, peer = self.people[side], self.people[1 - side]
        if me.unacknowledged:
            peer.arriving.append(chosen(list(me.unacknowledged.values()), pick))

    @precondition(lambda self: any(person.arriving for person in self.people))
    @rule(side=sides, pick=picks, crash=crashes)
    def receive(self, side: int, pick: int, crash: Crash) -> None:
        me = self.people[side]
        if me.arriving:
            envelope = chosen(me.arriving, pick)
            me.arriving.remove(envelope)
            self.open(side, envelope, crash)

    # --- What the network does

    @precondition(lambda self: any(person.arriving for person in self.people))
    @rule(side=sides, pick=picks)
    def drop(self, side: int, pick: int) -> None:
        me = self.people[side]
        if me.arriving:
            me.arriving.remove(chosen(me.arriving, pick))

    @precondition(lambda self: any(person.arriving for person in self.people))
    @rule(side=sides, pick=picks)
    def repeat(self, side: int, pick: int) -> None:
        me = self.people[side]
        if me.arriving:
            me.arriving.append(chosen(me.arriving, pick))

    @precondition(lambda self: any(person.arriving for person in self.people))
    @rule(side=sides, pick=picks, position=picks, change=st.integers(1, 255))
    def corrupt(self, side: int, pick: int, position: int, change: int) -> None:
        me = self.people[side]
        if me.arriving:
            envelope = bytearray(chosen(me.arriving, pick))
            envelope[position % len(envelope)] ^= change
            self.refuse(me, bytes(envelope))

    @precondition(lambda self: any(person.read for person in self.people))
    @rule(side=sides, pick=picks)
    def replay(self, side: int, pick: int) -> None:
        """An envelope read before, should its id ever be forgotten."""
        me = self.people[side]
        if me.read:
            self.refuse(me, chosen(me.envelopes_read, pick))

    # --- What must hold

    def open(self, side: int, envelope: bytes, crash: Crash) -> None:
        me, peer = self.people[side], self.people[1 - side]
        name = envelope_id(envelope)
        if name not in me.read:
            session, payload = decrypt(me.session, envelope, now_s=NOW_S)
            assert payload.content == self.sent[payload.message_id]
            assert payload.message_id not in {earlier.message_id for earlier in me.read.values()}
            if crash == "before commit":
                return
            me.stored_session = encode(session)
            me.read[name] = payload
            me.envelopes_read.append(envelope)
        if crash == "none":
            peer.unacknowledged.pop(name, None)

    def refuse(self, me: Person, envelope: bytes) -> None:
        session = me.session
        with pytest.raises(RemoteError):
            decrypt(session, envelope, now_s=NOW_S)
        assert encode(session) == me.stored_session

    @invariant()
    def counts_tell_what_was_sent(self) -> None:
        for me, peer in (self.people, self.people[::-1]):
            assert me.session.highest_received_count <= peer.session.sent_count

    def teardown(self) -> None:
        """The network behaves at last, though it is no less out of order."""
        for side in (0, 1, 0, 1):
            for envelope in reversed(list(self.people[1 - side].unacknowledged.values())):
                self.open(side, envelope, "none")
        assert not any(person.unacknowledged for person in self.people)
        assert {payload.message_id for person in self.people for payload in person.read.values()} == set(self.sent)


def chosen(envelopes: list[bytes], pick: int) -> bytes:
    return envelopes[pick % len(envelopes)]


def sealed_with(session: Session, envelope: bytes) -> Seal:
    """What names the message key of an envelope that ``session`` has just sent: ratchet key and number."""
    position = session.ratchet.position
    assert isinstance(position, Sending)
    opened = header.unseal(envelope[25:89], position.chain.header_key, envelope[1:25], ASSOCIATED_DATA + b"\x01")
    assert opened is not None
    return opened.ratchet_key, opened.number


TestTwoPeople = TwoPeople.TestCase
TestTwoPeople.settings = settings(max_examples=60, stateful_step_count=60)
