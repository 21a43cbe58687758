"""The sparse ML-KEM ratchet: now and then a secret that no quantum computer finds enters the root chain.

Rules 1 to 4 and 6 of ``docs/protocol.md``, section 3.  Epochs count from 1; the initiator of the session offers the
odd ones, the responder the even ones, and one is under way at a time.

        who offers the next epoch                              who accepts it

               Resting                                            Resting
        offer()   │                                  OFFER, taken    │
               Offered                                               │
   ACCEPT, taken  │                                                  ▼
               Agreed                                            Accepted
    next sending  │                                   new receiving  │
    chain: mixed  ▼                             chain with e: mixed  ▼
               Resting, accepts the next                          Resting, offers the next

    pqs_e ‖ pqm_e ‖ upd_e = HKDF(salt pqs_{e-1}, ikm ss, info listed("kith1 pq", e, AD, H(pk ‖ ct)), 96)

Whoever accepts encapsulates once, so that every copy of its answer is the same and both hold one result.  Each state
holds only the keys that are legal in it, so a key dies with the step that leaves it behind.  This module knows neither
when an epoch is due nor how its two messages travel.

    OFFER     epoch 4 | public key 1184                            1,188
    ACCEPT    epoch 4 | H(public key) 32 | ciphertext 1088         1,124        H is SHA-256
"""

import os
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from crypto import kem
from crypto.encoding import Reader, Writer, listed
from crypto.errors import LocalError, MalformedError
from crypto.labels import PQ_RATCHET
from crypto.primitives import KEY_BYTES, Random, hkdf, sha256
from crypto.secret import KeyHolder, Secret

_EPOCH_BYTES = 4


class Mix(NamedTuple):
    """What a root step takes in: an epoch and its 32-byte pqm, or epoch 0 and nothing."""

    epoch: int
    key: bytes

    def __repr__(self) -> str:
        return "Mix(<hidden>)"


NO_MIX = Mix(0, b"")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Pending(KeyHolder):
    """The result of an epoch before it is mixed: pqs, pqm and upd, 32 bytes each."""

    secret: bytes
    mix_key: bytes
    update: bytes


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Resting(KeyHolder):
    """No epoch is under way; ``wanted`` says that the peer asked us to offer one."""

    secret: bytes
    wanted: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Offered(KeyHolder):
    """We offered the public key of ``key``, and no other will be offered for this epoch."""

    secret: bytes
    key: kem.PrivateKey


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Accepted(KeyHolder):
    """We encapsulated to the key of this hash; the peer mixes first."""

    key_hash: bytes
    ciphertext: bytes
    pending: Pending


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Agreed(KeyHolder):
    """The peer accepted; our next sending chain mixes."""

    pending: Pending


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KemRatchet(KeyHolder):
    """One party's state.  ``applied`` is the newest epoch that is mixed into the root chain."""

    is_initiator: bool
    applied: int
    exchange: Resting | Offered | Accepted | Agreed

    @property
    def offers(self) -> bool:
        """Whether the next epoch is ours to offer."""
        return (self.applied % 2 == 0) == self.is_initiator

    @property
    def pending(self) -> Pending | None:
        """The result that waits to be mixed."""
        exchange = self.exchange
        return exchange.pending if isinstance(exchange, Accepted | Agreed) else None

    def wanted(self) -> "KemRatchet":
        """After a header with the WANT flag; itself unless that is news to whoever has to offer."""
        if not self.offers or not isinstance(self.exchange, Resting) or self.exchange.wanted:
            return self
        return self._with(Resting(self.exchange.secret, wanted=True))

    # --- The two messages

    def offer(self, random: Random = os.urandom) -> tuple["KemRatchet", bytes]:
        """After offering the next epoch, and the content of OFFER; asked again, the same key again.

        Raises:
            LocalError: it is not ours to offer, or accepted already.
        """
        if isinstance(self.exchange, Offered):
            return self, self._epoch() + self.exchange.key.public
        if not self.offers or not isinstance(self.exchange, Resting):
            raise LocalError("this epoch is not ours to offer")
        key = kem.generate(random)
        return self._with(Offered(self.exchange.secret, key)), self._epoch() + key.public

    def take_offer(self, content: bytes, associated_data: bytes) -> "KemRatchet":
        """After the content of an OFFER; itself if it is to be ignored, since it is not the next epoch's first.

        Raises:
            MalformedError: no OFFER, or no public key.
        """
        epoch, public_key = _split(content, _EPOCH_BYTES + kem.PUBLIC_KEY_BYTES)
        if epoch != self._epoch() or self.offers or not isinstance(self.exchange, Resting):
            return self
        ciphertext, shared = kem.encapsulate(public_key)
        pending = self._pending(self.exchange.secret, shared, public_key + ciphertext, associated_data)
        return self._with(Accepted(sha256(public_key), ciphertext, pending))

    def acceptance(self) -> bytes | None:
        """The content of ACCEPT, the same however often it is asked for; None unless an offer is accepted."""
        exchange = self.exchange
        if not isinstance(exchange, Accepted):
            return None
        return self._epoch() + exchange.key_hash + exchange.ciphertext

    def reply(self, offer: bytes) -> bytes | None:
        """The content of the ACCEPT that answers this OFFER, however often it comes; None if it was ignored."""
        exchange = self.exchange
        if not isinstance(exchange, Accepted) or offer[:_EPOCH_BYTES] != self._epoch():
            return None
        return self.acceptance() if sha256(offer[_EPOCH_BYTES:]) == exchange.key_hash else None

    def take_acceptance(self, content: bytes, associated_data: bytes) -> "KemRatchet":
        """After the content of an ACCEPT; itself if it is to be ignored, since it does not answer our offer.

        Raises:
            MalformedError: no ACCEPT.
        """
        epoch, answer = _split(content, _EPOCH_BYTES + KEY_BYTES + kem.CIPHERTEXT_BYTES)
        if epoch != self._epoch() or not isinstance(self.exchange, Offered):
            return self
        key_hash, ciphertext = answer[:KEY_BYTES], answer[KEY_BYTES:]
        secret, key = self.exchange.secret, self.exchange.key
        if key_hash != sha256(key.public):
            return self
        shared = key.decapsulate(ciphertext)
        return self._with(Agreed(self._pending(secret, shared, key.public + ciphertext, associated_data)))

    # --- Mixing

    def into_sending_chain(self) -> tuple["KemRatchet", Mix]:
        """After a new sending chain of ours, and what its root step takes in (rule 3)."""
        if not isinstance(self.exchange, Agreed):
            return self, NO_MIX
        return self._mixed(self.exchange.pending)

    def into_receiving_chain(self, epoch: int) -> tuple["KemRatchet", Mix]:
        """After a new receiving chain whose headers carry ``epoch``, and what its root step takes in (rule 6).

        Raises:
            MalformedError: the peer cannot have mixed this epoch.
        """
        if not epoch:
            return self, NO_MIX
        if epoch != self.applied + 1 or not isinstance(self.exchange, Accepted):
            raise MalformedError("an ML-KEM epoch that was not agreed")
        return self._mixed(self.exchange.pending)

    def _mixed(self, pending: Pending) -> tuple["KemRatchet", Mix]:
        epoch = self.applied + 1
        return KemRatchet(self.is_initiator, epoch, Resting(pending.secret)), Mix(epoch, pending.mix_key)

    # --- Parts

    def _epoch(self) -> bytes:
        """The next epoch, as it is written."""
        return (self.applied + 1).to_bytes(_EPOCH_BYTES, "little")

    def _with(self, exchange: Resting | Offered | Accepted | Agreed) -> "KemRatchet":
        return KemRatchet(self.is_initiator, self.applied, exchange)

    def _pending(self, secret: bytes, shared: Secret, exchanged: bytes, associated_data: bytes) -> Pending:
        info = listed(PQ_RATCHET, self._epoch(), associated_data, sha256(exchanged))
        output = hkdf(salt=secret, ikm=shared.reveal(), info=info, size_bytes=3 * KEY_BYTES)
        return Pending(output[:KEY_BYTES], output[KEY_BYTES : 2 * KEY_BYTES], output[2 * KEY_BYTES :])


def begin(secret: bytes, *, is_initiator: bool) -> KemRatchet:
    """The state at the start of a session; ``secret`` is pqs₀, 32 bytes."""
    return KemRatchet(is_initiator, 0, Resting(secret))


# --- Storage

_RESTING, _WANTED, _OFFERED, _ACCEPTED, _AGREED = range(5)


def write(ratchet: KemRatchet, writer: Writer) -> None:
    """Append a state for storage.

    applied       4
    kind          1   then by kind
      0 resting       pqs 32
      1 resting, and wanted by the peer   pqs 32
      2 offered       pqs 32 | seed 64
      3 accepted      H(public key) 32 | ciphertext 1088 | pqs 32 | pqm 32 | upd 32
      4 agreed        pqs 32 | pqm 32 | upd 32
    """
    writer.u32(ratchet.applied)
    match ratchet.exchange:
        case Resting(secret=secret, wanted=wanted):
            writer.u8(_WANTED if wanted else _RESTING).raw(secret)
        case Offered(secret=secret, key=key):
            writer.u8(_OFFERED).raw(secret).raw(key.seed.reveal())
        case Accepted(key_hash=key_hash, ciphertext=ciphertext, pending=pending):
            writer.u8(_ACCEPTED).raw(key_hash).raw(ciphertext)
            _write_pending(pending, writer)
        case Agreed(pending=pending):
            writer.u8(_AGREED)
            _write_pending(pending, writer)
        case _:
            assert_never(ratchet.exchange)


def read(reader: Reader, *, is_initiator: bool) -> KemRatchet:
    """What :func:`write` wrote.

    Raises:
        MalformedError: it is no state of this party.
    """
    applied, kind = reader.u32(), reader.u8()
    state = KemRatchet(is_initiator, applied, _read_exchange(kind, reader))
    if (kind == _ACCEPTED and state.offers) or (kind in {_WANTED, _OFFERED, _AGREED} and not state.offers):
        raise MalformedError("the other party's state")
    return state


def _read_exchange(kind: int, reader: Reader) -> Resting | Offered | Accepted | Agreed:
    match kind:
        case 0 | 1:
            return Resting(reader.raw(KEY_BYTES), wanted=kind == _WANTED)
        case 2:
            return Offered(reader.raw(KEY_BYTES), kem.PrivateKey(Secret(reader.raw(kem.SEED_BYTES))))
        case 3:
            return Accepted(reader.raw(KEY_BYTES), reader.raw(kem.CIPHERTEXT_BYTES), _read_pending(reader))
        case 4:
            return Agreed(_read_pending(reader))
        case _:
            raise MalformedError("no state of the ML-KEM ratchet")


def _write_pending(pending: Pending, writer: Writer) -> None:
    writer.raw(pending.secret).raw(pending.mix_key).raw(pending.update)


def _read_pending(reader: Reader) -> Pending:
    return Pending(reader.raw(KEY_BYTES), reader.raw(KEY_BYTES), reader.raw(KEY_BYTES))


def _split(content: bytes, size_bytes: int) -> tuple[bytes, bytes]:
    """The epoch and the rest of a message that has to have ``size_bytes``."""
    if len(content) != size_bytes:
        raise MalformedError("not as long as a message of the ML-KEM ratchet")
    return content[:_EPOCH_BYTES], content[_EPOCH_BYTES:]
