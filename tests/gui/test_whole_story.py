"""From the first start to a locked window: once with the mouse, once with nothing but keys; two real engines."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.message import MessageState
from app.gui.application import Application
from app.gui.dialogs.add_contact_dialog import AddContactDialog
from app.gui.dialogs.compare_dialog import CompareDialog
from app.gui.dialogs.contact_sheet import ContactSheet
from app.gui.dialogs.invite_dialog import InviteDialog
from app.gui.settings.settings_dialog import SettingsDialog
from app.gui.theme.theme import Theme
from app.gui.widgets.unlock_page import UnlockPage
from tests.support.accessibility import name_of
from tests.support.clicks import click, press, press_in_window, write
from tests.support.gui import dialog_of, home_of, over, run_gui, running, until
from tests.support.windows import (
    PASSPHRASE,
    all_in_state,
    contacts,
    create,
    gate,
    lines,
    meet,
    open_conversation,
    send,
    shown,
    two_windows,
)

MOST_STOPS = 40
CONTROL = Qt.KeyboardModifier.ControlModifier


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def walk_to(name: str) -> QWidget:
    """Press Tab until the widget of that name has the keyboard."""
    for _ in range(MOST_STOPS):
        if name_of(focused()) == name:
            return focused()
        press(focused(), Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never comes to {name!r}")


async def in_front(window: QWidget) -> None:
    window.activateWindow()
    await until(lambda: QApplication.activeWindow() is window and QApplication.focusWidget() is not None)


async def compare_by_code(one: Application, other: Application) -> None:
    """Ada's Kith reads the code of the safety number off Ben's screen."""
    click(other.window.main.chat.header.details_button)
    sheet = await dialog_of(other, ContactSheet)
    click(sheet.compare_button)
    theirs = await over(sheet, CompareDialog)
    QGuiApplication.clipboard().setImage(theirs.code.grab().toImage())
    click(one.window.main.chat.header.details_button)
    sheet = await dialog_of(one, ContactSheet)
    click(sheet.compare_button)
    mine = await over(sheet, CompareDialog)
    assert mine.digits.text() == theirs.digits.text()
    click(mine.drop.clipboard_button)
    await until(lambda: "are the same" in mine.verdict.text())
    click(mine.same_button)
    await until(lambda: sheet.verification.text().startswith("Verified"))
    click(sheet.close_button)
    theirs.reject()
    for application in (one, other):
        for dialog in application.window.findChildren(ContactSheet):
            dialog.reject()
        desk = home_of(application).desk
        await until(lambda desk=desk: desk.dialog is None)  # type: ignore[misc]


async def unlock_page(application: Application) -> UnlockPage:
    await until(application.window.lock.isVisible)
    return application.window.lock


@pytest.mark.slow
def test_two_people_meet_verify_talk_answer_search_and_lock(theme: Theme, tmp_path: Path) -> None:
    async def scene() -> None:
        async with two_windows(theme, tmp_path) as (ada, ben):
            await create(ada, "Ada")
            await create(ben, "Ben")
            await meet(ada, ben, in_person=False)
            await open_conversation(ada, messages=0)
            await until(lambda: "Online" in ben.window.main.chat.header.standing.text(), 30)
            await compare_by_code(ada, ben)
            assert ada.window.main.chat.header.mark.isVisible()

            send(ada, "the kettle is on")
            await until(lambda: lines(ben) == [(False, "the kettle is on")], 30)
            ben.window.main.chat.view.message_actions.reply.emit(shown(ben)[0])
            await until(ben.window.main.chat.composer.reply.isVisible)
            send(ben, "coming")
            await until(lambda: [text for _, text in lines(ada)] == ["the kettle is on", "coming"], 30)
            assert shown(ada)[1].reply_to == shown(ada)[0].message_id
            await until(lambda: all_in_state(ada, MessageState.DELIVERED), 30)

            search = ada.window.main.contacts.search
            write(search, "kett")
            results = ada.window.main.contacts.results
            await until(lambda: results.isVisible() and results.list.model().rowCount() > 0)
            press(search, Qt.Key.Key_Escape)

            press_in_window(ada.window, Qt.Key.Key_L, CONTROL)
            page = await unlock_page(ada)
            send(ben, "are you there?")
            write(page.passphrase, "wrong")
            press(page.passphrase, Qt.Key.Key_Return)
            await until(page.error.isVisible, 30)
            page.passphrase.setText(PASSPHRASE)
            click(page.open_button)
            await until(ada.window.main.isVisible, 30)
            await until(lambda: lines(ada)[-1] == (False, "are you there?"), 30)

    run_gui(scene(), 110)


async def begin_by_keys(ben: Application, link: str) -> None:
    """Make the account and add the person behind the link."""
    await in_front(ben.window)
    write(focused(), "Ben")
    for text in (PASSPHRASE, PASSPHRASE):
        press(focused(), Qt.Key.Key_Tab)
        write(focused(), text)
    press(focused(), Qt.Key.Key_Return)
    await until(ben.window.main.isVisible, 30)
    press(walk_to("Add a contact"), Qt.Key.Key_Space)
    await in_front(await dialog_of(ben, AddContactDialog))
    write(walk_to("Link"), link)
    press(focused(), Qt.Key.Key_Return)
    await until(ben.window.main.chat.isVisible)
    await in_front(ben.window)


async def search_by_keys(ben: Application) -> None:
    press(focused(), Qt.Key.Key_F, CONTROL)
    assert focused() is ben.window.main.contacts.search
    write(focused(), "alone")
    await until(ben.window.main.contacts.results.isVisible)
    press(focused(), Qt.Key.Key_Escape)


async def verify_by_keys(ben: Application) -> None:
    press(walk_to("About this contact"), Qt.Key.Key_Space)
    sheet = await dialog_of(ben, ContactSheet)
    await in_front(sheet)
    press(walk_to("Safety number"), Qt.Key.Key_Space)
    await in_front(await over(sheet, CompareDialog))
    press(walk_to("They are the same"), Qt.Key.Key_Space)
    await until(lambda: sheet.verification.text().startswith("Verified"))
    await close_by_keys(ben, sheet)


async def visit_settings_by_keys(ben: Application) -> None:
    press(ben.window.main, Qt.Key.Key_Comma, CONTROL)
    settings = await dialog_of(ben, SettingsDialog)
    await in_front(settings)
    press(settings.subjects, Qt.Key.Key_Down)
    await close_by_keys(ben, settings)


async def close_by_keys(ben: Application, dialog: QWidget) -> None:
    press(dialog, Qt.Key.Key_Escape)
    await until(lambda: home_of(ben).desk.dialog is None)
    await in_front(ben.window)


@pytest.mark.slow
def test_everything_is_done_without_a_mouse(theme: Theme, tmp_path: Path) -> None:
    async def scene() -> None:
        async with AsyncExitStack() as both:
            ada = await both.enter_async_context(running(gate(tmp_path / "ada"), theme))
            await create(ada, "Ada")
            click(ada.window.main.invite_button)
            invite = await dialog_of(ada, InviteDialog)
            await until(invite.link.text)
            link = invite.link.text()
            invite.accept()
            ben = await both.enter_async_context(running(gate(tmp_path / "ben"), theme))
            await begin_by_keys(ben, link)
            await until(lambda: "Online" in ben.window.main.chat.header.standing.text(), 30)
            write(walk_to("Message Ada"), "by keys alone")
            press(focused(), Qt.Key.Key_Return)
            await until(lambda: contacts(ada), 30)
            await open_conversation(ada, messages=1)
            await until(lambda: all_in_state(ben, MessageState.DELIVERED), 30)
            await in_front(ben.window)
            await search_by_keys(ben)
            await verify_by_keys(ben)
            await visit_settings_by_keys(ben)
            press_in_window(ben.window, Qt.Key.Key_L, CONTROL)
            page = await unlock_page(ben)
            write(page.passphrase, PASSPHRASE)
            press(page.passphrase, Qt.Key.Key_Return)
            await until(ben.window.main.isVisible, 30)
            press(ben.window.main, Qt.Key.Key_Q, CONTROL)
            assert ben._quit.is_set()

    run_gui(scene(), 110)
