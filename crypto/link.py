"""The handshake of one link between two parties that share a link key (``docs/protocol.md``, section 4).

``Noise_NNpsk0_25519_ChaChaPoly_SHA256``: whoever lacks the key learns nothing and can make nobody answer.

    first flight   e.public 32 | hint 16 | sealed payload 24      initiator, 72 bytes, random to everyone else
    second flight  e.public 32 | sealed payload 24                responder, 56 bytes
    payload        max_ver 1 | flags 1 | reserved 6
    hint           BLAKE2b-128(key = psk_link, "kith1 hint" ‖ e.public)     which key; not part of the Noise message
    prologue       listed("kith1 prologue", version, transport binding)     binding: empty on TCP
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from crypto import labels
from crypto.encoding import Reader, Writer, listed
from crypto.errors import UnsupportedVersionError
from crypto.noise import SymmetricState
from crypto.primitives import KEY_BYTES, TAG_BYTES, KeyPair, x25519
from crypto.secret import Secret

PROTOCOL_NAME = b"Noise_NNpsk0_25519_ChaChaPoly_SHA256"
PAYLOAD_BYTES = 8
SEALED_PAYLOAD_BYTES = PAYLOAD_BYTES + TAG_BYTES
HINT_BYTES = 16
FIRST_FLIGHT_BYTES = KEY_BYTES + HINT_BYTES + SEALED_PAYLOAD_BYTES
SECOND_FLIGHT_BYTES = KEY_BYTES + SEALED_PAYLOAD_BYTES
_RESERVED = bytes(6)


@dataclass(frozen=True, slots=True)
class Payload:
    """What each side says of itself under the handshake's seal, 8 bytes."""

    max_version: int = labels.PROTOCOL_VERSION
    flags: int = 0

    def encode(self) -> bytes:
        return Writer().u8(self.max_version).u8(self.flags).raw(_RESERVED).finish()

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a payload; reserved bytes are ignored.

        Raises:
            MalformedError: not 8 bytes.
            UnsupportedVersionError: the other side speaks no version at all.
        """
        reader = Reader(data)
        payload = cls(max_version=reader.u8(), flags=reader.u8())
        reader.raw(len(_RESERVED))
        reader.finish()
        if payload.max_version < labels.PROTOCOL_VERSION:
            raise UnsupportedVersionError("older than the first version")
        return payload


@dataclass(frozen=True, slots=True)
class FirstFlight:
    """The initiator's message, 72 bytes."""

    ephemeral: bytes
    hint: bytes
    sealed_payload: bytes

    def encode(self) -> bytes:
        return self.ephemeral + self.hint + self.sealed_payload

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Take 72 bytes apart.

        Raises:
            MalformedError: any other length.
        """
        reader = Reader(data)
        flight = cls(reader.raw(KEY_BYTES), reader.raw(HINT_BYTES), reader.raw(SEALED_PAYLOAD_BYTES))
        reader.finish()
        return flight


@dataclass(frozen=True, slots=True, eq=False)
class LinkSecrets:
    """What both sides hold after the second flight."""

    handshake_hash: bytes
    """Noise's ``h``, 32 bytes: names this link, equal on both sides, secret to nobody."""

    sending_key: Secret
    receiving_key: Secret
    peer: Payload


@dataclass(frozen=True, slots=True, eq=False)
class Initiator:
    """The dialling side between its first flight and the answer; good for one link."""

    first_flight: bytes
    _ephemeral: KeyPair
    _symmetric: SymmetricState

    def finish(self, second_flight: bytes) -> LinkSecrets:
        """Read the responder's 56 bytes.

        Raises:
            RemoteError: they are malformed, forged, of low order, or of an unknown version.
        """
        reader = Reader(second_flight)
        public, sealed_payload = reader.raw(KEY_BYTES), reader.raw(SEALED_PAYLOAD_BYTES)
        reader.finish()
        symmetric = _mix_ephemeral(self._symmetric, public)
        symmetric = symmetric.mix_key(x25519(self._ephemeral.private.reveal(), public))
        symmetric, payload = symmetric.decrypt_and_hash(sealed_payload)
        sending_key, receiving_key = symmetric.split()
        return LinkSecrets(symmetric.handshake_hash, sending_key, receiving_key, Payload.decode(payload))


def initiate(psk: Secret, ephemeral: KeyPair, binding: bytes = b"") -> Initiator:
    """Open a link under ``psk`` with a key pair that is used for nothing else."""
    symmetric = _mix_ephemeral(_begin(psk, binding), ephemeral.public)
    symmetric, sealed_payload = symmetric.encrypt_and_hash(Payload().encode())
    flight = FirstFlight(ephemeral.public, hint(psk.reveal(), ephemeral.public), sealed_payload)
    return Initiator(flight.encode(), ephemeral, symmetric)


def respond(
    psk: Secret, first_flight: FirstFlight, ephemeral: KeyPair, binding: bytes = b""
) -> tuple[bytes, LinkSecrets]:
    """Answer a first flight under the key its hint names: the second flight, and the keys.

    The initiator may be a replay until a frame under ``receiving_key`` has verified.

    Raises:
        RemoteError: the flight is forged, of low order, or of an unknown version; nobody gets an answer then.
    """
    symmetric = _mix_ephemeral(_begin(psk, binding), first_flight.ephemeral)
    symmetric, payload = symmetric.decrypt_and_hash(first_flight.sealed_payload)
    peer = Payload.decode(payload)
    symmetric = _mix_ephemeral(symmetric, ephemeral.public)
    symmetric = symmetric.mix_key(x25519(ephemeral.private.reveal(), first_flight.ephemeral))
    symmetric, sealed_payload = symmetric.encrypt_and_hash(Payload().encode())
    receiving_key, sending_key = symmetric.split()
    secrets = LinkSecrets(symmetric.handshake_hash, sending_key, receiving_key, peer)
    return ephemeral.public + sealed_payload, secrets


def hint(psk: bytes, ephemeral: bytes) -> bytes:
    """16 bytes that tell a holder of ``psk``, and nobody else, which key a first flight is under."""
    return hashlib.blake2b(labels.LINK_HINT + ephemeral, digest_size=HINT_BYTES, key=psk).digest()


def find_key(psks: Iterable[bytes], first_flight: FirstFlight) -> int | None:
    """The position of the key that ``first_flight`` is under; one keyed hash a key (5,000 keys: some 5 ms)."""
    # Written out, not calling hint(): this loop is what a stranger can make us run.
    message, wanted = labels.LINK_HINT + first_flight.ephemeral, first_flight.hint
    blake2b, equal = hashlib.blake2b, hmac.compare_digest
    for position, psk in enumerate(psks):
        if equal(blake2b(message, digest_size=HINT_BYTES, key=psk).digest(), wanted):
            return position
    return None


def _begin(psk: Secret, binding: bytes) -> SymmetricState:
    version = bytes([labels.PROTOCOL_VERSION])
    prologue = listed(labels.LINK_PROLOGUE, version, binding)
    return SymmetricState.initialize(PROTOCOL_NAME, prologue).mix_key_and_hash(psk)


def _mix_ephemeral(symmetric: SymmetricState, public: bytes) -> SymmetricState:
    # With a psk an "e" token is mixed into the key as well (section 9.2).
    return symmetric.mix_hash(public).mix_key(public)
