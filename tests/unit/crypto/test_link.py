"""The link handshake, against itself and against PyPI ``noiseprotocol`` in both roles."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise.connection import NoiseConnection

from crypto.encoding import listed
from crypto.errors import ForgedError, MalformedError, RemoteError, UnsupportedVersionError, WeakKeyError
from crypto.link import (
    FIRST_FLIGHT_BYTES,
    PROTOCOL_NAME,
    SECOND_FLIGHT_BYTES,
    FirstFlight,
    LinkSecrets,
    Payload,
    find_key,
    hint,
    initiate,
    respond,
)
from crypto.noise import CipherState
from crypto.primitives import KeyPair, blake2b
from crypto.secret import Secret

PSK = Secret(b"k" * 32)
PROLOGUE = listed(b"kith1 prologue", b"\x01", b"")


def key_pair() -> KeyPair:
    return KeyPair.from_private(os.urandom(32))


def handshake(psk: Secret = PSK) -> tuple[LinkSecrets, LinkSecrets]:
    """The initiator's and the responder's secrets of one link."""
    initiator = initiate(psk, key_pair())
    second_flight, responder_secrets = respond(psk, FirstFlight.decode(initiator.first_flight), key_pair())
    return initiator.finish(second_flight), responder_secrets


def noise_connection(*, initiator: bool) -> NoiseConnection:
    connection = NoiseConnection.from_name(PROTOCOL_NAME)
    connection.set_psks(PSK.reveal())
    connection.set_prologue(PROLOGUE)
    if initiator:
        connection.set_as_initiator()
    else:
        connection.set_as_responder()
    connection.start_handshake()
    return connection


def assert_they_talk(ours: LinkSecrets, theirs: NoiseConnection) -> None:
    """Hash and keys are equal, messages open on both sides, before and after REKEY."""
    protocol = theirs.noise_protocol
    assert ours.handshake_hash == theirs.get_handshake_hash()
    assert ours.sending_key.reveal() == protocol.cipher_state_decrypt.k
    assert ours.receiving_key.reveal() == protocol.cipher_state_encrypt.k
    sending, receiving = CipherState(ours.sending_key), CipherState(ours.receiving_key)
    for _ in range(2):
        for message in (b"", b"hello", os.urandom(70_000)):
            header = len(message).to_bytes(3, "little")
            sealed = sending.seal(message, header)
            assert protocol.cipher_state_decrypt.decrypt_with_ad(header, sealed) == message
            assert receiving.open(protocol.cipher_state_encrypt.encrypt_with_ad(header, message), header) == message
        sending.rekey()
        theirs.rekey_inbound_cipher()
        receiving.rekey()
        theirs.rekey_outbound_cipher()


def test_our_initiator_talks_to_noiseprotocol() -> None:
    ours, theirs = initiate(PSK, key_pair()), noise_connection(initiator=False)
    flight = FirstFlight.decode(ours.first_flight)
    payload = theirs.read_message(flight.ephemeral + flight.sealed_payload)
    assert bytes(payload) == b"\x01" + bytes(7)
    assert_they_talk(ours.finish(bytes(theirs.write_message(b"\x01" + bytes(7)))), theirs)


def test_our_responder_talks_to_noiseprotocol() -> None:
    theirs = noise_connection(initiator=True)
    message = bytes(theirs.write_message(b"\x05\x80" + bytes(6)))
    flight = FirstFlight(message[:32], hint(PSK.reveal(), message[:32]), message[32:])
    second_flight, secrets = respond(PSK, flight, key_pair())
    assert secrets.peer == Payload(max_version=5, flags=0x80)
    assert bytes(theirs.read_message(second_flight)) == b"\x01" + bytes(7)
    assert_they_talk(secrets, theirs)


def test_both_sides_hold_crossed_keys_and_one_hash() -> None:
    initiator, responder = handshake()
    assert initiator.handshake_hash == responder.handshake_hash
    assert initiator.sending_key.matches(responder.receiving_key)
    assert initiator.receiving_key.matches(responder.sending_key)
    assert not initiator.sending_key.matches(initiator.receiving_key)


def test_two_links_under_one_key_share_nothing() -> None:
    first, second = handshake()[0], handshake()[0]
    assert first.handshake_hash != second.handshake_hash
    assert not first.sending_key.matches(second.sending_key)


def test_the_flights_have_their_documented_sizes() -> None:
    initiator = initiate(PSK, key_pair())
    second_flight, _ = respond(PSK, FirstFlight.decode(initiator.first_flight), key_pair())
    assert len(initiator.first_flight) == FIRST_FLIGHT_BYTES == 72
    assert len(second_flight) == SECOND_FLIGHT_BYTES == 56


@pytest.mark.parametrize("size_bytes", [0, 7, 9])
def test_a_payload_of_another_length_is_malformed(size_bytes: int) -> None:
    with pytest.raises(MalformedError):
        Payload.decode(b"\x01" * size_bytes)


def test_a_second_flight_of_another_length_is_malformed() -> None:
    initiator = initiate(PSK, key_pair())
    second_flight, _ = respond(PSK, FirstFlight.decode(initiator.first_flight), key_pair())
    for other in (second_flight[:-1], second_flight + b"\0", b""):
        with pytest.raises(MalformedError):
            initiator.finish(other)


def test_a_responder_with_another_key_does_not_answer() -> None:
    initiator = initiate(PSK, key_pair())
    with pytest.raises(ForgedError):
        respond(Secret(b"x" * 32), FirstFlight.decode(initiator.first_flight), key_pair())


def test_another_transport_binding_does_not_verify() -> None:
    initiator = initiate(PSK, key_pair(), binding=b"certificate")
    with pytest.raises(ForgedError):
        respond(PSK, FirstFlight.decode(initiator.first_flight), key_pair())


@pytest.mark.parametrize("position", [0, 31, 48, 71])
def test_a_first_flight_with_a_changed_byte_gets_no_answer(position: int) -> None:
    flight = bytearray(initiate(PSK, key_pair()).first_flight)
    flight[position] ^= 1
    with pytest.raises(RemoteError):
        respond(PSK, FirstFlight.decode(bytes(flight)), key_pair())


@pytest.mark.parametrize("position", range(0, 56, 5))
def test_a_second_flight_with_a_changed_byte_is_refused(position: int) -> None:
    initiator = initiate(PSK, key_pair())
    second_flight, _ = respond(PSK, FirstFlight.decode(initiator.first_flight), key_pair())
    changed = bytearray(second_flight)
    changed[position] ^= 1
    with pytest.raises(RemoteError):
        initiator.finish(bytes(changed))


def test_a_low_order_ephemeral_key_is_refused_on_both_sides() -> None:
    with pytest.raises(WeakKeyError):
        respond(PSK, FirstFlight.decode(first_flight_of_zero_key()), key_pair())
    with pytest.raises(WeakKeyError):
        initiate(PSK, key_pair()).finish(bytes(56))


def first_flight_of_zero_key() -> bytes:
    """A well-sealed first flight whose ephemeral public key is the zero point."""
    return initiate(PSK, KeyPair(private=Secret(bytes(32)), public=bytes(32))).first_flight


def test_a_side_without_any_version_is_refused() -> None:
    with pytest.raises(UnsupportedVersionError):
        Payload.decode(bytes(8))


def test_a_later_version_and_unknown_reserved_bytes_are_taken() -> None:
    assert Payload.decode(b"\x09\x01" + b"\xff" * 6) == Payload(max_version=9, flags=1)


def test_a_hint_names_its_key_among_many() -> None:
    psks = [bytes([number]) * 32 for number in range(100)]
    flight = FirstFlight.decode(initiate(Secret(psks[42]), key_pair()).first_flight)
    assert find_key(psks, flight) == 42
    assert find_key(psks[:42], flight) is None
    assert find_key([], flight) is None


def test_the_hint_is_a_keyed_hash_of_label_and_key() -> None:
    assert hint(b"k" * 32, b"e" * 32).hex() == "20383f9487ff7f8b2aec33a9f8ff0736"
    assert hint(b"k" * 32, b"e" * 32) == blake2b(b"kith1 hint" + b"e" * 32, size_bytes=16, key=b"k" * 32)


@given(st.binary(max_size=200))
def test_any_bytes_as_flights_raise_only_remote_errors(data: bytes) -> None:
    with pytest.raises(RemoteError):
        respond(PSK, FirstFlight.decode(data), KeyPair.from_private(b"r" * 32))
    with pytest.raises(RemoteError):
        initiate(PSK, KeyPair.from_private(b"i" * 32)).finish(data)


@pytest.mark.parametrize("size_bytes", [0, 71, 73])
def test_a_first_flight_of_another_length_is_malformed(size_bytes: int) -> None:
    with pytest.raises(MalformedError):
        FirstFlight.decode(bytes(size_bytes))
