"""HKDF-SHA256 against RFC 5869 and Wycheproof."""

import pytest

from crypto.primitives import hkdf
from tests.support.vectors import records, wycheproof

WYCHEPROOF = wycheproof("Protocol/wycheproof/hkdf_sha256_test.json")


def test_rfc_5869_appendix_a() -> None:
    checked = 0
    for record in records("KDF/rfc-5869-HKDF-SHA256.txt", first_field="COUNT"):
        salt, ikm, info = (bytes.fromhex(record[name]) for name in ("salt", "IKM", "info"))
        assert hkdf(salt=salt, ikm=ikm, info=info, size_bytes=int(record["L"])).hex() == record["OKM"]
        checked += 1
    assert checked == 3


def test_wycheproof_valid_cases() -> None:
    cases = [case for case in WYCHEPROOF if case.result == "valid"]
    assert len(cases) == 83
    for case in cases:
        okm = hkdf(salt=case.hex("salt"), ikm=case.hex("ikm"), info=case.hex("info"), size_bytes=case.fields["size"])
        assert okm == case.hex("okm"), case.name


def test_wycheproof_sizes_too_large_are_our_own_mistake() -> None:
    cases = [case for case in WYCHEPROOF if case.result == "invalid"]
    assert len(cases) == 3
    for case in cases:
        with pytest.raises(ValueError, match="larger than"):
            hkdf(salt=case.hex("salt"), ikm=case.hex("ikm"), info=case.hex("info"), size_bytes=case.fields["size"])


def test_an_empty_salt_means_32_zero_bytes() -> None:
    assert hkdf(salt=b"", ikm=b"x", info=b"", size_bytes=32) == hkdf(salt=bytes(32), ikm=b"x", info=b"", size_bytes=32)
