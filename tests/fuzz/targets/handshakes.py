"""Handshake messages against a live half-open, a live attempt and a link: as bytes, and sealed or signed as due."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from crypto import handshake
from crypto.errors import RemoteError
from crypto.handshake import Attempt, Bundle, HalfOpen, Terms, UsedStatus, responder
from crypto.handshake.bundle import sign_bundle
from crypto.handshake.messages import SEALED_CLAIM_BYTES, Answer, decode_as
from crypto.identity import Identity
from crypto.primitives import TAG_BYTES, XCHACHA_NONCE_BYTES, xchacha_seal
from crypto.session import decrypt
from crypto.stored_session import encode
from tests.fuzz.target import Target, always
from tests.support.handshakes import HANDSHAKE_HASH, HELLO, INVITE_ID, NOW_S, invite_terms
from tests.support.sessions import Randomness

_INVITER = Identity.generate(Randomness("fuzz inviter"))
_JOINER = Identity.generate(Randomness("fuzz joiner"))
_CLAIM_BYTES = SEALED_CLAIM_BYTES - TAG_BYTES
_SECRET = handshake.reset_secret(_JOINER, _INVITER.public)
_RAW = 0


def terms_of(*, is_reset: bool) -> Terms:
    if not is_reset:
        return invite_terms(_INVITER.public)
    return Terms.of_reset(
        secret=_SECRET,
        resume=None,
        initiator=_JOINER.public,
        responder=_INVITER.public,
        handshake_hash=HANDSHAKE_HASH,
    )


def half_open_of(terms: Terms) -> HalfOpen:
    return handshake.offer(terms, _INVITER, random=Randomness("fuzz half-open"))


_TERMS = [terms_of(is_reset=False), terms_of(is_reset=True)]
_HALF_OPENS = [half_open_of(terms) for terms in _TERMS]
_ATTEMPTS: list[Attempt] = [
    handshake.answer(half_open.terms, _JOINER, half_open.message, HELLO, random=Randomness("fuzz attempt"))
    for half_open in _HALF_OPENS
]


# --- M2


def bundles() -> Sequence[bytes]:
    return [bytes([kind]) + half_open.message for kind in range(2) for half_open in _HALF_OPENS]


def check_bundle(data: bytes) -> None:
    """M2, as it is or signed by its hostile sender: answered or refused."""
    message = data[1:]
    for terms in _TERMS:
        with suppress(RemoteError):
            signed = message if data[:1] == bytes([_RAW]) else _signed(message, terms)
            attempt = handshake.answer(terms, _JOINER, signed, HELLO)
            assert isinstance(handshake.decode(attempt.message), Answer)


def _signed(message: bytes, terms: Terms) -> bytes:
    bundle = decode_as(Bundle, message)
    return replace(bundle, signature=sign_bundle(bundle, terms, _INVITER)).encode()


# --- M3


def answers() -> Sequence[bytes]:
    claims = [_claim_of(half_open, attempt) for half_open, attempt in zip(_HALF_OPENS, _ATTEMPTS, strict=True)]
    raw = [bytes([_RAW]) + attempt.message for attempt in _ATTEMPTS]
    sealed = [b"\x01" + claim + decode_as(Answer, _ATTEMPTS[0].message).envelope for claim in claims]
    return [*raw, *sealed]


def check_answer(data: bytes) -> None:
    """M3, as it is or with any claim and envelope under the right seal: proven or refused."""
    for half_open, attempt in zip(_HALF_OPENS, _ATTEMPTS, strict=True):
        message = data[1:]
        if data[:1] != bytes([_RAW]):
            message = _sealed(half_open, attempt, data[1 : 1 + _CLAIM_BYTES], data[1 + _CLAIM_BYTES :])
        with suppress(RemoteError):
            accepted = handshake.accept(half_open, _INVITER, message, now_s=NOW_S)
            assert accepted.peer == _JOINER.public


def _claim_of(half_open: HalfOpen, attempt: Attempt) -> bytes:
    answer = decode_as(Answer, attempt.message)
    return responder._first_keys(half_open, _INVITER, answer).open(answer.sealed_claim).encode()


def _seal_key(half_open: HalfOpen, attempt: Attempt) -> tuple[bytes, bytes]:
    keys = responder._first_keys(half_open, _INVITER, decode_as(Answer, attempt.message))
    return keys.seal_key.reveal(), keys.transcript


_SEAL_KEYS = {
    half_open.message: _seal_key(half_open, attempt) for half_open, attempt in zip(_HALF_OPENS, _ATTEMPTS, strict=True)
}


def _sealed(half_open: HalfOpen, attempt: Attempt, claim: bytes, envelope: bytes) -> bytes:
    answer, (key, transcript) = decode_as(Answer, attempt.message), _SEAL_KEYS[half_open.message]
    sealed = xchacha_seal(key, bytes(XCHACHA_NONCE_BYTES), claim, transcript)
    return bytes([Answer.KIND]) + answer.ephemeral + answer.kem_ciphertext + sealed + envelope


# --- M4, USED, RESET


def later_messages() -> Sequence[bytes]:
    notices = [handshake.used_notice(_INVITER, HANDSHAKE_HASH, status, INVITE_ID) for status in UsedStatus]
    request = handshake.reset_request(None, HANDSHAKE_HASH, random=Randomness("fuzz reset")).encode()
    confirmation = handshake.Confirmation(decode_as(Answer, _ATTEMPTS[0].message).envelope).encode()
    return [*notices, request, confirmation, *(half_open.message for half_open in _HALF_OPENS)]


_NOTICES = set(later_messages()[:3])
_STORED = encode(_ATTEMPTS[0].session)


def check_later_message(data: bytes) -> None:
    """Any message at any time: read or refused, and nothing has changed."""
    uses: tuple[Callable[[], object], ...] = (
        lambda: handshake.read_used_notice(_INVITER.public, HANDSHAKE_HASH, data),
        lambda: decrypt(_ATTEMPTS[0].session, decode_as(handshake.Confirmation, data).envelope, now_s=NOW_S),
        lambda: handshake.resume_offered(
            decode_as(handshake.ResetRequest, data), _ATTEMPTS[0].session.resume, HANDSHAKE_HASH
        ),
    )
    with suppress(RemoteError):
        message = handshake.decode(data)
        assert message.encode() == data
    for number, use in enumerate(uses):
        with suppress(RemoteError):
            use()
            assert number or data in _NOTICES
    assert encode(_ATTEMPTS[0].session) == _STORED


TARGETS = [
    Target("handshake-bundle", bundles, always(check_bundle), words=[bytes(32), b"\xff\xff"], max_bytes=2_048),
    Target("handshake-answer", answers, always(check_answer), words=[bytes(32), b"\xff\xff"], max_bytes=10_240),
    Target("handshake-later", later_messages, always(check_later_message), max_bytes=10_240),
]
