"""An established session between two people: what they seal, send and store (``docs/protocol.md``, section 3).

    envelope   version 1 | nonce 24 | sealed header 64 | sealed body
    body       pad(type u8 | message id 16 | count u64 | content)     sealed under a message key of its own

105 bytes and the padding come on top of a payload.  ``count`` is the sender's running count of envelopes in this
session, this one included: told more than it ever sent, a party knows that its state was rolled back.

The messages of the ML-KEM ratchet are payloads of the types OFFER and ACCEPT.  :func:`decrypt` takes them in with the
same step that opens them.  The caller seals what :func:`offer` and :func:`reply` give it, and sends at least an empty
payload when :func:`must_answer` says so.

A session is a frozen value.  The caller commits the new one together with the envelope before it transmits, or with
the payload before it acknowledges.  A failure leaves nothing to undo.
"""

import os
import struct
from dataclasses import dataclass, field

from crypto import epoch as epochs
from crypto import labels
from crypto.epoch import Epoch, Roots
from crypto.errors import LocalError, MalformedError, UnsupportedVersionError
from crypto.hot_value import hot_value
from crypto.padding import pad, unpad
from crypto.primitives import KEY_BYTES, KeyPair, Random, blake2b
from crypto.ratchet import double_ratchet, header
from crypto.ratchet.kem_ratchet import KemRatchet, Offered, Resting
from crypto.ratchet.state import Ratchet, Turning
from crypto.secret import KeyHolder, Secret

MESSAGE_ID_BYTES = 16

ENVELOPE_ID_BYTES = 16

MAX_ENVELOPE_BYTES = 2**20 - 64
"""A frame of a link carries 1 MiB, its own few bytes included."""

OFFER = 0x05
"""Payload type: the public key of an ML-KEM epoch."""

ACCEPT = 0x06
"""Payload type: the ciphertext that answers it."""

SESSION_KEYS_BYTES = 6 * KEY_BYTES

_VERSION = bytes([labels.PROTOCOL_VERSION])

_PREFIX = struct.Struct("<B16sQ")


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
    """What a session keeps of its handshake for good; both hashes have 32 bytes."""

    is_initiator: bool
    associated_data: bytes
    transcript: bytes


@hot_value
class Session(KeyHolder):
    """One party's end of a session, between two envelopes."""

    origin: Origin
    ratchet: Ratchet
    epoch: Epoch
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
        """The newest that the peer is known to hold."""
        return self._proved.resume

    @property
    def pair(self) -> Secret:
        """The root of the link key to dial with: the newest that the peer is known to hold."""
        return self._proved.pair

    @property
    def pairs(self) -> tuple[Secret, ...]:
        """The roots of all link keys that the peer may dial with, :attr:`pair` first."""
        roots, former = self.epoch.roots, self.epoch.former
        if former is None:
            return (roots.pair,)
        return (former.pair, roots.pair) if self._proved is former else (roots.pair, former.pair)

    @property
    def resumes(self) -> tuple[Secret, ...]:
        """All that the peer may offer in a reset, :attr:`resume` first."""
        roots, former = self.epoch.roots, self.epoch.former
        if former is None:
            return (roots.resume,)
        return (former.resume, roots.resume) if self._proved is former else (roots.resume, former.resume)

    @property
    def _proved(self) -> Roots:
        # Whoever offered an epoch mixes it first, and the chain that brings it to the other proves it at once.
        epoch, offered_it = self.epoch, not self.ratchet.kem.offers
        return epoch.former if epoch.former is not None and offered_it else epoch.roots


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
        pq_secret=keys.pq_secret.reveal(),
        random=random,
    )
    origin = Origin(is_initiator=True, associated_data=associated_data, transcript=transcript)
    return _first(origin, ratchet, Roots(keys.resume, keys.pair))


def respond(keys: SessionKeys, *, associated_data: bytes, transcript: bytes, ratchet_key: KeyPair) -> Session:
    """The session of the party that was spoken to; the ratchet key is its signed prekey."""
    ratchet = double_ratchet.respond(
        keys.root_key.reveal(),
        ratchet_key,
        next_header_key=keys.next_header_key_responder.reveal(),
        next_receiving_header_key=keys.header_key_initiator.reveal(),
        pq_secret=keys.pq_secret.reveal(),
    )
    origin = Origin(is_initiator=False, associated_data=associated_data, transcript=transcript)
    return _first(origin, ratchet, Roots(keys.resume, keys.pair))


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
    bound, before, epoch = session.origin.associated_data + _VERSION, session.ratchet, session.epoch
    is_due = count - epoch.sent_count >= labels.EPOCH_AFTER_MESSAGES
    flags = header.WANT if is_due and _waits_for_offer(before.kem) else 0
    ratchet, message = double_ratchet.encrypt(before, plaintext, bound, random, flags=flags)
    if ratchet.kem is not before.kem:
        epoch = _mixed(epoch, before.kem)
    return Session(session.origin, ratchet, epoch, count, session.highest_received_count), _VERSION + message


def decrypt(
    session: Session, envelope: bytes, *, now_s: int, most_missing: int = 2 * labels.MAX_JUMP
) -> tuple[Session, Payload]:
    """The session after receiving ``envelope``, and what was in it; ``now_s`` is the time in seconds.

    An OFFER or ACCEPT that is malformed, or not what the ML-KEM ratchet waits for, is ignored: it has been received,
    and to send it again would not make it better.

    Raises:
        JumpError: more than ``most_missing`` envelopes before it are missing; it was not even tried.
        RemoteError: not an envelope of this session, or one read before, or its key is not there any more.
    """
    if not _MIN_ENVELOPE_BYTES <= len(envelope) <= MAX_ENVELOPE_BYTES:
        raise MalformedError("not as long as an envelope")
    if envelope[:1] != _VERSION:
        raise UnsupportedVersionError("an envelope of another version")
    bound, before, epoch = session.origin.associated_data + _VERSION, session.ratchet, session.epoch
    ratchet, plaintext = double_ratchet.decrypt(before, envelope[1:], bound, now_s=now_s, most_missing=most_missing)
    payload = _payload(unpad(plaintext))
    if ratchet.next_receiving_header_key is not before.next_receiving_header_key:
        epoch = _turned(epoch, before.kem, ratchet.kem)
    highest = max(session.highest_received_count, payload.count)
    after = Session(session.origin, ratchet, epoch, session.sent_count, highest)
    if payload.type in _EXCHANGES:
        after = _exchanged(after, payload, now_s)
    return after, payload


# --- ML-KEM epochs


def offer_due(session: Session, *, now_s: int, after_s: int = labels.EPOCH_AFTER_S) -> bool:
    """Whether :func:`offer` is to be called now (rule 1): after 50 envelopes, ``after_s`` seconds, or the peer's wish.

    An offer that stands is due again when ``after_s`` have passed without an answer.
    """
    kem, epoch = session.ratchet.kem, session.epoch
    if not kem.offers:
        return False
    is_old = not 0 <= now_s - epoch.began_s < after_s
    match kem.exchange:
        case Resting(wanted=wanted):
            return is_old or wanted or session.sent_count - epoch.sent_count >= labels.EPOCH_AFTER_MESSAGES
        case Offered():
            return is_old
        case _:
            return False


def offer(session: Session, *, now_s: int, random: Random = os.urandom) -> tuple[Session, bytes]:
    """The session after offering the next epoch, and the content of the payload of type :data:`OFFER`.

    Raises:
        LocalError: the next epoch is the peer's to offer, or is agreed already.
    """
    kem, content = session.ratchet.kem.offer(random)
    return _begun(session, kem, now_s), content


def reply(session: Session, payload: Payload) -> bytes | None:
    """The content of the payload of type :data:`ACCEPT` that goes at once, if ``payload`` was an offer that counts."""
    return session.ratchet.kem.reply(payload.content) if payload.type == OFFER else None


def acceptance(session: Session) -> bytes | None:
    """The same content once more, as long as the peer has not mixed the epoch that it accepts."""
    return session.ratchet.kem.acceptance()


def must_answer(session: Session) -> bool:
    """Whether a new chain of the peer wants at least an empty payload, since the result of an epoch waits (rule 7)."""
    return isinstance(session.ratchet.position, Turning) and session.ratchet.kem.pending is not None


def dated(session: Session, *, now_s: int) -> Session:
    """A new session that counts its first day from ``now_s``; one that is not dated counts as old."""
    return _begun(session, session.ratchet.kem, now_s)


def _waits_for_offer(kem: KemRatchet) -> bool:
    return not kem.offers and isinstance(kem.exchange, Resting)


def _exchanged(session: Session, payload: Payload, now_s: int) -> Session:
    """After the contents of an OFFER or an ACCEPT."""
    before = session.ratchet.kem
    take = before.take_offer if payload.type == OFFER else before.take_acceptance
    try:
        kem = take(payload.content, session.origin.associated_data)
    except MalformedError:
        return session
    return session if kem is before else _begun(session, kem, now_s)


def _begun(session: Session, kem: KemRatchet, now_s: int) -> Session:
    epoch = session.epoch.begun(sent_count=session.sent_count, now_s=now_s)
    ratchet = session.ratchet.with_kem(kem)
    return Session(session.origin, ratchet, epoch, session.sent_count, session.highest_received_count)


def _turned(epoch: Epoch, before: KemRatchet, after: KemRatchet) -> Epoch:
    """After a new receiving chain: either it brought an epoch, or it answers a chain of ours."""
    return epoch.proved() if after.applied == before.applied else _mixed(epoch, before)


def _mixed(epoch: Epoch, before: KemRatchet) -> Epoch:
    assert before.pending is not None
    return epoch.mixed(before.pending.update)


# --- Upkeep


def expire_skipped(session: Session, *, now_s: int) -> Session:
    """The session without message keys that waited for 14 days; itself if there is none.

    :func:`decrypt` does the same; this is for sessions that fell silent.
    """
    ratchet = double_ratchet.expire_skipped(session.ratchet, now_s=now_s)
    if ratchet is session.ratchet:
        return session
    return Session(session.origin, ratchet, session.epoch, session.sent_count, session.highest_received_count)


def envelope_id(envelope: bytes) -> bytes:
    """The 16 bytes that name an envelope in acknowledgements, known without its key."""
    return blake2b(envelope, size_bytes=ENVELOPE_ID_BYTES, person=labels.ENVELOPE_ID)


_MIN_ENVELOPE_BYTES = len(_VERSION) + double_ratchet.OVERHEAD_BYTES

_MAX_PLAINTEXT_BYTES = MAX_ENVELOPE_BYTES - _MIN_ENVELOPE_BYTES


_EXCHANGES = frozenset({OFFER, ACCEPT})


def _first(origin: Origin, ratchet: Ratchet, roots: Roots) -> Session:
    return Session(origin, ratchet, epochs.first(roots), 0, 0)


def _payload(plaintext: bytes) -> Payload:
    if len(plaintext) < _PREFIX.size:
        raise MalformedError("a payload without its id")
    payload_type, message_id, count = _PREFIX.unpack_from(plaintext)
    return Payload(payload_type, message_id, count, plaintext[_PREFIX.size :])
