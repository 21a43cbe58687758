"""Invites that this account has posted."""

from dataclasses import dataclass

from app.domain.identifiers import InviteId
from crypto.invite import Invite
from crypto.secret import Secret

ANSWERED_AFTER_EXPIRY_S = 7 * 86_400
"""So long a spent invite still says so to whoever holds it."""


@dataclass(frozen=True, slots=True)
class PostedInvite:
    """An invite with its fate, as stored.  It answers, if only to say that it is spent, until expiry + 7 days."""

    invite: Invite
    rendezvous_key: Secret
    """Private half of the invite's point P (``docs/protocol.md`` section 6)."""
    created_at: float
    revoked: bool = False
    used_by: bytes | None = None
    """SHA-256 of the ephemeral key that used it up; None while it can be used."""

    @property
    def invite_id(self) -> InviteId:
        return InviteId(self.invite.invite_id.hex())


@dataclass(frozen=True, slots=True)
class InviteSummary:
    """An invite as shown to people.  ``qr_text`` is what the QR code holds: shorter than the link."""

    invite: InviteId
    link: str
    qr_text: str
    reusable: bool
    in_person: bool
    expires_at: float
    used: bool
    revoked: bool
