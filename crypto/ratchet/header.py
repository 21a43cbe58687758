"""The header of a message, always sealed (Double Ratchet rev 3, section 4; ``docs/protocol.md``, section 3).

    ratchet public key     32
    previous count  u32     4   messages in the sender's chain before this one
    number          u32     4   of this message in its chain, from 0
    epoch           u32     4   ML-KEM epoch mixed into this chain; 0: none
    flags           u16     2   bit 0: WANT, the receiver shall offer the next epoch; others are ignored
    reserved        u16     2   zero; ignored
                           48   + tag 16 = 64 sealed

A header key serves a whole chain; the nonce is the envelope's, random, so that none repeats under it.
"""

import struct
from typing import NamedTuple

from crypto.primitives import TAG_BYTES, xchacha_seal, xchacha_try

_LAYOUT = struct.Struct("<32sIIIHH")

SEALED_BYTES = _LAYOUT.size + TAG_BYTES

MAX_NUMBER = 0xFFFF_FFFF

WANT = 1
"""Flag: an ML-KEM epoch is due, and the receiver's to offer."""


class Header(NamedTuple):
    """What a message tells its receiver's ratchet.

    One is made at each end of every message, and a named tuple is made three times faster than a frozen dataclass.
    """

    ratchet_key: bytes
    previous_count: int
    number: int
    epoch: int = 0
    flags: int = 0
    reserved: int = 0

    def __repr__(self) -> str:
        return "Header(<hidden>)"


def seal(header: Header, header_key: bytes, nonce: bytes, associated_data: bytes) -> bytes:
    """The header sealed, 64 bytes."""
    return xchacha_seal(header_key, nonce, _LAYOUT.pack(*header), associated_data)


def unseal(sealed: bytes, header_key: bytes, nonce: bytes, associated_data: bytes) -> Header | None:
    """The header inside ``sealed``; ``None`` if it was sealed with another key, as trial decryption finds out."""
    plain = xchacha_try(header_key, nonce, sealed, associated_data)
    return None if plain is None else Header._make(_LAYOUT.unpack(plain))
