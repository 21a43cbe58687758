"""One slot of the vault: the store key, wrapped for one way to unlock it (``docs/protocol.md``, section 5).

    kind       1   1 passphrase, 2 keyring
    memory     4   passphrase only: Argon2id memory in KiB
    passes     1   passphrase only
    salt      16   passphrase only
    nonce     24   random
    wrapped   48   XChaCha20-Poly1305(HKDF(kek, "kith1 vault"), nonce, store key 32; ad = "KITHVLT1" | the slot so far)

The key-encryption key (kek) is Argon2id of the passphrase, or 32 random bytes that the keyring of the operating system
keeps.
"""

import os
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Self, TypeAlias

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

MAGIC = b"KITHVLT1"
STORE_KEY_BYTES = 32

_WRAPPED_BYTES = STORE_KEY_BYTES + TAG_BYTES


class SlotKind(IntEnum):
    """How a slot opens."""

    PASSPHRASE = 1
    KEYRING = 2


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A store key under a key-encryption key, bound to the header of its slot."""

    nonce: bytes
    sealed: bytes

    @classmethod
    def wrap(cls, store_key: Secret, kek: Secret, *, header: bytes, random: Random) -> Self:
        if len(store_key) != STORE_KEY_BYTES:
            raise LocalError("a store key is 32 bytes")
        nonce = random(XCHACHA_NONCE_BYTES)
        return cls(nonce, xchacha_seal(_wrapping_key(kek), nonce, store_key.reveal(), MAGIC + header))

    def unwrap(self, kek: Secret, *, header: bytes) -> Secret:
        """The store key.

        Raises:
            ForgedError: another kek, or another header.
        """
        return Secret(xchacha_open(_wrapping_key(kek), self.nonce, self.sealed, MAGIC + header))

    def encode(self) -> bytes:
        return self.nonce + self.sealed

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        return cls(nonce=reader.raw(XCHACHA_NONCE_BYTES), sealed=reader.raw(_WRAPPED_BYTES))


@dataclass(frozen=True, slots=True)
class PassphraseSlot:
    """Opens with a passphrase."""

    kind: ClassVar[SlotKind] = SlotKind.PASSPHRASE

    cost: Argon2Cost
    salt: bytes
    wrapped: WrappedKey

    @classmethod
    def create(cls, store_key: Secret, passphrase: str, *, cost: Argon2Cost, random: Random = os.urandom) -> Self:
        """A slot with a salt of its own.

        Raises:
            LocalError: an unusable passphrase, or not enough memory.
        """
        salt = random(ARGON2_SALT_BYTES)
        kek = derive_key(passphrase, salt=salt, cost=cost)
        wrapped = WrappedKey.wrap(store_key, kek, header=cls._header(cost, salt), random=random)
        return cls(cost=cost, salt=salt, wrapped=wrapped)

    def open(self, passphrase: str) -> Secret:
        """The store key.

        Raises:
            WrongPassphraseError: another passphrase, or a slot that was tampered with.
            LocalError: an unusable passphrase, or not enough memory.
        """
        kek = derive_key(passphrase, salt=self.salt, cost=self.cost)
        try:
            return self.wrapped.unwrap(kek, header=self._header(self.cost, self.salt))
        except ForgedError as error:
            raise WrongPassphraseError("the slot does not open") from error

    def encode(self) -> bytes:
        return self._header(self.cost, self.salt) + self.wrapped.encode()

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """The slot whose kind was just read."""
        return cls(cost=_decode_cost(reader), salt=reader.raw(ARGON2_SALT_BYTES), wrapped=WrappedKey.decode(reader))

    @classmethod
    def _header(cls, cost: Argon2Cost, salt: bytes) -> bytes:
        return Writer().u8(cls.kind).u32(cost.memory_kib).u8(cost.passes).raw(salt).finish()


@dataclass(frozen=True, slots=True)
class KeyringSlot:
    """Opens with the key that the operating system's keyring keeps."""

    kind: ClassVar[SlotKind] = SlotKind.KEYRING

    wrapped: WrappedKey

    @classmethod
    def create(cls, store_key: Secret, *, random: Random = os.urandom) -> tuple[Self, Secret]:
        """A slot, and the 32-byte key that opens it."""
        keyring_key = Secret(random(KEY_BYTES))
        return cls(WrappedKey.wrap(store_key, keyring_key, header=cls._header(), random=random)), keyring_key

    def open(self, keyring_key: Secret) -> Secret:
        """The store key.

        Raises:
            WrongKeyError: another key, or a slot that was tampered with.
        """
        try:
            return self.wrapped.unwrap(keyring_key, header=self._header())
        except ForgedError as error:
            raise WrongKeyError("the slot does not open") from error

    def encode(self) -> bytes:
        return self._header() + self.wrapped.encode()

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """The slot whose kind was just read."""
        return cls(wrapped=WrappedKey.decode(reader))

    @classmethod
    def _header(cls) -> bytes:
        return Writer().u8(cls.kind).finish()


Slot: TypeAlias = PassphraseSlot | KeyringSlot


def decode_slot(reader: Reader) -> Slot:
    """The next slot in ``reader``.

    Raises:
        MalformedError: truncated, of an unknown kind, or with a cost out of bounds.
    """
    match reader.u8():
        case SlotKind.PASSPHRASE:
            return PassphraseSlot.decode(reader)
        case SlotKind.KEYRING:
            return KeyringSlot.decode(reader)
        case _:
            raise MalformedError("unknown kind of slot")


def _decode_cost(reader: Reader) -> Argon2Cost:
    memory_kib, passes = reader.u32(), reader.u8()
    try:
        return Argon2Cost(memory_kib=memory_kib, passes=passes)
    except LocalError as error:  # the file's fault, not ours
        raise MalformedError("Argon2id cost out of bounds") from error


def _wrapping_key(kek: Secret) -> bytes:
    return hkdf(salt=b"", ikm=kek.reveal(), info=labels.VAULT_SLOT, size_bytes=KEY_BYTES)
