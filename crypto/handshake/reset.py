"""The secrets of a reset: a new session between contacts whose old one is gone (``docs/protocol.md``, 2, Reset).

Everything here follows from the two identities, so that a restored backup, which holds no session, can always ask.

    Kss          = HKDF(salt 0³², ikm DH(IK_dh, IK_dh), info listed("kith1 reset", smaller IK, larger IK))
    link key     = HKDF(salt none, ikm Kss, info "kith1 reset link")
    psk          = HKDF(salt Kss, ikm resume or 0³², info "kith1 reset psk")
    resume hint  = BLAKE2b-64(key resume, listed("kith1 resume hint", h))
"""

import hmac
import os

from crypto import labels
from crypto.encoding import listed
from crypto.handshake.messages import RESUME_HINT_BYTES, ResetRequest
from crypto.identity import Identity, PublicIdentity
from crypto.primitives import KEY_BYTES, ZERO_KEY, Random, blake2b, hkdf, x25519
from crypto.secret import Secret


def reset_secret(identity: Identity, peer: PublicIdentity) -> Secret:
    """Kss, 32 bytes, the same on both sides; whoever knows either private key knows it.

    Raises:
        WeakKeyError: the peer's key has low order.
    """
    agreed = x25519(identity.dh.private.reveal(), peer.dh_key)
    identities = sorted([identity.public.encode(), peer.encode()])
    info = listed(labels.RESET_SECRET, *identities)
    return Secret(hkdf(salt=ZERO_KEY, ikm=agreed, info=info, size_bytes=KEY_BYTES))


def reset_link_key(secret: Secret) -> Secret:
    """The link key under which a contact asks for a reset, 32 bytes."""
    return Secret(hkdf(salt=b"", ikm=secret.reveal(), info=labels.RESET_LINK_KEY, size_bytes=KEY_BYTES))


def reset_psk(secret: Secret, resume: Secret | None) -> Secret:
    """The pre-shared key of the handshake, 32 bytes, with or without the old session's resume secret."""
    ikm = ZERO_KEY if resume is None else resume.reveal()
    return Secret(hkdf(salt=secret.reveal(), ikm=ikm, info=labels.RESET_PSK, size_bytes=KEY_BYTES))


def reset_request(resume: Secret | None, handshake_hash: bytes, *, random: Random = os.urandom) -> ResetRequest:
    """The first message of a reset; without a resume secret its hint is random, and looks the same."""
    hint = random(RESUME_HINT_BYTES) if resume is None else _resume_hint(resume, handshake_hash)
    return ResetRequest(resume_hint=hint)


def resume_offered(request: ResetRequest, resume: Secret, handshake_hash: bytes) -> bool:
    """Whether the asking side holds the same resume secret, so that M2 may carry ``RESUME_MIXED``."""
    return hmac.compare_digest(request.resume_hint, _resume_hint(resume, handshake_hash))


def _resume_hint(resume: Secret, handshake_hash: bytes) -> bytes:
    return blake2b(listed(labels.RESUME_HINT, handshake_hash), size_bytes=RESUME_HINT_BYTES, key=resume.reveal())
