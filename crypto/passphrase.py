"""From a passphrase to a key: Argon2id over normalised text (``docs/protocol.md``, section 5)."""

import unicodedata
from dataclasses import dataclass

from crypto.errors import LocalError
from crypto.primitives import argon2id
from crypto.secret import Secret

MIN_MEMORY_KIB = 8
MAX_MEMORY_KIB = 1024 * 1024
MAX_PASSES = 10
"""1 GiB and 10 passes take seconds: a tampered file can make unlocking slow, never endless."""


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """What one guess costs: by default 256 MiB and 3 passes, half a second on two cores.

    Raises:
        LocalError: outside 8 KiB to 1 GiB, or 1 to 10 passes.
    """

    memory_kib: int = 256 * 1024
    passes: int = 3

    def __post_init__(self) -> None:
        if not MIN_MEMORY_KIB <= self.memory_kib <= MAX_MEMORY_KIB or not 1 <= self.passes <= MAX_PASSES:
            raise LocalError("Argon2id cost out of bounds")


def derive_key(passphrase: str, *, salt: bytes, cost: Argon2Cost) -> Secret:
    """32 bytes from a passphrase and a 16-byte salt; takes as long as ``cost`` says and releases the GIL meanwhile.

    Raises:
        LocalError: an empty passphrase, one that is not Unicode text, or not enough memory.
    """
    key = argon2id(_normalised(passphrase), salt=salt, memory_kib=cost.memory_kib, passes=cost.passes)
    return Secret(key)


def _normalised(passphrase: str) -> bytes:
    """NFKC as UTF-8: keyboards and input methods type one text in several ways, composed or not, wide or narrow."""
    if not passphrase:
        raise LocalError("empty passphrase")
    try:
        return unicodedata.normalize("NFKC", passphrase).encode("utf-8")
    except UnicodeEncodeError:
        # Without "from": the codec's error would carry the passphrase into logs.
        raise LocalError("passphrase is not Unicode text") from None
