"""The primitives' edges; the published vectors are in ``tests/vectors``."""

import nacl.bindings
import nacl.exceptions
import pytest

from crypto.errors import ForgedError, LocalError, MalformedError, RemoteError, WeakKeyError
from crypto.primitives import (
    KeyPair,
    argon2id,
    blake2b,
    ed25519_public,
    ed25519_sign,
    ed25519_verify,
    hkdf,
    hmac_sha256,
    sha256,
    x25519,
    xchacha_open,
    xchacha_seal,
)

KEY = bytes(range(32))
NONCE = bytes(range(24))


def test_both_sides_agree_on_a_secret() -> None:
    alice, bob = KeyPair.from_private(b"\x01" * 32), KeyPair.from_private(b"\x02" * 32)
    assert x25519(alice.private.reveal(), bob.public) == x25519(bob.private.reveal(), alice.public)


def test_a_low_order_public_key_is_refused() -> None:
    for public in (bytes(32), (1).to_bytes(32, "little"), (2**255 - 20).to_bytes(32, "little")):
        with pytest.raises(WeakKeyError):
            x25519(KEY, public)


@pytest.mark.parametrize("size_bytes", [0, 31, 33])
def test_x25519_keys_of_wrong_length_never_reach_the_library(size_bytes: int) -> None:
    with pytest.raises(MalformedError):
        x25519(KEY, bytes(size_bytes))
    with pytest.raises(LocalError):
        x25519(bytes(size_bytes), KEY)
    with pytest.raises(LocalError):
        KeyPair.from_private(bytes(size_bytes))


def test_a_key_pair_prints_no_private_key() -> None:
    assert repr(KEY) not in repr(KeyPair.from_private(KEY))


def test_a_signature_verifies_for_its_key_and_message_only() -> None:
    public, signature = ed25519_public(KEY), ed25519_sign(KEY, b"message")
    ed25519_verify(public, b"message", signature)
    for wrong_public, message, wrong_signature in [
        (ed25519_public(NONCE + bytes(8)), b"message", signature),
        (public, b"massage", signature),
        (public, b"message", signature[:32] + bytes(32)),
    ]:
        with pytest.raises(ForgedError):
            ed25519_verify(wrong_public, message, wrong_signature)


def test_bytes_cannot_move_between_signature_and_message() -> None:
    public, signature = ed25519_public(KEY), ed25519_sign(KEY, b"message")
    with pytest.raises(ForgedError):
        ed25519_verify(public, b"essage", signature + b"m")
    with pytest.raises(ForgedError):
        ed25519_verify(public, signature[-1:] + b"message", signature[:-1])


@pytest.mark.parametrize("size_bytes", [0, 31, 33])
def test_ed25519_keys_of_wrong_length_never_reach_the_library(size_bytes: int) -> None:
    with pytest.raises(ForgedError):
        ed25519_verify(bytes(size_bytes), b"message", ed25519_sign(KEY, b"message"))
    with pytest.raises(ValueError):
        ed25519_sign(bytes(size_bytes), b"message")


def test_sealed_bytes_open_with_the_same_key_nonce_and_associated_data_only() -> None:
    sealed = xchacha_seal(KEY, NONCE, b"text", b"ad")
    assert len(sealed) == 4 + 16
    assert xchacha_open(KEY, NONCE, sealed, b"ad") == b"text"
    for key, nonce, data, associated_data in [
        (NONCE + bytes(8), NONCE, sealed, b"ad"),
        (KEY, bytes(24), sealed, b"ad"),
        (KEY, NONCE, sealed[:-1] + b"\0", b"ad"),
        (KEY, NONCE, sealed + b"\0", b"ad"),
        (KEY, NONCE, sealed, b""),
        (KEY, NONCE, b"", b"ad"),
        (KEY, NONCE, sealed[:15], b"ad"),
    ]:
        with pytest.raises(ForgedError):
            xchacha_open(key, nonce, data, associated_data)


def test_empty_plaintext_and_associated_data_are_fine() -> None:
    assert xchacha_open(KEY, NONCE, xchacha_seal(KEY, NONCE, b"", b""), b"") == b""


@pytest.mark.parametrize(("key", "nonce"), [(KEY[:31], NONCE), (KEY + b"x", NONCE), (KEY, NONCE[:23]), (b"", b"")])
def test_xchacha_keys_and_nonces_of_wrong_length_never_reach_the_library(key: bytes, nonce: bytes) -> None:
    with pytest.raises(LocalError):
        xchacha_seal(key, nonce, b"", b"")
    with pytest.raises(LocalError):
        xchacha_open(key, nonce, bytes(32), b"")


@pytest.mark.parametrize("wrong", [bytearray(32), "x" * 32, None], ids=["bytearray", "str", "None"])
def test_xchacha_takes_bytes_only(wrong: bytes) -> None:
    for data, associated_data in [(wrong, b""), (bytes(32), wrong)]:
        with pytest.raises(TypeError):
            xchacha_seal(KEY, NONCE, data, associated_data)
        with pytest.raises(TypeError):
            xchacha_open(KEY, NONCE, data, associated_data)
    with pytest.raises(TypeError):
        xchacha_seal(wrong, NONCE, b"", b"")


def test_hashes_are_those_of_their_names() -> None:
    assert sha256(b"").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert hmac_sha256(KEY, b"") != hmac_sha256(KEY, b"\x01")
    assert len(hkdf(salt=b"", ikm=KEY, info=b"", size_bytes=96)) == 96


def test_blake2b_depends_on_key_person_and_size() -> None:
    hashes = [
        blake2b(b"x", size_bytes=32),
        blake2b(b"x", size_bytes=32, person=b"p"),
        blake2b(b"x", size_bytes=32, key=b"k"),
        blake2b(b"x", size_bytes=33)[:32],
    ]
    assert len(set(hashes)) == 4


def test_no_memory_for_argon2id_is_a_local_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object) -> bytes:
        raise nacl.exceptions.RuntimeError("Unexpected failure in key derivation")

    monkeypatch.setattr(nacl.bindings, "crypto_pwhash_alg", exhausted)
    with pytest.raises(LocalError):
        argon2id(b"x", salt=bytes(16), memory_kib=8, passes=1)


def test_errors_of_the_peers_bytes_are_remote_errors() -> None:
    assert issubclass(WeakKeyError, RemoteError)
    assert issubclass(ForgedError, RemoteError)
    assert issubclass(MalformedError, RemoteError)
