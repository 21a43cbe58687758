"""The ML-KEM ratchet follows its rules, refuses or ignores everything else, and forgets what it leaves behind."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from crypto import kem
from crypto.encoding import Reader, Writer
from crypto.errors import LocalError, MalformedError
from crypto.primitives import sha256
from crypto.ratchet import kem_ratchet
from crypto.ratchet.kem_ratchet import NO_MIX, Accepted, Agreed, KemRatchet, Mix, Offered, Pending, Resting
from crypto.secret import Secret
from tests.support.sessions import Randomness

BOUND = b"\xad" * 32
SECRET = b"\x01" * 32

Change = Callable[[bytes], bytes]


@dataclass
class Pair:
    """Who offers and who accepts the next epoch."""

    offerer: KemRatchet
    acceptor: KemRatchet

    def offer(self) -> bytes:
        self.offerer, content = self.offerer.offer(Randomness(self.offerer.applied))
        return content

    def accept(self, offer: bytes) -> bytes:
        self.acceptor = self.acceptor.take_offer(offer, BOUND)
        content = self.acceptor.reply(offer)
        assert content is not None
        return content

    def agree(self) -> None:
        acceptance = self.accept(self.offer())
        self.offerer = self.offerer.take_acceptance(acceptance, BOUND)

    def mix(self) -> tuple[Mix, Mix]:
        """What both put into one root step; the other one offers afterwards."""
        self.offerer, sent = self.offerer.into_sending_chain()
        self.acceptor, received = self.acceptor.into_receiving_chain(sent.epoch)
        self.offerer, self.acceptor = self.acceptor, self.offerer
        return sent, received


@pytest.fixture
def pair() -> Pair:
    """At the start of a session."""
    return Pair(kem_ratchet.begin(SECRET, is_initiator=True), kem_ratchet.begin(SECRET, is_initiator=False))


def image(ratchet: KemRatchet) -> bytes:
    writer = Writer()
    kem_ratchet.write(ratchet, writer)
    return writer.finish()


# --- Agreement


def test_both_mix_the_same_key_in_epoch_after_epoch_and_offer_in_turn(pair: Pair) -> None:
    keys = set()
    for epoch in range(1, 6):
        assert pair.offerer.is_initiator == (epoch % 2 == 1)
        assert (pair.offerer.offers, pair.acceptor.offers) == (True, False)
        pair.agree()
        sent, received = pair.mix()
        assert sent == received
        assert sent.epoch == epoch
        keys.add(sent.key)
    assert len(keys) == 5


def test_the_result_is_hkdf_as_the_protocol_writes_it(pair: Pair) -> None:
    offer = pair.offer()
    assert isinstance(pair.offerer.exchange, Offered)
    key = pair.offerer.exchange.key
    acceptance = pair.accept(offer)
    public_key, ciphertext = offer[4:], acceptance[36:]
    shared = key.decapsulate(ciphertext).reveal()
    fields = (b"kith1 pq", b"\x01\0\0\0", BOUND, sha256(public_key + ciphertext))
    info = b"".join(len(field).to_bytes(2, "little") + field for field in fields)
    extracted = hmac.digest(SECRET, shared, "sha256")
    output, block = b"", b""
    for counter in (1, 2, 3):
        block = hmac.digest(extracted, block + info + bytes([counter]), "sha256")
        output += block
    pending = pair.acceptor.pending
    assert pending is not None
    assert pending.secret + pending.mix_key + pending.update == output


def test_the_contents_follow_their_byte_tables(pair: Pair) -> None:
    offer = pair.offer()
    assert isinstance(pair.offerer.exchange, Offered)
    public_key = pair.offerer.exchange.key.public
    assert offer == b"\x01\0\0\0" + public_key
    acceptance = pair.accept(offer)
    assert (len(offer), len(acceptance)) == (1188, 1124)
    assert acceptance[:36] == b"\x01\0\0\0" + sha256(public_key)


def test_other_associated_data_gives_another_result(pair: Pair) -> None:
    acceptance = pair.accept(pair.offer())
    pair.offerer = pair.offerer.take_acceptance(acceptance, b"another session's")
    sent, received = pair.mix()
    assert sent.key != received.key


# --- Rule 1: who offers, and when asked to


def test_the_responder_does_not_offer_the_first_epoch(pair: Pair) -> None:
    with pytest.raises(LocalError):
        pair.acceptor.offer()


def test_nothing_more_is_offered_once_the_peer_accepted(pair: Pair) -> None:
    pair.agree()
    with pytest.raises(LocalError):
        pair.offerer.offer()


def test_a_wish_is_remembered_by_whoever_offers_the_next_epoch_until_it_does(pair: Pair) -> None:
    wished = pair.offerer.wanted()
    assert isinstance(wished.exchange, Resting)
    assert wished.exchange.wanted
    assert wished.wanted() is wished
    offered, _ = wished.offer()
    assert offered.wanted() is offered
    assert pair.acceptor.wanted() is pair.acceptor


# --- Rule 2: one key, one ciphertext


def test_an_offer_is_repeated_with_the_same_key(pair: Pair) -> None:
    first = pair.offer()
    state = pair.offerer
    assert pair.offer() == first
    assert pair.offerer is state


def test_an_acceptance_is_repeated_with_the_same_ciphertext(pair: Pair) -> None:
    offer = pair.offer()
    first = pair.accept(offer)
    state = pair.acceptor
    assert pair.accept(offer) == first == pair.acceptor.acceptance()
    assert pair.acceptor is state


def test_a_second_key_for_an_epoch_is_ignored_and_not_answered(pair: Pair) -> None:
    first = pair.accept(pair.offer())
    second_key = kem.generate().public
    state = pair.acceptor
    assert state.take_offer(b"\x01\0\0\0" + second_key, BOUND) is state
    for other in (second_key, *(bytes([number]) * 1184 for number in range(64))):
        assert state.reply(b"\x01\0\0\0" + other) is None
    assert state.acceptance() == first


@pytest.mark.parametrize("epoch", [0, 2, 2**32 - 1])
def test_an_offer_for_another_epoch_is_ignored(pair: Pair, epoch: int) -> None:
    other = epoch.to_bytes(4, "little") + pair.offer()[4:]
    assert pair.acceptor.take_offer(other, BOUND) is pair.acceptor
    assert pair.acceptor.reply(other) is None
    pair.agree()
    assert pair.acceptor.reply(other) is None


def test_an_offer_of_the_wrong_party_is_ignored(pair: Pair) -> None:
    public_key = kem.generate().public
    for state in (pair.offerer, pair.offerer.offer()[0]):
        assert state.take_offer(b"\x01\0\0\0" + public_key, BOUND) is state
        assert state.reply(b"\x01\0\0\0" + public_key) is None
    assert pair.offerer.acceptance() is None


@pytest.mark.parametrize("public_key", [bytes(1183), bytes(1185), b"\xff" * 1184], ids=["short", "long", "unreduced"])
def test_an_offer_without_a_public_key_is_refused(pair: Pair, public_key: bytes) -> None:
    with pytest.raises(MalformedError):
        pair.acceptor.take_offer(b"\x01\0\0\0" + public_key, BOUND)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: b"\x02" + content[1:],
        lambda content: b"\x00" + content[1:],
        lambda content: content[:4] + bytes(32) + content[36:],
        lambda content: content[:35] + bytes([content[35] ^ 1]) + content[36:],
    ],
    ids=["a later epoch", "an earlier epoch", "no hash", "one bit of the hash"],
)
def test_an_acceptance_of_anything_else_is_ignored(pair: Pair, change: Change) -> None:
    acceptance = pair.accept(pair.offer())
    assert pair.offerer.take_acceptance(change(acceptance), BOUND) is pair.offerer


def test_an_acceptance_nobody_asked_for_is_ignored(pair: Pair) -> None:
    acceptance = pair.accept(pair.offer())
    resting = kem_ratchet.begin(SECRET, is_initiator=True)
    assert resting.take_acceptance(acceptance, BOUND) is resting
    assert pair.acceptor.take_acceptance(acceptance, BOUND) is pair.acceptor
    agreed = pair.offerer.take_acceptance(acceptance, BOUND)
    assert agreed.take_acceptance(acceptance, BOUND) is agreed


@pytest.mark.parametrize("size_bytes", [0, 4, 1123, 1125, 1188])
def test_an_acceptance_of_another_length_is_refused(pair: Pair, size_bytes: int) -> None:
    pair.offer()
    with pytest.raises(MalformedError):
        pair.offerer.take_acceptance(bytes(size_bytes), BOUND)


def test_a_forged_ciphertext_gives_a_result_that_the_peer_has_not(pair: Pair) -> None:
    acceptance = pair.accept(pair.offer())
    pair.offerer = pair.offerer.take_acceptance(acceptance[:36] + bytes(1088), BOUND)
    sent, received = pair.mix()
    assert sent.key != received.key


# --- Rules 3 and 6: mixing


def test_nothing_is_mixed_before_it_is_agreed(pair: Pair) -> None:
    assert pair.offerer.into_sending_chain() == (pair.offerer, NO_MIX)
    pair.accept(pair.offer())
    assert pair.offerer.into_sending_chain()[1] == NO_MIX
    assert pair.acceptor.into_sending_chain()[1] == NO_MIX, "the acceptor never mixes first"


def test_a_chain_without_an_epoch_leaves_the_result_waiting(pair: Pair) -> None:
    pair.agree()
    for state in (pair.offerer, pair.acceptor):
        assert state.into_receiving_chain(0) == (state, NO_MIX)


@pytest.mark.parametrize("epoch", [1, 2, 2**32 - 1])
def test_an_epoch_without_a_result_is_refused(pair: Pair, epoch: int) -> None:
    for state in (pair.acceptor, pair.offerer, pair.offerer.offer()[0]):
        with pytest.raises(MalformedError):
            state.into_receiving_chain(epoch)


@pytest.mark.parametrize("epoch", [2, 3, 2**32 - 1])
def test_an_epoch_that_is_not_the_next_is_refused(pair: Pair, epoch: int) -> None:
    pair.agree()
    with pytest.raises(MalformedError):
        pair.acceptor.into_receiving_chain(epoch)


def test_an_epoch_mixed_before_is_refused_while_the_next_waits(pair: Pair) -> None:
    pair.agree()
    pair.mix()
    pair.agree()
    with pytest.raises(MalformedError):
        pair.acceptor.into_receiving_chain(1)


def test_an_epoch_is_refused_by_whoever_offered_it(pair: Pair) -> None:
    pair.agree()
    with pytest.raises(MalformedError):
        pair.offerer.into_receiving_chain(1)


def test_an_epoch_mixed_before_is_refused(pair: Pair) -> None:
    pair.agree()
    pair.mix()
    for state in (pair.offerer, pair.acceptor):
        with pytest.raises(MalformedError):
            state.into_receiving_chain(1)


# --- Rule 4: what dies when


def test_keys_die_with_the_step_that_leaves_them_behind(pair: Pair) -> None:
    acceptance = pair.accept(pair.offer())
    assert isinstance(pair.offerer.exchange, Offered)
    seed = pair.offerer.exchange.key.seed.reveal()
    assert SECRET not in image(pair.acceptor)
    pair.offerer = pair.offerer.take_acceptance(acceptance, BOUND)
    assert seed not in image(pair.offerer)
    assert SECRET not in image(pair.offerer)
    pending = pair.offerer.pending
    assert pending is not None
    pair.mix()
    for state in (pair.offerer, pair.acceptor):
        assert pending.secret in image(state)
        assert pending.mix_key not in image(state)
        assert pending.update not in image(state)


# --- Storage


def every_state() -> list[KemRatchet]:
    pair = Pair(kem_ratchet.begin(SECRET, is_initiator=True), kem_ratchet.begin(SECRET, is_initiator=False))
    states = [pair.offerer, pair.acceptor, pair.offerer.wanted()]
    offer = pair.offer()
    states.append(pair.offerer)
    acceptance = pair.accept(offer)
    states.append(pair.acceptor)
    states.append(pair.offerer.take_acceptance(acceptance, BOUND))
    return states


STATES = every_state()
EVERY = pytest.mark.parametrize(
    "state", STATES, ids=["resting", "resting responder", "wanted", "offered", "accepted", "agreed"]
)


@EVERY
def test_storage_gives_back_the_same_state(state: KemRatchet) -> None:
    reader = Reader(image(state))
    again = kem_ratchet.read(reader, is_initiator=state.is_initiator)
    reader.finish()
    assert type(again.exchange) is type(state.exchange)
    assert image(again) == image(state)


@EVERY
def test_a_truncated_state_is_refused(state: KemRatchet) -> None:
    stored = image(state)
    for size_bytes in (*range(40), len(stored) - 1):
        with pytest.raises(MalformedError):
            kem_ratchet.read(Reader(stored[: min(size_bytes, len(stored) - 1)]), is_initiator=state.is_initiator)


@pytest.mark.parametrize("kind", [5, 0xFF])
def test_an_unknown_state_is_refused(kind: int) -> None:
    with pytest.raises(MalformedError):
        kem_ratchet.read(Reader(bytes(4) + bytes([kind]) + bytes(2000)), is_initiator=True)


@pytest.mark.parametrize("state", STATES[2:], ids=["wanted", "offered", "accepted", "agreed"])
def test_a_state_of_the_other_party_is_refused(state: KemRatchet) -> None:
    with pytest.raises(MalformedError):
        kem_ratchet.read(Reader(image(state)), is_initiator=not state.is_initiator)


@EVERY
def test_no_value_shows_a_key(state: KemRatchet) -> None:
    pending = Pending(SECRET, SECRET, SECRET)
    values = (state, state.exchange, pending, Mix(1, SECRET), Agreed(pending), Accepted(SECRET, SECRET, pending))
    for value in values:
        assert repr(value) == f"{type(value).__name__}(<hidden>)"
    assert repr(Offered(SECRET, kem.PrivateKey(Secret(bytes(64))))) == "Offered(<hidden>)"
