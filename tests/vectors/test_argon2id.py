"""Argon2id against OpenSSL's, an independent implementation.

RFC 9106 publishes vectors with four lanes, a secret and associated data, none of which libsodium's function takes.
"""

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from crypto.primitives import argon2id


@pytest.mark.parametrize(("memory_kib", "passes"), [(8, 1), (32, 3), (1024, 2), (8192, 10)])
@pytest.mark.parametrize("passphrase", [b"x", b"correct horse battery staple", b"\xff" * 300])
def test_one_lane_agrees_with_openssl(passphrase: bytes, memory_kib: int, passes: int) -> None:
    salt = bytes(range(16))
    independent = Argon2id(salt=salt, length=32, iterations=passes, lanes=1, memory_cost=memory_kib)
    assert argon2id(passphrase, salt=salt, memory_kib=memory_kib, passes=passes) == independent.derive(passphrase)
