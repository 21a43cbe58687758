"""PASS and PASSED: a sealed signal on its way through somebody whom both know (``docs/protocol.md`` section 3).

    PASS     nonce 16 | tag 16 | value 768     pass this on to whom the tag names, if it is linked to you
    PASSED   value 768                         somebody whom you know has this for you

    tag = BLAKE2b-128(fingerprint of whom it is for, key nonce, person "kith1-passing")

The tag names somebody to those who know its fingerprint, and to nobody else; another nonce makes it another one.  The
value is sealed under the link key of the two (:mod:`crypto.signal`): who passes it on cannot read it.

They are in the range of control types, so that a Kith that does not know them acknowledges and ignores them.
"""

import hmac
from dataclasses import dataclass
from typing import Self

from crypto.encoding import Reader
from crypto.errors import MalformedError
from crypto.labels import PASSING_TAG
from crypto.primitives import blake2b
from crypto.signal import SIGNAL_ITEM_BYTES

PASSING_NONCE_BYTES = 16
PASSING_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class PassContent:
    """What somebody who has no link to another asks whom both know."""

    nonce: bytes
    tag: bytes
    value: bytes

    @classmethod
    def naming(cls, fingerprint: bytes, value: bytes, *, nonce: bytes) -> Self:
        """For the account of this fingerprint, 32 bytes."""
        return cls(nonce, _tag(fingerprint, nonce), value)

    def names(self, fingerprint: bytes) -> bool:
        """Whether it is for the account of this fingerprint."""
        return hmac.compare_digest(self.tag, _tag(fingerprint, self.nonce))

    def encode(self) -> bytes:
        """800 bytes."""
        return self.nonce + self.tag + self.value

    @classmethod
    def decode(cls, content: bytes) -> Self:
        """Raises: MalformedError: not 800 bytes."""
        reader = Reader(content)
        nonce, tag = reader.raw(PASSING_NONCE_BYTES), reader.raw(PASSING_TAG_BYTES)
        return cls(nonce, tag, decode_passed(reader.rest()))


def decode_passed(content: bytes) -> bytes:
    """The value of a PASSED.

    Raises:
        MalformedError: not 768 bytes.
    """
    if len(content) != SIGNAL_ITEM_BYTES:
        raise MalformedError("a signal of another size")
    return content


def _tag(fingerprint: bytes, nonce: bytes) -> bytes:
    return blake2b(fingerprint, key=nonce, person=PASSING_TAG, size_bytes=PASSING_TAG_BYTES)
