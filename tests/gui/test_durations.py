import pytest

from app.gui.durations import ago, duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (4 * 31_557_600, "4 years"),
        (604_800, "7 days"),
        (604_799.5, "7 days"),
        (86_400, "1 day"),
        (7_200, "2 hours"),
        (599.9, "10 minutes"),
        (61, "1 minute"),
        (59, "less than a minute"),
        (-5, "less than a minute"),
    ],
)
def test_durations_are_rounded_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_how_long_ago_something_was_is_told_in_the_same_units() -> None:
    spans = (31_557_600, 3 * 86_400, 7_200, 60, 0)
    assert [ago(seconds) for seconds in spans] == [
        "1 year ago",
        "3 days ago",
        "2 hours ago",
        "1 minute ago",
        "less than a minute ago",
    ]
