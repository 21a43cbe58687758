"""HMAC-SHA256 against RFC 4231."""

import hmac

import pytest

from crypto.primitives import hmac_sha256, hmac_sha256_pair
from tests.support.vectors import records


def test_rfc_4231() -> None:
    checked = 0
    for record in records("HMAC/rfc-4231-sha256.txt", first_field="Len"):
        tag = hmac_sha256(bytes.fromhex(record["Key"]), bytes.fromhex(record["Msg"])).hex()
        assert tag[: len(record["MD"])] == record["MD"]
        checked += 1
    assert checked == 6


@pytest.mark.parametrize("key_bytes", [0, 1, 32, 63, 64, 65, 128, 131])
@pytest.mark.parametrize("message_bytes", [0, 1, 63, 64, 65, 1_000])
def test_it_is_that_of_the_standard_library(key_bytes: int, message_bytes: int) -> None:
    key, message = bytes(range(key_bytes)), bytes(message_bytes)
    assert hmac_sha256(key, message) == hmac.digest(key, message, "sha256")


def test_a_pair_is_two_hmacs_under_one_key() -> None:
    vectors = list(records("HMAC/rfc-4231-sha256.txt", first_field="Len"))
    assert any(len(vector["Key"]) > 2 * 64 for vector in vectors)  # a key longer than a block is hashed first
    for vector in vectors:
        tag, other = hmac_sha256_pair(bytes.fromhex(vector["Key"]), bytes.fromhex(vector["Msg"]), b"other")
        assert tag.hex() == vector["MD"]
        assert other == hmac_sha256(bytes.fromhex(vector["Key"]), b"other")
