"""The initiator's half: whoever dialled an invite, or resets a session (``docs/protocol.md``, section 2).

Not known here: the attempts kept per invite, retries and the word "established"; those are rules 1, 4 and 5, the
application's.
"""

import os
from dataclasses import dataclass
from typing import TypeAlias

from crypto import kem, labels
from crypto.errors import LocalError
from crypto.handshake.bundle import verify_bundle
from crypto.handshake.key_schedule import FirstKeys, transcript_hash
from crypto.handshake.messages import Answer, Bundle, Claim, decode_as
from crypto.handshake.terms import Parties, Terms, check_version
from crypto.identity import Identity
from crypto.primitives import KEY_BYTES, KeyPair, Random, x25519
from crypto.secret import KeyHolder
from crypto.session import Session, encrypt, initiate

FirstPayload: TypeAlias = tuple[int, bytes, bytes]
"""Content type, message id of 16 bytes, content: what the first ratchet message carries."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Attempt(KeyHolder):
    """One answer to one bundle, to be committed whole before ``message`` leaves (rule 1)."""

    ephemeral: bytes
    """EK, 32 bytes: names the attempt on both sides."""
    message: bytes
    """M3."""
    session: Session
    transcript: bytes
    peer_max_version: int
    peer_capabilities: int


def answer(
    terms: Terms,
    identity: Identity,
    m2: bytes,
    first_payload: FirstPayload,
    *,
    random: Random = os.urandom,
) -> Attempt:
    """Check the responder's bundle and answer it with our claim and the first message of a new session.

    Raises:
        LocalError: the invite is our own, or the first payload does not fit into 8 KiB.
        RemoteError: ``m2`` is malformed, not signed for these terms, of another version, or holds a bad key.
    """
    if terms.responder == identity.public:
        raise LocalError("a handshake with ourselves")
    bundle = _verified(m2, terms)
    ephemeral = KeyPair.from_private(random(KEY_BYTES))
    ciphertext, kem_secret = kem.encapsulate(bundle.kem_key)
    first_keys = FirstKeys.derive(
        identity_dh=x25519(ephemeral.private.reveal(), terms.responder.dh_key),
        prekey_dh=x25519(ephemeral.private.reveal(), bundle.prekey),
        kem_secret=kem_secret,
        psk=terms.psk_for(bundle.flags),
        transcript=transcript_hash(terms, bundle=m2, ephemeral=ephemeral.public, kem_ciphertext=ciphertext),
    )
    session = _session(first_keys, terms, identity, bundle, random=random)
    session, envelope = encrypt(session, *first_payload, random=random)
    message = Answer(ephemeral.public, ciphertext, first_keys.seal(_claim(identity)), envelope)
    return Attempt(
        ephemeral=ephemeral.public,
        message=message.encode(),
        session=session,
        transcript=first_keys.transcript,
        peer_max_version=bundle.max_version,
        peer_capabilities=bundle.capabilities,
    )


def _verified(m2: bytes, terms: Terms) -> Bundle:
    bundle = decode_as(Bundle, m2)
    verify_bundle(bundle, terms)
    check_version(bundle.max_version)
    return bundle


def _claim(identity: Identity) -> Claim:
    return Claim(
        identity=identity.public,
        device_id=labels.DEVICE_ID,
        max_version=labels.PROTOCOL_VERSION,
        capabilities=labels.CAPABILITIES,
        binding=identity.binding,
    )


def _session(first_keys: FirstKeys, terms: Terms, identity: Identity, bundle: Bundle, *, random: Random) -> Session:
    parties = Parties(identity.public, terms.responder, initiator_device=labels.DEVICE_ID)
    static_dh = x25519(identity.dh.private.reveal(), bundle.prekey)
    return initiate(
        first_keys.session_keys(static_dh=static_dh, parties=parties),
        associated_data=first_keys.associated_data(parties),
        transcript=first_keys.transcript,
        responder_ratchet_key=bundle.prekey,
        random=random,
    )
