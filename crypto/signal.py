"""Signals and rings between two that share a link key and have no link (``docs/protocol.md``, section 6).

A signal is an item of the DHT that one of them writes and the other reads, another one every four hours and for each
direction.  A ring is one of eight port numbers that only they can compute, announced at the other's doorbell.

    seed ‖ value key = HKDF(empty, psk_link, listed("kith1 signal", direction 1, epoch 8), 64)     32 bytes each
    direction        = 1 from the side that controls (section 4), 2 from the other
    item key         = Ed25519 public key of seed
    signing key      = SHA-512(seed), clamped: what RFC 8032 expands a seed to
    value            = as in ``crypto.dht_item``, 768 bytes
    hints            = BLAKE2b-128(key psk_link, "kith1 ring" ‖ bell 20) as eight u16, a zero standing for 1

Both hold the keys of both directions: what comes under them comes from the other one or from ourselves.
"""

import hashlib
import os
import struct
from dataclasses import dataclass

from crypto import labels
from crypto.dht_item import capacity, open_value, seal_value
from crypto.encoding import Writer, listed
from crypto.primitives import KEY_BYTES, Random, blake2b, ed25519_public, hkdf
from crypto.secret import Secret

SIGNAL_ITEM_BYTES = 768
"""Of every value: ICE parameters of four transports and eight addresses fit; BEP 44 allows 1,000 with bencoding."""

MAX_SIGNAL_CONTENT_BYTES = capacity(SIGNAL_ITEM_BYTES)

RINGS = 8
"""Hints of one key at one doorbell: a ring stands there for most of an hour, so the next one needs another number."""

_HINTS = struct.Struct(f"<{RINGS}H")
_DIRECTION = {True: b"\x01", False: b"\x02"}


@dataclass(frozen=True, slots=True, eq=False)
class SignalBox:
    """Where one of the two puts its signals in one epoch, and what seals and opens them."""

    seed: Secret
    value_key: Secret

    @classmethod
    def of(cls, link_key: Secret, epoch: int, *, from_controlling: bool) -> "SignalBox":
        """The box that the side writes which controls (or the other side, if not ``from_controlling``)."""
        info = listed(labels.SIGNAL_KEYS, _DIRECTION[from_controlling], Writer().u64(epoch).finish())
        keys = hkdf(salt=b"", ikm=link_key.reveal(), info=info, size_bytes=2 * KEY_BYTES)
        return cls(Secret(keys[:KEY_BYTES]), Secret(keys[KEY_BYTES:]))

    @property
    def item_key(self) -> bytes:
        """The public key of the item, 32 bytes."""
        return ed25519_public(self.seed.reveal())

    @property
    def signing_key(self) -> Secret:
        """The expanded private key of the item, ``scalar 32 | prefix 32``, as the DHT's client wants it."""
        expanded = bytearray(hashlib.sha512(self.seed.reveal()).digest())
        expanded[0] &= 0b1111_1000
        expanded[31] = expanded[31] & 0b0011_1111 | 0b0100_0000
        return Secret(bytes(expanded))

    def seal(self, content: bytes, *, random: Random = os.urandom) -> bytes:
        """The item's value, 768 bytes.

        Raises:
            LocalError: more than 726 bytes of content.
        """
        return seal_value(self.value_key, self.item_key, content, value_bytes=SIGNAL_ITEM_BYTES, random=random)

    def open(self, value: bytes) -> bytes:
        """The content of a value found under the item key.

        Raises:
            MalformedError: not 768 bytes, or padded with something else than zeros.
            ForgedError: sealed by somebody else, for another epoch or in the other direction.
        """
        return open_value(self.value_key, self.item_key, value, value_bytes=SIGNAL_ITEM_BYTES)


def ring_hints(link_key: Secret, bell: bytes) -> tuple[int, ...]:
    """The eight ports, 1 to 65,535, by which a holder of the link key rings at this bell; to others they are random."""
    digest = blake2b(labels.RING_HINTS + bell, key=link_key.reveal(), size_bytes=_HINTS.size)
    return tuple(hint or 1 for hint in _HINTS.unpack(digest))
