"""ML-KEM-768 through ``crypto.kem``; the published vectors are in ``tests/vectors/test_mlkem.py``."""

from unittest import mock

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

from crypto import kem
from crypto.errors import LocalError, MalformedError
from crypto.secret import Secret


def test_both_sides_share_one_secret() -> None:
    key = kem.generate()
    ciphertext, shared = kem.encapsulate(key.public)
    assert key.decapsulate(ciphertext).matches(shared)


def test_a_key_that_was_stored_as_its_seed_opens_the_same() -> None:
    key = kem.generate()
    ciphertext, shared = kem.encapsulate(key.public)
    restored = kem.PrivateKey(Secret(key.seed.reveal()))
    assert restored.decapsulate(ciphertext).matches(shared)
    assert restored.public == key.public


def test_a_seed_is_expanded_once() -> None:
    key = kem.generate()
    expand = mock.Mock(wraps=MLKEM768PrivateKey.from_seed_bytes)
    with mock.patch.object(kem, "MLKEM768PrivateKey", from_seed_bytes=expand):
        ciphertext, _ = kem.encapsulate(key.public)
        for _ in range(2):
            key.decapsulate(ciphertext)
    expand.assert_called_once()


def test_sizes_are_those_of_fips_203() -> None:
    key = kem.generate()
    ciphertext, shared = kem.encapsulate(key.public)
    assert len(key.seed) == kem.SEED_BYTES
    assert len(key.public) == kem.PUBLIC_KEY_BYTES
    assert len(ciphertext) == kem.CIPHERTEXT_BYTES
    assert len(shared) == kem.SHARED_SECRET_BYTES


def test_the_key_pair_follows_from_the_injected_randomness() -> None:
    key = kem.generate(lambda size_bytes: bytes(range(size_bytes)))
    assert key.seed.reveal() == bytes(range(64))


def test_each_encapsulation_is_fresh() -> None:
    public_key = kem.generate().public
    first_ciphertext, first = kem.encapsulate(public_key)
    second_ciphertext, second = kem.encapsulate(public_key)
    assert first_ciphertext != second_ciphertext
    assert not first.matches(second)


@pytest.mark.parametrize(
    "key", [b"", bytes(1183), bytes(1185), b"\xff" * 1184], ids=["empty", "short", "long", "unreduced"]
)
def test_a_malformed_public_key_is_refused(key: bytes) -> None:
    with pytest.raises(MalformedError):
        kem.encapsulate(key)


@pytest.mark.parametrize("size_bytes", [0, 1087, 1089])
def test_a_ciphertext_of_wrong_length_is_refused(size_bytes: int) -> None:
    key = kem.generate()
    with pytest.raises(MalformedError):
        key.decapsulate(bytes(size_bytes))


def test_a_forged_ciphertext_gives_another_secret_and_always_the_same() -> None:
    key = kem.generate()
    ciphertext, shared = kem.encapsulate(key.public)
    forged = bytes([ciphertext[0] ^ 1]) + ciphertext[1:]
    rejected = key.decapsulate(forged)
    assert not rejected.matches(shared)
    assert rejected.matches(key.decapsulate(forged))


@pytest.mark.parametrize("size_bytes", [0, 32, 63, 65])
def test_a_seed_of_wrong_length_is_our_own_fault(size_bytes: int) -> None:
    with pytest.raises(LocalError):
        kem.PrivateKey(Secret(bytes(size_bytes)))
