"""Digits to compare: the same on both sides, different for anybody else."""

import hashlib
from collections.abc import Callable

import pytest

from crypto.identity import Identity, PublicIdentity
from crypto.primitives import blake2b
from crypto.safety_number import safety_number, session_digits, short_digits

ALICE = PublicIdentity(signing_key=b"\x01" * 32, dh_key=b"\x02" * 32)
BOB = PublicIdentity(signing_key=b"\x03" * 32, dh_key=b"\x04" * 32)


def test_both_sides_see_the_same_sixty_digits() -> None:
    alice, bob = Identity.generate().public, Identity.generate().public
    number = safety_number(alice, bob)
    assert number == safety_number(bob, alice)
    assert len(number) == 60
    assert number.isdecimal()


def test_a_known_pair_keeps_its_number() -> None:
    assert safety_number(ALICE, BOB) == "099938819046777676161120689108352527955012105697510814471161"


def test_a_half_is_signals_iterated_hash_under_our_label() -> None:
    fingerprint = ALICE.fingerprint
    digest = b"\x0c\x00kith1 safety" + b"\x20\x00" + fingerprint
    for _ in range(5200):
        digest = hashlib.sha512(digest + fingerprint).digest()
    half = "".join(f"{int.from_bytes(digest[i : i + 5], 'big') % 100_000:05d}" for i in range(0, 30, 5))
    assert half in {safety_number(ALICE, BOB)[:30], safety_number(ALICE, BOB)[30:]}
    assert safety_number(ALICE, ALICE) == half + half


def test_either_key_of_either_person_changes_the_number() -> None:
    others = [
        safety_number(PublicIdentity(signing_key=b"\x05" * 32, dh_key=ALICE.dh_key), BOB),
        safety_number(PublicIdentity(signing_key=ALICE.signing_key, dh_key=b"\x05" * 32), BOB),
        safety_number(ALICE, PublicIdentity(signing_key=BOB.signing_key, dh_key=b"\x05" * 32)),
    ]
    assert len({safety_number(ALICE, BOB), *others}) == 4


def test_session_digits_are_the_hash_as_a_little_endian_number() -> None:
    transcript, m4_hash = b"t" * 32, b"m" * 32
    hashed = blake2b(b"\x20\x00" + transcript + b"\x20\x00" + m4_hash, size_bytes=64, person=b"kith1-sas")
    number = str(int.from_bytes(hashed, "little"))
    assert session_digits(transcript, m4_hash) == number[-60:]
    assert short_digits(transcript, m4_hash) == number[-4:]


@pytest.mark.parametrize("digits", [session_digits, short_digits])
def test_session_digits_depend_on_both_hashes(digits: Callable[[bytes, bytes], str]) -> None:
    shown = {digits(transcript * 32, m4 * 32) for transcript in (b"a", b"b") for m4 in (b"a", b"c")}
    assert len(shown) == 4


def test_small_numbers_keep_their_leading_zeros() -> None:
    lengths = {len(short_digits(counter.to_bytes(32, "little"), bytes(32))) for counter in range(500)}
    assert lengths == {4}
    assert any(short_digits(counter.to_bytes(32, "little"), bytes(32)).startswith("0") for counter in range(500))
