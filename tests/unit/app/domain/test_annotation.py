import pytest

from app.domain.annotation import checked_emoji
from app.domain.errors import ErrorKind, KithError


@pytest.mark.parametrize(
    "emoji",
    [
        *("👍", "❤️", "👍🏽", "👩\u200d🚀", "👨‍👩‍👧‍👦", "🇩🇪", "1️⃣", "#️⃣", "☺"),
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        *("\U0001fae8", "\U0001faff"),
    ],
)
def test_an_emoji_is_a_reaction_be_it_of_years_to_come(emoji: str) -> None:
    assert checked_emoji(emoji) == emoji


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "yes",
        "é",
        "1",
        "12",
        "?",
        "👍 ",
        "👍\n",
        "\0",
        "\u202e👍",
        "\ud800",
        "👍" * 17,
        "مرحبا",
        "好",
        "👍a",
        "_",
    ],
)
def test_anything_else_is_not(text: str) -> None:
    with pytest.raises(KithError) as refused:
        checked_emoji(text)
    assert refused.value.kind is ErrorKind.EMOJI_INVALID
