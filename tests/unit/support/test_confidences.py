import base64
import os
from pathlib import Path

import pytest

from crypto.secret import Secret
from tests.support.accounts import make_account
from tests.support.confidences import betrayed, confidences, keys_in

KEY = bytes(range(100, 132))

FORMS = {
    "raw": KEY,
    "backwards": KEY[::-1],
    "hexadecimal": KEY.hex().encode(),
    "capital hexadecimal": KEY.hex().upper().encode(),
    **{f"base32 after {pad}": base64.b32encode(b"x" * pad + KEY + b"yyyyy") for pad in range(5)},
    "small base32": base64.b32encode(KEY).lower(),
    **{f"base64 after {pad}": base64.b64encode(b"x" * pad + KEY + b"yyy") for pad in range(3)},
    "base64 of addresses": base64.urlsafe_b64encode(b"x" + KEY + b"yyy"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_key_is_found_in_whatever_form(form: str) -> None:
    assert betrayed({KEY, b"another key that is not there"}, b"before" + FORMS[form] + b"after") == {KEY}


def test_nothing_is_found_where_nothing_is() -> None:
    assert betrayed({KEY}, os.urandom(100_000) + KEY[:-1]) == set()


def test_keys_are_what_is_as_long_as_one_in_any_value() -> None:
    held = [{"name": (Secret(KEY), b"short")}, {b"a" * 32}, KEY[:16], "a string of any length is none"]
    assert keys_in(held) == {KEY, KEY[:16]}


def test_a_profile_holds_the_keys_of_its_account(tmp_path: Path) -> None:
    make_account(tmp_path / "profile", "Alice", "a passphrase")
    found = confidences(tmp_path / "profile", "a passphrase")
    assert len(found) >= 8
    assert {len(value) for value in found} <= {32, 64}
