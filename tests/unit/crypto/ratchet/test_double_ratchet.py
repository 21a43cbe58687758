"""Two parties agree on every message key, whatever the network does, and refuse what cannot be."""

from dataclasses import dataclass, replace

import pytest

from crypto.encoding import Writer
from crypto.errors import ForgedError, JumpError, LocalError, MalformedError, MessageKeyError, RemoteError, WeakKeyError
from crypto.primitives import KeyPair, xchacha_seal
from crypto.ratchet import double_ratchet, header, state
from crypto.ratchet.chain import Chain
from crypto.ratchet.double_ratchet import OVERHEAD_BYTES, expire_skipped
from crypto.ratchet.header import Header
from crypto.ratchet.state import Listening, Ratchet, Sending, Turning
from tests.support.sessions import NOW_S, Randomness

BOUND = b"associated data and version"
DAY_S = 24 * 3600

random = Randomness("double ratchet")


@dataclass
class Party:
    """Holds a state and commits each new one."""

    ratchet: Ratchet

    def send(self, text: bytes = b"text") -> bytes:
        self.ratchet, message = double_ratchet.encrypt(self.ratchet, text, BOUND, random)
        return message

    def receive(self, message: bytes, *, now_s: int = NOW_S) -> bytes:
        self.ratchet, text = double_ratchet.decrypt(self.ratchet, message, BOUND, now_s=now_s)
        return text

    def refuses(self, message: bytes, error: type[RemoteError], *, now_s: int = NOW_S) -> None:
        before = image(self.ratchet)
        with pytest.raises(error):
            double_ratchet.decrypt(self.ratchet, message, BOUND, now_s=now_s)
        assert image(self.ratchet) == before

    def missing(self, message: bytes, *, most: int) -> int:
        """How many messages are missing before this one, if they are more than ``most``; otherwise it is received."""
        try:
            self.ratchet, _ = double_ratchet.decrypt(self.ratchet, message, BOUND, now_s=NOW_S, most_missing=most)
        except JumpError as jump:
            return jump.missing
        return 0

    @property
    def sending(self) -> Sending:
        assert isinstance(self.ratchet.position, Sending)
        return self.ratchet.position

    @property
    def receiving(self) -> Chain:
        assert self.ratchet.receiving is not None
        return self.ratchet.receiving


@pytest.fixture
def alice() -> Party:
    """The initiator."""
    return Party(
        double_ratchet.initiate(
            b"\x01" * 32,
            KeyPair.from_private(b"\x04" * 32).public,
            next_header_key=b"\x02" * 32,
            next_receiving_header_key=b"\x03" * 32,
            pq_secret=b"\x05" * 32,
            random=random,
        )
    )


@pytest.fixture
def bob() -> Party:
    """The responder."""
    return Party(
        double_ratchet.respond(
            b"\x01" * 32,
            KeyPair.from_private(b"\x04" * 32),
            next_header_key=b"\x03" * 32,
            next_receiving_header_key=b"\x02" * 32,
            pq_secret=b"\x05" * 32,
        )
    )


def image(ratchet: Ratchet) -> bytes:
    writer = Writer()
    state.write(ratchet, writer)
    return writer.finish()


def turn(one: Party, other: Party) -> None:
    """A message each way, so that both have new chains."""
    other.receive(one.send())
    one.receive(other.send())


def crafted(
    sender: Party, *, number: int | None = None, previous_count: int = 0, epoch: int = 0, public: bytes | None = None
) -> bytes:
    """A well-sealed message of the sender's present chain, the next one or later, whose header says what it likes."""
    chain = sender.sending.chain
    number = chain.number if number is None else number
    _, message_key = chain.skip_to(number, keep=0)[0].step()
    nonce = random(24)
    claims = Header(public or sender.sending.ratchet_key.public, previous_count, number, epoch)
    opening = nonce + header.seal(claims, chain.header_key, nonce, BOUND)
    return opening + xchacha_seal(message_key, nonce, b"crafted", BOUND + opening)


# --- Agreement


def test_texts_arrive_in_order_both_ways(alice: Party, bob: Party) -> None:
    for index in range(5):
        for _ in range(3):
            assert bob.receive(alice.send(b"to bob %d" % index)) == b"to bob %d" % index
        for _ in range(2):
            assert alice.receive(bob.send(b"to alice %d" % index)) == b"to alice %d" % index


def test_a_message_is_104_bytes_longer_than_its_text(alice: Party) -> None:
    assert len(alice.send(b"x" * 10)) == 10 + OVERHEAD_BYTES == 114


def test_a_header_carries_no_flag_unless_asked_to(alice: Party) -> None:
    chain, message = alice.sending.chain, alice.send()
    told = header.unseal(message[24:88], chain.header_key, message[:24], BOUND)
    assert told == Header(alice.sending.ratchet_key.public, 0, 0, 0, 0, 0)


def test_a_late_message_of_the_current_chain_arrives(alice: Party, bob: Party) -> None:
    first, second, third = alice.send(b"1"), alice.send(b"2"), alice.send(b"3")
    assert [bob.receive(message) for message in (third, first, second)] == [b"3", b"1", b"2"]


def test_a_late_message_of_the_current_chain_arrives_after_our_answer(alice: Party, bob: Party) -> None:
    late, on_time = alice.send(b"late"), alice.send()
    bob.receive(on_time)
    alice.receive(bob.send())
    assert bob.receive(late) == b"late"


def test_messages_lost_at_the_end_of_a_chain_arrive_after_the_turn(alice: Party, bob: Party) -> None:
    turn(alice, bob)
    bob.receive(alice.send())
    late = [alice.send(b"late %d" % index) for index in range(3)]
    alice.receive(bob.send())
    bob.receive(alice.send())
    assert [bob.receive(message) for message in reversed(late)] == [b"late 2", b"late 1", b"late 0"]


def test_the_first_message_may_be_overtaken(alice: Party, bob: Party) -> None:
    first, second = alice.send(b"first"), alice.send(b"second")
    assert bob.receive(second) == b"second"
    alice.receive(bob.send())
    assert bob.receive(alice.send(b"third")) == b"third"
    assert bob.receive(first) == b"first"


def test_late_messages_of_64_older_chains_arrive(alice: Party, bob: Party) -> None:
    late = []
    for _ in range(64):
        late.append(alice.send(b"late"))
        turn(alice, bob)
    assert [bob.receive(message) for message in late] == [b"late"] * 64
    assert not bob.ratchet.skipped.header_keys


def test_a_repeat_is_refused(alice: Party, bob: Party) -> None:
    late, on_time = alice.send(), alice.send()
    bob.receive(on_time)
    bob.refuses(on_time, MessageKeyError)
    bob.receive(late)
    bob.refuses(late, MessageKeyError)
    turn(alice, bob)
    bob.refuses(on_time, MessageKeyError)
    turn(bob, alice)
    bob.refuses(on_time, ForgedError)  # nothing of that chain is kept any more


# --- The Diffie-Hellman ratchet


def test_a_responder_cannot_send_first(bob: Party) -> None:
    assert isinstance(bob.ratchet.position, Listening)
    with pytest.raises(LocalError):
        bob.send()


def test_a_sending_chain_is_made_at_the_first_send_after_a_new_receiving_chain(alice: Party, bob: Party) -> None:
    bob.receive(alice.send())
    assert isinstance(bob.ratchet.position, Turning)
    bob.receive(alice.send())
    assert isinstance(bob.ratchet.position, Turning)
    alice.receive(bob.send())
    own_key = bob.sending.ratchet_key
    alice.receive(bob.send())
    assert bob.sending.ratchet_key is own_key


def test_a_ratchet_private_key_dies_with_the_peers_answer(alice: Party, bob: Party) -> None:
    private = alice.sending.ratchet_key.private.reveal()
    assert private in image(alice.ratchet)
    turn(alice, bob)
    assert private not in image(alice.ratchet)


def test_a_party_that_has_not_answered_takes_no_further_chain(alice: Party, bob: Party) -> None:
    bob.receive(alice.send())
    further = replace(alice.sending, chain=Chain(alice.sending.next_header_key, b"\x07" * 32, 0))
    impatient = Party(replace(alice.ratchet, position=further))
    bob.refuses(crafted(impatient), ForgedError)


def test_the_previous_chains_length_is_told(alice: Party, bob: Party) -> None:
    for _ in range(3):
        bob.receive(alice.send())
    alice.receive(bob.send())
    alice.send()
    assert alice.sending.previous_count == 3


# --- Hostile peers


def test_a_damaged_message_is_refused_anywhere(alice: Party, bob: Party) -> None:
    message = alice.send()
    for position in range(len(message)):
        damaged = bytearray(message)
        damaged[position] ^= 1
        bob.refuses(bytes(damaged), ForgedError)
    assert bob.receive(message) == b"text"


def test_other_associated_data_is_refused(alice: Party, bob: Party) -> None:
    message = alice.send()
    with pytest.raises(ForgedError):
        double_ratchet.decrypt(bob.ratchet, message, BOUND + b"!", now_s=NOW_S)


def test_every_truncation_is_refused(alice: Party, bob: Party) -> None:
    message = alice.send()
    for size_bytes in range(len(message)):
        bob.refuses(message[:size_bytes], MalformedError if size_bytes < OVERHEAD_BYTES else ForgedError)


def test_a_jump_of_25_000_is_followed_and_its_last_1_000_keys_kept(alice: Party, bob: Party) -> None:
    assert bob.receive(crafted(alice, number=25_000)) == b"crafted"
    assert bob.receiving.number == 25_001
    assert bob.receive(crafted(alice, number=24_000)) == b"crafted"
    bob.refuses(crafted(alice, number=23_999), MessageKeyError)


def test_a_jump_over_25_000_is_refused(alice: Party, bob: Party) -> None:
    bob.refuses(crafted(alice, number=25_001), MessageKeyError)


def test_a_previous_chain_longer_than_a_jump_is_refused(alice: Party, bob: Party) -> None:
    turn(alice, bob)
    alice.send()
    bob.refuses(crafted(alice, previous_count=25_002), MessageKeyError)
    assert bob.receive(crafted(alice, previous_count=25_001)) == b"crafted"


def test_a_jump_longer_than_the_caller_pays_for_is_refused_before_it_is_made(
    alice: Party, bob: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob.receive(alice.send())
    messages = [crafted(alice, number=1 + missing) for missing in (5, 6)]
    with monkeypatch.context() as steps:
        steps.setattr(Chain, "skip_to", lambda *_, **__: pytest.fail("a step was made"))
        assert [bob.missing(each, most=4) for each in messages] == [5, 6]
    assert [bob.missing(each, most=5) for each in messages[::-1]] == [6, 0]
    assert bob.receiving.number == 7


def test_what_is_missing_of_the_previous_chain_counts_too(alice: Party, bob: Party) -> None:
    bob.receive(alice.send())
    turn(alice, bob)
    alice.send()
    message = crafted(alice, previous_count=2 + 3, number=4)
    assert bob.missing(message, most=6) == 7
    assert bob.missing(message, most=7) == 0


def test_what_came_before_is_not_missing(alice: Party, bob: Party) -> None:
    early = alice.send()
    bob.receive(alice.send())
    assert bob.missing(early, most=0) == 0
    turn(alice, bob)
    alice.send()
    assert bob.missing(crafted(alice, previous_count=1, number=1), most=1) == 0


def test_as_many_as_a_jump_of_each_chain_are_followed_unless_the_caller_says_less(alice: Party, bob: Party) -> None:
    bob.receive(alice.send())
    turn(alice, bob)
    alice.send()
    assert bob.receive(crafted(alice, previous_count=2 + 25_000, number=25_000)) == b"crafted"


def test_a_previous_chain_shorter_than_what_arrived_skips_nothing(alice: Party, bob: Party) -> None:
    bob.receive(alice.send())
    turn(alice, bob)
    alice.send()
    assert bob.receive(crafted(alice, previous_count=1)) == b"crafted"
    assert list(bob.ratchet.skipped.header_keys) == [bob.receiving.header_key]


def test_before_the_very_first_chain_nothing_is_missing(alice: Party, bob: Party) -> None:
    sent = [alice.send() for _ in range(4)]
    assert bob.missing(sent[3], most=2) == 3
    assert bob.missing(sent[3], most=3) == 0


def test_a_previous_chain_shorter_than_what_arrived_makes_up_for_nothing(alice: Party, bob: Party) -> None:
    turn(alice, bob)
    bob.receive(alice.send())
    bob.receive(alice.send())
    alice.receive(bob.send())
    alice.send()
    assert bob.missing(crafted(alice, number=3, previous_count=0), most=2) == 3
    assert bob.missing(crafted(alice, number=3, previous_count=0), most=3) == 0


def test_an_epoch_nobody_agreed_is_refused_in_a_new_chain(alice: Party, bob: Party) -> None:
    bob.refuses(crafted(alice, epoch=1), MalformedError)


def test_an_epoch_is_ignored_in_a_known_chain(alice: Party, bob: Party) -> None:
    bob.receive(alice.send())
    older, late, on_time = (crafted(alice, number=number, epoch=7) for number in (1, 2, 3))
    assert bob.receive(on_time) == b"crafted"
    assert bob.receive(late) == b"crafted"
    alice.receive(bob.send())
    turn(alice, bob)
    assert bob.receive(older) == b"crafted"


def test_a_low_order_ratchet_key_is_refused(alice: Party, bob: Party) -> None:
    bob.refuses(crafted(alice, public=bytes(32)), WeakKeyError)


def test_an_initiator_refuses_a_low_order_ratchet_key() -> None:
    with pytest.raises(WeakKeyError):
        double_ratchet.initiate(
            bytes(32),
            bytes(32),
            next_header_key=bytes(32),
            next_receiving_header_key=bytes(32),
            pq_secret=bytes(32),
            random=random,
        )


def test_a_full_chain_sends_no_more(alice: Party) -> None:
    chain = replace(alice.sending.chain, number=2**32 - 1)
    alice.ratchet = replace(alice.ratchet, position=replace(alice.sending, chain=chain))
    alice.send()
    with pytest.raises(LocalError):
        alice.send()


# --- Expiry


def test_a_message_later_than_14_days_is_refused(alice: Party, bob: Party) -> None:
    late, later = alice.send(), alice.send()
    bob.receive(alice.send(), now_s=NOW_S)
    bob.receive(late, now_s=NOW_S + 14 * DAY_S)
    bob.refuses(later, MessageKeyError, now_s=NOW_S + 14 * DAY_S + 1)


def test_any_message_clears_what_has_expired(alice: Party, bob: Party) -> None:
    alice.send()
    bob.receive(alice.send())
    bob.receive(alice.send(), now_s=NOW_S + 15 * DAY_S)
    assert not bob.ratchet.skipped.header_keys


def test_expiry_without_a_message(alice: Party, bob: Party) -> None:
    alice.send()
    bob.receive(alice.send())
    assert expire_skipped(bob.ratchet, now_s=NOW_S + 14 * DAY_S) is bob.ratchet
    assert not expire_skipped(bob.ratchet, now_s=NOW_S + 15 * DAY_S).skipped.header_keys
