"""The vault: several ways to one store key."""

import pytest

from crypto.errors import LocalError, MalformedError, WrongKeyError, WrongPassphraseError
from crypto.secret import Secret
from crypto.vault import Argon2Cost, KeyringSlot, PassphraseSlot, SlotKind, Vault

QUICK = Argon2Cost(memory_kib=8, passes=1)
STORE_KEY = Secret(bytes(range(100, 132)))


def protected(passphrase: str = "correct horse") -> Vault:
    return Vault.create(STORE_KEY, passphrase, cost=QUICK)


def test_the_right_passphrase_opens() -> None:
    assert protected().open_with_passphrase("correct horse").matches(STORE_KEY)


@pytest.mark.parametrize("passphrase", ["wrong", "correct horse ", "Correct horse"])
def test_another_passphrase_does_not(passphrase: str) -> None:
    with pytest.raises(WrongPassphraseError):
        protected().open_with_passphrase(passphrase)


def test_the_key_from_the_keyring_opens_and_no_other() -> None:
    vault, keyring_key = Vault.create_with_keyring(STORE_KEY)
    assert vault.open_with_key(keyring_key).matches(STORE_KEY)
    with pytest.raises(WrongKeyError):
        vault.open_with_key(Secret(bytes(32)))


def test_every_slot_opens_the_same_store_key() -> None:
    both, keyring_key = protected().add_keyring_slot(STORE_KEY)
    three = both.add_passphrase_slot(STORE_KEY, "second", cost=QUICK)
    assert [slot.kind for slot in three.slots] == [SlotKind.PASSPHRASE, SlotKind.KEYRING, SlotKind.PASSPHRASE]
    assert three.open_with_passphrase("correct horse").matches(STORE_KEY)
    assert three.open_with_passphrase("second").matches(STORE_KEY)
    assert three.open_with_key(keyring_key).matches(STORE_KEY)


def test_a_kind_that_is_absent_does_not_open() -> None:
    with pytest.raises(WrongKeyError):
        protected().open_with_key(Secret(bytes(32)))
    vault, _ = Vault.create_with_keyring(STORE_KEY)
    with pytest.raises(WrongPassphraseError):
        vault.open_with_passphrase("correct horse")


def test_a_replaced_passphrase_no_longer_opens_and_other_slots_stay() -> None:
    both, keyring_key = protected().add_keyring_slot(STORE_KEY)
    changed = both.add_passphrase_slot(STORE_KEY, "second", cost=QUICK).replace_passphrase(STORE_KEY, "new", cost=QUICK)
    assert changed.open_with_passphrase("new").matches(STORE_KEY)
    assert changed.open_with_key(keyring_key).matches(STORE_KEY)
    for old in ("correct horse", "second"):
        with pytest.raises(WrongPassphraseError):
            changed.open_with_passphrase(old)


def test_adding_leaves_the_old_value_as_it_was() -> None:
    vault = protected()
    vault.add_keyring_slot(STORE_KEY)
    assert len(vault.slots) == 1


def test_two_vaults_of_one_key_and_passphrase_share_no_bytes() -> None:
    one, other = protected().slots[0], protected().slots[0]
    assert isinstance(one, PassphraseSlot)
    assert isinstance(other, PassphraseSlot)
    assert one.salt != other.salt
    assert one.wrapped.nonce != other.wrapped.nonce
    assert one.wrapped.sealed != other.wrapped.sealed


def test_slots_survive_storage() -> None:
    vault, keyring_key = protected().add_keyring_slot(STORE_KEY)
    restored = Vault.decode(vault.encode())
    assert restored == vault
    assert restored.open_with_passphrase("correct horse").matches(STORE_KEY)
    assert restored.open_with_key(keyring_key).matches(STORE_KEY)


def test_the_bytes_are_those_of_the_table() -> None:
    vault, _ = Vault.create(
        STORE_KEY, "x", cost=QUICK, random=lambda size_bytes: b"\x07" * size_bytes
    ).add_keyring_slot(STORE_KEY, random=lambda size_bytes: b"\x08" * size_bytes)
    encoded = vault.encode()
    assert encoded[:9] == b"KITHVLT1\x02"
    assert encoded[9:55] == b"\x01" + b"\x08\0\0\0" + b"\x01" + b"\x07" * 16 + b"\x07" * 24
    assert encoded[103:128] == b"\x02" + b"\x08" * 24
    assert len(encoded) == 9 + 94 + 73
    assert encoded[55:103].hex() == (
        "050deb6423eb4d0bc72bed6718f94ebfb24f6f4615c88570ac1cb43e5045161915c201a40c6f3daceacb98e3cef3eef4"
    )


def test_at_most_eight_slots_are_kept() -> None:
    vault = Vault()
    for _ in range(8):
        vault, _ = vault.add_keyring_slot(STORE_KEY)
    assert len(Vault.decode(vault.encode()).slots) == 8
    with pytest.raises(LocalError):
        vault.add_keyring_slot(STORE_KEY)
    nine = vault.encode()[:8] + b"\x09" + vault.encode()[9:] + vault.encode()[9:82]
    with pytest.raises(MalformedError):
        Vault.decode(nine)


def test_a_vault_nobody_could_open_is_not_written() -> None:
    with pytest.raises(LocalError):
        protected().without(SlotKind.PASSPHRASE).encode()


@pytest.mark.parametrize("size_bytes", [0, 31, 33])
def test_a_store_key_of_wrong_size_is_not_wrapped(size_bytes: int) -> None:
    with pytest.raises(LocalError):
        Vault.create_with_keyring(Secret(bytes(size_bytes)))


def test_any_cut_or_extension_is_refused() -> None:
    encoded = protected().encode()
    for size_bytes in range(len(encoded)):
        with pytest.raises(MalformedError):
            Vault.decode(encoded[:size_bytes])
    with pytest.raises(MalformedError):
        Vault.decode(encoded + b"\0")


@pytest.mark.parametrize(
    ("offset", "replacement"),
    [
        (0, b"k"),
        (7, b"2"),
        (8, b"\0"),
        (9, b"\0"),
        (9, b"\x03"),
        (10, b"\x07\0\0\0"),
        (10, b"\x01\0\x10\0"),
        (14, b"\0"),
        (14, b"\x0b"),
    ],
    ids=["magic", "version", "no slots", "kind 0", "kind 3", "memory low", "memory high", "no passes", "many passes"],
)
def test_headers_out_of_bounds_are_refused(offset: int, replacement: bytes) -> None:
    encoded = protected().encode()
    with pytest.raises(MalformedError):
        Vault.decode(encoded[:offset] + replacement + encoded[offset + len(replacement) :])


def test_a_tampered_slot_does_not_open() -> None:
    encoded = protected().encode()
    for offset in (14, 15, 31, 55, len(encoded) - 1):  # passes, salt, nonce, key, tag
        damaged = bytearray(encoded)
        damaged[offset] ^= 0x02
        with pytest.raises(WrongPassphraseError):
            Vault.decode(bytes(damaged)).open_with_passphrase("correct horse")


def test_printing_a_vault_shows_no_key() -> None:
    vault, keyring_key = Vault.create_with_keyring(STORE_KEY)
    assert isinstance(vault.slots[0], KeyringSlot)
    shown = repr((vault, keyring_key))
    assert repr(STORE_KEY.reveal()) not in shown
    assert repr(keyring_key.reveal()) not in shown
