"""The value of an item on the DHT: sealed, and padded so that its size tells nothing (``docs/protocol.md``, section 6).

    value = nonce 24 | XChaCha20-Poly1305(key, nonce, size 2 | content | zeros; ad = item key)

Each kind of item has one size.  Where an item is and who holds its keys is not known here.
"""

from crypto.encoding import Reader, Writer
from crypto.errors import LocalError, MalformedError
from crypto.primitives import TAG_BYTES, XCHACHA_NONCE_BYTES, Random, xchacha_open, xchacha_seal
from crypto.secret import Secret

_SIZE_BYTES = 2
_OVERHEAD_BYTES = XCHACHA_NONCE_BYTES + TAG_BYTES + _SIZE_BYTES


def capacity(value_bytes: int) -> int:
    """The bytes of content that a value of this size holds: 42 fewer."""
    return value_bytes - _OVERHEAD_BYTES


def seal_value(key: Secret, item_key: bytes, content: bytes, *, value_bytes: int, random: Random) -> bytes:
    """A value of ``value_bytes`` bytes.

    Raises:
        LocalError: the content does not fit.
    """
    if len(content) > capacity(value_bytes):
        raise LocalError(f"an item of {value_bytes} bytes holds at most {capacity(value_bytes)}")
    nonce = random(XCHACHA_NONCE_BYTES)
    plaintext = Writer().sized(content).finish().ljust(capacity(value_bytes) + _SIZE_BYTES, b"\0")
    return nonce + xchacha_seal(key.reveal(), nonce, plaintext, item_key)


def open_value(key: Secret, item_key: bytes, value: bytes, *, value_bytes: int) -> bytes:
    """The content of a value found under ``item_key``.

    Raises:
        MalformedError: of another size, or padded with something else than zeros.
        ForgedError: sealed under another key, or for another item.
    """
    if len(value) != value_bytes:
        raise MalformedError("an item of another size")
    nonce, sealed = value[:XCHACHA_NONCE_BYTES], value[XCHACHA_NONCE_BYTES:]
    reader = Reader(xchacha_open(key.reveal(), nonce, sealed, item_key))
    content = reader.sized(capacity(value_bytes))
    if any(reader.rest()):
        raise MalformedError("an item is padded with zeros")
    return content
