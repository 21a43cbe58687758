"""The messages of a handshake as bytes: opaque frames to the link, sealed only by it (``docs/protocol.md``, 2).

Each starts with its kind, one byte.  Hashes over M2 and M4 are over the whole message, kind included.

    M2     2 | max_ver 1 | caps 4 | flags 1 | SPK 32 | PQPK 1184 | ids 8 | not_after 8 | sig 64           1,303
    M3     3 | EK 32 | ct 1088 | sealed 137 + 16 | envelope, at most 8,192                                1,274 and that
             sealed: IK_sig_I 32 | IK_dh_I 32 | device 4 | max_ver 1 | caps 4 | bind 64
    M4     4 | envelope, at most 8,192                                                                    1 and that
    USED   5 | status 1 | H(EK) 32 | sig 64                                                               98
    RESET  6 | resume hint 8                                                                              9
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Self, TypeAlias, TypeVar

from crypto.encoding import Reader, Writer
from crypto.errors import LocalError, MalformedError
from crypto.identity import PUBLIC_IDENTITY_BYTES, PublicIdentity
from crypto.kem import CIPHERTEXT_BYTES, PUBLIC_KEY_BYTES
from crypto.primitives import KEY_BYTES, SIGNATURE_BYTES, TAG_BYTES

MAX_ENVELOPE_BYTES = 8 * 1024
"""A first ratchet message is a profile; more would let whoever holds an invite fill the memory of its owner."""

PREKEY_IDS_BYTES = 8
RESUME_HINT_BYTES = 8
EPHEMERAL_HASH_BYTES = 32
CLAIM_BYTES = PUBLIC_IDENTITY_BYTES + 4 + 1 + 4 + SIGNATURE_BYTES
SEALED_CLAIM_BYTES = CLAIM_BYTES + TAG_BYTES


class Kind(IntEnum):
    """The first byte of every message; M1 is the link's own first flight and has none."""

    BUNDLE = 2
    ANSWER = 3
    CONFIRMATION = 4
    USED = 5
    RESET = 6


class UsedStatus(IntEnum):
    """Why an invite opens no new handshake."""

    USED = 1
    REVOKED = 2
    EXPIRED = 3


@dataclass(frozen=True, slots=True)
class Bundle:
    """M2, the responder's one-time keys; ids and ``not_after`` serve stored bundles and are zero in a live link."""

    KIND: ClassVar[Kind] = Kind.BUNDLE

    max_version: int
    capabilities: int
    flags: int
    prekey: bytes
    kem_key: bytes
    signature: bytes
    prekey_ids: bytes = bytes(PREKEY_IDS_BYTES)
    not_after_s: int = 0

    def fields(self) -> bytes:
        """Everything that the signature covers: all between kind and signature."""
        writer = Writer().u8(self.max_version).u32(self.capabilities).u8(self.flags)
        writer.raw(self.prekey).raw(self.kem_key).raw(self.prekey_ids).u64(self.not_after_s)
        return writer.finish()

    def encode(self) -> bytes:
        return bytes([self.KIND]) + self.fields() + self.signature

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(
            max_version=reader.u8(),
            capabilities=reader.u32(),
            flags=reader.u8(),
            prekey=reader.raw(KEY_BYTES),
            kem_key=reader.raw(PUBLIC_KEY_BYTES),
            prekey_ids=reader.raw(PREKEY_IDS_BYTES),
            not_after_s=reader.u64(),
            signature=reader.raw(SIGNATURE_BYTES),
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """Who the initiator says to be: the sealed part of M3."""

    identity: PublicIdentity
    device_id: int
    max_version: int
    capabilities: int
    binding: bytes

    def encode(self) -> bytes:
        writer = Writer().raw(self.identity.encode()).u32(self.device_id)
        return writer.u8(self.max_version).u32(self.capabilities).raw(self.binding).finish()

    @classmethod
    def decode(cls, data: bytes) -> Self:
        reader = Reader(data)
        claim = cls(
            identity=PublicIdentity.decode(reader.raw(PUBLIC_IDENTITY_BYTES)),
            device_id=reader.u32(),
            max_version=reader.u8(),
            capabilities=reader.u32(),
            binding=reader.raw(SIGNATURE_BYTES),
        )
        reader.finish()
        return claim


@dataclass(frozen=True, slots=True)
class Answer:
    """M3; an attempt is known by its ``ephemeral`` key, EK."""

    KIND: ClassVar[Kind] = Kind.ANSWER

    ephemeral: bytes
    kem_ciphertext: bytes
    sealed_claim: bytes
    envelope: bytes

    def encode(self) -> bytes:
        """The bytes of the table above.

        Raises:
            LocalError: the first ratchet message is longer than the other side takes.
        """
        return bytes([self.KIND]) + self.ephemeral + self.kem_ciphertext + self.sealed_claim + _fitting(self.envelope)

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(
            ephemeral=reader.raw(KEY_BYTES),
            kem_ciphertext=reader.raw(CIPHERTEXT_BYTES),
            sealed_claim=reader.raw(SEALED_CLAIM_BYTES),
            envelope=_envelope(reader),
        )


@dataclass(frozen=True, slots=True)
class Confirmation:
    """M4: the responder's first envelope in the new session."""

    KIND: ClassVar[Kind] = Kind.CONFIRMATION

    envelope: bytes

    def encode(self) -> bytes:
        """The bytes of the table above.

        Raises:
            LocalError: the first ratchet message is longer than the other side takes.
        """
        return bytes([self.KIND]) + _fitting(self.envelope)

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(envelope=_envelope(reader))


@dataclass(frozen=True, slots=True)
class UsedNotice:
    """The responder's signed word that an invite is spent, and by whose attempt."""

    KIND: ClassVar[Kind] = Kind.USED

    status: UsedStatus
    ephemeral_hash: bytes
    signature: bytes

    def encode(self) -> bytes:
        return bytes([self.KIND, self.status]) + self.ephemeral_hash + self.signature

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(_status(reader.u8()), reader.raw(EPHEMERAL_HASH_BYTES), reader.raw(SIGNATURE_BYTES))


@dataclass(frozen=True, slots=True)
class ResetRequest:
    """The first message of a reset, from whoever lost the session."""

    KIND: ClassVar[Kind] = Kind.RESET

    resume_hint: bytes

    def encode(self) -> bytes:
        return bytes([self.KIND]) + self.resume_hint

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(reader.raw(RESUME_HINT_BYTES))


Message: TypeAlias = Bundle | Answer | Confirmation | UsedNotice | ResetRequest
AnyMessage = TypeVar("AnyMessage", Bundle, Answer, Confirmation, UsedNotice, ResetRequest)

_READERS: dict[int, Callable[[Reader], Message]] = {
    message.KIND: message.read for message in (Bundle, Answer, Confirmation, UsedNotice, ResetRequest)
}


def decode(message: bytes) -> Message:
    """Any message of a handshake, to be told apart by ``match``; nothing in it is verified yet.

    Raises:
        MalformedError: none of the five, or one of a wrong length.
    """
    reader = Reader(message)
    read = _READERS.get(reader.u8())
    if read is None:
        raise MalformedError("unknown kind of handshake message")
    decoded = read(reader)
    reader.finish()
    return decoded


def decode_as(expected: type[AnyMessage], message: bytes) -> AnyMessage:
    """The one kind of message that may come now.

    Raises:
        MalformedError: malformed, or another kind.
    """
    decoded = decode(message)
    if not isinstance(decoded, expected):
        raise MalformedError("another kind of handshake message is due")
    return decoded


def _fitting(envelope: bytes) -> bytes:
    if len(envelope) > MAX_ENVELOPE_BYTES:
        raise LocalError("first ratchet message too long")
    return envelope


def _envelope(reader: Reader) -> bytes:
    envelope = reader.rest()
    if len(envelope) > MAX_ENVELOPE_BYTES:
        raise MalformedError("first ratchet message too long")
    return envelope


def _status(value: int) -> UsedStatus:
    try:
        return UsedStatus(value)
    except ValueError as error:
        raise MalformedError("unknown status of an invite") from error
