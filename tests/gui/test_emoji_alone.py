import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gui.emoji_alone import is_emoji_alone
from app.gui.models.message_list import MessageListModel
from app.gui.theme.theme import Theme
from app.gui.widgets.message_view import MessageView
from tests.gui.test_plain_text import SCOTLAND, received

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


@pytest.mark.parametrize(
    "text",
    ["😀", "😀🎉", "👍🏽", FAMILY, FAMILY * 3, "❤\ufe0f", "⚓", "⭐⭐⭐", "🇩🇪", "🇩🇪🇫🇷🇮🇹", SCOTLAND],
)
def test_up_to_three_emoji_are_alone(text: str) -> None:
    assert is_emoji_alone(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "12", "©", "→", "─", "\u200d", "\ufe0f", "\u0301", "🇩", "🏽"),
        *("😀 hello", "😀😀😀😀", "1\ufe0f\u20e32", "😀\u0301", "😀\n😀", "😀" * 900, "👨\u200d" * 40),
    ],
)
def test_everything_else_is_text(text: str) -> None:
    assert not is_emoji_alone(text)


@given(st.text())
def test_whatever_is_written_an_answer_is_found(text: str) -> None:
    assert is_emoji_alone(text) in {True, False}


def test_a_bubble_of_emoji_alone_is_larger_than_one_of_words(theme: Theme) -> None:
    view, model = MessageView(theme), MessageListModel("Ben")
    view.resize(700, 500)
    view.show_conversation(model)
    model.replace_all([received("😀", 3), received("ok", 2), received("one", 1)], has_older=False)
    words, alone = view.visualRect(model.index(1)).height(), view.visualRect(model.index(2)).height()
    assert alone > words + 8
    view.deleteLater()
