"""Envelopes on a live session, from strangers and from a contact that seals what it likes; sessions as stored."""

import json
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crypto import labels
from crypto.errors import LocalError, RemoteError
from crypto.padding import pad
from crypto.primitives import XCHACHA_NONCE_BYTES, xchacha_seal
from crypto.ratchet import header as headers
from crypto.ratchet.header import Header
from crypto.ratchet.state import Sending
from crypto.session import Session, decrypt, encrypt
from crypto.stored_session import decode_session, encode
from tests.fuzz.target import Target, always
from tests.support.sessions import ASSOCIATED_DATA, MESSAGE_ID, NOW_S, Randomness, session_ends

_HEADER = struct.Struct("<32sIIIHH")
_VERSION = bytes([labels.PROTOCOL_VERSION])
_REPEATED, _RAW_BODY = 1, 2
_STORED_SESSIONS_1 = Path(__file__).parents[2] / "vectors" / "stored_sessions_1.json"
_WITHOUT_EPOCHS = 1


@dataclass(frozen=True, slots=True)
class Conversation:
    """Two ends in the middle of a conversation, with messages of Ben under way."""

    ann: Session
    ben: Session
    late: tuple[bytes, ...]
    """Of an older chain, skipped by Ann."""
    next: tuple[bytes, ...]
    """Of Ben's chain now."""


def conversation() -> Conversation:
    random = Randomness("fuzz sessions")
    ben, ann = session_ends("fuzz")
    under_way: list[list[bytes]] = []
    for _ in range(3):
        sealed: list[bytes] = []
        for text in (b"", b"hello", b"x" * 500, b"late", b"last"):
            ben, envelope = encrypt(ben, 1, MESSAGE_ID, text, random=random)
            sealed.append(envelope)
        ann, _ = decrypt(ann, sealed[0], now_s=NOW_S)
        ann, _ = decrypt(ann, sealed[4], now_s=NOW_S)
        ann, reply = encrypt(ann, 1, MESSAGE_ID, b"reply", random=random)
        ben, _ = decrypt(ben, reply, now_s=NOW_S)
        under_way.append(sealed[1:4])
    chain: list[bytes] = []
    for text in (b"one", b"two", b"x" * 3_000):
        ben, envelope = encrypt(ben, 1, MESSAGE_ID, text, random=random)
        chain.append(envelope)
    return Conversation(ann, ben, tuple(under_way[0] + under_way[2]), tuple(chain))


_TALK = conversation()
_STORED = encode(_TALK.ann)


def envelopes() -> Sequence[bytes]:
    return [*_TALK.late, *_TALK.next]


def check_envelope(data: bytes) -> None:
    """An envelope opens or is refused; refused, it leaves no trace."""
    with suppress(RemoteError):
        after, payload = decrypt(_TALK.ann, data, now_s=NOW_S)
        assert data in {*_TALK.late, *_TALK.next}
        assert len(payload.message_id) == len(MESSAGE_ID)
        assert encode(after) != _STORED
    assert encode(_TALK.ann) == _STORED


def forgeries() -> Sequence[bytes]:
    chain = _sending().chain
    prefix = bytes([1]) + MESSAGE_ID + (7).to_bytes(8, "little")
    made = [
        Header(_sending().ratchet_key.public, 0, chain.number),
        Header(_sending().ratchet_key.public, 5, chain.number + 1_000),
        Header(bytes(32), 250, chain.number + 24, 1, 0xFFFF, 0xFFFF),
        Header(b"\x09" + bytes(31), 0xFFFFFFFF, 0),
    ]
    plain = [bytes([0]) + _HEADER.pack(*header) + pad(prefix + b"text") for header in made]
    return [*plain, bytes([_RAW_BODY]) + plain[0][1:], bytes([_REPEATED]) + plain[1][1:]]


def check_forgery(data: bytes) -> None:
    """Any header and any plaintext under the right keys: opened or refused, without a trace, in bounded time."""
    if len(data) < 1 + _HEADER.size:
        return
    header, plaintext = Header._make(_HEADER.unpack_from(data, 1)), data[1 + _HEADER.size :]
    envelope = _forged(header, plaintext, seal_body=data[0] != _RAW_BODY)
    with suppress(RemoteError):
        after, payload = decrypt(_TALK.ann, envelope, now_s=NOW_S)
        assert payload.content in plaintext
        assert decode_session(encode(after)).highest_received_count >= payload.count
        if data[0] == _REPEATED:
            _check_refused(after, envelope)
    assert encode(_TALK.ann) == _STORED


def _sending() -> Sending:
    assert isinstance(_TALK.ben.ratchet.position, Sending)
    return _TALK.ben.ratchet.position


def _forged(header: Header, plaintext: bytes, *, seal_body: bool) -> bytes:
    """An envelope of Ben's present chain with this header, whatever it says."""
    chain, bound = _sending().chain, ASSOCIATED_DATA + _VERSION
    nonce = bytes(XCHACHA_NONCE_BYTES)
    opening = nonce + headers.seal(header, chain.header_key, nonce, bound)
    body = xchacha_seal(_message_key(header.number), nonce, plaintext, bound + opening) if seal_body else plaintext
    return _VERSION + opening + body


def _message_key(number: int) -> bytes:
    """The key that Ben's present chain has for this message; for one too far ahead, any."""
    keys = _message_keys()
    return keys.get(number, keys[_sending().chain.number])


@cache
def _message_keys() -> dict[int, bytes]:
    chain = _sending().chain
    return chain.skip_to(chain.number + labels.MAX_JUMP + 2, keep=labels.MAX_JUMP + 2)[1]


def _check_refused(session: Session, envelope: bytes) -> None:
    with suppress(RemoteError):
        decrypt(session, envelope, now_s=NOW_S)
        raise AssertionError("an envelope opened twice")


def stored() -> Sequence[bytes]:
    ben, ann = session_ends("fuzz stored")
    without_epochs = json.loads(_STORED_SESSIONS_1.read_text(encoding="ascii")).values()
    now = [encode(session) for session in (ann, ben, _TALK.ann, _TALK.ben)]
    return now + [bytes.fromhex(stored) for stored in without_epochs]


def check_stored(data: bytes) -> None:
    """Bytes are a session in its one spelling, which can be used, or refused; an older spelling is made today's."""
    try:
        session = decode_session(data)
    except RemoteError:
        return
    if data[0] == _WITHOUT_EPOCHS:
        data = encode(session)
    assert encode(decode_session(data)) == data
    uses: tuple[Callable[[], object], ...] = (
        lambda: encrypt(session, 1, MESSAGE_ID, b"text", random=Randomness("fuzz use")),
        lambda: decrypt(session, _TALK.next[0], now_s=NOW_S),
    )
    for use in uses:
        with suppress(RemoteError, LocalError):
            use()


TARGETS = [
    Target("session-envelope", envelopes, always(check_envelope), max_bytes=16_384),
    Target(
        "session-forgery",
        forgeries,
        always(check_forgery),
        words=[bytes(32), b"\xe0\xeb\x7a\x7c" + bytes(28), (25_000).to_bytes(4, "little")],
        max_bytes=70_000,
    ),
    Target(
        "session-stored",
        stored,
        always(check_stored),
        words=[b"\xff" * 8, b"\xff" * 4, b"\xff" * 4 + bytes(4)],
        max_bytes=120_000,
    ),
]
