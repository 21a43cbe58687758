"""Identities: two keys, one binding, one name."""

from collections.abc import Callable

import pytest

from crypto import labels
from crypto.encoding import listed
from crypto.errors import ForgedError, MalformedError
from crypto.identity import Identity, PublicIdentity, verify_binding
from crypto.primitives import blake2b, ed25519_sign, x25519
from crypto.secret import Secret


def counting() -> Callable[[int], bytes]:
    """Randomness for tests: the first key is all 1, the second all 2."""
    calls = iter(range(1, 256))
    return lambda size_bytes: bytes([next(calls)]) * size_bytes


def test_the_keys_follow_from_the_injected_randomness() -> None:
    identity = Identity.generate(counting())
    assert identity.encode().reveal() == b"\x01" * 32 + b"\x02" * 32


def test_a_known_identity_keeps_its_name() -> None:
    public = Identity.generate(counting()).public
    assert public.signing_key.hex() == "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c"
    assert public.dh_key.hex() == "ce8d3ad1ccb633ec7b70c17814a5c76ecd029685050d344745ba05870e587d59"
    assert public.account_id == "sexafwc4spm744nkcyavhrnivi2hgx3lj3xmh7tz2q3mk2bhcz2q"


def test_the_fingerprint_is_a_personalised_hash_of_both_keys() -> None:
    public = PublicIdentity(signing_key=b"s" * 32, dh_key=b"d" * 32)
    expected = blake2b(listed(b"s" * 32, b"d" * 32), size_bytes=32, person=b"kith1-identity")
    assert public.fingerprint == expected


def test_the_account_id_is_lower_case_base32_of_52_characters() -> None:
    account_id = Identity.generate().public.account_id
    assert len(account_id) == 52
    assert set(account_id) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_both_halves_count() -> None:
    one, other = Identity.generate().public, Identity.generate().public
    mixed = PublicIdentity(signing_key=one.signing_key, dh_key=other.dh_key)
    assert len({one, other, mixed}) == 3
    assert len({one.fingerprint, other.fingerprint, mixed.fingerprint}) == 3


def test_a_private_identity_survives_storage() -> None:
    identity = Identity.generate()
    restored = Identity.decode(identity.encode())
    assert restored.public == identity.public
    assert restored.binding == identity.binding
    assert restored.signing_seed.matches(identity.signing_seed)
    assert restored.dh.private.matches(identity.dh.private)


def test_a_public_identity_survives_the_wire() -> None:
    public = Identity.generate().public
    assert len(public.encode()) == 64
    assert PublicIdentity.decode(public.encode()) == public


@pytest.mark.parametrize("size_bytes", [0, 63, 65])
def test_identities_of_wrong_length_are_refused(size_bytes: int) -> None:
    with pytest.raises(MalformedError):
        PublicIdentity.decode(bytes(size_bytes))
    with pytest.raises(MalformedError):
        Identity.decode(Secret(bytes(size_bytes)))


def test_the_agreement_key_agrees() -> None:
    one, other = Identity.generate(), Identity.generate()
    assert x25519(one.dh.private.reveal(), other.public.dh_key) == x25519(other.dh.private.reveal(), one.public.dh_key)


def test_the_binding_verifies_for_its_own_keys_only() -> None:
    identity, other = Identity.generate(), Identity.generate()
    verify_binding(identity.public, identity.binding)
    stolen = PublicIdentity(signing_key=identity.public.signing_key, dh_key=other.public.dh_key)
    for public, binding in [
        (stolen, identity.binding),
        (other.public, identity.binding),
        (identity.public, bytes(64)),
        (identity.public, identity.binding[:63]),
        (identity.public, identity.binding + b"\0"),
    ]:
        with pytest.raises(ForgedError):
            verify_binding(public, binding)


def test_a_signature_without_the_label_is_no_binding() -> None:
    identity = Identity.generate()
    unlabelled = listed(identity.public.signing_key, identity.public.dh_key)
    with pytest.raises(ForgedError):
        verify_binding(identity.public, ed25519_sign(identity.signing_seed.reveal(), unlabelled))
    labelled = listed(labels.BIND, identity.public.signing_key, identity.public.dh_key)
    assert ed25519_sign(identity.signing_seed.reveal(), labelled) == identity.binding


def test_printing_an_identity_shows_no_private_key() -> None:
    identity = Identity.generate()
    shown = repr(identity)
    for private in (identity.signing_seed.reveal(), identity.dh.private.reveal()):
        assert private.hex() not in shown
        assert repr(private) not in shown
