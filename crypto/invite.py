"""Invites: what one person hands another so that their computers can meet (``docs/protocol.md``, section 1).

    version       1
    flags         1   bit 0 reusable, bit 1 made to be scanned in person; others are kept and ignored
    IK_sig       32   of the inviter
    IK_dh        32   of the inviter
    psk          16   random; whoever holds it may knock
    P            32   Ed25519 point under which the inviter is found on the DHT
    expiry        4   Unix time in seconds
    hints      1 +    addresses to try first: see ``crypto.hint``
    checksum      4   BLAKE2b-32 of all before, person "kith1-check"

As text an invite is a link, ``kith:`` and base64url, or the content of a QR code, ``KITH:`` and upper-case base32
(which QR packs tightly).  Hints take at most 64 bytes in a link and 13 in a QR code, two IPv4 addresses.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntFlag
from typing import Self

from crypto import labels
from crypto.base_text import from_base32, from_base64url, to_base32, to_base64url
from crypto.discovery_key import check_point
from crypto.encoding import Reader, Writer
from crypto.errors import ForgedError, LocalError, MalformedError, UnsupportedVersionError
from crypto.hint import Hint, decode_hints, encode_hints, fitting_hints, hints_size
from crypto.identity import PUBLIC_IDENTITY_BYTES, PublicIdentity
from crypto.primitives import KEY_BYTES, Random, blake2b, hkdf
from crypto.secret import Secret

__all__ = ["Hint", "Invite", "InviteFlag"]

SCHEME = "kith:"
PSK_BYTES = 16
INVITE_ID_BYTES = 32
LINK_HINT_BYTES = 64
QR_HINT_BYTES = 13
"""135 bytes in all then: version 8-M in base32, which survives blur and distance."""

MAX_TEXT_CHARACTERS = 512
"""The longest form has 303 characters; anything much longer is refused before work is spent on it."""

_CHECKSUM_BYTES = 4
_POINT_BYTES = 32
_BASE32_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


class InviteFlag(IntFlag):
    """What kind of invite it is.  Unknown bits are kept, since the invite's id covers them, and mean nothing."""

    NONE = 0
    REUSABLE = 1
    """Newcomers become requests, and the invite is not used up."""

    IN_PERSON = 2
    """Shown on a screen to somebody present: scanning it verifies the inviter for the scanner."""


@dataclass(frozen=True, slots=True, eq=False)
class Invite:
    """One invite.  ``invite_id`` names it; two with the same id may differ in their hints only.

    Raises:
        LocalError: a field of a wrong size, or hints that take more than 64 bytes (see :func:`fitting_hints`).
    """

    flags: InviteFlag
    inviter: PublicIdentity
    psk: Secret
    rendezvous_point: bytes
    expiry: int
    """Unix time in seconds, u32."""

    hints: tuple[Hint, ...] = ()

    def __post_init__(self) -> None:
        if len(self.psk) != PSK_BYTES or len(self.rendezvous_point) != _POINT_BYTES:
            raise LocalError("bad size of psk or point")
        if not 0 <= self.expiry <= 0xFFFFFFFF or not 0 <= self.flags <= 0xFF:
            raise LocalError("expiry or flags out of range")
        if hints_size(self.hints) > LINK_HINT_BYTES:
            raise LocalError("too many hints")

    @classmethod
    def create(
        cls,
        inviter: PublicIdentity,
        *,
        rendezvous_point: bytes,
        expiry: int,
        hints: Iterable[Hint] = (),
        flags: InviteFlag = InviteFlag.NONE,
        random: Random = os.urandom,
    ) -> Self:
        """A new invite with a psk of its own and as many of the hints as a link takes."""
        return cls(
            flags=flags,
            inviter=inviter,
            psk=Secret(random(PSK_BYTES)),
            rendezvous_point=rendezvous_point,
            expiry=expiry,
            hints=fitting_hints(hints, LINK_HINT_BYTES),
        )

    @property
    def invite_id(self) -> bytes:
        """32 bytes over everything but hints and checksum: the same for link and QR code."""
        return blake2b(self._encode_head(), size_bytes=INVITE_ID_BYTES, person=labels.INVITE_ID)

    @property
    def link_key(self) -> Secret:
        """The pre-shared key of the link on which the two meet, 32 bytes."""
        return self._derive(labels.INVITE_LINK_KEY)

    @property
    def rendezvous_secret(self) -> Secret:
        """``S`` beside the point ``P``, for finding the inviter on the DHT, 32 bytes."""
        return self._derive(labels.INVITE_RENDEZVOUS)

    def encode(self) -> bytes:
        """The bytes of the table above; 123 to 186."""
        body = self._encode_head() + encode_hints(self.hints)
        return body + _checksum(body)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The invite of :meth:`encode`, without hints that nobody should be told to dial.

        Raises:
            UnsupportedVersionError: made by a newer Kith.
            ForgedError: the checksum does not fit: mistyped, damaged or cut.
            MalformedError: anything else that is not an invite.
        """
        if Reader(data).u8() != labels.PROTOCOL_VERSION:
            raise UnsupportedVersionError("unknown version of invite")
        body, checksum = data[:-_CHECKSUM_BYTES], data[-_CHECKSUM_BYTES:]
        if checksum != _checksum(body):
            raise ForgedError("bad checksum")
        reader = Reader(body)
        reader.u8()
        invite = cls(
            flags=InviteFlag(reader.u8()),
            inviter=PublicIdentity.decode(reader.raw(PUBLIC_IDENTITY_BYTES)),
            psk=Secret(reader.raw(PSK_BYTES)),
            rendezvous_point=check_point(reader.raw(_POINT_BYTES)),
            expiry=reader.u32(),
            hints=decode_hints(reader, max_bytes=LINK_HINT_BYTES),
        )
        reader.finish()
        return invite

    def to_link(self) -> str:
        """``kith:`` and base64url, at most 253 characters."""
        return SCHEME + to_base64url(self.encode())

    def to_qr_text(self) -> str:
        """``KITH:`` and upper-case base32, at most 221 characters: with the first two IPv4 hints only."""
        shortened = replace(self, hints=fitting_hints(self.hints, QR_HINT_BYTES))
        return SCHEME.upper() + to_base32(shortened.encode())

    @classmethod
    def parse(cls, text: str) -> Self:
        """The invite of a link or of a QR code's content; white space around it is ignored.

        The scheme may be written in any case, since browsers and mail programs change it.  What follows is base32 if
        it holds nothing but base32's characters: base64url of over 120 random bytes never looks like that.

        Raises:
            UnsupportedVersionError: made by a newer Kith.
            ForgedError: the checksum does not fit: mistyped, damaged or cut.
            MalformedError: anything else that is not an invite.
        """
        if len(text) > MAX_TEXT_CHARACTERS:
            raise MalformedError("too long for an invite")
        stripped = text.strip()
        scheme, encoded = stripped[: len(SCHEME)], stripped[len(SCHEME) :]
        if scheme.lower() != SCHEME:
            raise MalformedError("no invite")
        is_base32 = _BASE32_ALPHABET.issuperset(encoded)
        return cls.decode(from_base32(encoded) if is_base32 else from_base64url(encoded))

    def _encode_head(self) -> bytes:
        return (
            Writer()
            .u8(labels.PROTOCOL_VERSION)
            .u8(self.flags)
            .raw(self.inviter.encode())
            .raw(self.psk.reveal())
            .raw(self.rendezvous_point)
            .u32(self.expiry)
            .finish()
        )

    def _derive(self, label: bytes) -> Secret:
        return Secret(hkdf(salt=b"", ikm=self.psk.reveal(), info=label, size_bytes=KEY_BYTES))


def _checksum(body: bytes) -> bytes:
    return blake2b(body, size_bytes=_CHECKSUM_BYTES, person=labels.INVITE_CHECKSUM)
