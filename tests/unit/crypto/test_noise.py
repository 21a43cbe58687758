"""Noise's cipher and symmetric state, beneath the link handshake."""

import pytest
from noise.connection import NoiseConnection

from crypto.errors import ForgedError
from crypto.noise import CipherState, SymmetricState, nonce_bytes
from crypto.secret import Secret

KEY = Secret(bytes(range(32)))


def test_a_message_opens_with_the_same_key_number_and_associated_data() -> None:
    sender, receiver = CipherState(KEY), CipherState(KEY)
    for message in (b"", b"one", b"two" * 1000):
        assert receiver.open(sender.seal(message, b"ad"), b"ad") == message


def test_the_key_is_told_until_another_takes_its_place() -> None:
    state = CipherState(KEY)
    assert state.key is KEY
    state.rekey()
    assert not state.key.matches(KEY)


def test_a_failure_leaves_the_number_as_it_was() -> None:
    sender, receiver = CipherState(KEY), CipherState(KEY)
    sealed = sender.seal(b"text", b"ad")
    for wrong, associated_data in ((sealed, b"other"), (sealed[:-1], b"ad"), (b"", b"ad"), (bytes(16), b"ad")):
        with pytest.raises(ForgedError):
            receiver.open(wrong, associated_data)
    assert receiver.open(sealed, b"ad") == b"text"


def test_the_same_text_is_sealed_differently_each_time() -> None:
    sender = CipherState(KEY)
    assert sender.seal(b"text", b"") != sender.seal(b"text", b"")


def test_sealing_into_memory_is_sealing_and_goes_on_alike() -> None:
    into, plain = CipherState(KEY), CipherState(KEY)
    for text in (b"one", b"two, the second"):
        sealed = bytearray(len(text) + 16)
        into.seal_into(memoryview(text), b"ad", memoryview(sealed))
        assert bytes(sealed) == plain.seal(text, b"ad")
    assert into.nonce == plain.nonce == 2


def test_opening_into_memory_is_opening_and_a_failure_leaves_the_number_as_it_was() -> None:
    sender, receiver = CipherState(KEY), CipherState(KEY)
    opened = bytearray(4)
    for text in (b"text", b"more"):
        sealed = sender.seal(text, b"ad")
        forged = memoryview(sealed[:-1] + bytes([sealed[-1] ^ 1]))
        with pytest.raises(ForgedError):
            receiver.open_into(forged, b"ad", memoryview(opened))
        receiver.open_into(memoryview(sealed), b"ad", memoryview(opened))
        assert bytes(opened) == text
    assert receiver.nonce == sender.nonce == 2


def test_the_nonce_is_four_zero_bytes_and_a_little_endian_count() -> None:
    assert nonce_bytes(0x0102) == bytes(4) + b"\x02\x01" + bytes(6)
    assert nonce_bytes(2**64 - 1) == bytes(4) + b"\xff" * 8


def test_after_rekey_both_sides_go_on_and_the_old_key_does_not_open() -> None:
    sender, receiver, old = CipherState(KEY), CipherState(KEY), CipherState(KEY)
    sender.rekey()
    receiver.rekey()
    sealed = sender.seal(b"text", b"")
    with pytest.raises(ForgedError):
        old.open(sealed, b"")
    assert receiver.open(sealed, b"") == b"text"


def test_rekey_is_that_of_noiseprotocol() -> None:
    noise = NoiseConnection.from_name(b"Noise_NNpsk0_25519_ChaChaPoly_SHA256").noise_protocol
    theirs = noise.cipher_class()
    theirs.initialize(KEY.reveal())
    ours = CipherState(KEY)
    ours.rekey()
    assert ours.key.reveal() == theirs.rekey(KEY.reveal())


def test_split_gives_two_different_keys() -> None:
    first, second = SymmetricState.initialize(b"N" * 33, b"prologue").split()
    assert not first.matches(second)
