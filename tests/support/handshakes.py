"""Two people, an invite and a link between them, for tests of the handshake."""

from crypto import handshake
from crypto.handshake import Accepted, Attempt, FirstPayload, HalfOpen, Terms
from crypto.identity import Identity, PublicIdentity
from crypto.secret import Secret

HELLO: FirstPayload = (1, bytes(range(16)), b"hello")
INVITE_ID = b"\x11" * 32
HANDSHAKE_HASH = b"\x22" * 32
PSK = b"\x33" * 16
NOW_S = 1_800_000_000


def invite_terms(
    responder: PublicIdentity,
    *,
    handshake_hash: bytes = HANDSHAKE_HASH,
    invite_id: bytes = INVITE_ID,
    psk: bytes = PSK,
) -> Terms:
    """Terms of first contact; every field may be made to differ."""
    return Terms.of_invite(invite_id=invite_id, psk=Secret(psk), responder=responder, handshake_hash=handshake_hash)


def first_contact(initiator: Identity, responder: Identity) -> tuple[HalfOpen, Attempt, Accepted]:
    """A whole handshake between two people."""
    terms = invite_terms(responder.public)
    half_open = handshake.offer(terms, responder)
    attempt = handshake.answer(terms, initiator, half_open.message, HELLO)
    return half_open, attempt, handshake.accept(half_open, responder, attempt.message, now_s=NOW_S)
