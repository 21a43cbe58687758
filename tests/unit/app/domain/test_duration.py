"""Spans of time as people say them."""

import pytest

from app.domain.duration import in_words


@pytest.mark.parametrize(
    ("span_s", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59.4, "59 seconds"),
        (60, "1 minute"),
        (7_300, "2 hours"),
        (86_400, "1 day"),
        (-40 * 86_400, "40 days"),
        (4.1 * 365.25 * 86_400, "4 years"),
        (5_000 * 365.25 * 86_400, "5,000 years"),
    ],
)
def test_a_span_is_told_in_its_largest_unit(span_s: float, words: str) -> None:
    assert in_words(span_s) == words
