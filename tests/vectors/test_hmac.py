"""HMAC-SHA256 against RFC 4231."""

from crypto.primitives import hmac_sha256
from tests.support.vectors import records


def test_rfc_4231() -> None:
    checked = 0
    for record in records("HMAC/rfc-4231-sha256.txt", first_field="Len"):
        tag = hmac_sha256(bytes.fromhex(record["Key"]), bytes.fromhex(record["Msg"])).hex()
        assert tag[: len(record["MD"])] == record["MD"]
        checked += 1
    assert checked == 6
