"""The symmetric-key ratchet: one key for each message of a chain (Double Ratchet rev 3, section 2.2).

    message key     = HMAC-SHA256(chain key, 01)
    next chain key  = HMAC-SHA256(chain key, 02)

A chain knows the key of its headers and the number of its next message; it does not know which direction it serves.
"""

from typing import Self

from crypto.encoding import Reader, Writer
from crypto.errors import MalformedError
from crypto.hot_value import hot_value
from crypto.primitives import KEY_BYTES, hmac_sha256, hmac_sha256_pair
from crypto.ratchet.header import MAX_NUMBER
from crypto.secret import KeyHolder

_MESSAGE_KEY = b"\x01"
_CHAIN_KEY = b"\x02"


@hot_value
class Chain(KeyHolder):
    """A sending or a receiving chain: 32-byte keys, and the number that its next message has."""

    header_key: bytes
    chain_key: bytes
    number: int

    def step(self) -> tuple["Chain", bytes]:
        """The chain after its next message, and that message's key of 32 bytes."""
        message_key, chain_key = hmac_sha256_pair(self.chain_key, _MESSAGE_KEY, _CHAIN_KEY)
        return Chain(self.header_key, chain_key, self.number + 1), message_key

    def skip_to(self, number: int, *, keep: int) -> tuple["Chain", dict[int, bytes]]:
        """The chain before message ``number``, with the keys of the last ``keep`` messages jumped over, by number."""
        chain_key = self.chain_key
        first_kept = max(self.number, number - keep)
        for _ in range(self.number, first_kept):
            chain_key = hmac_sha256(chain_key, _CHAIN_KEY)
        keys: dict[int, bytes] = {}
        for skipped in range(first_kept, number):
            keys[skipped], chain_key = hmac_sha256_pair(chain_key, _MESSAGE_KEY, _CHAIN_KEY)
        return Chain(self.header_key, chain_key, number), keys

    def write(self, writer: Writer) -> None:
        """Append ``header_key 32 | chain_key 32 | number u64`` for storage."""
        writer.raw(self.header_key).raw(self.chain_key).u64(self.number)

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """What :meth:`write` wrote.

        Raises:
            MalformedError: truncated, or a number that no chain comes to.
        """
        return cls(reader.raw(KEY_BYTES), reader.raw(KEY_BYTES), read_count(reader, most=MAX_NUMBER + 1))


def read_count(reader: Reader, *, most: int = MAX_NUMBER) -> int:
    """A count of messages as stored, u64, of which a header carries u32.

    Raises:
        MalformedError: truncated, or more than ``most``.
    """
    count = reader.u64()
    if count > most:
        raise MalformedError("a count of messages out of range")
    return count
