"""Rendezvous: the key and the seal of a record that only contacts find on the DHT (``docs/protocol.md``, section 6).

Contacts of somebody hold a point ``A`` and a secret ``S``; for an invite these are ``P`` and a secret from the psk.
Every four hours they lead to another item of the DHT, of 512 bytes, and nothing that its nodes see links two of them.

    h           = BLAKE2b-512(listed(A, S, epoch 8), person "kith1-rdv-blind") mod L
    item key    = h·A                                        Ed25519 public key of a BEP 44 mutable item
    signing key = h·a mod L ‖ prefix                         64 bytes: what RFC 8032 expands a seed to
    prefix      = HKDF(empty, a, listed("kith1 rdv prefix", S, epoch 8), 32)
    value key   = HKDF(S, A, listed("kith1 rdv value", epoch 8), 32)
    value       = as in ``crypto.dht_item``, 512 bytes
    bell        = BLAKE2b-160(listed(A, S, epoch 8), person "kith1-bell")        infohash at which others ring the owner

It knows no clock, no address and no DHT.
"""

import os
from dataclasses import dataclass

import nacl.bindings as sodium

from crypto import labels
from crypto.dht_item import capacity, open_value, seal_value
from crypto.discovery_key import check_point
from crypto.encoding import Writer, listed
from crypto.primitives import KEY_BYTES, Random, blake2b, hkdf
from crypto.secret import Secret

EPOCH_S = 4 * 3600
"""Seconds an item key lasts: few enough puts, and nobody can be watched for longer under one key."""

RECORD_BYTES = 512
"""Of every value, so that its size tells nothing; BEP 44 allows 1,000 with bencoding."""

MAX_CONTENT_BYTES = capacity(RECORD_BYTES)

BELL_BYTES = 20
"""Of an infohash (BEP 5)."""

_WIDE_HASH_BYTES = 64


def epoch_at(unix_s: float) -> int:
    """The number of the four-hour span that this moment is in."""
    return int(unix_s // EPOCH_S)


@dataclass(frozen=True, slots=True, eq=False)
class Rendezvous:
    """What contacts hold of somebody: where the record is, and what opens it.

    Raises:
        MalformedError: ``point`` is not of the prime-order group.
    """

    point: bytes
    """A, 32 bytes."""
    secret: Secret
    """S, 32 bytes."""

    def __post_init__(self) -> None:
        check_point(self.point)

    def item_key(self, epoch: int) -> bytes:
        """The public key of the item, 32 bytes."""
        return sodium.crypto_scalarmult_ed25519_noclamp(self.blinding(epoch), self.point)

    def seal(self, epoch: int, content: bytes, *, random: Random = os.urandom) -> bytes:
        """The item's value, 512 bytes.

        Raises:
            LocalError: more than 470 bytes of content.
        """
        return seal_value(
            self._value_key(epoch), self.item_key(epoch), content, value_bytes=RECORD_BYTES, random=random
        )

    def open(self, epoch: int, value: bytes) -> bytes:
        """The content of a value found under the item key of this epoch.

        Raises:
            MalformedError: not 512 bytes, or padded with something else than zeros.
            ForgedError: sealed by somebody else, or for another epoch.
        """
        return open_value(self._value_key(epoch), self.item_key(epoch), value, value_bytes=RECORD_BYTES)

    def bell(self, epoch: int) -> bytes:
        """The infohash of the owner's doorbell, 20 bytes: who wants the owner to look up announces itself there."""
        seen = listed(self.point, self.secret.reveal(), _u64(epoch))
        return blake2b(seen, size_bytes=BELL_BYTES, person=labels.RENDEZVOUS_BELL)

    def matches(self, other: "Rendezvous | None") -> bool:
        """Whether the other one is the same, compared in constant time."""
        return other is not None and self.point == other.point and self.secret.matches(other.secret)

    def blinding(self, epoch: int) -> bytes:
        """The factor between what contacts hold and what the DHT sees: h, a scalar of 32 bytes."""
        wide = blake2b(
            listed(self.point, self.secret.reveal(), _u64(epoch)),
            size_bytes=_WIDE_HASH_BYTES,
            person=labels.RENDEZVOUS_BLINDING,
        )
        return sodium.crypto_core_ed25519_scalar_reduce(wide)

    def _value_key(self, epoch: int) -> Secret:
        info = listed(labels.RENDEZVOUS_VALUE, _u64(epoch))
        return Secret(hkdf(salt=self.secret.reveal(), ikm=self.point, info=info, size_bytes=KEY_BYTES))


@dataclass(frozen=True, slots=True, eq=False)
class OwnRendezvous:
    """What only the owner holds beside it: the scalar ``a`` with ``A = a·B``, 32 bytes."""

    shared: Rendezvous
    scalar: Secret

    def signing_key(self, epoch: int) -> Secret:
        """The expanded private key of the item, ``scalar 32 | prefix 32``.

        Whoever learns it and knows ``A`` and ``S`` learns ``a``: hand it to the DHT's client only, never store it.
        """
        blinded = sodium.crypto_core_ed25519_scalar_mul(self.shared.blinding(epoch), self.scalar.reveal())
        info = listed(labels.RENDEZVOUS_PREFIX, self.shared.secret.reveal(), _u64(epoch))
        prefix = hkdf(salt=b"", ikm=self.scalar.reveal(), info=info, size_bytes=KEY_BYTES)
        return Secret(blinded + prefix)


def _u64(number: int) -> bytes:
    return Writer().u64(number).finish()
