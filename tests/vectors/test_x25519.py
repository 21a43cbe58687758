"""X25519 against RFC 7748 and Wycheproof."""

import pytest

from crypto.errors import WeakKeyError
from crypto.primitives import KeyPair, x25519
from tests.support.vectors import records, wycheproof

WYCHEPROOF = wycheproof("Protocol/wycheproof/x25519_test.json")


def test_rfc_7748_section_5_2() -> None:
    checked = 0
    for record in records("asymmetric/X25519/rfc7748.txt", first_field="COUNT"):
        scalar, u = bytes.fromhex(record["INPUT_SCALAR"]), bytes.fromhex(record["INPUT_U"])
        assert x25519(scalar, u).hex() == record["OUTPUT_U"], record["COUNT"]
        checked += 1
    assert checked == 3  # the third is one step of the iterated test


def test_rfc_7748_section_5_2_iterated() -> None:
    scalar = u = (9).to_bytes(32, "little")
    for _ in range(1000):
        scalar, u = x25519(scalar, u), scalar
    assert scalar.hex() == "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"


def test_rfc_7748_section_6_1() -> None:
    alice = KeyPair.from_private(bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"))
    bob = KeyPair.from_private(bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))
    assert alice.public.hex() == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
    assert bob.public.hex() == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
    shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
    assert x25519(alice.private.reveal(), bob.public).hex() == shared
    assert x25519(bob.private.reveal(), alice.public).hex() == shared


def test_wycheproof_results_that_are_not_zero() -> None:
    cases = [case for case in WYCHEPROOF if "ZeroSharedSecret" not in case.flags]
    assert len(cases) == 487
    for case in cases:
        assert x25519(case.hex("private"), case.hex("public")) == case.hex("shared"), case.name


def test_wycheproof_zero_results_are_refused() -> None:
    cases = [case for case in WYCHEPROOF if "ZeroSharedSecret" in case.flags]
    assert len(cases) == 31
    for case in cases:
        assert not any(case.hex("shared"))
        with pytest.raises(WeakKeyError):
            x25519(case.hex("private"), case.hex("public"))
