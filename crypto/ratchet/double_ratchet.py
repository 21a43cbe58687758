"""The double ratchet with header encryption (Double Ratchet rev 3, section 4; ``docs/protocol.md``, section 3).

A message is ``nonce 24 | sealed header 64 | sealed body, 16 longer than its plaintext``.  This module knows neither
what a body holds nor the version byte before a message; both parties bind that as associated data.
"""

from crypto.errors import ForgedError, JumpError, LocalError, MalformedError, MessageKeyError
from crypto.labels import KEPT_AFTER_JUMP, MAX_JUMP
from crypto.primitives import (
    KEY_BYTES,
    TAG_BYTES,
    XCHACHA_NONCE_BYTES,
    KeyPair,
    Random,
    x25519,
    xchacha_open,
    xchacha_seal,
)
from crypto.ratchet import header as headers
from crypto.ratchet import kem_ratchet, root, skipped
from crypto.ratchet.chain import Chain
from crypto.ratchet.header import Header
from crypto.ratchet.kem_ratchet import KemRatchet
from crypto.ratchet.skipped import SkippedKeys
from crypto.ratchet.state import Listening, Ratchet, Sending, Turning

_BODY = XCHACHA_NONCE_BYTES + headers.SEALED_BYTES

OVERHEAD_BYTES = _BODY + TAG_BYTES
"""What a message is longer than its plaintext."""


def initiate(
    root_key: bytes,
    peer_ratchet_key: bytes,
    *,
    next_header_key: bytes,
    next_receiving_header_key: bytes,
    pq_secret: bytes,
    random: Random,
) -> Ratchet:
    """The state of the party that sends first; every key has 32 bytes, ``pq_secret`` is pqs₀.

    Raises:
        WeakKeyError: the peer's ratchet key has low order.
    """
    turning = Turning(peer_ratchet_key, next_header_key, 0)
    kem = kem_ratchet.begin(pq_secret, is_initiator=True)
    root_key, sending, kem = _begin_sending(root_key, turning, kem, random)
    return Ratchet(root_key, next_receiving_header_key, sending, None, skipped.NONE, kem)


def respond(
    root_key: bytes,
    ratchet_key: KeyPair,
    *,
    next_header_key: bytes,
    next_receiving_header_key: bytes,
    pq_secret: bytes,
) -> Ratchet:
    """The state of the party that receives first; every key has 32 bytes, ``pq_secret`` is pqs₀."""
    listening = Listening(ratchet_key, next_header_key)
    kem = kem_ratchet.begin(pq_secret, is_initiator=False)
    return Ratchet(root_key, next_receiving_header_key, listening, None, skipped.NONE, kem)


# --- Sending


def encrypt(
    ratchet: Ratchet, plaintext: bytes, associated_data: bytes, random: Random, *, flags: int = 0
) -> tuple[Ratchet, bytes]:
    """The state after sending ``plaintext`` with ``flags`` in its header, and the message.

    The caller commits the state before it transmits the message.

    Raises:
        LocalError: a responder cannot send before it received, nor can a chain hold more than 2³² messages.
    """
    root_key, sending, kem = ratchet.root_key, ratchet.position, ratchet.kem
    if isinstance(sending, Turning):
        root_key, sending, kem = _begin_sending(root_key, sending, kem, random)
    if not isinstance(sending, Sending):
        raise LocalError("a responder cannot send before it received")
    number = sending.chain.number
    if number > headers.MAX_NUMBER:
        raise LocalError("the sending chain is full")
    chain, message_key = sending.chain.step()
    nonce = random(XCHACHA_NONCE_BYTES)
    header = Header(sending.ratchet_key.public, sending.previous_count, number, sending.epoch, flags)
    opening = nonce + headers.seal(header, chain.header_key, nonce, associated_data)
    body = xchacha_seal(message_key, nonce, plaintext, associated_data + opening)
    position = Sending(sending.ratchet_key, sending.next_header_key, sending.previous_count, chain, sending.epoch)
    after = Ratchet(root_key, ratchet.next_receiving_header_key, position, ratchet.receiving, ratchet.skipped, kem)
    return after, opening + body


def _begin_sending(
    root_key: bytes, turning: Turning, kem: KemRatchet, random: Random
) -> tuple[bytes, Sending, KemRatchet]:
    """The root key after it, a sending chain under a new ratchet key of ours, which mixes in what is agreed."""
    ratchet_key = KeyPair.from_private(random(KEY_BYTES))
    shared_secret = x25519(ratchet_key.private.reveal(), turning.peer_ratchet_key)
    kem, mix = kem.into_sending_chain()
    root_key, chain_key, next_header_key = root.step(root_key, shared_secret, mix)
    chain = Chain(turning.next_header_key, chain_key, 0)
    return root_key, Sending(ratchet_key, next_header_key, turning.previous_count, chain, mix.epoch), kem


# --- Receiving


def decrypt(
    ratchet: Ratchet, message: bytes, associated_data: bytes, *, now_s: int, most_missing: int = 2 * MAX_JUMP
) -> tuple[Ratchet, bytes]:
    """The state after receiving ``message``, and its plaintext; ``now_s`` dates the keys it skips.

    Each missing message costs a step of a chain before the tag of the body is even looked at.

    Raises:
        ForgedError: no header key opens it, or the body's tag does not verify.
        JumpError: more than ``most_missing`` messages are missing; no step was made.
        MessageKeyError: a repeat, too late, or too far ahead.
        MalformedError: too short, or a header says what cannot be.
        WeakKeyError: the peer's new ratchet key has low order.
    """
    if len(message) < OVERHEAD_BYTES:
        raise MalformedError("shorter than a message")
    opening = message[:_BODY]
    nonce, sealed_header = opening[:XCHACHA_NONCE_BYTES], opening[XCHACHA_NONCE_BYTES:]
    current = expire_skipped(ratchet, now_s=now_s)
    (after, message_key), flags = _advance(current, nonce, sealed_header, associated_data, now_s, most_missing)
    plaintext = xchacha_open(message_key, nonce, message[_BODY:], associated_data + opening)
    if flags & headers.WANT:
        after = after.with_kem(after.kem.wanted())
    return after, plaintext


def _advance(
    ratchet: Ratchet, nonce: bytes, sealed_header: bytes, associated_data: bytes, now_s: int, most_missing: int
) -> tuple[tuple[Ratchet, bytes], int]:
    """The state after the message of ``sealed_header`` and the key of its body; the flags of the header.

    A header key belongs to one chain, so the key that opens a header tells which chain the message is in.  The
    likeliest is tried first: once we have sent on a chain of our own, that is the peer's next one.
    """
    if not isinstance(ratchet.position, Turning):
        header = headers.unseal(sealed_header, ratchet.next_receiving_header_key, nonce, associated_data)
        if header is not None:
            _check_missing(most_missing, header.number, _missing_after(ratchet.receiving, header))
            turned, chain = _begin_receiving(ratchet, ratchet.position, header, now_s)
            return _receive(turned, chain, header.number, now_s), header.flags
    receiving = ratchet.receiving
    if receiving is not None:
        header = headers.unseal(sealed_header, receiving.header_key, nonce, associated_data)
        if header is not None:
            _check_missing(most_missing, header.number - receiving.number)
            return _receive(ratchet, receiving, header.number, now_s), header.flags
    for header_key in ratchet.skipped.header_keys:
        header = headers.unseal(sealed_header, header_key, nonce, associated_data)
        if header is not None:
            return _receive_late(ratchet, header_key, header.number), header.flags
    raise ForgedError("no header key opens this message")


def _missing_after(receiving: Chain | None, header: Header) -> int:
    """How many messages of the chain so far are missing when the ``header`` of the next one comes."""
    return 0 if receiving is None else max(0, header.previous_count - receiving.number)


def _check_missing(most: int, in_this_chain: int, in_the_last: int = 0) -> None:
    """Refuse a jump over so many messages of one or two chains before it costs anything."""
    if in_this_chain > MAX_JUMP or in_the_last > MAX_JUMP:
        raise MessageKeyError("too many messages are missing")
    if in_this_chain + in_the_last > most:
        raise JumpError(in_this_chain + in_the_last)


def _receive(ratchet: Ratchet, chain: Chain, number: int, now_s: int) -> tuple[Ratchet, bytes]:
    """The key of message ``number`` of the receiving ``chain``."""
    if number < chain.number:
        return _receive_late(ratchet, chain.header_key, number)
    chain, kept = _skip(chain, number, ratchet.skipped, now_s)
    chain, message_key = chain.step()
    return ratchet.received(chain, kept), message_key


def _receive_late(ratchet: Ratchet, header_key: bytes, number: int) -> tuple[Ratchet, bytes]:
    """The key of message ``number`` of the chain of ``header_key``, which later messages have overtaken."""
    message_key = ratchet.skipped.find(header_key, number)
    if message_key is None:
        raise MessageKeyError("a message read before, or too late")
    return ratchet.received(ratchet.receiving, ratchet.skipped.without(header_key, number)), message_key


def _begin_receiving(
    ratchet: Ratchet, position: Listening | Sending, header: Header, now_s: int
) -> tuple[Ratchet, Chain]:
    """The state with the new receiving chain that the peer made against our ratchet key, and that chain.

    Here alone is an epoch read: in a chain that is known already it would say nothing new, true or not.
    """
    kem, mix = ratchet.kem.into_receiving_chain(header.epoch)
    shared_secret = x25519(position.ratchet_key.private.reveal(), header.ratchet_key)
    root_key, chain_key, next_receiving_header_key = root.step(ratchet.root_key, shared_secret, mix)
    kept = ratchet.skipped
    if ratchet.receiving is not None:
        _, kept = _skip(ratchet.receiving, header.previous_count, kept, now_s)
    sent_count = position.chain.number if isinstance(position, Sending) else 0
    turning = Turning(header.ratchet_key, position.next_header_key, sent_count)
    chain = Chain(ratchet.next_receiving_header_key, chain_key, 0)
    return Ratchet(root_key, next_receiving_header_key, turning, chain, kept, kem), chain


def _skip(chain: Chain, number: int, kept: SkippedKeys, now_s: int) -> tuple[Chain, SkippedKeys]:
    """``chain`` before message ``number``, and ``kept`` with the keys of the messages jumped over."""
    if number <= chain.number:
        return chain, kept
    skipped_to, keys = chain.skip_to(number, keep=KEPT_AFTER_JUMP)
    return skipped_to, kept.adding(chain.header_key, keys, now_s=now_s)


def expire_skipped(ratchet: Ratchet, *, now_s: int) -> Ratchet:
    """The state without skipped keys older than 14 days; itself if there is none."""
    kept = ratchet.skipped.expire(now_s=now_s)
    return ratchet if kept is ratchet.skipped else ratchet.received(ratchet.receiving, kept)
