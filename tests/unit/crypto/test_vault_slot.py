"""One slot: opened by its own key, bound to its own header."""

from dataclasses import replace

import pytest

from crypto.encoding import Reader
from crypto.errors import LocalError, MalformedError, WrongKeyError, WrongPassphraseError
from crypto.passphrase import Argon2Cost, derive_key
from crypto.primitives import hkdf, xchacha_open
from crypto.secret import Secret
from crypto.vault_slot import KeyringSlot, PassphraseSlot, decode_slot

QUICK = Argon2Cost(memory_kib=8, passes=1)
STORE_KEY = Secret(bytes(range(100, 132)))


def test_a_passphrase_slot_opens_with_its_passphrase() -> None:
    slot = PassphraseSlot.create(STORE_KEY, "correct horse", cost=QUICK)
    assert slot.open("correct horse").matches(STORE_KEY)
    with pytest.raises(WrongPassphraseError):
        slot.open("wrong")


def test_a_keyring_slot_opens_with_its_key() -> None:
    slot, key = KeyringSlot.create(STORE_KEY)
    assert slot.open(key).matches(STORE_KEY)
    with pytest.raises(WrongKeyError):
        slot.open(Secret(bytes(32)))


def test_what_is_no_passphrase_is_told_apart_from_a_wrong_one() -> None:
    slot = PassphraseSlot.create(STORE_KEY, "correct horse", cost=QUICK)
    with pytest.raises(LocalError) as caught:
        slot.open("")
    assert not isinstance(caught.value, WrongPassphraseError)


def test_the_key_is_sealed_under_a_labelled_key_with_the_header_as_associated_data() -> None:
    slot = PassphraseSlot.create(STORE_KEY, "correct horse", cost=QUICK)
    kek = derive_key("correct horse", salt=slot.salt, cost=QUICK).reveal()
    wrapping_key = hkdf(salt=b"", ikm=kek, info=b"kith1 vault", size_bytes=32)
    associated_data = b"KITHVLT1" + b"\x01" + b"\x08\0\0\0" + b"\x01" + slot.salt
    assert xchacha_open(wrapping_key, slot.wrapped.nonce, slot.wrapped.sealed, associated_data) == STORE_KEY.reveal()


def test_a_wrapped_key_does_not_open_in_a_slot_of_another_kind() -> None:
    slot, key = KeyringSlot.create(STORE_KEY)
    disguised = PassphraseSlot(cost=QUICK, salt=bytes(16), wrapped=slot.wrapped)
    with pytest.raises(WrongPassphraseError):
        disguised.open(key.reveal().hex())


def test_a_slot_with_another_salt_or_cost_does_not_open() -> None:
    slot = PassphraseSlot.create(STORE_KEY, "correct horse", cost=QUICK)
    for changed in (replace(slot, salt=bytes(16)), replace(slot, cost=Argon2Cost(memory_kib=9, passes=1))):
        with pytest.raises(WrongPassphraseError):
            changed.open("correct horse")


def test_slots_survive_storage() -> None:
    for slot in (PassphraseSlot.create(STORE_KEY, "x", cost=QUICK), KeyringSlot.create(STORE_KEY)[0]):
        reader = Reader(slot.encode())
        assert decode_slot(reader) == slot
        reader.finish()


@pytest.mark.parametrize("data", [b"", b"\0", b"\x03" + bytes(93), b"\x01" + bytes(93), b"\x02" + bytes(71)])
def test_other_bytes_are_no_slot(data: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_slot(Reader(data))
