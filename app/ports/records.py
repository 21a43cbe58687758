"""What the store keeps beside the values of the domain: sessions, handshakes begun and granted, what waits to be sent.

They hold keys and sealed bytes, so no front-end sees them.
"""

from dataclasses import dataclass
from enum import IntEnum

from crypto.invite import Invite
from crypto.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class StoredSession:
    """One end-to-end session with a contact; its key is ``session.transcript``."""

    contact: int
    session: Session
    created_at: float
    confirmed: bool
    """Something was received on it since the newest session with this contact was confirmed: it can be written on."""
    retired: bool = False
    """A reset replaced it, or our state of it is not the latest: nothing is sent on it any more."""
    used_at: float = 0.0
    """When something was last sent or received on it."""


class Purpose(IntEnum):
    """Why a handshake was begun; stored as a number."""

    FIRST_CONTACT = 0
    RESET = 1
    """With nothing of the old session: the user has to agree."""
    RESET_WITH_RESUME = 2


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """One handshake that we began, as joiner or in a reset: rule 1 of ``docs/protocol.md`` section 2."""

    ephemeral: bytes
    """EK, 32 bytes: the key of the row."""
    contact: int
    message: bytes
    """M3, to be sent again as it is."""
    transcript: bytes
    """th of the session made in the same commit."""
    created_at: float
    purpose: Purpose = Purpose.FIRST_CONTACT


@dataclass(frozen=True, slots=True)
class Joining:
    """A link that we were given and that has not led to a session yet."""

    contact: int
    invite: Invite


@dataclass(frozen=True, slots=True)
class Answer:
    """One handshake that we granted, as inviter or in a reset: M4, by rule 3 of ``docs/protocol.md`` section 2."""

    ephemeral: bytes
    contact: int
    message: bytes
    """M4, to be sent again as it is."""
    created_at: float


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One payload that the contact has not acknowledged yet.

    Unsealed while there is no session; sealed with the exact bytes of the envelope afterwards, which a retry resends.
    """

    sequence: int
    """Order of sending, unique in the profile."""
    contact: int
    content_type: int
    message_id: bytes
    content: bytes
    transcript: bytes | None = None
    """The session that sealed it."""
    envelope_id: bytes | None = None
    envelope: bytes | None = None
