"""One page of an encrypted database file, as SQLCipher 4 lays it out.

    salt            16   in the first page only, in place of the text that SQLite files begin with
    ciphertext           AES-256-CBC under the raw key
    IV              16
    HMAC-SHA512     64   over ciphertext | IV | number of the page u32

So a page that is not as we wrote it is known as such, whatever happened to it.  What an HMAC cannot tell is an older
version of the same page; see :mod:`app.storage.salvage.write_ahead_log` for where those come from.
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from app.storage.connection import SALT_BYTES
from crypto.secret import KeyHolder, Secret

PAGE_BYTES = 4_096
USABLE_BYTES = 4_016
"""What SQLite gets of a page: IV and HMAC are reserved at its end."""

_IV_BYTES = 16
_HMAC_BYTES = 64
_SIGNED_END = PAGE_BYTES - _HMAC_BYTES
_HMAC_SALT_MASK = 0x3A
_HMAC_KEY_ITERATIONS = 2
_HMAC_KEY_BYTES = 32
_MAGIC = b"SQLite format 3\0"


class PageCipher(KeyHolder):
    """Checks and decrypts pages under a raw key and the salt of their file."""

    __slots__ = ("_hmac_key", "_key", "salt")

    def __init__(self, key: Secret, salt: bytes) -> None:
        hmac_salt = bytes(byte ^ _HMAC_SALT_MASK for byte in salt)
        self.salt = salt
        self._key = key.reveal()
        self._hmac_key = hashlib.pbkdf2_hmac(
            "sha512", self._key, hmac_salt, _HMAC_KEY_ITERATIONS, dklen=_HMAC_KEY_BYTES
        )

    def is_sound(self, number: int, page: bytes) -> bool:
        """Whether these 4,096 bytes are a version of page ``number``, counted from 1, that was once written."""
        if len(page) != PAGE_BYTES:
            return False
        signed = page[_start(number) : _SIGNED_END] + number.to_bytes(4, "little")
        return hmac.compare_digest(hmac.digest(self._hmac_key, signed, "sha512"), page[_SIGNED_END:])

    def decrypt(self, number: int, page: bytes) -> bytes:
        """The 4,016 bytes that SQLite sees of a sound page."""
        iv = page[USABLE_BYTES : USABLE_BYTES + _IV_BYTES]
        decryptor = Cipher(algorithms.AES(self._key), modes.CBC(iv)).decryptor()
        plaintext = decryptor.update(page[_start(number) : USABLE_BYTES]) + decryptor.finalize()
        return _MAGIC + plaintext if number == 1 else plaintext


def _start(number: int) -> int:
    """Where the ciphertext begins."""
    return SALT_BYTES if number == 1 else 0
