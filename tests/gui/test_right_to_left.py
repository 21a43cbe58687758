from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget

from app.gui.theme.theme import Theme
from app.gui.widgets.parts import label, row, set_margins
from tests.support.clicks import click
from tests.support.fake_messenger import FakeGate, FakeMessenger
from tests.support.gui import home_of, run_gui, running, until

SIDE = 200


@pytest.fixture(params=[Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft], ids=["forwards", "backwards"])
def backwards(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[bool]:
    qapp.setLayoutDirection(request.param)
    yield request.param is Qt.LayoutDirection.RightToLeft
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def is_inked(image: QImage, columns: range) -> bool:
    paper = image.pixelColor(SIDE // 2, 0)
    return any(image.pixelColor(x, y) != paper for x in columns for y in range(image.height()))


@pytest.mark.parametrize("text", ["Mara", "نادية"])
@pytest.mark.parametrize("wrap", [False, True])
def test_words_begin_where_the_lines_of_the_window_do(*, backwards: bool, text: str, wrap: bool) -> None:
    shown = label(text, wrap=wrap)
    shown.setFixedWidth(SIDE)
    shown.setStyleSheet("background: white; color: black")
    image = shown.grab().toImage().scaledToWidth(SIDE)
    left, right = is_inked(image, range(20)), is_inked(image, range(SIDE - 20, SIDE))
    assert (left, right) == (not backwards, backwards)
    assert image.pixelColor(SIDE // 2, 0) == QColor("white")


def test_margins_follow_the_lines(*, backwards: bool) -> None:
    page = QWidget()
    set_margins(row(page), 1, 2, 3, 4)
    found = page.layout()
    assert found is not None
    margins = found.contentsMargins()
    assert (margins.left(), margins.top(), margins.right(), margins.bottom()) == (
        (3, 2, 1, 4) if backwards else (1, 2, 3, 4)
    )


def test_emoji_are_chosen_over_the_button_that_opens_them(theme: Theme, *, backwards: bool) -> None:
    fake = FakeMessenger()
    ben = fake.appear("Ben")

    async def scene() -> None:
        async with running(FakeGate(fake, None), theme) as application:
            await until(lambda: application.home is not None and home_of(application).roster.model.rowCount() == 1)
            window = application.window
            window.main.contacts.choose(ben)
            await until(window.main.chat.isVisible)
            composer = window.main.chat.composer
            click(composer.emoji_button)
            button = composer.emoji_button.mapTo(window, QPoint(0, 0)).x()
            assert composer.picker.x() <= button <= composer.picker.x() + composer.picker.width()
            assert window.main.contacts.avatar.mapTo(window, QPoint(0, 0)).x() >= 0
            edge = window.main.contacts.avatar.geometry()
            column = window.main.contacts.width()
            outer = column - edge.right() - 1 if backwards else edge.left()
            search = window.main.contacts.search.geometry()
            assert outer == (column - search.right() - 1 if backwards else search.left())

    run_gui(scene())
