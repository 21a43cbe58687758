"""Ed25519 against the vectors of its authors (those of RFC 8032 among them) and Wycheproof."""

import pytest

from crypto.errors import ForgedError
from crypto.primitives import SIGNATURE_BYTES, ed25519_public, ed25519_sign, ed25519_verify
from tests.support.vectors import Case, lines, wycheproof

WYCHEPROOF = wycheproof("Signature/wycheproof/ed25519_test.json")


def verify(case: Case) -> None:
    ed25519_verify(bytes.fromhex(case.fields["publicKey"]["pk"]), case.hex("msg"), case.hex("sig"))


def test_the_authors_vectors() -> None:
    vectors = lines("cryptography_vectors", "asymmetric/Ed25519/sign.input")
    assert len(vectors) == 1024
    for line in vectors:
        secret_and_public, public, message, signed = (bytes.fromhex(field) for field in line.split(":")[:4])
        seed, signature = secret_and_public[:32], signed[:SIGNATURE_BYTES]
        assert ed25519_public(seed) == public
        assert ed25519_sign(seed, message) == signature
        ed25519_verify(public, message, signature)


def test_wycheproof_valid_signatures_verify() -> None:
    cases = [case for case in WYCHEPROOF if case.result == "valid"]
    assert len(cases) == 117
    for case in cases:
        verify(case)


def test_wycheproof_invalid_signatures_are_refused() -> None:
    cases = [case for case in WYCHEPROOF if case.result == "invalid"]
    assert len(cases) == 64
    for case in cases:
        with pytest.raises(ForgedError):
            verify(case)


def test_wycheproof_small_order_keys_are_refused() -> None:
    cases = [case for case in WYCHEPROOF if "SmallOrderPublicKey" in case.flags]
    assert len(cases) == 8
    for case in cases:
        with pytest.raises(ForgedError):
            verify(case)
