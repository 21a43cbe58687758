"""One party's state of the double ratchet, and its stored form (Double Ratchet rev 3, section 4.2).

A party is in one of three positions of the Diffie-Hellman ratchet:

        responder                                                initiator
            │                                                        │
            ▼                          ┌── first send ──────────▶    ▼
        Listening ── new chain ──▶  Turning                       Sending
                                       ▲                             │
                                       └── new receiving chain ──────┘

Sending chains are lazy: the first send after a new receiving chain makes one.  A ratchet private key dies as soon as
the peer has answered it with a chain, so a Turning party has none, and no further chain can reach it.
"""

from dataclasses import dataclass, replace
from typing import assert_never

from crypto.encoding import Reader, Writer
from crypto.errors import MalformedError
from crypto.hot_value import hot_value
from crypto.primitives import KEY_BYTES, KeyPair
from crypto.ratchet.chain import Chain, read_count
from crypto.ratchet.kem_ratchet import KemRatchet
from crypto.ratchet.skipped import SkippedKeys
from crypto.secret import KeyHolder, Secret


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Listening(KeyHolder):
    """A responder before the first message: the peer knows its ratchet key, and it none of the peer's."""

    ratchet_key: KeyPair
    next_header_key: bytes


@hot_value
class Turning(KeyHolder):
    """The next send makes a sending chain, with a new ratchet key of ours against the peer's."""

    peer_ratchet_key: bytes
    next_header_key: bytes
    previous_count: int


@hot_value
class Sending(KeyHolder):
    """A sending chain runs, and the peer may answer its ratchet key with a chain."""

    ratchet_key: KeyPair
    next_header_key: bytes
    previous_count: int
    chain: Chain
    epoch: int
    """The ML-KEM epoch that this chain mixed in, which every header of it tells; mostly 0, none."""


@hot_value
class Ratchet(KeyHolder):
    """One party's state between two messages; every key has 32 bytes.

    ``receiving`` is the chain of the peer's messages, absent before the first; ``next_receiving_header_key`` opens
    the headers of the chain after it.
    """

    root_key: bytes
    next_receiving_header_key: bytes
    position: Listening | Turning | Sending
    receiving: Chain | None
    skipped: SkippedKeys
    kem: KemRatchet

    def received(self, receiving: Chain | None, skipped: SkippedKeys) -> "Ratchet":
        """After a message of a chain that was known already."""
        return Ratchet(self.root_key, self.next_receiving_header_key, self.position, receiving, skipped, self.kem)

    def with_kem(self, kem: KemRatchet) -> "Ratchet":
        """After a step of the ML-KEM ratchet beside the chains."""
        if kem is self.kem:
            return self
        return Ratchet(self.root_key, self.next_receiving_header_key, self.position, self.receiving, self.skipped, kem)


_LISTENING, _TURNING, _SENDING, _SENDING_MIXED = range(4)


def write(ratchet: Ratchet, writer: Writer) -> None:
    """Append a state for storage.

    root key               32
    next receiving header key 32
    position               kind u8 | next header key 32, then by kind
        0 listening        ratchet key 64
        1 turning          peer's ratchet key 32 | previous count u64
        2 sending          ratchet key 64 | previous count u64 | chain 72
        3 sending, with an epoch   ratchet key 64 | previous count u64 | chain 72 | epoch u32
    receiving              u8 (0 or 1) | chain 72, if 1
    skipped                see SkippedKeys

    The ML-KEM ratchet is not among it: see :mod:`crypto.ratchet.kem_ratchet`.
    """
    writer.raw(ratchet.root_key).raw(ratchet.next_receiving_header_key)
    _write_position(ratchet.position, writer)
    writer.u8(ratchet.receiving is not None)
    if ratchet.receiving is not None:
        ratchet.receiving.write(writer)
    ratchet.skipped.write(writer)


def read(reader: Reader, kem: KemRatchet) -> Ratchet:
    """What :func:`write` wrote, with the ML-KEM ratchet that was stored beside it.

    Raises:
        MalformedError: it is no state.
    """
    root_key, next_receiving_header_key = reader.raw(KEY_BYTES), reader.raw(KEY_BYTES)
    position = _read_position(reader)
    receiving = _read_receiving(reader)
    if isinstance(position, Listening) and receiving is not None:
        raise MalformedError("a receiving chain before the first message")
    if isinstance(position, Turning) and receiving is None:
        raise MalformedError("a turn without a receiving chain")
    return Ratchet(root_key, next_receiving_header_key, position, receiving, SkippedKeys.read(reader), kem)


def _write_position(position: Listening | Turning | Sending, writer: Writer) -> None:
    match position:
        case Listening(ratchet_key=ratchet_key):
            writer.u8(_LISTENING).raw(position.next_header_key)
            _write_key_pair(ratchet_key, writer)
        case Turning(peer_ratchet_key=peer_ratchet_key):
            writer.u8(_TURNING).raw(position.next_header_key).raw(peer_ratchet_key).u64(position.previous_count)
        case Sending(ratchet_key=ratchet_key, chain=chain):
            writer.u8(_SENDING_MIXED if position.epoch else _SENDING).raw(position.next_header_key)
            _write_key_pair(ratchet_key, writer)
            writer.u64(position.previous_count)
            chain.write(writer)
            if position.epoch:
                writer.u32(position.epoch)
        case _:
            assert_never(position)


def _read_position(reader: Reader) -> Listening | Turning | Sending:
    kind, next_header_key = reader.u8(), reader.raw(KEY_BYTES)
    match kind:
        case 0:
            return Listening(_read_key_pair(reader), next_header_key)
        case 1:
            return Turning(reader.raw(KEY_BYTES), next_header_key, read_count(reader))
        case 2:
            return _read_sending(reader, next_header_key)
        case 3:
            return _read_sending_mixed(reader, next_header_key)
        case _:
            raise MalformedError("no position of a ratchet")


def _read_sending(reader: Reader, next_header_key: bytes) -> Sending:
    return Sending(_read_key_pair(reader), next_header_key, read_count(reader), Chain.read(reader), 0)


def _read_sending_mixed(reader: Reader, next_header_key: bytes) -> Sending:
    sending = replace(_read_sending(reader, next_header_key), epoch=reader.u32())
    if not sending.epoch:
        raise MalformedError("a chain with an epoch that is none")
    return sending


def _read_receiving(reader: Reader) -> Chain | None:
    match reader.u8():
        case 0:
            return None
        case 1:
            return Chain.read(reader)
        case _:
            raise MalformedError("neither with nor without a receiving chain")


def _write_key_pair(key_pair: KeyPair, writer: Writer) -> None:
    writer.raw(key_pair.private.reveal()).raw(key_pair.public)


def _read_key_pair(reader: Reader) -> KeyPair:
    return KeyPair(Secret(reader.raw(KEY_BYTES)), reader.raw(KEY_BYTES))
