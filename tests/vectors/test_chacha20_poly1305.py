"""ChaCha20-Poly1305 as links use it, against RFC 8439 and BoringSSL.

A link's nonce begins with four zero bytes (Noise, section 12.3), so vectors with such nonces are taken.
"""

import pytest

from crypto.errors import ForgedError
from crypto.noise import CipherState
from crypto.secret import Secret
from tests.support.vectors import records


def state(key: bytes, nonce: bytes) -> CipherState:
    cipher = CipherState(Secret(key))
    cipher.nonce = int.from_bytes(nonce[4:], "little")
    return cipher


def check(*, key: bytes, nonce: bytes, plaintext: bytes, associated_data: bytes, sealed: bytes) -> None:
    assert state(key, nonce).seal(plaintext, associated_data) == sealed
    assert state(key, nonce).open(sealed, associated_data) == plaintext
    with pytest.raises(ForgedError):
        state(key, nonce).open(sealed[:-1] + bytes([sealed[-1] ^ 1]), associated_data)
    with pytest.raises(ForgedError):
        state(key, nonce).open(sealed, associated_data + b"\0")


def test_rfc_8439_appendix_a_5() -> None:
    record = next(records("ciphers/ChaCha20Poly1305/openssl.txt", first_field="COUNT"))
    fields = {name: bytes.fromhex(value) for name, value in record.items() if name != "COUNT"}
    check(
        key=fields["Key"],
        nonce=fields["IV"],
        plaintext=fields["Plaintext"],
        associated_data=fields["AAD"],
        sealed=fields["Ciphertext"] + fields["Tag"],
    )


def octets(value: str) -> bytes:
    """Hexadecimal, or text in quotation marks."""
    return value[1:-1].encode() if value.startswith('"') else bytes.fromhex(value)


def test_boringssl() -> None:
    checked = 0
    for record in records("ciphers/ChaCha20Poly1305/boringssl.txt", first_field="COUNT"):
        if not record["NONCE"].startswith("00000000"):
            continue
        key, nonce, associated_data, ciphertext, tag = (
            octets(record[name]) for name in ("KEY", "NONCE", "AD", "CT", "TAG")
        )
        check(
            key=key,
            nonce=nonce,
            plaintext=octets(record["IN"]),
            associated_data=associated_data,
            sealed=ciphertext + tag,
        )
        checked += 1
    assert checked == 60
