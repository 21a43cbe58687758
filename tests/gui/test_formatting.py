from datetime import date, datetime, timedelta

import pytest
from PySide6.QtCore import QLocale

from app.gui.formatting import (
    MAX_SHOWN_CHARACTERS,
    MAX_SHOWN_LINES,
    clock_time,
    day_name,
    full_time,
    initials,
    is_shortened,
    list_time,
    local_time,
    one_line,
    shown_text,
)

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, 5).astimezone().timestamp()


@pytest.mark.parametrize("hostile", [float("nan"), float("inf"), float("-inf"), -1e300, 1e300, 1.8e16])
def test_any_number_is_some_time(hostile: float) -> None:
    assert 1970 <= local_time(hostile).year <= 9999
    assert clock_time(hostile)
    assert full_time(hostile)
    assert list_time(hostile, NOON)


@pytest.mark.parametrize(
    ("days_ago", "name"),
    [(0, "Today"), (1, "Yesterday"), (3, "Tuesday"), (20, "31 October"), (400, "16 October 2025"), (-1, "21 November")],
)
def test_days_have_the_names_that_people_use(days_ago: int, name: str) -> None:
    assert day_name(TODAY - timedelta(days=days_ago), TODAY) == name


def test_a_list_shows_the_time_of_today_and_the_day_of_before() -> None:
    day = 86_400
    assert list_time(NOON - 60, NOON) == clock_time(NOON - 60) == "12:04"
    assert list_time(NOON - day, NOON) == "Yesterday"
    assert list_time(NOON - 3 * day, NOON) == QLocale().dayName(2, QLocale.FormatType.ShortFormat)
    assert list_time(NOON - 20 * day, NOON) == "31 Oct"


@pytest.mark.parametrize("text", ["a" * 65_536, "a\n" * 32_768, "\u2028" * 20_000, "\r\n" * 30_000])
def test_a_long_text_is_shown_bounded_and_marked(text: str) -> None:
    shown = shown_text(text)
    assert len(shown) <= MAX_SHOWN_CHARACTERS + 2
    assert shown.count("\n") < MAX_SHOWN_LINES
    assert is_shortened(text)


@pytest.mark.parametrize("text", ["hello", "two\nlines", "…", "dots …", "a" * MAX_SHOWN_CHARACTERS, "trailing\n"])
def test_a_text_of_ordinary_length_is_whole(text: str) -> None:
    assert not is_shortened(text)


def test_a_last_line_is_one_line() -> None:
    assert one_line("  two\n\tlines ") == "two lines"
    assert len(one_line("x" * 65_536)) <= 160


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ada", "A"), ("Ada Marwick", "AM"), ("ada b. c-d", "AC"), ("(Ada)", "A"), ("🎉", "?"), ("محمد علي", "مع")],
)
def test_initials_are_at_most_two_letters(name: str, letters: str) -> None:
    assert initials(name) == letters
