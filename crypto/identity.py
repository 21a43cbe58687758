"""Who somebody is: an Ed25519 key that signs and an independent X25519 key that agrees (``docs/protocol.md``, 1).

The two are bound by a self-certificate that names no peer, so that its owner stays deniable towards everybody.

    public identity   IK_sig 32 | IK_dh 32
    private identity  Ed25519 seed 32 | X25519 private key 32     everything else follows from these
    binding           Ed25519(IK_sig, listed("kith1 bind", IK_sig, IK_dh))
    fingerprint       BLAKE2b-256(listed(IK_sig, IK_dh), person "kith1-identity")
"""

import os
from dataclasses import dataclass
from typing import Self

from crypto import labels
from crypto.base_text import to_base32
from crypto.encoding import Reader, listed
from crypto.primitives import (
    KEY_BYTES,
    KeyPair,
    Random,
    blake2b,
    ed25519_public,
    ed25519_sign,
    ed25519_verify,
)
from crypto.secret import Secret

FINGERPRINT_BYTES = 32
PUBLIC_IDENTITY_BYTES = 2 * KEY_BYTES


@dataclass(frozen=True, slots=True)
class PublicIdentity:
    """The two public keys of a person, 32 bytes each."""

    signing_key: bytes
    dh_key: bytes

    @property
    def fingerprint(self) -> bytes:
        """32 bytes that stand for both keys."""
        return blake2b(listed(self.signing_key, self.dh_key), size_bytes=FINGERPRINT_BYTES, person=labels.IDENTITY)

    @property
    def account_id(self) -> str:
        """The fingerprint as text: 52 characters of lower-case base32."""
        return to_base32(self.fingerprint).lower()

    def encode(self) -> bytes:
        """``IK_sig 32 | IK_dh 32``."""
        return self.signing_key + self.dh_key

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The identity of 64 bytes.

        Raises:
            MalformedError: not 64 bytes.
        """
        reader = Reader(data)
        identity = cls(signing_key=reader.raw(KEY_BYTES), dh_key=reader.raw(KEY_BYTES))
        reader.finish()
        return identity


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """Our own identity, private keys included."""

    signing_seed: Secret
    dh: KeyPair
    public: PublicIdentity
    binding: bytes
    """Our self-certificate, 64 bytes: what :func:`verify_binding` checks."""

    @classmethod
    def generate(cls, random: Random = os.urandom) -> Self:
        """A new person."""
        return cls._of(signing_seed=random(KEY_BYTES), dh_private=random(KEY_BYTES))

    def encode(self) -> Secret:
        """``Ed25519 seed 32 | X25519 private key 32``."""
        return Secret(self.signing_seed.reveal() + self.dh.private.reveal())

    @classmethod
    def decode(cls, encoded: Secret) -> Self:
        """The identity of :meth:`encode`.

        Raises:
            MalformedError: not 64 bytes.
        """
        reader = Reader(encoded.reveal())
        seed, private = reader.raw(KEY_BYTES), reader.raw(KEY_BYTES)
        reader.finish()
        return cls._of(signing_seed=seed, dh_private=private)

    @classmethod
    def _of(cls, *, signing_seed: bytes, dh_private: bytes) -> Self:
        dh = KeyPair.from_private(dh_private)
        public = PublicIdentity(signing_key=ed25519_public(signing_seed), dh_key=dh.public)
        # Ed25519 is deterministic: signing again gives the same binding, so it need not be stored.
        binding = ed25519_sign(signing_seed, _bound(public))
        return cls(signing_seed=Secret(signing_seed), dh=dh, public=public, binding=binding)


def verify_binding(public: PublicIdentity, binding: bytes) -> None:
    """Check that the owner of the signing key claims the agreement key too.

    Raises:
        ForgedError: the signature does not verify.
    """
    ed25519_verify(public.signing_key, _bound(public), binding)


def _bound(public: PublicIdentity) -> bytes:
    return listed(labels.BIND, public.signing_key, public.dh_key)
