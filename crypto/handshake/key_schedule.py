"""From the Diffie-Hellman and ML-KEM secrets of a handshake to its keys: the KDF of PQXDH in Kith's shape.

    th        = SHA-256(listed("kith1 th", ver 1, mode 1, invite_id, IK_R, h, M2, EK, ct))
    k1 ‖ s1   = HKDF(salt 0³², ikm 0xFF³² ‖ DH(EK, IK_dh_R) ‖ DH(EK, SPK) ‖ ss ‖ psk,
                     info listed("kith1 k1", th), 64)
    rk ‖ hkI ‖ nhkR ‖ resume ‖ pair ‖ pqs₀
              = HKDF(salt s1, ikm DH(IK_dh_I, SPK), info listed("kith1 sk", IK_I, IK_R, devices 8, th), 192)
    AD        = SHA-256(listed("kith1 ad", IK_I, IK_R, devices 8, th))

k1 seals one plaintext ever, the initiator's claim, so its nonce may be zero.
"""

from dataclasses import dataclass

from crypto import labels
from crypto.encoding import listed
from crypto.handshake.messages import Claim
from crypto.handshake.terms import HANDSHAKE_VERSION, Parties, Terms
from crypto.primitives import (
    KEY_BYTES,
    XCHACHA_NONCE_BYTES,
    ZERO_KEY,
    hkdf,
    sha256,
    xchacha_open,
    xchacha_seal,
)
from crypto.secret import Secret
from crypto.session import SESSION_KEYS_BYTES, SessionKeys

_CURVE_PREFIX = b"\xff" * 32
"""Keeps the input apart from that of any XEdDSA hash (X3DH, section 2.2)."""

_ZERO_NONCE = bytes(XCHACHA_NONCE_BYTES)


def transcript_hash(terms: Terms, *, bundle: bytes, ephemeral: bytes, kem_ciphertext: bytes) -> bytes:
    """th, 32 bytes: everything both sides saw before the first key, ``bundle`` being M2 as sent."""
    version_and_mode = (bytes([HANDSHAKE_VERSION]), bytes([terms.mode]))
    known = (terms.invite_id, terms.responder.encode(), terms.handshake_hash)
    return sha256(listed(labels.TRANSCRIPT, *version_and_mode, *known, bundle, ephemeral, kem_ciphertext))


@dataclass(frozen=True, slots=True, eq=False)
class FirstKeys:
    """What both sides have before the initiator's name is known: k1 and s1, 32 bytes each."""

    seal_key: Secret
    session_salt: Secret
    transcript: bytes

    @classmethod
    def derive(
        cls, *, identity_dh: bytes, prekey_dh: bytes, kem_secret: Secret, psk: Secret, transcript: bytes
    ) -> "FirstKeys":
        ikm = _CURVE_PREFIX + identity_dh + prekey_dh + kem_secret.reveal() + psk.reveal()
        info = listed(labels.HANDSHAKE_SEAL, transcript)
        okm = hkdf(salt=ZERO_KEY, ikm=ikm, info=info, size_bytes=2 * KEY_BYTES)
        return cls(Secret(okm[:KEY_BYTES]), Secret(okm[KEY_BYTES:]), transcript)

    def seal(self, claim: Claim) -> bytes:
        """The claim under XChaCha20-Poly1305 with 24 zero bytes as nonce; the transcript is associated data."""
        return xchacha_seal(self.seal_key.reveal(), _ZERO_NONCE, claim.encode(), self.transcript)

    def open(self, sealed: bytes) -> Claim:
        """The claim of :meth:`seal`.

        Raises:
            ForgedError: the tag does not verify: another psk, link, bundle or transcript.
        """
        return Claim.decode(xchacha_open(self.seal_key.reveal(), _ZERO_NONCE, sealed, self.transcript))

    def session_keys(self, *, static_dh: bytes, parties: Parties) -> SessionKeys:
        """The six keys of the session; ``static_dh`` is DH(IK_dh_I, SPK), which proves the initiator's key."""
        info = parties.listed(labels.SESSION_KEYS, self.transcript)
        salt = self.session_salt.reveal()
        return SessionKeys.split(hkdf(salt=salt, ikm=static_dh, info=info, size_bytes=SESSION_KEYS_BYTES))

    def associated_data(self, parties: Parties) -> bytes:
        """AD of every envelope of the session, 32 bytes."""
        return sha256(parties.listed(labels.ASSOCIATED_DATA, self.transcript))
