"""The key pair under which somebody is found on the DHT (``docs/protocol.md``, sections 1 and 6).

``a`` is a plain Ed25519 scalar rather than a seed, since rendezvous blinds it: epoch keys are ``h·A`` and ``h·a``.
Contacts hold the point ``A`` and the secret ``S``; whoever holds both can find us, and nobody but us can sign.

    encoded    a 32 | S 32     our own copy, secret; A = a·B follows
"""

import os
from dataclasses import dataclass
from typing import Self

import nacl.bindings as sodium
import nacl.exceptions

from crypto.encoding import Reader
from crypto.errors import MalformedError
from crypto.primitives import KEY_BYTES, Random
from crypto.secret import Secret

POINT_BYTES = 32
_WIDE_SCALAR_BYTES = 64


@dataclass(frozen=True, slots=True, eq=False)
class DiscoveryKey:
    """Our own discovery key: scalar ``a``, point ``A = a·B`` and secret ``S``, 32 bytes each."""

    scalar: Secret
    point: bytes
    secret: Secret

    @classmethod
    def generate(cls, random: Random = os.urandom) -> Self:
        """A new key; the scalar is uniform modulo the group's order, being reduced from 64 bytes."""
        scalar = sodium.crypto_core_ed25519_scalar_reduce(random(_WIDE_SCALAR_BYTES))
        return cls._of(scalar=scalar, secret=random(KEY_BYTES))

    def rotated(self, random: Random = os.urandom) -> Self:
        """The same scalar with another secret: who knows the old one finds us no more."""
        return type(self)(scalar=self.scalar, point=self.point, secret=Secret(random(KEY_BYTES)))

    def encode(self) -> Secret:
        """``a 32 | S 32``."""
        return Secret(self.scalar.reveal() + self.secret.reveal())

    @classmethod
    def decode(cls, encoded: Secret) -> Self:
        """The key of :meth:`encode`.

        Raises:
            MalformedError: not 64 bytes, or a scalar that is zero or not reduced.
        """
        reader = Reader(encoded.reveal())
        scalar, secret = reader.raw(KEY_BYTES), reader.raw(KEY_BYTES)
        reader.finish()
        if sodium.crypto_core_ed25519_scalar_reduce(scalar + bytes(KEY_BYTES)) != scalar:
            raise MalformedError("scalar not reduced")
        return cls._of(scalar=scalar, secret=secret)

    @classmethod
    def _of(cls, *, scalar: bytes, secret: bytes) -> Self:
        try:
            point = sodium.crypto_scalarmult_ed25519_base_noclamp(scalar)
        except nacl.exceptions.RuntimeError as error:
            raise MalformedError("scalar is zero") from error
        return cls(scalar=Secret(scalar), point=point, secret=Secret(secret))


def check_point(point: bytes) -> bytes:
    """``point`` itself, if it is a canonical point of the prime-order group other than the neutral one.

    Raises:
        MalformedError: it is not; multiplying such a point could give away parts of our scalar or collide for many.
    """
    if len(point) != POINT_BYTES or not sodium.crypto_core_ed25519_is_valid_point(point):
        raise MalformedError("not a point of the prime-order group")
    return point
