"""The main page by the keyboard, and in a language in which every translated word is marked."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from app.domain.account import MAX_NAME_CHARACTERS
from app.domain.contact import ContactProblem, ContactState
from app.domain.identifiers import ContactId
from app.domain.message import MessageState
from app.gui.application import Application
from app.gui.models.message_list import PAGE
from app.gui.theme.theme import Theme
from tests.support.chatting import chatting, scene_with, texts
from tests.support.fake_messenger import FakeGate, FakeMessenger
from tests.support.gui import home_of, on_engine, run_gui, running, until

SPOKEN = Qt.ItemDataRole.AccessibleTextRole


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


def test_a_click_below_the_conversations_opens_none(theme: Theme) -> None:
    async def scene() -> None:
        async with with_ben_alone(theme) as application:
            contacts = application.window.main.contacts.list
            below = contacts.visualRect(contacts.model().index(0, 0)).bottomLeft() + QPoint(20, 40)
            QTest.mouseClick(contacts.viewport(), Qt.MouseButton.LeftButton, pos=below)
            contacts.setFocus()
            assert home_of(application).conversation is None
            QTest.mouseClick(contacts.viewport(), Qt.MouseButton.LeftButton, pos=below - QPoint(0, 60))
            await until(application.window.main.chat.isVisible)
            assert contacts.selectionModel().isSelected(contacts.model().index(0, 0))

    run_gui(scene())


def test_tab_into_the_conversations_opens_none_and_enter_opens_the_one_under_the_focus(theme: Theme) -> None:
    async def scene() -> None:
        async with with_ben_alone(theme) as application:
            contacts = application.window.main.contacts.list
            contacts.setFocus(Qt.FocusReason.TabFocusReason)
            await until(lambda: contacts.currentIndex().isValid())
            assert home_of(application).conversation is None
            QTest.keyClick(contacts, Qt.Key.Key_Return)
            await until(application.window.main.chat.isVisible)
            assert contacts.selectionModel().isSelected(contacts.currentIndex())

    run_gui(scene())


@pytest.mark.parametrize("by_key", [False, True])
def test_the_open_conversation_stays_marked_when_it_is_clicked_with_ctrl(theme: Theme, *, by_key: bool) -> None:
    fake, ben = crew()

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            contacts = application.window.main.contacts.list
            (row,) = contacts.selectedIndexes()
            place, ctrl = contacts.visualRect(row).center(), Qt.KeyboardModifier.ControlModifier
            if by_key:
                QTest.keyClick(contacts, Qt.Key.Key_Space, ctrl)
            else:
                QTest.mouseClick(contacts.viewport(), Qt.MouseButton.LeftButton, ctrl, place)
            assert contacts.selectedIndexes() == [row]

    run_gui(scene())


def test_when_the_open_contact_is_removed_no_other_conversation_opens(theme: Theme) -> None:
    fake, ben = crew()
    fake.put(fake.appear("Carol"), "not read yet", mine=False)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await fake.remove_contact(ben)
            await until(lambda: home_of(application).conversation is None)
            assert not application.window.main.chat.isVisible()

    run_gui(scene())


def test_the_longest_name_is_shortened_where_it_is_shown_and_widens_nothing(theme: Theme) -> None:
    fake = FakeMessenger("Ada")
    long = fake.appear("W" * MAX_NAME_CHARACTERS, verified=True)

    async def scene() -> None:
        async with chatting(theme, fake, long) as application:
            chat = application.window.main.chat
            await until(chat.nothing.isVisible)
            box = chat.composer.box
            hint = box.placeholderText()
            assert hint.startswith("Message W")
            assert hint.endswith("…")
            assert box.fontMetrics().horizontalAdvance(hint) <= box.viewport().width()
            for part in (chat.header.name, chat.nothing.title):
                assert part.minimumSizeHint().width() == 0
                assert part.visibleRegion().boundingRect() == part.rect()

    run_gui(scene())


@asynccontextmanager
async def with_ben_alone(theme: Theme) -> AsyncIterator[Application]:
    fake = FakeMessenger("Ada")
    fake.appear("Ben")
    async with running(FakeGate(fake, None), theme) as application:
        await until(lambda: application.home is not None and home_of(application).roster.model.rowCount() == 1)
        yield application


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


def test_the_keyboard_is_where_one_goes_on_after_a_start_and_after_a_lock(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with running(FakeGate(fake, None), theme) as application:
            await until(lambda: application.home is not None and application.window.main.isVisible())
            page = application.window.main
            await until(page.invite_button.hasFocus)
            ben = await on_engine(application, lambda: fake.appear("Ben"))
            await until(page.contacts.list.hasFocus)
            page.contacts.choose(ben)
            await until(page.chat.composer.box.hasFocus)
            assert application.lock is not None
            application.lock.lock()
            await until(application.window.lock.passphrase.hasFocus)
            application.lock._unlock()
            await until(page.chat.composer.box.hasFocus)

    run_gui(scene())


def test_by_tab_one_comes_to_the_newest_message_and_not_to_the_oldest(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=100)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            view = application.window.main.chat.view
            await until(lambda: len(texts(application)) == PAGE)
            before = view.verticalScrollBar().value()
            view.setFocus(Qt.FocusReason.BacktabFocusReason)
            assert view.currentIndex().row() == PAGE - 1
            assert view.verticalScrollBar().value() == before

    run_gui(scene())
