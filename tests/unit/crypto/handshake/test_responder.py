"""The responder: accepts only an answer whose seal, claim and first message all verify; both sides then agree."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import handshake, labels
from crypto.encoding import listed
from crypto.errors import ForgedError, LocalError, MalformedError, RemoteError, UnsupportedVersionError, WeakKeyError
from crypto.handshake import Accepted, Attempt, HalfOpen, Terms, accept, answer, offer, responder
from crypto.handshake.bundle import sign_bundle
from crypto.handshake.messages import Answer, Bundle, Claim, decode_as
from crypto.handshake.terms import RESUME_MIXED
from crypto.identity import Identity, PublicIdentity
from crypto.primitives import KeyPair, ed25519_sign
from crypto.session import decrypt, encrypt
from tests.support.handshakes import HELLO, NOW_S, first_contact, invite_terms

INITIATOR = Identity.generate()
RESPONDER = Identity.generate()
MALLORY = Identity.generate()
TERMS = invite_terms(RESPONDER.public)
HALF_OPEN, ATTEMPT, ACCEPTED = first_contact(INITIATOR, RESPONDER)
LOW_ORDER = bytes(32)


def accepted(m3: bytes, half_open: HalfOpen = HALF_OPEN, identity: Identity = RESPONDER) -> Accepted:
    return accept(half_open, identity, m3, now_s=NOW_S)


def attempt_of(identity: Identity, terms: Terms = TERMS) -> Attempt:
    return answer(terms, identity, HALF_OPEN.message, HELLO)


def claiming(signer: Identity, dh: KeyPair) -> Identity:
    """An initiator who signs with one person's key for an agreement key of their choice."""
    public = PublicIdentity(signer.public.signing_key, dh.public)
    signed = listed(labels.BIND, public.signing_key, public.dh_key)
    binding = ed25519_sign(signer.signing_seed.reveal(), signed)
    return Identity(signing_seed=signer.signing_seed, dh=dh, public=public, binding=binding)


# --- Agreement


def test_both_sides_know_the_same_transcript_and_attempt() -> None:
    assert ACCEPTED.transcript == ATTEMPT.transcript
    assert ACCEPTED.ephemeral == ATTEMPT.ephemeral


def test_the_responder_learns_who_the_initiator_is_and_what_it_can_do() -> None:
    assert ACCEPTED.peer == INITIATOR.public
    assert (ACCEPTED.device_id, ACCEPTED.peer_max_version, ACCEPTED.peer_capabilities) == (0, 1, 0)


def test_the_first_ratchet_message_arrives_with_the_answer() -> None:
    payload = ACCEPTED.first_payload

    assert (payload.type, payload.message_id, payload.content) == HELLO


def test_the_sessions_talk_both_ways() -> None:
    at_responder, m4 = encrypt(ACCEPTED.session, 1, bytes(16), b"welcome")
    initiator, payload = decrypt(ATTEMPT.session, m4, now_s=NOW_S)
    assert payload.content == b"welcome"

    _, reply = encrypt(initiator, 1, bytes(16), b"thanks")
    _, payload = decrypt(at_responder, reply, now_s=NOW_S)
    assert payload.content == b"thanks"


def test_first_contact_takes_3300_bytes() -> None:
    _, envelope = encrypt(ACCEPTED.session, *HELLO)
    m4 = handshake.Confirmation(envelope).encode()

    assert (len(HALF_OPEN.message), len(ATTEMPT.message), len(m4)) == (1303, 1635, 362)


def test_every_bundle_has_fresh_keys() -> None:
    first, second = (decode_as(Bundle, offer(TERMS, RESPONDER).message) for _ in range(2))

    assert first.prekey != second.prekey
    assert first.kem_key != second.kem_key


def test_a_half_open_accepts_after_it_refused() -> None:
    with pytest.raises(RemoteError):
        accepted(ATTEMPT.message[:-1] + b"\0\0")

    assert accepted(ATTEMPT.message).peer == INITIATOR.public


def test_one_half_open_proves_each_of_two_answers() -> None:
    other = attempt_of(MALLORY)

    assert accepted(other.message).peer == MALLORY.public
    assert accepted(ATTEMPT.message).peer == INITIATOR.public


# --- Refusals


@pytest.mark.parametrize("position", [*range(33), *range(33, 1121, 29), *range(1121, 1274, 3), *range(1274, 1635, 7)])
def test_a_flipped_bit_anywhere_in_m3_is_refused(position: int) -> None:
    damaged = bytearray(ATTEMPT.message)
    damaged[position] ^= 1 << position % 8

    with pytest.raises(RemoteError):
        accepted(bytes(damaged))


def test_an_answer_under_another_psk_is_refused() -> None:
    attempt = attempt_of(INITIATOR, invite_terms(RESPONDER.public, psk=bytes(16)))

    with pytest.raises(ForgedError):
        accepted(attempt.message)


def test_an_answer_for_another_invite_is_refused() -> None:
    attempt = attempt_of(INITIATOR, invite_terms(RESPONDER.public, invite_id=bytes(32)))

    with pytest.raises(ForgedError):
        accepted(attempt.message)


def test_an_answer_from_another_link_is_refused() -> None:
    terms = invite_terms(RESPONDER.public, handshake_hash=bytes(32))

    with pytest.raises(ForgedError):
        accepted(ATTEMPT.message, replace(HALF_OPEN, terms=terms))


def test_a_captured_answer_replayed_into_another_half_open_is_refused() -> None:
    with pytest.raises(ForgedError):
        accepted(ATTEMPT.message, offer(TERMS, RESPONDER))


def test_an_answer_meant_for_another_responder_is_refused() -> None:
    with pytest.raises(ForgedError):
        accepted(ATTEMPT.message, identity=MALLORY)


def test_an_answer_to_keys_passed_off_as_somebody_elses_is_refused() -> None:
    """Unknown key share: Mallory signs the responder's one-time keys as her own and passes the answer on."""
    terms = invite_terms(MALLORY.public)
    bundle = decode_as(Bundle, HALF_OPEN.message)
    passed_off = replace(bundle, signature=sign_bundle(bundle, terms, MALLORY)).encode()
    attempt = answer(terms, INITIATOR, passed_off, HELLO)

    with pytest.raises(ForgedError):
        accepted(attempt.message)


def test_a_claim_bound_by_somebody_else_is_refused() -> None:
    unbound = replace(INITIATOR, binding=MALLORY.binding)

    with pytest.raises(ForgedError):
        accepted(attempt_of(unbound).message)


def test_a_claim_to_somebody_elses_signing_key_is_refused() -> None:
    """The binding of the victim covers another agreement key."""
    public = PublicIdentity(INITIATOR.public.signing_key, MALLORY.public.dh_key)
    thief = replace(MALLORY, public=public, binding=INITIATOR.binding)

    with pytest.raises(ForgedError):
        accepted(attempt_of(thief).message)


def test_a_claim_to_somebody_elses_agreement_key_is_refused() -> None:
    """Mallory may sign for the victim's key, but cannot agree with it: the first message does not open."""
    thief = claiming(MALLORY, KeyPair(MALLORY.dh.private, INITIATOR.public.dh_key))

    with pytest.raises(ForgedError):
        accepted(attempt_of(thief).message)


def test_our_own_identity_at_the_other_end_is_refused() -> None:
    """Our own code never answers itself, so the claim is checked alone."""
    claim = Claim(RESPONDER.public, device_id=0, max_version=1, capabilities=0, binding=RESPONDER.binding)

    with pytest.raises(ForgedError):
        responder._check_claim(claim, TERMS)


def test_a_low_order_agreement_key_in_a_claim_is_refused() -> None:
    weak = claiming(MALLORY, KeyPair(MALLORY.dh.private, LOW_ORDER))

    with pytest.raises(WeakKeyError):
        accepted(attempt_of(weak).message)


def test_a_low_order_ephemeral_key_is_refused() -> None:
    answered = replace(decode_as(Answer, ATTEMPT.message), ephemeral=LOW_ORDER)

    with pytest.raises(WeakKeyError):
        accepted(answered.encode())


def test_an_initiator_who_cannot_do_this_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "PROTOCOL_VERSION", 0)

    with pytest.raises(UnsupportedVersionError):
        accepted(attempt_of(INITIATOR).message)


def test_a_sealed_answer_without_a_first_message_is_refused() -> None:
    answered = replace(decode_as(Answer, ATTEMPT.message), envelope=b"")

    with pytest.raises(RemoteError):
        accepted(answered.encode())


def test_the_first_message_of_another_attempt_is_refused() -> None:
    other = decode_as(Answer, attempt_of(INITIATOR).message)
    answered = replace(decode_as(Answer, ATTEMPT.message), envelope=other.envelope)

    with pytest.raises(ForgedError):
        accepted(answered.encode())


def test_m2_sent_back_as_m3_is_refused() -> None:
    with pytest.raises(MalformedError):
        accepted(HALF_OPEN.message)


def test_an_offer_cannot_mix_a_resume_secret_it_has_not() -> None:
    with pytest.raises(LocalError):
        offer(TERMS, RESPONDER, flags=RESUME_MIXED)


@given(st.binary(max_size=64) | st.binary(min_size=1273, max_size=1700).map(lambda body: b"\x03" + body))
def test_arbitrary_bytes_for_m3_raise_only_remote_errors(data: bytes) -> None:
    with pytest.raises(RemoteError):
        accepted(data)


def test_no_state_prints_what_it_holds() -> None:
    printed = [repr(state) for state in (HALF_OPEN, ATTEMPT, ACCEPTED)]

    assert printed == ["HalfOpen(<hidden>)", "Attempt(<hidden>)", "Accepted(<hidden>)"]
    assert repr(TERMS.psk.reveal()) not in repr(TERMS)
