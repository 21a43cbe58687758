"""Choosing an emoji."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from app.gui.emoji_groups import EmojiGroup
from app.gui.emoji_names import FAVOURITES, QUICK, load
from app.gui.models.emoji_list import EmojiModel
from app.gui.theme.theme import Theme
from tests.support.chatting import chatting, scene_with, texts
from tests.support.clicks import click, press, write
from tests.support.fake_messenger import FakeMessenger
from tests.support.gui import run_gui, until


def test_an_emoji_is_chosen_by_its_name_with_the_keyboard_alone(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            composer = application.window.main.chat.composer
            write(composer.box, "ahoy ")
            composer.emoji_button.setFocus()
            press(composer.emoji_button, Qt.Key.Key_Space)
            await until(composer.picker.isVisible)
            await until(lambda: composer.picker.model.names is not None)
            write(composer.picker.field, "anch")
            assert composer.picker.model.index(0).data() == "⚓"
            assert composer.picker.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "anchor"
            press(composer.picker.field, Qt.Key.Key_Return)
            assert not composer.picker.isVisible()
            assert composer.text() == "ahoy ⚓"
            assert composer.box.hasFocus()
            press(composer.box, Qt.Key.Key_Return)
            await until(lambda: texts(application) == ["ahoy ⚓"])

    run_gui(scene())


def test_an_emoji_is_chosen_by_a_click_and_by_the_arrows(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            composer = application.window.main.chat.composer
            click(composer.emoji_button)
            picker = composer.picker
            await until(picker.isVisible)
            place = picker.list.visualRect(picker.model.index(2)).center()
            QTest.mouseClick(picker.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
            assert composer.text() == FAVOURITES[2]
            click(composer.emoji_button)
            press(picker.field, Qt.Key.Key_Down)
            assert picker.list.hasFocus()
            press(picker.list, Qt.Key.Key_Right)
            press(picker.list, Qt.Key.Key_Return)
            assert composer.text() == FAVOURITES[2] + FAVOURITES[1]
            click(composer.emoji_button)
            press(picker.field, Qt.Key.Key_Escape)
            assert not picker.isVisible()

    run_gui(scene())


@pytest.mark.parametrize(
    ("language", "text", "emoji"),
    [
        ("en", "thumbs up", "👍"),
        ("de", "daumen", "👍"),
        ("de", "thumbs", "👍"),
        ("xx", "red he", "❤️"),
    ],
)
def test_names_are_known_in_the_language_of_the_window_and_in_english(language: str, text: str, emoji: str) -> None:
    assert emoji in load(language).find(text)


def test_every_emoji_that_is_offered_has_a_name() -> None:
    names = load("de")
    assert [emoji for emoji in (*FAVOURITES, *QUICK) if names.name(emoji) == emoji] == []
    assert len(set(FAVOURITES)) == len(FAVOURITES)


def test_the_model_of_emoji_keeps_qts_rules() -> None:
    model = EmojiModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.names = load("en")
    for group in (None, EmojiGroup.FOOD):
        for text in ("cat", "no such thing at all", ""):
            model.show(group, text)
    model.show(None)
    assert model.rowCount() == len(FAVOURITES)
    del tester


def test_a_kind_of_emoji_is_chosen_with_the_keyboard_alone(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            composer = application.window.main.chat.composer
            click(composer.emoji_button)
            picker = composer.picker
            await until(lambda: picker.model.names is not None)
            write(picker.field, "anchor")
            QTest.keyClick(picker.field, Qt.Key.Key_Tab)
            while not picker.groups.buttons[0].hasFocus():
                focused = picker.window().focusWidget()
                assert picker.isAncestorOf(focused)
                QTest.keyClick(focused, Qt.Key.Key_Tab)
            for step in range(1, 5):
                press(picker.groups.buttons[step - 1], Qt.Key.Key_Right)
                assert picker.groups.buttons[step].hasFocus()
            assert picker.groups.buttons[4].accessibleName() == "Food and drink"
            assert picker.field.text() == ""
            QTest.keyClick(picker.groups.buttons[4], Qt.Key.Key_Tab)
            assert picker.list.hasFocus()
            press(picker.list, Qt.Key.Key_Return)
            assert composer.text() == "🍇"

    run_gui(scene())


def test_every_emoji_is_of_one_kind_and_every_kind_begins_as_unicode_has_it() -> None:
    names = load("en")
    listed = [emoji for group in EmojiGroup for emoji in names.groups[group]]
    assert sorted(listed) == sorted(names.names)
    assert [names.groups[group][0] for group in EmojiGroup] == ["😀", "👋", "🐵", "🍇", "🌍", "🎃", "👓", "🏧", "🏁"]
    assert {"🇩🇪", "🏳️\u200d🌈"} <= set(names.groups[EmojiGroup.FLAGS])
    assert "👩\u200d🚀" in names.groups[EmojiGroup.PEOPLE]


def test_what_stands_for_a_kind_is_of_that_kind() -> None:
    groups = load("en").groups
    assert [group for group in EmojiGroup if group.icon not in groups[group]] == []


def test_without_names_a_kind_is_empty_until_they_come() -> None:
    model = EmojiModel()
    model.show(EmojiGroup.FLAGS)
    assert model.rowCount() == 0
    model.names = load("en")
    model.show(EmojiGroup.FLAGS)
    assert model.rowCount() > 200
