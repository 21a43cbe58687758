"""The two messages of the ML-KEM ratchet, sealed by a contact that writes into them what it likes."""

from collections.abc import Sequence

from crypto.ratchet.kem_ratchet import Accepted, Agreed
from crypto.session import ACCEPT, OFFER, Session, decrypt, encrypt, offer, reply
from crypto.stored_session import decode_session, encode
from tests.fuzz.target import Target, always
from tests.support.sessions import MESSAGE_ID, NOW_S, Randomness, session_ends

_ACCEPTANCE_BYTES = 1_124


def _exchange() -> tuple[Session, Session, bytes, bytes]:
    """Who offered, who waits for an offer, the offer, and what would accept it."""
    random = Randomness("fuzz epochs")
    ann, ben = session_ends("fuzz epochs")
    ann, first = encrypt(ann, 1, MESSAGE_ID, b"first", random=random)
    ben, _ = decrypt(ben, first, now_s=NOW_S)
    ben, second = encrypt(ben, 1, MESSAGE_ID, b"second", random=random)
    ann, _ = decrypt(ann, second, now_s=NOW_S)
    offering, offer_content = offer(ann, now_s=NOW_S, random=random)
    _, envelope = encrypt(offering, OFFER, MESSAGE_ID, offer_content, random=random)
    accepting, payload = decrypt(ben, envelope, now_s=NOW_S)
    acceptance = reply(accepting, payload)
    assert acceptance is not None
    return offering, ben, offer_content, acceptance


_OFFERING, _WAITING, _OFFER_CONTENT, _ACCEPTANCE = _exchange()
_STORED = [encode(session) for session in (_OFFERING, _WAITING)]


def contents() -> Sequence[bytes]:
    return [bytes([kind]) + content for kind in (0, 1) for content in (_OFFER_CONTENT, _ACCEPTANCE)]


def check(data: bytes) -> None:
    """An OFFER or ACCEPT arrives whatever is in it; what counts changes the ratchet, and nothing makes it unusable."""
    kind, content = ACCEPT if data[:1] == b"\1" else OFFER, data[1:]
    sender, receiver = (_WAITING, _OFFERING) if kind == ACCEPT else (_OFFERING, _WAITING)
    _, envelope = encrypt(sender, kind, MESSAGE_ID, content)
    after, payload = decrypt(receiver, envelope, now_s=NOW_S)
    assert payload.content == content
    assert encode(decode_session(encode(after))) == encode(after)
    exchange, answer = after.ratchet.kem.exchange, reply(after, payload)
    assert isinstance(exchange, Accepted) == (answer is not None)
    assert answer is None or len(answer) == _ACCEPTANCE_BYTES
    if isinstance(exchange, Agreed):
        assert content[:36] == _ACCEPTANCE[:36], "the result of a key that was not offered"
    assert [encode(session) for session in (_OFFERING, _WAITING)] == _STORED
    encrypt(after, 1, MESSAGE_ID, b"on it goes")


TARGETS = [
    Target("session-exchange", contents, always(check), words=[b"\1\0\0\0", b"\2\0\0\0", b"\xff" * 4], max_bytes=2_048)
]
