"""Rendezvous: contacts find the record, only its owner can sign it, and nothing links two epochs."""

import hashlib

import nacl.bindings as sodium
import pytest

from crypto.discovery_key import DiscoveryKey
from crypto.errors import ForgedError, LocalError, MalformedError
from crypto.primitives import ed25519_sign_expanded, ed25519_verify
from crypto.rendezvous import EPOCH_S, MAX_CONTENT_BYTES, RECORD_BYTES, OwnRendezvous, Rendezvous, epoch_at
from crypto.secret import Secret
from tests.support.expanded_ed25519 import sign_expanded
from tests.support.rendezvous import new_rendezvous

EPOCH = 123_456


@pytest.fixture
def own() -> OwnRendezvous:
    return new_rendezvous()


def test_an_epoch_lasts_four_hours() -> None:
    assert epoch_at(EPOCH * EPOCH_S) == epoch_at(EPOCH * EPOCH_S + EPOCH_S - 0.001) == EPOCH
    assert epoch_at((EPOCH + 1) * EPOCH_S) == EPOCH + 1


def test_what_the_owner_signs_verifies_under_the_key_that_contacts_compute(own: OwnRendezvous) -> None:
    contact = Rendezvous(own.shared.point, Secret(own.shared.secret.reveal()))
    signature = sign_expanded(own.signing_key(EPOCH).reveal(), b"value")
    ed25519_verify(contact.item_key(EPOCH), b"value", signature)
    with pytest.raises(ForgedError):
        ed25519_verify(contact.item_key(EPOCH + 1), b"value", signature)


def test_the_expanded_key_of_a_seed_signs_as_the_seed_does() -> None:
    """The oracle of these tests is RFC 8032's own signing."""
    seed = b"\x07" * 32
    expanded = bytearray(hashlib.sha512(seed).digest())
    expanded[0] &= 248
    expanded[31] = expanded[31] & 63 | 64
    public, secret = sodium.crypto_sign_seed_keypair(seed)
    assert sign_expanded(bytes(expanded), b"m") == sodium.crypto_sign(b"m", secret)[:64]
    ed25519_verify(public, b"m", sign_expanded(bytes(expanded), b"m"))
    assert ed25519_sign_expanded(bytes(expanded), b"m") == sodium.crypto_sign(b"m", secret)[:64]


def test_our_own_signing_under_a_blinded_key_verifies(own: OwnRendezvous) -> None:
    signature = ed25519_sign_expanded(own.signing_key(EPOCH).reveal(), b"value")
    ed25519_verify(own.shared.item_key(EPOCH), b"value", signature)
    assert signature == sign_expanded(own.signing_key(EPOCH).reveal(), b"value")


def test_each_epoch_and_each_secret_has_keys_of_its_own(own: OwnRendezvous) -> None:
    other = OwnRendezvous(Rendezvous(own.shared.point, Secret(b"\x01" * 32)), own.scalar)
    item_keys = {each.shared.item_key(epoch) for each in (own, other) for epoch in (EPOCH, EPOCH + 1)}
    prefixes = {each.signing_key(epoch).reveal()[32:] for each in (own, other) for epoch in (EPOCH, EPOCH + 1)}
    assert len(item_keys) == len(prefixes) == 4
    assert own.shared.point not in item_keys


def test_a_record_opens_in_its_epoch_only(own: OwnRendezvous) -> None:
    value = own.shared.seal(EPOCH, b"where I am")
    assert own.shared.open(EPOCH, value) == b"where I am"
    with pytest.raises(ForgedError):
        own.shared.open(EPOCH + 1, value)


@pytest.mark.parametrize("size_bytes", [0, 1, MAX_CONTENT_BYTES])
def test_all_records_have_the_same_size_and_no_two_look_alike(own: OwnRendezvous, size_bytes: int) -> None:
    one, two = own.shared.seal(EPOCH, b"x" * size_bytes), own.shared.seal(EPOCH, b"x" * size_bytes)
    assert len(one) == len(two) == RECORD_BYTES
    assert one[:24] != two[:24]
    assert one[24:] != two[24:]
    assert own.shared.open(EPOCH, one) == b"x" * size_bytes


def test_more_than_fits_is_refused(own: OwnRendezvous) -> None:
    with pytest.raises(LocalError):
        own.shared.seal(EPOCH, b"x" * (MAX_CONTENT_BYTES + 1))


@pytest.mark.parametrize("size_bytes", [0, 16, 39, RECORD_BYTES - 1, RECORD_BYTES + 1])
def test_a_value_of_another_size_is_refused(own: OwnRendezvous, size_bytes: int) -> None:
    with pytest.raises(MalformedError):
        own.shared.open(EPOCH, own.shared.seal(EPOCH, b"").ljust(size_bytes, b"\0")[:size_bytes])


def test_every_changed_byte_is_noticed(own: OwnRendezvous) -> None:
    value = own.shared.seal(EPOCH, b"where I am")
    for position in range(0, RECORD_BYTES, 7):
        changed = bytearray(value)
        changed[position] ^= 1
        with pytest.raises(ForgedError):
            own.shared.open(EPOCH, bytes(changed))


def test_each_epoch_and_each_secret_has_a_doorbell_of_its_own(own: OwnRendezvous) -> None:
    other = Rendezvous(own.shared.point, Secret(b"\x01" * 32))
    bells = {each.bell(epoch) for each in (own.shared, other) for epoch in (EPOCH, EPOCH + 1)}
    assert len(bells) == 4
    assert {len(bell) for bell in bells} == {20}
    assert Rendezvous(own.shared.point, Secret(own.shared.secret.reveal())).bell(EPOCH) in bells


def test_a_point_outside_the_group_is_refused() -> None:
    with pytest.raises(MalformedError):
        Rendezvous(bytes(32), Secret(b"\x01" * 32))


def test_a_rendezvous_is_the_same_if_point_and_secret_are(own: OwnRendezvous) -> None:
    shared = own.shared
    assert shared.matches(Rendezvous(shared.point, Secret(shared.secret.reveal())))
    assert not shared.matches(None)
    assert not shared.matches(Rendezvous(shared.point, Secret(b"\x01" * 32)))
    assert not shared.matches(Rendezvous(DiscoveryKey.generate().point, shared.secret))
