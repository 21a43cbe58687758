"""ML-KEM-768 against known answers of FIPS 203 and Wycheproof.

pyca has no deterministic encapsulation: here its vectors tell acceptable keys from others, and a round trip in the unit
tests does the rest.
"""

import pytest

from crypto import kem
from crypto.errors import LocalError, MalformedError
from crypto.secret import Secret
from tests.support.vectors import records, wycheproof

KATS = list(records("asymmetric/MLKEM/kat_MLKEM_768.rsp", first_field="count"))
DECAPSULATION = wycheproof("Protocol/wycheproof/mlkem_768_test.json")
KEY_GENERATION = wycheproof("Protocol/wycheproof/mlkem_768_keygen_seed_test.json")
ENCAPSULATION = wycheproof("Protocol/wycheproof/mlkem_768_encaps_test.json")


def key_of(kat: dict[str, str]) -> kem.PrivateKey:
    return kem.PrivateKey(Secret(bytes.fromhex(kat["d"] + kat["z"])))


def test_known_answers_of_key_generation() -> None:
    assert len(KATS) == 1000
    for kat in KATS:
        assert key_of(kat).public.hex() == kat["pk"], kat["count"]


def test_known_answers_of_decapsulation() -> None:
    for kat in KATS:
        assert key_of(kat).decapsulate(bytes.fromhex(kat["ct"])).reveal().hex() == kat["ss"], kat["count"]


def test_known_answers_of_implicit_rejection() -> None:
    for kat in KATS:
        assert key_of(kat).decapsulate(bytes.fromhex(kat["ct_n"])).reveal().hex() == kat["ss_n"], kat["count"]


def test_wycheproof_key_generation() -> None:
    assert len(KEY_GENERATION) == 100
    for case in KEY_GENERATION:
        assert kem.PrivateKey(Secret(case.hex("seed"))).public == case.hex("ek"), case.name


def test_wycheproof_valid_ciphertexts() -> None:
    cases = [case for case in DECAPSULATION if case.result == "valid"]
    assert len(cases) == 161
    for case in cases:
        key = kem.PrivateKey(Secret(case.hex("seed")))
        assert key.public == case.hex("ek"), case.name
        assert key.decapsulate(case.hex("c")).reveal() == case.hex("K"), case.name


def test_wycheproof_malformed_ciphertexts_are_refused() -> None:
    cases = [case for case in DECAPSULATION if len(case.hex("c")) != kem.CIPHERTEXT_BYTES]
    assert len(cases) == 20
    for case in cases:
        key = kem.PrivateKey(Secret(case.hex("seed")))
        with pytest.raises(MalformedError):
            key.decapsulate(case.hex("c"))


def test_wycheproof_seeds_of_wrong_length_are_our_own_mistake() -> None:
    cases = [case for case in DECAPSULATION if len(case.hex("seed")) != kem.SEED_BYTES]
    assert len(cases) == 20
    for case in cases:
        with pytest.raises(LocalError):
            kem.PrivateKey(Secret(case.hex("seed")))


def test_wycheproof_keys_with_unreduced_coefficients_or_wrong_length_are_refused() -> None:
    cases = [case for case in ENCAPSULATION if case.result == "invalid"]
    assert len(cases) == 132
    for case in cases:
        with pytest.raises(MalformedError):
            kem.encapsulate(case.hex("ek"))


def test_wycheproof_good_keys_are_accepted() -> None:
    cases = [case for case in ENCAPSULATION if case.result == "valid"]
    assert len(cases) == 133
    for case in cases:
        ciphertext, shared = kem.encapsulate(case.hex("ek"))
        assert len(ciphertext) == kem.CIPHERTEXT_BYTES
        assert len(shared) == kem.SHARED_SECRET_BYTES
