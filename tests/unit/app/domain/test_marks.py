import pytest

from app.domain.marks import without_piles


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        ("a" + "\u0301" * 3, "a" + "\u0301" * 2),
        ("a\u0301\u0302b\u0301\u0302c", "a\u0301\u0302b\u0301\u0302c"),
        ("\u0301" * 9, "\u0301" * 2),
        ("a\u20dd\u20dd\u20dd", "a\u20dd\u20dd"),
        ("", ""),
    ],
)
def test_marks_beyond_the_bound_are_left_out(text: str, kept: str) -> None:
    assert without_piles(text, at_most=2) == kept
