"""Secrets do not leak by accident."""

import copy
import json
import pickle  # noqa: TID251 - shown to be refused
from dataclasses import dataclass

import pytest

from crypto.secret import KeyHolder, Secret

VALUE = b"hunter2 hunter2!"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Keys(KeyHolder):
    """A value of the kind that ratchet states are."""

    key: bytes


HOLDERS = pytest.mark.parametrize("holder", [Secret(VALUE), Keys(VALUE)], ids=["secret", "key holder"])


def test_the_bytes_come_out_of_one_door() -> None:
    assert Secret(VALUE).reveal() == VALUE
    assert len(Secret(VALUE)) == 16


@HOLDERS
def test_printing_shows_no_byte(holder: object) -> None:
    for shown in (repr(holder), str(holder), f"{holder}", f"{holder!r:>80}", repr([holder])):
        assert "hunter" not in shown
        assert VALUE.hex() not in shown


@HOLDERS
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling_is_refused(holder: object, protocol: int) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(holder, protocol)


@HOLDERS
def test_copying_and_json_are_refused(holder: object) -> None:
    with pytest.raises(TypeError):
        copy.copy(holder)
    with pytest.raises(TypeError):
        copy.deepcopy(holder)
    with pytest.raises(TypeError):
        json.dumps(holder)


@HOLDERS
def test_hashing_and_comparing_are_refused(holder: object) -> None:
    with pytest.raises(TypeError):
        hash(holder)
    with pytest.raises(TypeError):
        holder == VALUE  # noqa: B015 - the comparison itself is what is refused
    with pytest.raises(TypeError):
        holder != VALUE  # noqa: B015


@HOLDERS
def test_there_is_no_dictionary_to_look_into(holder: object) -> None:
    with pytest.raises(TypeError):
        vars(holder)


def test_matching_is_by_value() -> None:
    assert Secret(VALUE).matches(Secret(VALUE))
    assert not Secret(VALUE).matches(Secret(VALUE[:-1]))
    assert not Secret(VALUE).matches(Secret(bytes(16)))
    assert Secret(b"").matches(Secret(b""))
