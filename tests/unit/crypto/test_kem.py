"""ML-KEM-768 through ``crypto.kem``; the published vectors are in ``tests/vectors/test_mlkem.py``."""

import pytest

from crypto import kem
from crypto.errors import LocalError, MalformedError
from crypto.secret import Secret


def test_both_sides_share_one_secret() -> None:
    seed, public_key = kem.generate()
    ciphertext, shared = kem.encapsulate(public_key)
    assert kem.decapsulate(seed, ciphertext).matches(shared)


def test_sizes_are_those_of_fips_203() -> None:
    seed, public_key = kem.generate()
    ciphertext, shared = kem.encapsulate(public_key)
    assert len(seed) == kem.SEED_BYTES
    assert len(public_key) == kem.PUBLIC_KEY_BYTES
    assert len(ciphertext) == kem.CIPHERTEXT_BYTES
    assert len(shared) == kem.SHARED_SECRET_BYTES


def test_the_key_pair_follows_from_the_injected_randomness() -> None:
    seed, public_key = kem.generate(lambda size_bytes: bytes(range(size_bytes)))
    assert seed.reveal() == bytes(range(64))
    assert public_key == kem.public_key_of(seed)


def test_each_encapsulation_is_fresh() -> None:
    _, public_key = kem.generate()
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
    seed, _ = kem.generate()
    with pytest.raises(MalformedError):
        kem.decapsulate(seed, bytes(size_bytes))


def test_a_forged_ciphertext_gives_another_secret_and_always_the_same() -> None:
    seed, public_key = kem.generate()
    ciphertext, shared = kem.encapsulate(public_key)
    forged = bytes([ciphertext[0] ^ 1]) + ciphertext[1:]
    rejected = kem.decapsulate(seed, forged)
    assert not rejected.matches(shared)
    assert rejected.matches(kem.decapsulate(seed, forged))


@pytest.mark.parametrize("size_bytes", [0, 32, 63, 65])
def test_a_seed_of_wrong_length_is_our_own_fault(size_bytes: int) -> None:
    with pytest.raises(LocalError):
        kem.public_key_of(Secret(bytes(size_bytes)))
