"""XChaCha20-Poly1305 against its draft (Wycheproof's first case) and Wycheproof."""

import pytest

from crypto.errors import ForgedError, LocalError
from crypto.primitives import TAG_BYTES, XCHACHA_NONCE_BYTES, xchacha_open, xchacha_seal
from tests.support.vectors import wycheproof

WYCHEPROOF = wycheproof("Cipher/wycheproof/xchacha20_poly1305_test.json")


def test_draft_irtf_cfrg_xchacha_03_appendix_a_3_1() -> None:
    key = bytes(range(0x80, 0xA0))
    nonce = bytes(range(0x40, 0x58))
    associated_data = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    plaintext = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would "
        b"be it."
    )
    sealed = xchacha_seal(key, nonce, plaintext, associated_data)
    assert sealed.hex() == (
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39"
        "ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
        "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49"
    )
    assert xchacha_open(key, nonce, sealed, associated_data) == plaintext


def test_wycheproof_valid_cases_seal_and_open() -> None:
    cases = [case for case in WYCHEPROOF if case.result == "valid"]
    assert len(cases) == 246
    for case in cases:
        key, nonce, associated_data = case.hex("key"), case.hex("iv"), case.hex("aad")
        sealed = case.hex("ct") + case.hex("tag")
        assert xchacha_seal(key, nonce, case.hex("msg"), associated_data) == sealed, case.name
        assert xchacha_open(key, nonce, sealed, associated_data) == case.hex("msg"), case.name


def test_wycheproof_invalid_tags_are_refused() -> None:
    cases = [case for case in WYCHEPROOF if case.result == "invalid" and len(case.hex("iv")) == XCHACHA_NONCE_BYTES]
    assert len(cases) == 60
    for case in cases:
        with pytest.raises(ForgedError):
            xchacha_open(case.hex("key"), case.hex("iv"), case.hex("ct") + case.hex("tag"), case.hex("aad"))


def test_wycheproof_nonces_of_wrong_size_are_our_own_mistake() -> None:
    cases = [case for case in WYCHEPROOF if len(case.hex("iv")) != XCHACHA_NONCE_BYTES]
    assert len(cases) == 9
    for case in cases:
        with pytest.raises(LocalError):
            xchacha_open(case.hex("key"), case.hex("iv"), bytes(TAG_BYTES), case.hex("aad"))
        with pytest.raises(LocalError):
            xchacha_seal(case.hex("key"), case.hex("iv"), case.hex("msg"), case.hex("aad"))
