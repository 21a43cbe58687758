"""A reset between contacts: with or without the old session's resume secret, and with nobody else."""

import hashlib

import pytest

from crypto.errors import ForgedError, WeakKeyError
from crypto.handshake import (
    RESUME_MIXED,
    Accepted,
    Attempt,
    ResetRequest,
    Terms,
    accept,
    answer,
    decode,
    offer,
    reset_link_key,
    reset_psk,
    reset_request,
    reset_secret,
    resume_offered,
)
from crypto.identity import Identity, PublicIdentity
from crypto.primitives import hkdf, x25519
from crypto.secret import Secret
from tests.support.handshakes import HANDSHAKE_HASH, HELLO, NOW_S

ANNE = Identity.generate()
BERT = Identity.generate()
MALLORY = Identity.generate()
SECRET = reset_secret(ANNE, BERT.public)
RESUME = Secret(b"m" * 32)


def terms(resume: Secret | None, initiator: PublicIdentity = ANNE.public) -> Terms:
    return Terms.of_reset(
        secret=SECRET,
        resume=resume,
        initiator=initiator,
        responder=BERT.public,
        handshake_hash=HANDSHAKE_HASH,
    )


def reset(*, anne: Secret | None, bert: Secret | None, flags: int) -> tuple[Attempt, Accepted]:
    half_open = offer(terms(bert), BERT, flags=flags)
    attempt = answer(terms(anne), ANNE, half_open.message, HELLO)
    return attempt, accept(half_open, BERT, attempt.message, now_s=NOW_S)


def test_both_contacts_derive_the_same_secret_and_nobody_else_does() -> None:
    assert SECRET.matches(reset_secret(BERT, ANNE.public))
    assert not SECRET.matches(reset_secret(ANNE, MALLORY.public))


def test_the_secrets_are_those_of_the_protocol() -> None:
    agreed = x25519(ANNE.dh.private.reveal(), BERT.public.dh_key)
    smaller, larger = sorted([ANNE.public.encode(), BERT.public.encode()])
    info = b"\x0b\0kith1 reset" + b"\x40\0" + smaller + b"\x40\0" + larger
    secret = hkdf(salt=bytes(32), ikm=agreed, info=info, size_bytes=32)

    assert SECRET.reveal() == secret
    assert reset_link_key(SECRET).reveal() == hkdf(salt=b"", ikm=secret, info=b"kith1 reset link", size_bytes=32)
    psk_without, psk_with = (
        hkdf(salt=secret, ikm=ikm, info=b"kith1 reset psk", size_bytes=32) for ikm in (bytes(32), b"m" * 32)
    )
    assert reset_psk(SECRET, None).reveal() == psk_without
    assert reset_psk(SECRET, RESUME).reveal() == psk_with


def test_a_low_order_contact_has_no_secret() -> None:
    with pytest.raises(WeakKeyError):
        reset_secret(ANNE, PublicIdentity(b"s" * 32, bytes(32)))


def test_a_request_offers_the_resume_secret_by_a_hint_for_this_link() -> None:
    request = reset_request(RESUME, HANDSHAKE_HASH)
    hint = hashlib.blake2b(
        b"\x11\0kith1 resume hint" + b"\x20\0" + HANDSHAKE_HASH, digest_size=8, key=b"m" * 32
    ).digest()

    assert request.encode() == b"\x06" + hint
    assert resume_offered(request, RESUME, HANDSHAKE_HASH)
    assert not resume_offered(request, RESUME, bytes(32))
    assert not resume_offered(request, Secret(bytes(32)), HANDSHAKE_HASH)


def test_a_request_without_a_resume_secret_looks_alike() -> None:
    request = reset_request(None, HANDSHAKE_HASH)

    assert decode(request.encode()) == request
    assert request != reset_request(None, HANDSHAKE_HASH)
    assert request == reset_request(None, HANDSHAKE_HASH, random=lambda size_bytes: request.resume_hint)
    assert isinstance(request, ResetRequest)
    assert not resume_offered(request, RESUME, HANDSHAKE_HASH)


@pytest.mark.parametrize(
    ("anne", "bert", "flags"),
    [
        pytest.param(None, None, 0, id="both lost it"),
        pytest.param(None, RESUME, 0, id="the initiator lost it"),
        pytest.param(RESUME, None, 0, id="the responder lost it"),
        pytest.param(RESUME, RESUME, RESUME_MIXED, id="both hold it"),
    ],
)
def test_a_reset_ends_in_one_session(anne: Secret | None, bert: Secret | None, flags: int) -> None:
    attempt, accepted = reset(anne=anne, bert=bert, flags=flags)

    assert accepted.peer == ANNE.public
    assert accepted.transcript == attempt.transcript
    assert accepted.first_payload.content == HELLO[2]


def test_a_resume_secret_that_was_not_offered_is_refused() -> None:
    with pytest.raises(ForgedError):
        reset(anne=None, bert=RESUME, flags=RESUME_MIXED)


def test_different_resume_secrets_do_not_meet() -> None:
    with pytest.raises(ForgedError):
        reset(anne=Secret(bytes(32)), bert=RESUME, flags=RESUME_MIXED)


def test_somebody_else_cannot_answer_a_reset_between_two() -> None:
    half_open = offer(terms(None), BERT)
    attempt = answer(terms(None, initiator=MALLORY.public), MALLORY, half_open.message, HELLO)

    with pytest.raises(ForgedError):
        accept(half_open, BERT, attempt.message, now_s=NOW_S)
