"""Passphrases become keys: the same text however it was typed, nothing else."""

import pytest

from crypto.errors import LocalError
from crypto.passphrase import Argon2Cost, derive_key
from crypto.primitives import argon2id

QUICK = Argon2Cost(memory_kib=8, passes=1)
SALT = bytes(range(16))


def derive(passphrase: str) -> bytes:
    return derive_key(passphrase, salt=SALT, cost=QUICK).reveal()


def test_a_key_is_argon2id_of_the_text_in_utf8() -> None:
    assert derive("pässword") == argon2id("pässword".encode(), salt=SALT, memory_kib=8, passes=1)


@pytest.mark.parametrize(
    ("one", "other"),
    [("caf\u00e9", "cafe\u0301"), ("\uff11\uff12\uff13", "123"), ("\ufb01sh", "fish"), ("a\u00a0b", "a b")],
    ids=["composed", "wide digits", "ligature", "space"],
)
def test_ways_of_typing_one_text_give_one_key(one: str, other: str) -> None:
    assert derive(one) == derive(other)


def test_case_spaces_salt_and_cost_matter() -> None:
    keys = {derive("secret"), derive("Secret"), derive(" secret"), derive("secret ")}
    keys.add(derive_key("secret", salt=bytes(16), cost=QUICK).reveal())
    keys.add(derive_key("secret", salt=SALT, cost=Argon2Cost(memory_kib=16, passes=1)).reveal())
    keys.add(derive_key("secret", salt=SALT, cost=Argon2Cost(memory_kib=8, passes=2)).reveal())
    assert len(keys) == 7


@pytest.mark.parametrize("passphrase", ["", "broken \udcff text"])
def test_what_is_no_text_is_refused_without_being_repeated(passphrase: str) -> None:
    with pytest.raises(LocalError) as caught:
        derive(passphrase)
    assert "broken" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_default_cost_is_256_mebibytes_and_3_passes() -> None:
    assert Argon2Cost() == Argon2Cost(memory_kib=262_144, passes=3)


@pytest.mark.parametrize(("memory_kib", "passes"), [(7, 1), (1_048_577, 1), (8, 0), (8, 11)])
def test_costs_out_of_bounds_are_refused(memory_kib: int, passes: int) -> None:
    with pytest.raises(LocalError):
        Argon2Cost(memory_kib=memory_kib, passes=passes)
