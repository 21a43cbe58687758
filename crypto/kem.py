"""ML-KEM-768 (FIPS 203) over pyca ``cryptography``.

seed           64   d 32 ‖ z 32, secret: the short form of a private key in FIPS 203
public key   1184   encapsulation key
ciphertext   1088
shared secret  32
"""

import os

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey

from crypto.errors import LocalError, MalformedError
from crypto.primitives import Random
from crypto.secret import KeyHolder, Secret

SEED_BYTES = 64
PUBLIC_KEY_BYTES = 1184
CIPHERTEXT_BYTES = 1088
SHARED_SECRET_BYTES = 32


class PrivateKey(KeyHolder):
    """A decapsulation key.  Its 64-byte ``seed`` is all that is ever stored.

    The expanded key is made when it is first needed, and lives as long as the value: to make it takes three times as
    long as to decapsulate.
    """

    __slots__ = ("_expanded", "seed")

    def __init__(self, seed: Secret) -> None:
        """Of an old seed; :func:`generate` makes new keys.

        Raises:
            LocalError: the seed is not 64 bytes.
        """
        if len(seed) != SEED_BYTES:
            raise LocalError("a seed is 64 bytes")
        self.seed = seed
        self._expanded: tuple[MLKEM768PrivateKey, bytes] | None = None

    @property
    def public(self) -> bytes:
        """The 1,184-byte public key (FIPS 203, ML-KEM.KeyGen_internal)."""
        _, public_key = self._expand()
        return public_key

    def decapsulate(self, ciphertext: bytes) -> Secret:
        """The 32-byte shared secret of ``ciphertext``.

        A forged ciphertext of the right length gives an unpredictable secret, not an error (implicit rejection):
        whatever is sealed under it fails to open.

        Raises:
            MalformedError: the ciphertext has a wrong length.
        """
        if len(ciphertext) != CIPHERTEXT_BYTES:
            raise MalformedError("bad ML-KEM ciphertext length")
        private_key, _ = self._expand()
        return Secret(private_key.decapsulate(ciphertext))

    def _expand(self) -> tuple[MLKEM768PrivateKey, bytes]:
        if self._expanded is None:
            private_key = MLKEM768PrivateKey.from_seed_bytes(self.seed.reveal())
            self._expanded = private_key, private_key.public_key().public_bytes_raw()
        return self._expanded


def generate(random: Random = os.urandom) -> PrivateKey:
    """A new key, of 64 random bytes."""
    return PrivateKey(Secret(random(SEED_BYTES)))


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
