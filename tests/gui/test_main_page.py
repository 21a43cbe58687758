"""The main page by the keyboard, and in a language in which every translated word is marked."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from app.domain.contact import ContactProblem, ContactState
from app.domain.identifiers import ContactId
from app.domain.message import MessageState
from app.gui.application import Application
from app.gui.theme.theme import Theme
from tests.support.chatting import chatting, texts
from tests.support.fake_messenger import FakeMessenger
from tests.support.gui import run_gui, until

SPOKEN = Qt.ItemDataRole.AccessibleTextRole


class Marking(QTranslator):
    """A language in which every word that goes through translation is in brackets."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"⟦{text}⟧" if text else text

    def isEmpty(self) -> bool:  # noqa: N802 (Qt's name)
        return False


@pytest.fixture
def marked(qapp: QApplication) -> Iterator[None]:
    translator = Marking()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


def crew() -> tuple[FakeMessenger, ContactId]:
    fake = FakeMessenger("Ada")
    ben = fake.appear("Ben", verified=True, online=False, problem=ContactProblem.LINK_USED)
    fake.appear("Jonas", state=ContactState.REQUEST)
    fake.appear("Workshop", state=ContactState.PENDING)
    said = fake.put(ben, "hello", mine=False, state=MessageState.READ)
    fake.put(ben, "there", mine=True, state=MessageState.QUEUED, reply_to=said.message_id)
    return fake, ben


def test_tab_reaches_every_part_of_the_page_and_comes_round(theme: Theme) -> None:
    fake, ben = crew()

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: len(texts(application)) == 2)
            window, reached = application.window, []
            for _ in range(60):
                focused = window.focusWidget()
                assert focused is not None
                reached.append(focused)
                QTest.keyClick(focused, Qt.Key.Key_Tab)
                if window.focusWidget() is reached[0]:
                    break
            main = window.main
            wanted = {main.contacts.search, main.contacts.list, main.chat.view, main.chat.composer.box}
            assert wanted <= set(reached)
            assert main.chat.composer.emoji_button in reached
            assert window.focusWidget() is reached[0]

    run_gui(scene())


@pytest.mark.usefixtures("marked")
def test_no_word_on_the_page_escapes_translation(theme: Theme) -> None:
    fake, ben = crew()
    written = {"Kith", "Ada", "Ben", "Jonas", "Workshop", "hello", "there", "zzz"}

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: len(texts(application)) == 2)
            page = application.window.main.chat
            page.view.message_actions.reply.emit(page.view.model().row(0).message)  # type: ignore[attr-defined]
            application.window.main.contacts.search.setText("zzz")
            await until(application.window.main.contacts.results.isVisible)
            stray = {word for shown in words(application) if "⟦" not in shown for word in re.findall(r"\w+", shown)}
            assert {word for word in stray - written if word.isalpha()} == set()

    run_gui(scene())


def words(application: Application) -> Iterator[str]:
    """All that the window shows or speaks."""
    for widget in [application.window, *visible(application.window)]:
        yield from (widget.toolTip(), widget.accessibleName(), widget.windowTitle())
        if isinstance(widget, (QLabel, QAbstractButton)):
            yield widget.text()
        if isinstance(widget, (QLineEdit, QPlainTextEdit)):
            yield widget.placeholderText()
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            for row in range(widget.model().rowCount()):
                yield str(widget.model().index(row, 0).data(SPOKEN))


def visible(window: QWidget) -> list[QWidget]:
    return [widget for widget in window.findChildren(QWidget) if widget.isVisible()]
