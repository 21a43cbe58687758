"""First contact, and resets between contacts: PQXDH in shape, inside a link (``docs/protocol.md``, section 2).

    I (joiner)                                       R (owner of the invite)
        ──────────── link by the invite's psk ────────────▶        M1, the link's own
        ◀─────── M2: one-time keys, signed for this link ──        offer()    HalfOpen
        ─── M3: EK, ct, sealed claim, first message ──────▶        accept()   Accepted
    answer()   Attempt
        ◀─────── M4: first message back: established ──────        Confirmation

After ``answer`` and ``accept`` both sides hold the same session.  A retry meets M4 again, or a signed USED notice.
A reset is the same with RESET before M2 and other terms.  States are frozen; randomness is an argument.

The rules of what is committed before what is sent are the application's; they are modelled in
``tests/support/first_contact_model.py``.
"""

from crypto.handshake.digits import check_digits, reset_digits
from crypto.handshake.initiator import Attempt, FirstPayload, answer
from crypto.handshake.messages import (
    Answer,
    Bundle,
    Confirmation,
    Kind,
    Message,
    ResetRequest,
    UsedNotice,
    UsedStatus,
    decode,
)
from crypto.handshake.notices import NO_EPHEMERAL, ephemeral_hash, read_used_notice, used_notice
from crypto.handshake.reset import reset_link_key, reset_psk, reset_request, reset_secret, resume_offered
from crypto.handshake.responder import Accepted, HalfOpen, accept, offer
from crypto.handshake.terms import RESUME_MIXED, Mode, Terms

__all__ = [
    "NO_EPHEMERAL",
    "RESUME_MIXED",
    "Accepted",
    "Answer",
    "Attempt",
    "Bundle",
    "Confirmation",
    "FirstPayload",
    "HalfOpen",
    "Kind",
    "Message",
    "Mode",
    "ResetRequest",
    "Terms",
    "UsedNotice",
    "UsedStatus",
    "accept",
    "answer",
    "check_digits",
    "decode",
    "ephemeral_hash",
    "offer",
    "read_used_notice",
    "reset_digits",
    "reset_link_key",
    "reset_psk",
    "reset_request",
    "reset_secret",
    "resume_offered",
    "used_notice",
]
