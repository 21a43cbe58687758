"""The responder's half: the owner of an invite, or the contact asked for a reset (``docs/protocol.md``, section 2).

Not known here: how many half-opens wait, which ephemeral keys were answered before, and what is committed when; those
are rules 2, 3 and 5, the application's.
"""

import os
from dataclasses import dataclass, replace

from crypto import kem, labels
from crypto.errors import ForgedError, LocalError
from crypto.handshake.bundle import sign_bundle
from crypto.handshake.key_schedule import FirstKeys, transcript_hash
from crypto.handshake.messages import Answer, Bundle, Claim, decode_as
from crypto.handshake.terms import RESUME_MIXED, Parties, Terms, check_version
from crypto.identity import Identity, PublicIdentity, verify_binding
from crypto.primitives import KEY_BYTES, KeyPair, Random, x25519
from crypto.secret import KeyHolder, Secret
from crypto.session import Payload, Session, decrypt, respond


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HalfOpen(KeyHolder):
    """A bundle that was sent and not answered yet: volatile, of one connection, and burns nothing (rule 2)."""

    terms: Terms
    prekey: KeyPair
    kem_key: kem.PrivateKey
    psk: Secret
    message: bytes
    """M2."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Accepted(KeyHolder):
    """A proven answer, to be committed whole before M4 leaves (rule 2)."""

    peer: PublicIdentity
    device_id: int
    peer_max_version: int
    peer_capabilities: int
    ephemeral: bytes
    """EK, 32 bytes: names the attempt on both sides."""
    session: Session
    transcript: bytes
    first_payload: Payload


def offer(terms: Terms, identity: Identity, *, flags: int = 0, random: Random = os.urandom) -> HalfOpen:
    """Fresh one-time keys for one connection, signed for it.

    ``flags`` may hold ``RESUME_MIXED`` once the hint of a reset fitted our resume secret.

    Raises:
        LocalError: ``flags`` decide for a resume secret that ``terms`` do not hold.
    """
    if flags & RESUME_MIXED and terms.resumed_psk is None:
        raise LocalError("no resume secret to mix")
    prekey = KeyPair.from_private(random(KEY_BYTES))
    kem_key = kem.generate(random)
    unsigned = Bundle(
        max_version=labels.PROTOCOL_VERSION,
        capabilities=labels.CAPABILITIES,
        flags=flags,
        prekey=prekey.public,
        kem_key=kem_key.public,
        signature=b"",
    )
    bundle = replace(unsigned, signature=sign_bundle(unsigned, terms, identity))
    return HalfOpen(terms, prekey, kem_key, terms.psk_for(flags), bundle.encode())


def accept(half_open: HalfOpen, identity: Identity, m3: bytes, *, now_s: int) -> Accepted:
    """Check an answer to our bundle: its seal, the claim inside, and the first ratchet message.

    Raises:
        RemoteError: any of them fails; the half-open stands as it was.
    """
    answer = decode_as(Answer, m3)
    first_keys = _first_keys(half_open, identity, answer)
    claim = first_keys.open(answer.sealed_claim)
    _check_claim(claim, half_open.terms)
    session, payload = decrypt(_session(first_keys, half_open, claim), answer.envelope, now_s=now_s)
    return Accepted(
        peer=claim.identity,
        device_id=claim.device_id,
        peer_max_version=claim.max_version,
        peer_capabilities=claim.capabilities,
        ephemeral=answer.ephemeral,
        session=session,
        transcript=first_keys.transcript,
        first_payload=payload,
    )


def _first_keys(half_open: HalfOpen, identity: Identity, answer: Answer) -> FirstKeys:
    transcript = transcript_hash(
        half_open.terms,
        bundle=half_open.message,
        ephemeral=answer.ephemeral,
        kem_ciphertext=answer.kem_ciphertext,
    )
    return FirstKeys.derive(
        identity_dh=x25519(identity.dh.private.reveal(), answer.ephemeral),
        prekey_dh=x25519(half_open.prekey.private.reveal(), answer.ephemeral),
        kem_secret=half_open.kem_key.decapsulate(answer.kem_ciphertext),
        psk=half_open.psk,
        transcript=transcript,
    )


def _check_claim(claim: Claim, terms: Terms) -> None:
    verify_binding(claim.identity, claim.binding)
    check_version(claim.max_version)
    if claim.identity == terms.responder:
        raise ForgedError("our own identity")
    if terms.initiator is not None and claim.identity != terms.initiator:
        raise ForgedError("not the contact whose secret opened the link")


def _session(first_keys: FirstKeys, half_open: HalfOpen, claim: Claim) -> Session:
    parties = Parties(claim.identity, half_open.terms.responder, initiator_device=claim.device_id)
    static_dh = x25519(half_open.prekey.private.reveal(), claim.identity.dh_key)
    return respond(
        first_keys.session_keys(static_dh=static_dh, parties=parties),
        associated_data=first_keys.associated_data(parties),
        transcript=first_keys.transcript,
        ratchet_key=half_open.prekey,
    )
