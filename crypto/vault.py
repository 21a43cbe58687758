"""The vault: the key of the store, wrapped once for every way to unlock it (``docs/protocol.md``, section 5).

    magic        8   "KITHVLT1"
    count        1   1 to 8
    slots            see ``crypto.vault_slot``

A vault is a value: who changes one writes it whole to its place before forgetting the old one.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from crypto.encoding import Reader
from crypto.errors import LocalError, MalformedError, WrongKeyError, WrongPassphraseError
from crypto.passphrase import Argon2Cost
from crypto.primitives import Random
from crypto.secret import Secret
from crypto.vault_slot import MAGIC, STORE_KEY_BYTES, KeyringSlot, PassphraseSlot, Slot, SlotKind, decode_slot

__all__ = ["STORE_KEY_BYTES", "Argon2Cost", "KeyringSlot", "PassphraseSlot", "Slot", "SlotKind", "Vault"]

MAX_SLOTS = 8

_DEFAULT_COST = Argon2Cost()


@dataclass(frozen=True, slots=True)
class Vault:
    """The slots of one store.  All wrap the same store key: whoever adds one has just opened another."""

    slots: tuple[Slot, ...] = ()

    @classmethod
    def create(
        cls, store_key: Secret, passphrase: str, *, cost: Argon2Cost = _DEFAULT_COST, random: Random = os.urandom
    ) -> Self:
        """A vault that opens with a passphrase."""
        return cls().add_passphrase_slot(store_key, passphrase, cost=cost, random=random)

    @classmethod
    def create_with_keyring(cls, store_key: Secret, *, random: Random = os.urandom) -> tuple[Self, Secret]:
        """A vault that opens with a key, and that key, which the caller puts into the keyring."""
        return cls().add_keyring_slot(store_key, random=random)

    def add_passphrase_slot(
        self, store_key: Secret, passphrase: str, *, cost: Argon2Cost = _DEFAULT_COST, random: Random = os.urandom
    ) -> Self:
        """This vault with a further passphrase; takes half a second at the default cost.

        Raises:
            LocalError: eight slots already, an unusable passphrase, or not enough memory.
        """
        return self._with(PassphraseSlot.create(store_key, passphrase, cost=cost, random=random))

    def add_keyring_slot(self, store_key: Secret, *, random: Random = os.urandom) -> tuple[Self, Secret]:
        """This vault with a slot for the keyring, and the 32-byte key that the caller puts there.

        Raises:
            LocalError: eight slots already.
        """
        slot, keyring_key = KeyringSlot.create(store_key, random=random)
        return self._with(slot), keyring_key

    def replace_passphrase(
        self, store_key: Secret, passphrase: str, *, cost: Argon2Cost = _DEFAULT_COST, random: Random = os.urandom
    ) -> Self:
        """This vault with one passphrase slot, for a new passphrase; slots of other kinds stay.

        Raises:
            LocalError: an unusable passphrase, or not enough memory.
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
            LocalError: not a passphrase at all, or not enough memory.
        """
        for slot in self.slots:
            if isinstance(slot, PassphraseSlot):
                with suppress(WrongPassphraseError):
                    return slot.open(passphrase)
        raise WrongPassphraseError("no slot opens with this passphrase")

    def open_with_key(self, keyring_key: Secret) -> Secret:
        """The store key.

        Raises:
            WrongKeyError: the key opens no slot.
        """
        for slot in self.slots:
            if isinstance(slot, KeyringSlot):
                with suppress(WrongKeyError):
                    return slot.open(keyring_key)
        raise WrongKeyError("no slot opens with this key")

    def encode(self) -> bytes:
        """The bytes of the table above.

        Raises:
            LocalError: no slot, so that nobody could open it again.
        """
        if not self.slots:
            raise LocalError("a vault without slots never opens")
        return MAGIC + bytes([len(self.slots)]) + b"".join(slot.encode() for slot in self.slots)

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
        vault = cls(tuple(decode_slot(reader) for _ in range(count)))
        reader.finish()
        return vault

    def _with(self, slot: Slot) -> Self:
        if len(self.slots) >= MAX_SLOTS:
            raise LocalError("too many slots")
        return type(self)((*self.slots, slot))
