"""Writing: emoji by click and by name, what is pasted, growing, right-to-left."""

import time

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.message import MAX_TEXT_BYTES
from app.domain.settings import Appearance
from app.gui.formatting import fitting, writable
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size
from app.gui.widgets.composer import Composer
from tests.support.chatting import chatting, scene_with, texts
from tests.support.clicks import press, write
from tests.support.fake_messenger import FakeMessenger
from tests.support.gui import run_gui, until


def paste(composer: Composer, text: str) -> None:
    source = QMimeData()
    source.setText(text)
    composer.box.insertFromMimeData(source)


def test_the_box_grows_with_the_size_of_text_while_it_is_empty(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            box = application.window.main.chat.composer.box
            before = box.height()
            theme.choose(Appearance.SYSTEM, 150)
            assert box.height() > before
            theme.choose(Appearance.SYSTEM, 100)
            assert box.height() == before

    try:
        run_gui(scene())
    finally:
        theme.choose(Appearance.SYSTEM, 100)


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_the_hint_is_painted_anew_when_the_contact_has_another_name(theme: Theme) -> None:
    composer = Composer(theme)
    composer.write_to("Ben")
    composer.resize(600, 100)
    composer.show()
    QApplication.processEvents()
    paints = Paints(composer.box.viewport())
    composer.call_them("Benjamin")
    QApplication.processEvents()
    assert paints.count
    assert composer.box.placeholderText() == "Message Benjamin"
    composer.close()


def test_ten_megabytes_pasted_are_bounded_without_a_freeze(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> float:
        async with chatting(theme, fake, ben) as application:
            composer = application.window.main.chat.composer
            write(composer.box, "start ")
            before = time.process_time()
            paste(composer, "lorem ipsum\n" * 870_000)
            took = time.process_time() - before
            assert len(composer.text().encode()) == MAX_TEXT_BYTES
            assert application.window.banner.isVisible()
            paste(composer, "more")
            assert len(composer.text().encode()) == MAX_TEXT_BYTES
            press(composer.box, Qt.Key.Key_Return)
            await until(lambda: len(texts(application)) == 1)
            return took

    assert run_gui(scene()) < 2.0


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("tab\tstays", "tab\tstays"),
        ("مرحبا", "مرحبا"),
    ],
)
def test_what_is_pasted_is_plain(theme: Theme, pasted: str, kept: str) -> None:
    assert writable(pasted) == kept
    composer = Composer(theme)
    paste(composer, pasted)
    assert composer.text() == kept


@pytest.mark.parametrize(
    ("text", "size", "kept"), [("äöü", 4, "äö"), ("äöü", 3, "ä"), ("😀", 3, ""), ("a\ud800", 9, "a?")]
)
def test_a_text_is_cut_between_characters(text: str, size: int, kept: str) -> None:
    assert fitting(text, size) == kept


def test_rich_text_is_pasted_as_its_words(theme: Theme) -> None:
    source = QMimeData()
    source.setHtml("<b>bold</b>")
    source.setText("bold")
    composer = Composer(theme)
    composer.box.insertFromMimeData(source)
    assert composer.text() == "bold"


def test_the_box_grows_to_six_lines_and_then_scrolls(theme: Theme) -> None:
    composer = Composer(theme)
    composer.resize(600, 400)
    composer.show()
    one = composer.box.height()
    paste(composer, "\n".join("abcdef"))
    six = composer.box.height()
    assert six > 4 * one / 2
    paste(composer, "\n" * 40)
    assert composer.box.height() == six
    assert Size.COMPOSER_LINES == 6
    composer.hide()
