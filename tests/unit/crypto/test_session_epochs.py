"""ML-KEM epochs in a session: who offers when, what each header tells, what must be answered, which secrets turn."""

from dataclasses import dataclass, replace

import pytest

from crypto import kem
from crypto import session as sessions
from crypto.errors import LocalError, MalformedError
from crypto.labels import EPOCH_AFTER_MESSAGES, EPOCH_AFTER_S
from crypto.primitives import sha256
from crypto.ratchet import header
from crypto.ratchet.header import WANT, Header
from crypto.ratchet.kem_ratchet import Accepted, Agreed, Offered, Resting
from crypto.ratchet.state import Sending, Turning
from crypto.session import ACCEPT, OFFER, Payload, Session, decrypt, encrypt, must_answer, offer_due
from crypto.stored_session import decode_session, encode
from tests.support.sessions import ASSOCIATED_DATA, MESSAGE_ID, NOW_S, Randomness, session_ends

TEXT = 0x20
random = Randomness("epochs")


@dataclass
class Person:
    """Holds a session and stores it after every step."""

    session: Session

    def send(self, payload_type: int = TEXT, content: bytes = b"text") -> bytes:
        session, envelope = encrypt(self.session, payload_type, MESSAGE_ID, content, random=random)
        self.session = decode_session(encode(session))
        return envelope

    def receive(self, envelope: bytes, *, now_s: int = NOW_S) -> Payload:
        session, payload = decrypt(self.session, envelope, now_s=now_s)
        self.session = decode_session(encode(session))
        return payload

    def offer(self, *, now_s: int = NOW_S) -> bytes:
        self.session, content = sessions.offer(self.session, now_s=now_s, random=random)
        return self.send(OFFER, content)

    def accept(self, offer: bytes) -> bytes:
        payload = self.receive(offer)
        content = sessions.reply(self.session, payload)
        assert content is not None
        return self.send(ACCEPT, content)

    @property
    def applied(self) -> int:
        return self.session.ratchet.kem.applied

    @property
    def exchange(self) -> Resting | Offered | Accepted | Agreed:
        return self.session.ratchet.kem.exchange


def header_of(sender: Person, envelope: bytes) -> Header:
    """The header of an envelope that ``sender`` has just sent."""
    position = sender.session.ratchet.position
    assert isinstance(position, Sending)
    found = header.unseal(envelope[25:89], position.chain.header_key, envelope[1:25], ASSOCIATED_DATA + b"\x01")
    assert found is not None
    return found


@pytest.fixture
def people() -> tuple[Person, Person]:
    """Initiator and responder, who have heard each other."""
    alice, bob = (Person(end) for end in session_ends())
    turn(alice, bob)
    return alice, bob


def turn(one: Person, other: Person) -> None:
    """A text each way, so that both have new chains."""
    other.receive(one.send())
    one.receive(other.send())


def agree(offerer: Person, acceptor: Person) -> None:
    offerer.receive(acceptor.accept(offerer.offer()))


def secrets_of(person: Person) -> tuple[list[bytes], bytes, bytes]:
    session = person.session
    return [pair.reveal() for pair in session.pairs], session.pair.reveal(), session.resume.reveal()


# --- An epoch


def test_epochs_follow_each_other_offered_in_turn(people: tuple[Person, Person]) -> None:
    offerer, acceptor = people
    for epoch in range(1, 5):
        agree(offerer, acceptor)
        assert isinstance(offerer.exchange, Agreed)
        assert acceptor.receive(offerer.send()).content == b"text"
        assert offerer.applied == acceptor.applied == epoch
        assert offerer.receive(acceptor.send()).content == b"text"
        offerer, acceptor = acceptor, offerer


def test_every_header_of_the_chain_that_mixes_tells_the_epoch_and_no_other_does(
    people: tuple[Person, Person],
) -> None:
    alice, bob = people
    offer = alice.offer()
    assert header_of(alice, offer).epoch == 0
    acceptance = bob.accept(offer)
    assert header_of(bob, acceptance).epoch == 0
    alice.receive(acceptance)
    sent = [alice.send() for _ in range(3)]
    assert [header_of(alice, envelope).epoch for envelope in sent] == [1, 1, 1]
    for envelope in sent[::-1]:
        bob.receive(envelope)
    answer = bob.send()
    assert header_of(bob, answer).epoch == 0
    alice.receive(answer)
    assert header_of(alice, alice.send()).epoch == 0


def test_any_message_of_the_chain_brings_the_epoch_and_the_others_arrive_later(people: tuple[Person, Person]) -> None:
    alice, bob = people
    agree(alice, bob)
    sent = [alice.send(content=b"%d" % number) for number in range(3)]
    assert [bob.receive(sent[number]).content for number in (1, 2, 0)] == [b"1", b"2", b"0"]
    assert bob.applied == 1


def test_a_chain_that_runs_already_does_not_mix_and_the_next_one_does(people: tuple[Person, Person]) -> None:
    alice, bob = people
    acceptance, overtaking = bob.accept(alice.offer()), bob.send()
    alice.receive(overtaking)
    crossing = alice.send()
    alice.receive(acceptance)
    assert isinstance(alice.exchange, Agreed)
    assert header_of(alice, alice.send()).epoch == 0
    bob.receive(crossing)
    assert bob.applied == 0
    assert must_answer(bob.session)
    alice.receive(bob.send())
    assert header_of(alice, alice.send()).epoch == 1


def test_messages_from_before_the_epoch_arrive_after_it(people: tuple[Person, Person]) -> None:
    alice, bob = people
    offer, late = alice.offer(), alice.send(content=b"late")
    alice.receive(bob.accept(offer))
    bob.receive(alice.send())
    assert bob.receive(late).content == b"late"


# --- Rule 6: what a header may say


def claiming(sender: Person, epoch: int) -> Person:
    """The sender, whose next envelopes claim an epoch that their chain did not mix."""
    position = sender.session.ratchet.position
    assert isinstance(position, Sending)
    lying = replace(sender.session.ratchet, position=replace(position, epoch=epoch))
    return Person(replace(sender.session, ratchet=lying))


@pytest.mark.parametrize("epoch", [1, 2, 2**32 - 1])
def test_a_new_chain_with_an_epoch_that_was_not_agreed_is_refused(people: tuple[Person, Person], epoch: int) -> None:
    alice, bob = people
    alice.send()
    before = encode(bob.session)
    with pytest.raises(MalformedError):
        decrypt(bob.session, claiming(alice, epoch).send(), now_s=NOW_S)
    assert encode(bob.session) == before


@pytest.mark.parametrize("epoch", [0, 2, 3])
def test_a_new_chain_that_lies_about_the_pending_epoch_is_refused(people: tuple[Person, Person], epoch: int) -> None:
    alice, bob = people
    agree(alice, bob)
    alice.send()
    before = encode(bob.session)
    with pytest.raises(Exception, match=r"not agreed|bad tag"):
        decrypt(bob.session, claiming(alice, epoch).send(), now_s=NOW_S)
    assert encode(bob.session) == before


@pytest.mark.parametrize("epoch", [1, 7])
def test_an_epoch_in_a_known_chain_is_ignored(people: tuple[Person, Person], epoch: int) -> None:
    alice, bob = people
    bob.receive(alice.send())
    assert bob.receive(claiming(alice, epoch).send()).content == b"text"
    assert bob.applied == 0


# --- Rule 2: payloads that are ignored, and opened all the same


@pytest.mark.parametrize(
    "content",
    [b"", b"\x01\0\0\0", b"\x01\0\0\0" + b"\xff" * 1184, b"\x02\0\0\0" + bytes(1184), bytes(1188), bytes(1124)],
    ids=["empty", "no key", "unreduced key", "another epoch", "epoch 0", "an acceptance's length"],
)
@pytest.mark.parametrize("payload_type", [OFFER, ACCEPT])
def test_what_is_no_message_of_the_next_epoch_is_opened_and_ignored(
    people: tuple[Person, Person], payload_type: int, content: bytes
) -> None:
    alice, bob = people
    payload = bob.receive(alice.send(payload_type, content))
    assert payload.content == content
    assert isinstance(bob.exchange, Resting)
    assert sessions.reply(bob.session, payload) is None
    assert bob.receive(alice.send()).content == b"text"


def test_an_acceptance_of_another_key_is_ignored(people: tuple[Person, Person]) -> None:
    alice, bob = people
    bob.receive(alice.offer())
    public_key = kem.generate().public
    ciphertext, _ = kem.encapsulate(public_key)
    alice.receive(bob.send(ACCEPT, b"\x01\0\0\0" + sha256(public_key) + ciphertext))
    assert isinstance(alice.exchange, Offered)


def test_only_an_offer_has_a_reply(people: tuple[Person, Person]) -> None:
    alice, bob = people
    offer = alice.offer()
    text = alice.send()
    payload = bob.receive(offer)
    assert sessions.reply(bob.session, payload) == sessions.acceptance(bob.session)
    assert sessions.reply(bob.session, bob.receive(text)) is None
    for other in (OFFER - 1, ACCEPT, TEXT):
        assert sessions.reply(bob.session, replace(payload, type=other)) is None


def test_an_offer_is_not_ours_to_make_while_the_peers_is_next(people: tuple[Person, Person]) -> None:
    with pytest.raises(LocalError):
        sessions.offer(people[1].session, now_s=NOW_S)


# --- Rule 1: when one is due


def dated(person: Person) -> Person:
    person.session = sessions.dated(person.session, now_s=NOW_S)
    return person


def test_an_epoch_is_due_after_fifty_envelopes_of_our_own(people: tuple[Person, Person]) -> None:
    alice, bob = map(dated, people)
    for _ in range(EPOCH_AFTER_MESSAGES):
        assert not offer_due(alice.session, now_s=NOW_S)
        bob.receive(alice.send())
    for _ in range(3):
        assert offer_due(alice.session, now_s=NOW_S)
        assert offer_due(bob.session, now_s=NOW_S) is False
        bob.receive(alice.send())


def test_an_epoch_is_due_after_a_day_or_when_the_clock_is_beyond_belief(people: tuple[Person, Person]) -> None:
    alice, bob = map(dated, people)
    assert not offer_due(alice.session, now_s=NOW_S + EPOCH_AFTER_S - 1)
    for days in (1, 2, 100):
        assert offer_due(alice.session, now_s=NOW_S + days * EPOCH_AFTER_S)
    assert offer_due(alice.session, now_s=NOW_S - 1)
    assert offer_due(alice.session, now_s=NOW_S + 60, after_s=60)
    assert not offer_due(bob.session, now_s=NOW_S + EPOCH_AFTER_S)


def test_the_count_and_the_day_begin_anew_with_an_offer_and_with_its_acceptance(people: tuple[Person, Person]) -> None:
    alice, bob = map(dated, people)
    offer = alice.offer(now_s=NOW_S + 5)
    assert (alice.session.epoch.sent_count, alice.session.epoch.began_s) == (1, NOW_S + 5)
    bob.receive(offer, now_s=NOW_S + 6)
    assert (bob.session.epoch.sent_count, bob.session.epoch.began_s) == (1, NOW_S + 6)


def test_an_offer_without_an_answer_is_repeated_after_a_day_and_not_before(people: tuple[Person, Person]) -> None:
    alice, bob = map(dated, people)
    first = alice.offer()
    for _ in range(2 * EPOCH_AFTER_MESSAGES):
        alice.send()
    assert not offer_due(alice.session, now_s=NOW_S + EPOCH_AFTER_S - 1)
    assert offer_due(alice.session, now_s=NOW_S + EPOCH_AFTER_S)
    again = alice.offer(now_s=NOW_S + EPOCH_AFTER_S)
    assert bob.receive(again).content == bob.receive(first).content


def test_nothing_is_due_between_agreement_and_mixing(people: tuple[Person, Person]) -> None:
    alice, bob = people
    agree(alice, bob)
    for person in people:
        assert offer_due(person.session, now_s=NOW_S + 100 * EPOCH_AFTER_S) is False


def test_whoever_cannot_offer_wants_an_epoch_from_its_fiftieth_envelope_on(people: tuple[Person, Person]) -> None:
    alice, bob = map(dated, people)
    bob.session = replace(bob.session, epoch=bob.session.epoch.begun(sent_count=1, now_s=NOW_S))
    flags = []
    for _ in range(EPOCH_AFTER_MESSAGES + 1):
        envelope = bob.send()
        flags.append(header_of(bob, envelope).flags)
        assert offer_due(alice.session, now_s=NOW_S) == any(flags[:-1])
        alice.receive(envelope)
    assert flags == [0] * (EPOCH_AFTER_MESSAGES - 1) + [WANT, WANT]
    assert offer_due(alice.session, now_s=NOW_S)


def test_nobody_wants_what_is_its_own_to_offer_or_was_offered(people: tuple[Person, Person]) -> None:
    alice, bob = people
    bob.receive(alice.offer())
    for person in people:
        sent = [person.send() for _ in range(EPOCH_AFTER_MESSAGES + 1)]
        assert header_of(person, sent[-1]).flags == 0


def test_a_wish_is_heard_from_a_late_message_too_and_counts_only_once_read(people: tuple[Person, Person]) -> None:
    alice, bob = map(dated, people)
    for _ in range(EPOCH_AFTER_MESSAGES):
        bob.send()
    wish, later = bob.send(), bob.send()
    forged = wish[:-1] + bytes([wish[-1] ^ 1])
    with pytest.raises(Exception, match="bad tag"):
        decrypt(alice.session, forged, now_s=NOW_S)
    alice.receive(later)
    assert offer_due(alice.session, now_s=NOW_S)
    alice.session = replace(alice.session, ratchet=people[0].session.ratchet)
    alice.receive(wish)
    assert offer_due(alice.session, now_s=NOW_S)


# --- Rule 7: what must be answered


def test_a_new_chain_is_answered_while_a_result_waits(people: tuple[Person, Person]) -> None:
    alice, bob = people
    assert not must_answer(bob.session)
    bob.receive(alice.send())
    assert isinstance(bob.session.ratchet.position, Turning)
    assert not must_answer(bob.session), "no epoch is open"
    offer = alice.offer()
    payload = bob.receive(offer)
    content = sessions.reply(bob.session, payload)
    assert content is not None
    assert must_answer(bob.session)
    acceptance = bob.send(ACCEPT, content)
    assert not must_answer(bob.session)
    alice.receive(acceptance)
    assert must_answer(alice.session)
    mixing = alice.send()
    assert not must_answer(alice.session)
    bob.receive(mixing)
    assert not must_answer(bob.session), "the epoch is over"


def test_an_offer_that_stands_makes_no_chain_worth_an_answer(people: tuple[Person, Person]) -> None:
    """A peer that never accepts would be answered for ever."""
    alice, bob = people
    bob.receive(alice.offer())
    alice.receive(bob.send())
    assert isinstance(alice.exchange, Offered)
    assert not must_answer(alice.session)


# --- Rule 5: pair and resume


def test_pair_and_resume_turn_on_both_sides_and_the_former_pair_is_good_until_proof(
    people: tuple[Person, Person],
) -> None:
    alice, bob = people
    first = secrets_of(alice)
    assert first == secrets_of(bob)
    (first_pair,) = first[0]
    agree(alice, bob)
    assert secrets_of(alice) == secrets_of(bob) == first
    mixing = alice.send()
    pairs, pair, resume = secrets_of(alice)
    assert (pair, resume) == first[1:], "Bob has not proved the new ones"
    assert pairs[0] == first_pair
    bob.receive(mixing)
    second_pair = pairs[1]
    assert secrets_of(bob)[:2] == ([second_pair, first_pair], second_pair)
    answer = bob.send()
    alice.receive(answer)
    assert secrets_of(alice)[:2] == ([second_pair], second_pair)
    bob.receive(alice.send())
    assert secrets_of(bob) == secrets_of(alice)
    assert second_pair != first_pair
    assert secrets_of(bob)[2] != resume


def test_all_resume_secrets_that_the_peer_may_offer_are_told_the_proved_one_first(
    people: tuple[Person, Person],
) -> None:
    alice, bob = people

    def resumes(person: Person) -> list[bytes]:
        return [resume.reveal() for resume in person.session.resumes]

    (first,) = resumes(alice)
    agree(alice, bob)
    bob.receive(alice.send())
    (_, second) = resumes(alice)
    assert resumes(alice) == [first, second], "Bob has not proved the new one"
    assert resumes(bob) == [second, first]
    alice.receive(bob.send())
    assert resumes(alice) == [second]
    bob.receive(alice.send())
    assert resumes(bob) == [second]


def test_the_former_pair_outlives_messages_that_prove_nothing(people: tuple[Person, Person]) -> None:
    alice, bob = people
    acceptance, old_chain = bob.accept(alice.offer()), bob.send()
    alice.receive(acceptance)
    mixing = alice.send()
    alice.receive(old_chain)
    assert len(alice.session.pairs) == 2
    bob.receive(mixing)
    bob.receive(alice.send())
    assert len(bob.session.pairs) == 2


def test_no_more_than_one_former_pair_is_ever_kept(people: tuple[Person, Person]) -> None:
    offerer, acceptor = people
    for _ in range(4):
        agree(offerer, acceptor)
        assert offerer.session.epoch.former is None
        acceptor.receive(offerer.send())
        offerer, acceptor = acceptor, offerer


# --- Size


def test_a_session_between_two_messages_takes_less_than_8_kib_in_any_state(people: tuple[Person, Person]) -> None:
    alice, bob = people
    agree(alice, bob)
    alice.send()
    sizes = [len(encode(person.session)) for person in (alice, bob)]
    assert max(sizes) < 2048
