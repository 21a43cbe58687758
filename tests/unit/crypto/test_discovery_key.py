"""Discovery keys: a scalar we keep, a point our contacts hold."""

import nacl.bindings as sodium
import pytest

from crypto.discovery_key import DiscoveryKey, check_point
from crypto.errors import MalformedError
from crypto.secret import Secret

GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
BASE_POINT = bytes.fromhex("5866666666666666666666666666666666666666666666666666666666666666")


def scalar_key(scalar: int) -> Secret:
    return Secret(scalar.to_bytes(32, "little") + b"S" * 32)


def test_the_point_of_one_is_the_base_point() -> None:
    assert DiscoveryKey.decode(scalar_key(1)).point == BASE_POINT


def test_the_scalar_is_reduced_from_64_random_bytes() -> None:
    key = DiscoveryKey.generate(lambda size_bytes: b"\xff" * size_bytes)
    assert int.from_bytes(key.scalar.reveal(), "little") == (2**512 - 1) % GROUP_ORDER
    assert key.secret.reveal() == b"\xff" * 32


def test_new_keys_differ_and_their_points_are_valid() -> None:
    one, other = DiscoveryKey.generate(), DiscoveryKey.generate()
    assert check_point(one.point) == one.point
    assert one.point != other.point
    assert not one.secret.matches(other.secret)


def test_a_key_survives_storage() -> None:
    key = DiscoveryKey.generate()
    restored = DiscoveryKey.decode(key.encode())
    assert restored.point == key.point
    assert restored.scalar.matches(key.scalar)
    assert restored.secret.matches(key.secret)


def test_another_secret_leaves_the_scalar() -> None:
    key = DiscoveryKey.generate()
    rotated = key.rotated()
    assert rotated.point == key.point
    assert rotated.scalar.matches(key.scalar)
    assert not rotated.secret.matches(key.secret)


def test_multiples_of_the_point_are_points_of_the_multiplied_scalar() -> None:
    key = DiscoveryKey.generate()
    blinding = (12345).to_bytes(32, "little")
    blinded_scalar = sodium.crypto_core_ed25519_scalar_mul(blinding, key.scalar.reveal())
    assert sodium.crypto_scalarmult_ed25519_noclamp(blinding, key.point) == (
        sodium.crypto_scalarmult_ed25519_base_noclamp(blinded_scalar)
    )


@pytest.mark.parametrize("scalar", [0, GROUP_ORDER, GROUP_ORDER + 1, 2**255 - 1], ids=["zero", "L", "L+1", "large"])
def test_a_stored_scalar_out_of_range_is_refused(scalar: int) -> None:
    with pytest.raises(MalformedError):
        DiscoveryKey.decode(scalar_key(scalar))


@pytest.mark.parametrize("size_bytes", [0, 63, 65])
def test_a_stored_key_of_wrong_length_is_refused(size_bytes: int) -> None:
    with pytest.raises(MalformedError):
        DiscoveryKey.decode(Secret(b"\x01" * size_bytes))


@pytest.mark.parametrize(
    "point",
    [
        b"",
        BASE_POINT[:31],
        BASE_POINT + b"\0",
        (1).to_bytes(32, "little"),  # the neutral element
        bytes(32),  # order 4
        (2**255 - 20).to_bytes(32, "little"),  # order 2
        (2**255 - 18).to_bytes(32, "little"),  # the neutral element, not canonical
        (2).to_bytes(32, "little"),  # on no curve point at all
        b"\xff" * 32,
    ],
)
def test_points_outside_the_prime_order_group_are_refused(point: bytes) -> None:
    with pytest.raises(MalformedError):
        check_point(point)


def test_a_point_with_a_torsion_part_is_refused() -> None:
    order_two = (2**255 - 20).to_bytes(32, "little")
    with pytest.raises(MalformedError):
        check_point(sodium.crypto_core_ed25519_add(BASE_POINT, order_two))


def test_printing_a_key_shows_no_secret() -> None:
    key = DiscoveryKey.generate()
    assert repr(key.scalar.reveal()) not in repr(key)
    assert repr(key.secret.reveal()) not in repr(key)
