"""The values of ``crypto``: none can change, and one that holds keys does not show or compare them."""

import dataclasses

import pytest

import crypto
from crypto.primitives import KeyPair
from crypto.ratchet.chain import Chain
from crypto.ratchet.state import Ratchet, Sending, Turning
from crypto.secret import KeyHolder, Secret
from crypto.session import Session
from tests.support.values import name_of, values_of

VALUES = values_of(crypto)
HOT = (Chain, Ratchet, Sending, Session, Turning)  # left to mypy: see crypto.hot_value
FROZEN = [value for value in VALUES if value not in HOT]
KEY_HOLDERS = [value for value in VALUES if issubclass(value, KeyHolder)]


def holds_secret(value: type) -> bool:
    """A field is declared as a secret, or as what holds one."""
    declared = " ".join(str(field.type) for field in dataclasses.fields(value))
    return any(holder.__name__ in declared for holder in (Secret, KeyPair, *KEY_HOLDERS))


def test_the_values_of_the_package_are_found() -> None:
    assert {"Session", "Ratchet", "Chain", "Terms", "LinkSecrets"} <= {value.__name__ for value in VALUES}
    assert len(KEY_HOLDERS) > 10


@pytest.mark.parametrize("value", FROZEN, ids=name_of)
def test_a_value_is_frozen(value: type) -> None:
    field = dataclasses.fields(value)[0].name
    empty: object = object.__new__(value)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(empty, field, None)


@pytest.mark.parametrize("value", VALUES, ids=name_of)
def test_a_value_has_no_dictionary(value: type) -> None:
    with pytest.raises(TypeError):
        vars(object.__new__(value))


@pytest.mark.parametrize("value", KEY_HOLDERS, ids=name_of)
def test_a_value_that_holds_keys_as_bytes_neither_prints_compares_nor_pickles(value: type) -> None:
    for method in ("__repr__", "__eq__", "__reduce__"):
        assert getattr(value, method) is getattr(KeyHolder, method)


@pytest.mark.parametrize("value", [value for value in VALUES if holds_secret(value)], ids=name_of)
def test_a_value_that_holds_a_secret_is_not_compared_field_by_field(value: type) -> None:
    compares: object = value.__eq__
    assert compares in (object.__eq__, KeyHolder.__eq__)
