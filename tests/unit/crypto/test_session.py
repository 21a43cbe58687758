"""A session seals payloads into envelopes and opens them once."""

import copy
from dataclasses import replace
from hashlib import blake2b

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto import session as sessions
from crypto.errors import (
    ForgedError,
    LocalError,
    MalformedError,
    MessageKeyError,
    RemoteError,
    UnsupportedVersionError,
    WeakKeyError,
)
from crypto.labels import MAX_JUMP
from crypto.padding import pad
from crypto.ratchet import double_ratchet
from crypto.ratchet.state import Sending
from crypto.session import MAX_ENVELOPE_BYTES, Payload, Session, SessionKeys, decrypt, encrypt
from crypto.stored_session import encode
from tests.support.changed import changed
from tests.support.sessions import (
    ASSOCIATED_DATA,
    MESSAGE_ID,
    NOW_S,
    TRANSCRIPT,
    Randomness,
    conversation,
    session_ends,
)

DAY_S = 24 * 3600
OVERHEAD_BYTES = 105


def sealed_body(body: bytes) -> tuple[Session, bytes]:
    """A responder, and an envelope for it whose body holds what no honest peer would write."""
    alice, bob = session_ends()
    bound = ASSOCIATED_DATA + b"\x01"
    _, message = double_ratchet.encrypt(alice.ratchet, body, bound, Randomness("body"))
    return bob, b"\x01" + message


# --- Envelopes


def test_a_payload_arrives_as_it_was_sent() -> None:
    alice, bob = session_ends()
    _, envelope = encrypt(alice, 0xFF, MESSAGE_ID, b"hello")
    _, payload = decrypt(bob, envelope, now_s=NOW_S)
    assert payload == Payload(0xFF, MESSAGE_ID, 1, b"hello")


@pytest.mark.parametrize(("content_bytes", "padded_bytes"), [(0, 256), (200, 256), (230, 256), (231, 512)])
def test_an_envelope_is_105_bytes_longer_than_the_padded_payload(content_bytes: int, padded_bytes: int) -> None:
    alice, _ = session_ends()
    _, envelope = encrypt(alice, 1, MESSAGE_ID, bytes(content_bytes))
    assert len(envelope) == padded_bytes + OVERHEAD_BYTES


def test_an_envelope_follows_its_byte_table() -> None:
    alice, bob = session_ends()
    drawn = Randomness("drawn")
    _, envelope = encrypt(alice, 7, MESSAGE_ID, b"hello", random=drawn)
    assert envelope[:1] == b"\x01"
    assert envelope[1:25] == Randomness("drawn")(24)
    _, plaintext = double_ratchet.decrypt(bob.ratchet, envelope[1:], ASSOCIATED_DATA + b"\x01", now_s=NOW_S)
    assert plaintext == pad(b"\x07" + MESSAGE_ID + (1).to_bytes(8, "little") + b"hello")


def test_the_largest_content_fits_and_more_is_refused() -> None:
    alice, bob = session_ends()
    largest_padded = 1_032_192  # the last step of Padmé under the limit
    content = bytes(largest_padded - 1 - 25)
    _, envelope = encrypt(alice, 1, MESSAGE_ID, content)
    assert len(envelope) == largest_padded + OVERHEAD_BYTES <= MAX_ENVELOPE_BYTES
    assert decrypt(bob, envelope, now_s=NOW_S)[1].content == content
    with pytest.raises(LocalError):
        encrypt(alice, 1, MESSAGE_ID, content + b"x")


@pytest.mark.parametrize(
    ("payload_type", "message_id"), [(-1, MESSAGE_ID), (256, MESSAGE_ID), (1, bytes(15)), (1, bytes(17))]
)
def test_what_does_not_fit_its_field_is_our_own_fault(payload_type: int, message_id: bytes) -> None:
    with pytest.raises(LocalError):
        encrypt(session_ends()[0], payload_type, message_id, b"")


@pytest.mark.parametrize("payload_type", [0, 1, 255])
def test_every_type_of_a_byte_may_be_sent(payload_type: int) -> None:
    alice, bob = session_ends()
    _, envelope = encrypt(alice, payload_type, MESSAGE_ID, b"")
    assert decrypt(bob, envelope, now_s=NOW_S)[1].type == payload_type


def test_an_envelope_leaves_room_for_the_frame_in_a_mebibyte() -> None:
    assert MAX_ENVELOPE_BYTES == 1_048_512


def test_a_session_tells_where_it_comes_from_and_that_nothing_was_said() -> None:
    for session, is_initiator in zip(session_ends(), (True, False), strict=True):
        assert session.initiator is is_initiator
        assert (session.associated_data, session.transcript) == (ASSOCIATED_DATA, TRANSCRIPT)
        assert (session.sent_count, session.highest_received_count) == (0, 0)


def test_a_responder_cannot_send_before_it_received() -> None:
    _, bob = session_ends()
    with pytest.raises(LocalError):
        encrypt(bob, 1, MESSAGE_ID, b"hello")


def test_two_sends_from_one_state_differ_in_their_nonce() -> None:
    alice, bob = session_ends()
    (_, one), (_, other) = encrypt(alice, 1, MESSAGE_ID, b"a"), encrypt(alice, 1, MESSAGE_ID, b"a")
    assert one[1:25] != other[1:25]
    assert decrypt(bob, one, now_s=NOW_S)[1] == decrypt(bob, other, now_s=NOW_S)[1]


def test_an_envelope_opens_once() -> None:
    alice, bob = session_ends()
    _, envelope = encrypt(alice, 1, MESSAGE_ID, b"hello")
    bob, _ = decrypt(bob, envelope, now_s=NOW_S)
    with pytest.raises(MessageKeyError):
        decrypt(bob, envelope, now_s=NOW_S)


def test_an_envelope_is_named_by_its_personalised_hash() -> None:
    envelope = b"any bytes"
    assert sessions.envelope_id(envelope) == blake2b(envelope, digest_size=16, person=b"kith1-env").digest()


def test_an_envelope_after_two_of_the_longest_jumps_opens() -> None:
    alice, bob = session_ends()
    alice, first = encrypt(alice, 1, MESSAGE_ID, b"first")
    bob, _ = decrypt(bob, first, now_s=NOW_S)
    bob, answer = encrypt(bob, 1, MESSAGE_ID, b"answer")
    alice, _ = decrypt(jumped(alice, MAX_JUMP), answer, now_s=NOW_S)
    alice, _ = encrypt(alice, 1, MESSAGE_ID, b"lost")
    _, envelope = encrypt(jumped(alice, MAX_JUMP - 1), 1, MESSAGE_ID, b"far ahead")
    assert decrypt(bob, envelope, now_s=NOW_S)[1].content == b"far ahead"


def jumped(session: Session, messages: int) -> Session:
    """The session after sending so many messages, none of which matters."""
    position = session.ratchet.position
    assert isinstance(position, Sending)
    chain, _ = position.chain.skip_to(position.chain.number + messages, keep=0)
    return replace(session, ratchet=replace(session.ratchet, position=replace(position, chain=chain)))


# --- Counts


def test_every_envelope_tells_how_many_were_sent() -> None:
    alice, bob = session_ends()
    counts = []
    for _ in range(3):
        alice, envelope = encrypt(alice, 1, MESSAGE_ID, b"")
        bob, payload = decrypt(bob, envelope, now_s=NOW_S)
        counts.append(payload.count)
    assert counts == [1, 2, 3]
    assert (alice.sent_count, bob.highest_received_count) == (3, 3)
    bob, envelope = encrypt(bob, 1, MESSAGE_ID, b"")
    alice, payload = decrypt(alice, envelope, now_s=NOW_S)
    assert (payload.count, bob.sent_count, alice.highest_received_count) == (1, 1, 1)


def test_a_late_envelope_does_not_lower_the_highest_count() -> None:
    alice, bob = session_ends()
    alice, late = encrypt(alice, 1, MESSAGE_ID, b"")
    _, on_time = encrypt(alice, 1, MESSAGE_ID, b"")
    bob, _ = decrypt(bob, on_time, now_s=NOW_S)
    bob, payload = decrypt(bob, late, now_s=NOW_S)
    assert (payload.count, bob.highest_received_count) == (1, 2)


# --- Hostile bytes


@pytest.mark.parametrize("size_bytes", [0, 1, 104, MAX_ENVELOPE_BYTES + 1])
def test_what_is_not_as_long_as_an_envelope_is_refused(size_bytes: int) -> None:
    with pytest.raises(MalformedError):
        decrypt(session_ends()[1], b"\x01" * size_bytes, now_s=NOW_S)


@pytest.mark.parametrize("size_bytes", [105, MAX_ENVELOPE_BYTES])
def test_what_is_as_long_as_an_envelope_must_open(size_bytes: int) -> None:
    with pytest.raises(ForgedError):
        decrypt(session_ends()[1], b"\x01" * size_bytes, now_s=NOW_S)


@pytest.mark.parametrize("version", [0, 2, 0xFF])
def test_another_version_is_refused(version: int) -> None:
    alice, bob = session_ends()
    _, envelope = encrypt(alice, 1, MESSAGE_ID, b"")
    with pytest.raises(UnsupportedVersionError):
        decrypt(bob, bytes([version]) + envelope[1:], now_s=NOW_S)


@pytest.mark.parametrize("body", [b"", bytes(256), b"\x80", bytes(24) + b"\x80"])
def test_a_sealed_body_that_is_no_payload_is_refused_and_changes_nothing(body: bytes) -> None:
    bob, envelope = sealed_body(body)
    before = encode(bob)
    with pytest.raises(MalformedError):
        decrypt(bob, envelope, now_s=NOW_S)
    assert encode(bob) == before


def test_a_payload_may_be_empty() -> None:
    bob, envelope = sealed_body(bytes(25) + b"\x80")
    assert decrypt(bob, envelope, now_s=NOW_S)[1] == Payload(0, bytes(16), 0, b"")


@given(st.binary(max_size=400))
@example(b"\x01" * 105)
def test_arbitrary_bytes_are_refused_as_the_peers_fault(data: bytes) -> None:
    for receiver in (LISTENING, IN_CONVERSATION):
        for envelope in (data, b"\x01" + data):
            with pytest.raises(RemoteError):
                decrypt(receiver, envelope, now_s=NOW_S)


@given(st.data())
def test_a_changed_envelope_is_refused_and_changes_nothing(data: st.DataObject) -> None:
    alice, bob = session_ends()
    _, envelope = encrypt(alice, 1, MESSAGE_ID, b"hello")
    other = data.draw(changed(envelope))
    before = encode(bob)
    with pytest.raises(RemoteError):
        decrypt(bob, other, now_s=NOW_S)
    assert encode(bob) == before


# --- Expiry


def test_skipped_keys_expire_without_a_message() -> None:
    kept = sessions.expire_skipped(IN_CONVERSATION, now_s=NOW_S + 14 * DAY_S)
    assert kept is IN_CONVERSATION
    expired = sessions.expire_skipped(IN_CONVERSATION, now_s=NOW_S + 15 * DAY_S)
    assert len(encode(expired)) < len(encode(kept))


# --- Keys


def test_session_keys_split_in_the_order_of_their_derivation() -> None:
    keys = SessionKeys.split(b"".join(bytes([index]) * 32 for index in range(6)))
    in_order = (
        keys.root_key,
        keys.header_key_initiator,
        keys.next_header_key_responder,
        keys.resume,
        keys.pair,
        keys.pq_secret,
    )
    assert [key.reveal() for key in in_order] == [bytes([index]) * 32 for index in range(6)]


@pytest.mark.parametrize("size_bytes", [0, 191, 193])
def test_session_keys_of_another_length_are_refused(size_bytes: int) -> None:
    with pytest.raises(LocalError):
        SessionKeys.split(bytes(size_bytes))


def test_a_low_order_prekey_is_refused() -> None:
    keys = SessionKeys.split(bytes(192))
    with pytest.raises(WeakKeyError):
        sessions.initiate(keys, associated_data=bytes(32), transcript=bytes(32), responder_ratchet_key=bytes(32))


def test_other_keys_do_not_open() -> None:
    alice, _ = session_ends()
    _, stranger = session_ends("other")
    _, envelope = encrypt(alice, 1, MESSAGE_ID, b"")
    with pytest.raises(ForgedError):
        decrypt(stranger, envelope, now_s=NOW_S)


def test_other_associated_data_does_not_open() -> None:
    alice, bob = session_ends()
    bob = replace(bob, origin=replace(bob.origin, associated_data=bytes(32)))
    _, envelope = encrypt(alice, 1, MESSAGE_ID, b"")
    with pytest.raises(ForgedError):
        decrypt(bob, envelope, now_s=NOW_S)


def test_no_value_shows_a_key_or_content() -> None:
    derived = bytes(range(64, 256))
    keys = SessionKeys.split(derived)
    alice, bob = conversation()
    _, envelope = encrypt(alice, 1, MESSAGE_ID, b"the text of a message")
    _, payload = decrypt(bob, envelope, now_s=NOW_S)
    shown = "".join(f"{value!r} {value}" for value in (keys, alice, alice.origin, alice.ratchet, bob, payload))
    stored = encode(alice) + encode(bob) + derived + payload.content
    pieces = [stored[start : start + 8] for start in range(len(stored) - 8)]
    assert not [piece for piece in pieces if repr(piece)[2:-1] in shown or piece.hex() in shown]


@pytest.mark.parametrize("end", [0, 1])
def test_a_session_is_not_pickled_or_compared(end: int) -> None:
    session = conversation()[end]
    with pytest.raises(TypeError):
        copy.copy(session)
    with pytest.raises(TypeError):
        _ = session == session  # noqa: PLR0124 - the comparison itself is what is refused


LISTENING = session_ends()[1]
IN_CONVERSATION = conversation()[1]
