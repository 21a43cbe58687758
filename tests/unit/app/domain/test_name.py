import time
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.errors import ErrorKind, KithError
from app.domain.name import clean_name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Ann", "Ann"),
        ("  Ann \t of\nKith ", "Ann of Kith"),
        ("e\u0301", "é"),
        ("Ann\u202egnip", "Anngnip"),
        ("a" * 64, "a" * 64),
        ("e\u0301" * 64, "é" * 64),
        ("x" + "\u0301" * 60 + "y", "x" + "\u0301" * 4 + "y"),
        ("e\u200e\u0301", "é"),
        ("👩\u200d🚀 名前", "👩\u200d🚀 名前"),
    ],
)
def test_a_name_is_kept_on_one_line_without_disguise(name: str, kept: str) -> None:
    assert clean_name(name) == kept


@pytest.mark.parametrize("name", ["", " \n", "\u202e", "a" * 65, "a\0b", "\ud800", "\ue000", " " * 5_000 + "a"])
def test_anything_else_is_no_name(name: str) -> None:
    with pytest.raises(KithError) as caught:
        clean_name(name)
    assert caught.value.kind is ErrorKind.NAME_INVALID


def test_a_long_row_of_combining_characters_is_refused_without_sorting_it() -> None:
    began_s = time.thread_time()
    with pytest.raises(KithError):
        clean_name("a" + "\u0301\u0323" * 250_000)
    assert time.thread_time() - began_s < 1


@given(st.text(max_size=100))
@example("e\u200e\u0301")
def test_a_name_that_was_kept_stays_as_it_is(name: str) -> None:
    with suppress(KithError):
        kept = clean_name(name)
        assert clean_name(kept) == kept
        assert unicodedata.is_normalized("NFC", kept)
        assert 1 <= len(kept) <= 64
        assert len(kept.encode()) <= 256
