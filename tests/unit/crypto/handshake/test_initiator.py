"""The initiator answers only a bundle that the responder signed for this link."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import ForgedError, LocalError, MalformedError, RemoteError, UnsupportedVersionError, WeakKeyError
from crypto.handshake import Attempt, Terms, answer, offer
from crypto.handshake.bundle import sign_bundle
from crypto.handshake.messages import Bundle, decode_as
from crypto.handshake.terms import RESUME_MIXED
from crypto.identity import Identity, PublicIdentity
from tests.support.handshakes import HELLO, invite_terms

INITIATOR = Identity.generate()
RESPONDER = Identity.generate()
MALLORY = Identity.generate()
TERMS = invite_terms(RESPONDER.public)
M2 = offer(TERMS, RESPONDER).message
BUNDLE = decode_as(Bundle, M2)
LOW_ORDER = bytes(32)


def answered(m2: bytes, terms: Terms = TERMS) -> Attempt:
    return answer(terms, INITIATOR, m2, HELLO)


def resigned(bundle: Bundle, terms: Terms = TERMS, signer: Identity = RESPONDER) -> bytes:
    return replace(bundle, signature=sign_bundle(bundle, terms, signer)).encode()


def test_an_attempt_tells_what_the_responder_can_do() -> None:
    attempt = answered(resigned(replace(BUNDLE, max_version=9, capabilities=5)))

    assert (attempt.peer_max_version, attempt.peer_capabilities) == (9, 5)


def test_an_attempt_is_named_by_the_ephemeral_key_in_m3() -> None:
    attempt = answered(M2)

    assert attempt.message[1:33] == attempt.ephemeral


def test_each_attempt_has_an_ephemeral_key_of_its_own() -> None:
    assert answered(M2).ephemeral != answered(M2).ephemeral


def test_m3_with_a_short_first_message_has_1635_bytes() -> None:
    assert len(answered(M2).message) == 1635


def test_a_flipped_bit_anywhere_in_m2_is_refused() -> None:
    for position in range(len(M2)):
        damaged = bytearray(M2)
        damaged[position] ^= 1 << position % 8
        with pytest.raises(RemoteError):
            answered(bytes(damaged))


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param(invite_terms(MALLORY.public), id="other responder"),
        pytest.param(invite_terms(RESPONDER.public, handshake_hash=bytes(32)), id="other link"),
        pytest.param(
            invite_terms(PublicIdentity(RESPONDER.public.signing_key, MALLORY.public.dh_key)), id="other IK_dh"
        ),
    ],
)
def test_a_bundle_signed_on_other_terms_is_refused(terms: Terms) -> None:
    with pytest.raises(ForgedError):
        answered(M2, terms)


def test_a_bundle_signed_by_somebody_else_is_refused() -> None:
    with pytest.raises(ForgedError):
        answered(resigned(BUNDLE, signer=MALLORY))


def test_a_bundle_signed_for_a_reset_is_refused_at_first_contact() -> None:
    secret = TERMS.psk
    reset = Terms.of_reset(
        secret=secret,
        resume=None,
        initiator=INITIATOR.public,
        responder=RESPONDER.public,
        handshake_hash=TERMS.handshake_hash,
    )

    with pytest.raises(ForgedError):
        answered(resigned(BUNDLE, reset))


def test_a_decision_to_mix_a_resume_secret_that_was_not_offered_is_refused() -> None:
    with pytest.raises(ForgedError):
        answered(resigned(replace(BUNDLE, flags=RESUME_MIXED)))


def test_flags_that_mean_nothing_yet_and_reserved_fields_are_ignored() -> None:
    attempt = answered(resigned(replace(BUNDLE, flags=0x80, prekey_ids=b"stored!!", not_after_s=1)))

    assert attempt.peer_max_version == 1


def test_a_responder_who_cannot_do_this_version_is_refused() -> None:
    with pytest.raises(UnsupportedVersionError):
        answered(resigned(replace(BUNDLE, max_version=0)))


def test_a_low_order_prekey_is_refused() -> None:
    with pytest.raises(WeakKeyError):
        answered(resigned(replace(BUNDLE, prekey=LOW_ORDER)))


def test_a_low_order_identity_key_is_refused() -> None:
    terms = invite_terms(PublicIdentity(RESPONDER.public.signing_key, LOW_ORDER))

    with pytest.raises(WeakKeyError):
        answered(resigned(BUNDLE, terms), terms)


def test_an_ml_kem_key_with_unreduced_coefficients_is_refused() -> None:
    with pytest.raises(MalformedError):
        answered(resigned(replace(BUNDLE, kem_key=b"\xff" * 1184)))


def test_our_own_invite_is_our_own_mistake() -> None:
    with pytest.raises(LocalError):
        answer(TERMS, RESPONDER, M2, HELLO)


def test_a_first_payload_that_no_responder_takes_is_our_own_mistake() -> None:
    with pytest.raises(LocalError):
        answer(TERMS, INITIATOR, M2, (1, bytes(16), bytes(8192)))


@given(st.binary(max_size=64) | st.binary(min_size=1302, max_size=1302).map(lambda body: b"\x02" + body))
def test_arbitrary_bytes_for_m2_raise_only_remote_errors(data: bytes) -> None:
    with pytest.raises(RemoteError):
        answered(data)
