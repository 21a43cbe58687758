"""The signed word that an invite opens no new handshake, so that a retry ends in certainty (rule 5).

    sig = Ed25519(IK_sig_R, listed("kith1 used", IK_R, h, status 1, H(EK)))

H(EK) is the SHA-256 of the ephemeral key whose attempt took the invite: an initiator who finds its own is established,
any other learns that somebody else was faster.  It is zero for an invite that nobody used.
"""

from crypto import labels
from crypto.encoding import listed
from crypto.handshake.messages import EPHEMERAL_HASH_BYTES, UsedNotice, UsedStatus, decode_as
from crypto.identity import Identity, PublicIdentity
from crypto.primitives import ed25519_sign, ed25519_verify, sha256

NO_EPHEMERAL = bytes(EPHEMERAL_HASH_BYTES)
"""Stands for H(EK) where no attempt took the invite before it was revoked or expired."""


def ephemeral_hash(ephemeral: bytes) -> bytes:
    """H(EK), 32 bytes: names an attempt without telling its key."""
    return sha256(ephemeral)


def used_notice(
    identity: Identity, handshake_hash: bytes, status: UsedStatus, ephemeral_hash: bytes = NO_EPHEMERAL
) -> bytes:
    """The USED message for the link of ``handshake_hash``."""
    signed = _signed(identity.public, handshake_hash, status, ephemeral_hash)
    signature = ed25519_sign(identity.signing_seed.reveal(), signed)
    return UsedNotice(status, ephemeral_hash, signature).encode()


def read_used_notice(responder: PublicIdentity, handshake_hash: bytes, message: bytes) -> UsedNotice:
    """A USED message, checked to be the responder's word about this link.

    Raises:
        RemoteError: malformed, or not signed by ``responder`` for this link.
    """
    notice = decode_as(UsedNotice, message)
    signed = _signed(responder, handshake_hash, notice.status, notice.ephemeral_hash)
    ed25519_verify(responder.signing_key, signed, notice.signature)
    return notice


def _signed(responder: PublicIdentity, handshake_hash: bytes, status: UsedStatus, ephemeral_hash: bytes) -> bytes:
    return listed(labels.USED, responder.encode(), handshake_hash, bytes([status]), ephemeral_hash)
