"""ML-KEM-768 (FIPS 203) over pyca ``cryptography``.

A private key is kept as its 64-byte seed ``d ‖ z``, the short form of FIPS 203; the expanded key never leaves a call.

    seed           64   d 32 ‖ z 32, secret
    public key   1184   encapsulation key
    ciphertext   1088
    shared secret  32
"""

import os

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey

from crypto.errors import LocalError, MalformedError
from crypto.primitives import Random
from crypto.secret import Secret

SEED_BYTES = 64
PUBLIC_KEY_BYTES = 1184
CIPHERTEXT_BYTES = 1088
SHARED_SECRET_BYTES = 32


def generate(random: Random = os.urandom) -> tuple[Secret, bytes]:
    """A new key pair: the 64-byte seed and the 1,184-byte public key."""
    seed = Secret(random(SEED_BYTES))
    return seed, public_key_of(seed)


def public_key_of(seed: Secret) -> bytes:
    """The 1,184-byte public key of a 64-byte seed (FIPS 203, ML-KEM.KeyGen_internal)."""
    return _private_key(seed).public_key().public_bytes_raw()


def encapsulate(public_key: bytes) -> tuple[bytes, Secret]:
    """A fresh ciphertext of 1,088 bytes for ``public_key``, and the 32-byte secret shared with its owner.

    Raises:
        MalformedError: the key has a wrong length, or a coefficient that is not reduced (FIPS 203, section 7.2).
    """
    try:
        shared, ciphertext = MLKEM768PublicKey.from_public_bytes(public_key).encapsulate()
    except ValueError as error:
        raise MalformedError("bad ML-KEM public key") from error
    return ciphertext, Secret(shared)


def decapsulate(seed: Secret, ciphertext: bytes) -> Secret:
    """The 32-byte shared secret of ``ciphertext``.

    A forged ciphertext of the right length gives an unpredictable secret, not an error (implicit rejection): whatever
    is sealed under it fails to open.

    Raises:
        MalformedError: the ciphertext has a wrong length.
    """
    return _decapsulated(_private_key(seed), ciphertext)


def decapsulate_with_public_key(seed: Secret, ciphertext: bytes) -> tuple[bytes, Secret]:
    """The public key of ``seed``, and what :func:`decapsulate` gives; expanding the seed costs most, and is done once.

    Raises:
        MalformedError: the ciphertext has a wrong length.
    """
    private_key = _private_key(seed)
    return private_key.public_key().public_bytes_raw(), _decapsulated(private_key, ciphertext)


def _decapsulated(private_key: MLKEM768PrivateKey, ciphertext: bytes) -> Secret:
    if len(ciphertext) != CIPHERTEXT_BYTES:
        raise MalformedError("bad ML-KEM ciphertext length")
    return Secret(private_key.decapsulate(ciphertext))


def _private_key(seed: Secret) -> MLKEM768PrivateKey:
    if len(seed) != SEED_BYTES:
        raise LocalError("a seed is 64 bytes")
    return MLKEM768PrivateKey.from_seed_bytes(seed.reveal())
