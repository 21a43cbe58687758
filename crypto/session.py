"""An established session between two people: what they seal, send and store (``docs/protocol.md``, section 3).

    envelope   version 1 | nonce 24 | sealed header 64 | sealed body
    body       pad(type u8 | message id 16 | count u64 | content)     sealed under a message key of its own

105 bytes and the padding come on top of a payload.  ``count`` is the sender's running count of envelopes in this
session, this one included: told more than it ever sent, a party knows that its state was rolled back.

A session is a frozen value.  The caller commits the new one together with the envelope before it transmits, or with
the payload before it acknowledges.  A failure leaves nothing to undo.
"""

import os
import struct
from dataclasses import dataclass, field

from crypto import labels
from crypto.encoding import Reader, Writer
from crypto.errors import LocalError, MalformedError, UnsupportedVersionError
from crypto.padding import pad, unpad
from crypto.primitives import KEY_BYTES, KeyPair, Random, blake2b
from crypto.ratchet import double_ratchet, state
from crypto.ratchet.state import Ratchet
from crypto.secret import KeyHolder, Secret

MESSAGE_ID_BYTES = 16

ENVELOPE_ID_BYTES = 16

MAX_ENVELOPE_BYTES = 2**20 - 64
"""A frame of a link carries 1 MiB, its own few bytes included."""

SESSION_KEYS_BYTES = 6 * KEY_BYTES

_VERSION = bytes([labels.PROTOCOL_VERSION])

_PREFIX = struct.Struct("<B16sQ")

_STORED_VERSION = 1

_MAX_SENT_COUNT = 2**63
"""Far from where the count of the next envelope would not fit."""


@dataclass(frozen=True, slots=True, eq=False)
class SessionKeys:
    """What a handshake agrees on, 32 bytes each, in the order of its key derivation."""

    root_key: Secret
    header_key_initiator: Secret
    next_header_key_responder: Secret
    resume: Secret
    pair: Secret
    pq_secret: Secret

    @classmethod
    def split(cls, output: bytes) -> "SessionKeys":
        """The keys in the 192 bytes of HKDF output."""
        if len(output) != SESSION_KEYS_BYTES:
            raise LocalError("session keys of a wrong length")
        return cls(*(Secret(output[start : start + KEY_BYTES]) for start in range(0, SESSION_KEYS_BYTES, KEY_BYTES)))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Origin(KeyHolder):
    """What a session keeps of its handshake.

    ``resume`` proves this session in a reset, ``pair`` is the root of the link keys between the two, ``pq_secret``
    the root of the ML-KEM ratchet, 32 bytes each; ``associated_data`` and ``transcript`` are hashes of 32 bytes.
    """

    is_initiator: bool
    associated_data: bytes
    transcript: bytes
    resume: Secret
    pair: Secret
    pq_secret: Secret


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Session(KeyHolder):
    """One party's end of a session, between two envelopes."""

    origin: Origin
    ratchet: Ratchet
    sent_count: int
    highest_received_count: int

    @property
    def initiator(self) -> bool:
        return self.origin.is_initiator

    @property
    def associated_data(self) -> bytes:
        return self.origin.associated_data

    @property
    def transcript(self) -> bytes:
        return self.origin.transcript

    @property
    def resume(self) -> Secret:
        return self.origin.resume

    @property
    def pair(self) -> Secret:
        return self.origin.pair


@dataclass(frozen=True, slots=True)
class Payload:
    """What an envelope held, authenticated: ``type`` says how to read ``content``, ``message_id`` has 16 bytes."""

    type: int
    message_id: bytes
    count: int
    content: bytes = field(repr=False)


def initiate(
    keys: SessionKeys,
    *,
    associated_data: bytes,
    transcript: bytes,
    responder_ratchet_key: bytes,
    random: Random = os.urandom,
) -> Session:
    """The session of the party that spoke first; the ratchet key is the responder's signed prekey, 32 bytes.

    Raises:
        WeakKeyError: the responder's ratchet key has low order.
    """
    ratchet = double_ratchet.initiate(
        keys.root_key.reveal(),
        responder_ratchet_key,
        next_header_key=keys.header_key_initiator.reveal(),
        next_receiving_header_key=keys.next_header_key_responder.reveal(),
        random=random,
    )
    return Session(_origin(keys, associated_data, transcript, is_initiator=True), ratchet, 0, 0)


def respond(keys: SessionKeys, *, associated_data: bytes, transcript: bytes, ratchet_key: KeyPair) -> Session:
    """The session of the party that was spoken to; the ratchet key is its signed prekey."""
    ratchet = double_ratchet.respond(
        keys.root_key.reveal(),
        ratchet_key,
        next_header_key=keys.next_header_key_responder.reveal(),
        next_receiving_header_key=keys.header_key_initiator.reveal(),
    )
    return Session(_origin(keys, associated_data, transcript, is_initiator=False), ratchet, 0, 0)


def encrypt(
    session: Session, payload_type: int, message_id: bytes, content: bytes, *, random: Random = os.urandom
) -> tuple[Session, bytes]:
    """The session after sending ``content``, and the envelope.

    Raises:
        LocalError: a type beyond a byte, an id that has not 16 bytes, too much content, or a responder that has not
            received anything yet.
    """
    if not 0 <= payload_type <= 0xFF or len(message_id) != MESSAGE_ID_BYTES:
        raise LocalError("not a payload type and a message id")
    count = session.sent_count + 1
    plaintext = pad(_PREFIX.pack(payload_type, message_id, count) + content)
    if len(plaintext) > _MAX_PLAINTEXT_BYTES:
        raise LocalError("more content than an envelope holds")
    bound = session.origin.associated_data + _VERSION
    ratchet, message = double_ratchet.encrypt(session.ratchet, plaintext, bound, random)
    return Session(session.origin, ratchet, count, session.highest_received_count), _VERSION + message


def decrypt(session: Session, envelope: bytes, *, now_s: int) -> tuple[Session, Payload]:
    """The session after receiving ``envelope``, and what was in it; ``now_s`` is the time in seconds.

    Raises:
        RemoteError: not an envelope of this session, or one read before, or its key is not there any more.
    """
    if not _MIN_ENVELOPE_BYTES <= len(envelope) <= MAX_ENVELOPE_BYTES:
        raise MalformedError("not as long as an envelope")
    if envelope[:1] != _VERSION:
        raise UnsupportedVersionError("an envelope of another version")
    bound = session.origin.associated_data + _VERSION
    ratchet, plaintext = double_ratchet.decrypt(session.ratchet, envelope[1:], bound, now_s=now_s)
    payload = _payload(unpad(plaintext))
    highest = max(session.highest_received_count, payload.count)
    return Session(session.origin, ratchet, session.sent_count, highest), payload


def expire_skipped(session: Session, *, now_s: int) -> Session:
    """The session without message keys that waited for 14 days; itself if there is none.

    :func:`decrypt` does the same; this is for sessions that fell silent.
    """
    ratchet = double_ratchet.expire_skipped(session.ratchet, now_s=now_s)
    if ratchet is session.ratchet:
        return session
    return Session(session.origin, ratchet, session.sent_count, session.highest_received_count)


def envelope_id(envelope: bytes) -> bytes:
    """The 16 bytes that name an envelope in acknowledgements, known without its key."""
    return blake2b(envelope, size_bytes=ENVELOPE_ID_BYTES, person=labels.ENVELOPE_ID)


def encode(session: Session) -> bytes:
    """The session for storage, and for storage only.

    ``version u8 | initiator u8 | associated data 32 | transcript 32 | resume 32 | pair 32 | pq secret 32 |
    sent count u64 | highest received count u64 | ratchet`` (see :mod:`crypto.ratchet.state`)
    """
    origin = session.origin
    writer = Writer().u8(_STORED_VERSION).u8(origin.is_initiator).raw(origin.associated_data).raw(origin.transcript)
    writer.raw(origin.resume.reveal()).raw(origin.pair.reveal()).raw(origin.pq_secret.reveal())
    writer.u64(session.sent_count).u64(session.highest_received_count)
    state.write(session.ratchet, writer)
    return writer.finish()


def decode_session(data: bytes) -> Session:
    """What :func:`encode` wrote.

    Raises:
        RemoteError: it is no stored session, or one of another version.
    """
    reader = Reader(data)
    if reader.u8() != _STORED_VERSION:
        raise UnsupportedVersionError("a stored session of another version")
    origin = _read_origin(reader)
    sent_count, highest_received_count = reader.u64(), reader.u64()
    if sent_count > _MAX_SENT_COUNT:
        raise MalformedError("more envelopes than anybody sends")
    session = Session(origin, state.read(reader), sent_count, highest_received_count)
    reader.finish()
    return session


_MIN_ENVELOPE_BYTES = len(_VERSION) + double_ratchet.OVERHEAD_BYTES

_MAX_PLAINTEXT_BYTES = MAX_ENVELOPE_BYTES - _MIN_ENVELOPE_BYTES


def _origin(keys: SessionKeys, associated_data: bytes, transcript: bytes, *, is_initiator: bool) -> Origin:
    return Origin(is_initiator, associated_data, transcript, keys.resume, keys.pair, keys.pq_secret)


def _payload(plaintext: bytes) -> Payload:
    if len(plaintext) < _PREFIX.size:
        raise MalformedError("a payload without its id")
    payload_type, message_id, count = _PREFIX.unpack_from(plaintext)
    return Payload(payload_type, message_id, count, plaintext[_PREFIX.size :])


def _read_origin(reader: Reader) -> Origin:
    is_initiator = reader.u8()
    if is_initiator > 1:
        raise MalformedError("neither initiator nor responder")
    hashes = reader.raw(KEY_BYTES), reader.raw(KEY_BYTES)
    secrets = (Secret(reader.raw(KEY_BYTES)) for _ in range(3))
    return Origin(bool(is_initiator), *hashes, *secrets)
