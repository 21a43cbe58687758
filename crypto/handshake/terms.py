"""What both sides know before the first message of a handshake."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from crypto.encoding import listed
from crypto.errors import ForgedError, UnsupportedVersionError
from crypto.handshake.reset import reset_psk
from crypto.identity import PublicIdentity
from crypto.labels import DEVICE_ID, PROTOCOL_VERSION
from crypto.secret import Secret

HANDSHAKE_VERSION = 1
"""The version these files speak; in the transcript."""

INVITE_ID_BYTES = 32
RESUME_MIXED = 1 << 0
"""Flag of M2: the responder recognised the hint of a reset and mixes the old session's resume secret."""


class Mode(IntEnum):
    """Why two sides shake hands; one byte in the signature of M2 and in the transcript."""

    FIRST_CONTACT = 0
    RESET = 1


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The common ground of one handshake on one link.

    ``psk`` comes from the invite or, for a reset, from the two identities.  ``resumed_psk`` is what a reset uses
    instead when both sides still hold the old session's resume secret; whoever did not offer it has none.
    ``handshake_hash`` is that of the link's Noise handshake: it ties the signatures of M2 and of notices to the link.
    """

    mode: Mode
    invite_id: bytes
    psk: Secret
    responder: PublicIdentity
    handshake_hash: bytes
    resumed_psk: Secret | None = None
    initiator: PublicIdentity | None = None
    """For a reset, the contact whose secret opened the link: nobody else may answer."""

    @classmethod
    def of_invite(cls, *, invite_id: bytes, psk: Secret, responder: PublicIdentity, handshake_hash: bytes) -> Self:
        """First contact by an invite of ``responder``; the initiator is not known yet."""
        return cls(Mode.FIRST_CONTACT, invite_id, psk, responder, handshake_hash)

    @classmethod
    def of_reset(
        cls,
        *,
        secret: Secret,
        resume: Secret | None,
        initiator: PublicIdentity,
        responder: PublicIdentity,
        handshake_hash: bytes,
    ) -> Self:
        """A new session between contacts; ``secret`` is their :func:`~crypto.handshake.reset.reset_secret`."""
        return cls(
            mode=Mode.RESET,
            invite_id=bytes(INVITE_ID_BYTES),
            psk=reset_psk(secret, None),
            responder=responder,
            handshake_hash=handshake_hash,
            resumed_psk=None if resume is None else reset_psk(secret, resume),
            initiator=initiator,
        )

    def psk_for(self, flags: int) -> Secret:
        """The pre-shared key that ``flags`` of M2 decide for.

        Raises:
            ForgedError: they decide for a resume secret that we did not offer.
        """
        if not flags & RESUME_MIXED:
            return self.psk
        if self.resumed_psk is None:
            raise ForgedError("resume mixed without our offer")
        return self.resumed_psk


@dataclass(frozen=True, slots=True)
class Parties:
    """Who shook hands with whom, from which device; ends every list of keys derived for the pair."""

    initiator: PublicIdentity
    responder: PublicIdentity
    initiator_device: int
    responder_device: int = DEVICE_ID

    def listed(self, label: bytes, transcript: bytes) -> bytes:
        """``listed(label, IK_I, IK_R, device_I 4 ‖ device_R 4, th)``."""
        devices = self.initiator_device.to_bytes(4, "little") + self.responder_device.to_bytes(4, "little")
        return listed(label, self.initiator.encode(), self.responder.encode(), devices, transcript)


def check_version(peer_max_version: int, *, own_max_version: int = PROTOCOL_VERSION) -> None:
    """Refuse a handshake below what both sides can do; the peer's best stands under its signature or seal.

    Raises:
        UnsupportedVersionError: both could do better than this version, or the peer cannot do it at all.
    """
    if min(own_max_version, peer_max_version) != HANDSHAKE_VERSION:
        raise UnsupportedVersionError("not the best version of both sides")
