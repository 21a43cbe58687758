"""What ``hot_value`` makes: mypy refuses what a frozen dataclass refuses, and the rest is as for other values."""

import pytest

from crypto.hot_value import hot_value
from crypto.secret import KeyHolder


@hot_value
class Keys(KeyHolder):
    first: bytes
    second: bytes


def test_its_fields_are_set_once_as_far_as_mypy_sees() -> None:
    keys = Keys(b"first", b"second")
    keys.first = b"other"  # type: ignore[misc] # strict mypy complains of this comment if the line is no error
    assert keys.second == b"second"


def test_it_has_no_other_fields() -> None:
    with pytest.raises(AttributeError):
        object.__setattr__(Keys(b"", b""), "third", b"")


def test_it_stays_hidden() -> None:
    keys = Keys(b"first", b"second")
    assert repr(keys) == "Keys(<hidden>)"
    with pytest.raises(TypeError):
        keys == keys  # noqa: B015, PLR0124
