"""The vault: the key of the store, wrapped once for every way to unlock it (``docs/protocol.md``, section 5).

    magic        8   "KITHVLT1"
    count        1   1 to 8 slots, each:
      kind       1   1 passphrase, 2 keyring
      memory     4   passphrase only: Argon2id memory in KiB
      passes     1   passphrase only
      salt      16   passphrase only
      nonce     24   random
      wrapped   48   XChaCha20-Poly1305(HKDF(kek, "kith1 vault"), nonce, store key 32; ad = magic | the slot so far)

The key-encryption key (kek) is Argon2id of the passphrase, or 32 random bytes that the keyring of the operating system
keeps.  A vault is a value: who changes one writes it whole to its place before forgetting the old one.
"""

import os
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Self, TypeAlias, assert_never

from crypto import labels
from crypto.encoding import Reader, Writer
from crypto.errors import ForgedError, LocalError, MalformedError, WrongKeyError, WrongPassphraseError
from crypto.passphrase import Argon2Cost, derive_key
from crypto.primitives import (
    ARGON2_SALT_BYTES,
    KEY_BYTES,
    TAG_BYTES,
    XCHACHA_NONCE_BYTES,
    Random,
    hkdf,
    xchacha_open,
    xchacha_seal,
)
from crypto.secret import Secret

__all__ = ["Argon2Cost", "KeyringSlot", "PassphraseSlot", "Slot", "SlotKind", "Vault"]

MAGIC = b"KITHVLT1"
MAX_SLOTS = 8
STORE_KEY_BYTES = 32

_WRAPPED_BYTES = STORE_KEY_BYTES + TAG_BYTES


class SlotKind(IntEnum):
    """How a slot opens."""

    PASSPHRASE = 1
    KEYRING = 2


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """The store key under one key-encryption key."""

    nonce: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class PassphraseSlot:
    """Opens with a passphrase."""

    kind: ClassVar[SlotKind] = SlotKind.PASSPHRASE

    cost: Argon2Cost
    salt: bytes
    wrapped: WrappedKey


@dataclass(frozen=True, slots=True)
class KeyringSlot:
    """Opens with the key that the operating system's keyring keeps."""

    kind: ClassVar[SlotKind] = SlotKind.KEYRING

    wrapped: WrappedKey


Slot: TypeAlias = PassphraseSlot | KeyringSlot


@dataclass(frozen=True, slots=True)
class Vault:
    """The slots of one store.  All wrap the same store key: whoever adds one has just opened another."""

    slots: tuple[Slot, ...] = ()

    @classmethod
    def create(
        cls, store_key: Secret, passphrase: str, *, cost: Argon2Cost | None = None, random: Random = os.urandom
    ) -> Self:
        """A vault that opens with a passphrase."""
        return cls().add_passphrase_slot(store_key, passphrase, cost=cost, random=random)

    @classmethod
    def create_with_keyring(cls, store_key: Secret, *, random: Random = os.urandom) -> tuple[Self, Secret]:
        """A vault that opens with a key, and that key, which the caller puts into the keyring."""
        return cls().add_keyring_slot(store_key, random=random)

    def add_passphrase_slot(
        self, store_key: Secret, passphrase: str, *, cost: Argon2Cost | None = None, random: Random = os.urandom
    ) -> Self:
        """This vault with a further passphrase; takes half a second at the default cost.

        Raises:
            LocalError: eight slots already, an empty passphrase, or not enough memory.
        """
        chosen = cost or Argon2Cost()
        salt = random(ARGON2_SALT_BYTES)
        kek = derive_key(passphrase, salt=salt, cost=chosen)
        wrapped = _wrap(store_key, kek, header=_passphrase_header(chosen, salt), random=random)
        return self._with(PassphraseSlot(cost=chosen, salt=salt, wrapped=wrapped))

    def add_keyring_slot(self, store_key: Secret, *, random: Random = os.urandom) -> tuple[Self, Secret]:
        """This vault with a slot for the keyring, and the 32-byte key that the caller puts there.

        Raises:
            LocalError: eight slots already.
        """
        keyring_key = Secret(random(KEY_BYTES))
        wrapped = _wrap(store_key, keyring_key, header=_keyring_header(), random=random)
        return self._with(KeyringSlot(wrapped=wrapped)), keyring_key

    def replace_passphrase(
        self, store_key: Secret, passphrase: str, *, cost: Argon2Cost | None = None, random: Random = os.urandom
    ) -> Self:
        """This vault with one passphrase slot, for a new passphrase; slots of other kinds stay.

        Raises:
            LocalError: an empty passphrase, or not enough memory.
        """
        others = self.without(SlotKind.PASSPHRASE)
        return others.add_passphrase_slot(store_key, passphrase, cost=cost, random=random)

    def without(self, kind: SlotKind) -> Self:
        """This vault without its slots of one kind."""
        return type(self)(tuple(slot for slot in self.slots if slot.kind is not kind))

    def open_with_passphrase(self, passphrase: str) -> Secret:
        """The store key; takes half a second a passphrase slot at the default cost.

        Raises:
            WrongPassphraseError: it opens no slot.
            LocalError: not enough memory.
        """
        for slot in self.slots:
            if isinstance(slot, PassphraseSlot):
                kek = derive_key(passphrase, salt=slot.salt, cost=slot.cost)
                store_key = _unwrap(slot.wrapped, kek, header=_passphrase_header(slot.cost, slot.salt))
                if store_key is not None:
                    return store_key
        raise WrongPassphraseError("no slot opens with this passphrase")

    def open_with_key(self, keyring_key: Secret) -> Secret:
        """The store key.

        Raises:
            WrongKeyError: the key opens no slot.
        """
        for slot in self.slots:
            if isinstance(slot, KeyringSlot):
                store_key = _unwrap(slot.wrapped, keyring_key, header=_keyring_header())
                if store_key is not None:
                    return store_key
        raise WrongKeyError("no slot opens with this key")

    def encode(self) -> bytes:
        """The bytes of the table above.

        Raises:
            LocalError: no slot, so that nobody could open it again.
        """
        if not self.slots:
            raise LocalError("a vault without slots never opens")
        return Writer().raw(MAGIC).u8(len(self.slots)).raw(b"".join(map(_encode_slot, self.slots))).finish()

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The vault of :meth:`encode`.

        Raises:
            MalformedError: not a vault, or one with costs or counts out of bounds.
        """
        reader = Reader(data)
        if reader.raw(len(MAGIC)) != MAGIC:
            raise MalformedError("not a vault")
        count = reader.u8()
        if not 1 <= count <= MAX_SLOTS:
            raise MalformedError("bad count of slots")
        vault = cls(tuple(_decode_slot(reader) for _ in range(count)))
        reader.finish()
        return vault

    def _with(self, slot: Slot) -> Self:
        if len(self.slots) >= MAX_SLOTS:
            raise LocalError("too many slots")
        return type(self)((*self.slots, slot))


def _passphrase_header(cost: Argon2Cost, salt: bytes) -> bytes:
    return Writer().u8(SlotKind.PASSPHRASE).u32(cost.memory_kib).u8(cost.passes).raw(salt).finish()


def _keyring_header() -> bytes:
    return Writer().u8(SlotKind.KEYRING).finish()


def _encode_slot(slot: Slot) -> bytes:
    match slot:
        case PassphraseSlot():
            header = _passphrase_header(slot.cost, slot.salt)
        case KeyringSlot():
            header = _keyring_header()
        case _:
            assert_never(slot)
    return header + slot.wrapped.nonce + slot.wrapped.sealed


def _decode_slot(reader: Reader) -> Slot:
    match reader.u8():
        case SlotKind.PASSPHRASE:
            return PassphraseSlot(
                cost=_decode_cost(reader), salt=reader.raw(ARGON2_SALT_BYTES), wrapped=_decode_wrapped(reader)
            )
        case SlotKind.KEYRING:
            return KeyringSlot(wrapped=_decode_wrapped(reader))
        case _:
            raise MalformedError("unknown kind of slot")


def _decode_cost(reader: Reader) -> Argon2Cost:
    memory_kib, passes = reader.u32(), reader.u8()
    try:
        return Argon2Cost(memory_kib=memory_kib, passes=passes)
    except LocalError as error:  # the file's fault, not ours
        raise MalformedError("Argon2id cost out of bounds") from error


def _decode_wrapped(reader: Reader) -> WrappedKey:
    return WrappedKey(nonce=reader.raw(XCHACHA_NONCE_BYTES), sealed=reader.raw(_WRAPPED_BYTES))


def _wrap(store_key: Secret, kek: Secret, *, header: bytes, random: Random) -> WrappedKey:
    if len(store_key) != STORE_KEY_BYTES:
        raise LocalError("a store key is 32 bytes")
    nonce = random(XCHACHA_NONCE_BYTES)
    return WrappedKey(nonce=nonce, sealed=xchacha_seal(_wrapping_key(kek), nonce, store_key.reveal(), MAGIC + header))


def _unwrap(wrapped: WrappedKey, kek: Secret, *, header: bytes) -> Secret | None:
    try:
        return Secret(xchacha_open(_wrapping_key(kek), wrapped.nonce, wrapped.sealed, MAGIC + header))
    except ForgedError:
        return None


def _wrapping_key(kek: Secret) -> bytes:
    return hkdf(salt=b"", ikm=kek.reveal(), info=labels.VAULT_SLOT, size_bytes=KEY_BYTES)
