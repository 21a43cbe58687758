"""A file under a passphrase of its own, sealed and opened piece by piece (``docs/protocol.md``, section 5).

    magic        8   "KITHEXP1"
    memory       4   Argon2id memory in KiB
    passes       1
    salt        16   random, so that each file has a key of its own
    pieces           65,536 bytes of plaintext each and 16 more; the last one is shorter, if need be 16 alone

    key          HKDF(empty, Argon2id(passphrase, salt), "kith1 export", 32)
    piece n      AEAD(key, n 8 | last 1 | 0¹⁵, plaintext; everything before the pieces)

A piece that is missing, moved, repeated or cut off opens nothing: its number and whether it is the last stand in the
nonce.
"""

from dataclasses import dataclass
from typing import Self

from crypto import labels
from crypto.encoding import Reader, Writer
from crypto.errors import LocalError, MalformedError
from crypto.passphrase import Argon2Cost, derive_key
from crypto.primitives import (
    ARGON2_SALT_BYTES,
    KEY_BYTES,
    TAG_BYTES,
    XCHACHA_NONCE_BYTES,
    Random,
    hkdf,
    xchacha_open,
    xchacha_seal,
)
from crypto.secret import Secret

MAGIC = b"KITHEXP1"
HEADER_BYTES = len(MAGIC) + 4 + 1 + ARGON2_SALT_BYTES
PIECE_BYTES = 1 << 16
"""Plaintext in a piece."""
SEALED_PIECE_BYTES = PIECE_BYTES + TAG_BYTES


@dataclass(frozen=True, slots=True)
class FileHeader:
    """What stands in clear at the beginning."""

    cost: Argon2Cost
    salt: bytes

    @classmethod
    def create(cls, cost: Argon2Cost, *, random: Random) -> Self:
        return cls(cost, random(ARGON2_SALT_BYTES))

    def encode(self) -> bytes:
        return Writer().raw(MAGIC).u32(self.cost.memory_kib).u8(self.cost.passes).raw(self.salt).finish()

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The header of :meth:`encode`.

        Raises:
            MalformedError: not such a file, or a cost out of bounds.
        """
        reader = Reader(data)
        if reader.raw(len(MAGIC)) != MAGIC:
            raise MalformedError("not a sealed file")
        memory_kib, passes, salt = reader.u32(), reader.u8(), reader.raw(ARGON2_SALT_BYTES)
        reader.finish()
        try:
            return cls(Argon2Cost(memory_kib=memory_kib, passes=passes), salt)
        except LocalError as error:  # the file's fault, not ours
            raise MalformedError("Argon2id cost out of bounds") from error

    def key(self, passphrase: str) -> Secret:
        """The key of the pieces; takes half a second at the default cost.

        Raises:
            LocalError: not a passphrase at all, or not enough memory.
        """
        kek = derive_key(passphrase, salt=self.salt, cost=self.cost)
        return Secret(hkdf(salt=b"", ikm=kek.reveal(), info=labels.EXPORT_KEY, size_bytes=KEY_BYTES))


def seal_piece(header: FileHeader, key: Secret, number: int, plaintext: bytes, *, is_last: bool) -> bytes:
    """One piece: all but the last are full, and the last is not.

    Raises:
        LocalError: it has another size.
    """
    if (len(plaintext) < PIECE_BYTES) != is_last or len(plaintext) > PIECE_BYTES:
        raise LocalError("a piece of another size")
    return xchacha_seal(key.reveal(), _nonce(number, is_last=is_last), plaintext, header.encode())


def open_piece(header: FileHeader, key: Secret, number: int, sealed: bytes) -> bytes:
    """The plaintext; it is the last one if it is shorter than :data:`PIECE_BYTES`.

    Raises:
        RemoteError: another key, or another piece than was sealed there.
    """
    is_last = len(sealed) < SEALED_PIECE_BYTES
    return xchacha_open(key.reveal(), _nonce(number, is_last=is_last), sealed, header.encode())


def _nonce(number: int, *, is_last: bool) -> bytes:
    return (number.to_bytes(8, "little") + bytes([is_last])).ljust(XCHACHA_NONCE_BYTES, b"\0")
