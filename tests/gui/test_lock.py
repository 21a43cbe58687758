from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.domain.errors import SENTENCES, ErrorKind
from app.domain.settings import Settings
from app.gui.application import Application
from app.gui.dialogs.check_digits_dialog import CheckDigitsDialog, DifferentDigitsDialog
from app.gui.dialogs.compare_dialog import CompareDialog
from app.gui.dialogs.contact_sheet import ContactSheet
from app.gui.settings.privacy_page import PrivacyPage
from app.gui.settings.settings_dialog import SettingsDialog
from app.gui.theme.theme import Theme
from tests.support.clicks import click, press, press_in_window, write
from tests.support.fake_messenger import GOOD_LINK, FakeGate, FakeMessenger
from tests.support.gui import dialog_of, home_of, on_engine, over, run_gui, running, until


@asynccontextmanager
async def at_home(theme: Theme, fake: FakeMessenger) -> AsyncIterator[Application]:
    async with running(FakeGate(fake, None), theme) as application:
        await until(lambda: application.home is not None and application.window.main.isVisible())
        await until(lambda: home_of(application).roster.model.rowCount() == len(fake._contacts))
        yield application


def fake_with(passphrase: str | None = "correct horse") -> FakeMessenger:
    fake = FakeMessenger()
    fake.passphrase = passphrase
    return fake


def press_lock(window: QWidget) -> None:
    press_in_window(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)


def visible_dialogs() -> list[QDialog]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]


def test_the_first_lock_shows_the_whole_form(theme: Theme) -> None:
    async def scene() -> None:
        async with at_home(theme, fake_with()) as application:
            press_lock(application.window)
            form = application.window.lock
            parts = (form.sentence, form.passphrase, form.open_button)
            await until(lambda: all(part.visibleRegion().boundingRect() == part.rect() for part in parts))

    run_gui(scene())


def test_ctrl_l_hides_the_texts_and_the_passphrase_shows_them_again(theme: Theme) -> None:
    fake = fake_with()
    ben = fake.appear("Ben")

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            window = application.window
            window.main.contacts.choose(ben)
            await until(window.main.chat.isVisible)
            write(window.main.chat.composer.box, "half a sent")
            press_lock(window)
            await until(window.lock.isVisible)
            assert not window.main.isVisible()
            await on_engine(application, lambda: fake.receive(ben, "while it is locked"))
            write(window.lock.passphrase, "wrong")
            press(window.lock.passphrase, Qt.Key.Key_Return)
            await until(window.lock.error.isVisible)
            assert window.lock.error.text() == SENTENCES[ErrorKind.WRONG_PASSPHRASE]
            assert not window.main.isVisible()
            window.lock.passphrase.clear()
            write(window.lock.passphrase, "correct horse")
            click(window.lock.open_button)
            await until(window.main.isVisible)
            assert window.lock.passphrase.text() == ""
            assert window.main.chat.composer.text() == "half a sent"
            summary = home_of(application).roster.model.contact(ben)
            assert summary is not None
            assert summary.last_message == "while it is locked"

    run_gui(scene())


def test_what_came_to_a_locked_window_is_not_read(theme: Theme) -> None:
    fake = fake_with()
    ben = fake.appear("Ben")

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            application.window.activateWindow()
            application.window.main.contacts.choose(ben)
            await on_engine(application, lambda: fake.receive(ben, "in sight"))
            await until(lambda: "mark_read" in fake.calls)
            assert application.lock is not None
            application.lock.lock()
            read = fake.calls.count("mark_read")
            await on_engine(application, lambda: fake.receive(ben, "out of sight"))
            await until(lambda: (known := home_of(application).roster.model.contact(ben)) and known.unread == 1)
            assert fake.calls.count("mark_read") == read

    run_gui(scene())


def test_dialogs_are_hidden_unanswered_and_come_back(theme: Theme) -> None:
    fake = fake_with()
    ben = fake.appear("Ben")

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            home_of(application).desk.show_contact(ben)
            sheet = await dialog_of(application, ContactSheet)
            click(sheet.compare_button)
            compare = await over(sheet, CompareDialog)
            await until(lambda: QGuiApplication.focusWindow() is compare.windowHandle())
            press_lock(compare)
            await until(application.window.lock.isVisible)
            assert visible_dialogs() == []
            write(application.window.lock.passphrase, "correct horse")
            click(application.window.lock.open_button)
            await until(compare.isVisible)
            assert sheet.isVisible()
            click(compare.same_button)
            await until(lambda: "set_verified" in fake.calls)

    run_gui(scene())


def test_what_a_hidden_dialog_opens_over_itself_stays_hidden_too(theme: Theme) -> None:
    fake = fake_with()
    ben = fake.appear("Ben")

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            home_of(application).desk.show_contact(ben)
            sheet = await dialog_of(application, ContactSheet)
            click(sheet.compare_button)
            assert application.lock is not None
            application.lock.lock()
            await until(lambda: sheet.findChildren(CompareDialog))
            await until(lambda: visible_dialogs() == [])
            write(application.window.lock.passphrase, "correct horse")
            click(application.window.lock.open_button)
            await until(lambda: len(visible_dialogs()) == 2)

    run_gui(scene())


def test_a_question_that_comes_meanwhile_waits_and_is_not_taken_as_answered(theme: Theme) -> None:
    fake = fake_with()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            await on_engine(application, lambda: fake.appear("Ben", digits="1234"))
            question = await dialog_of(application, CheckDigitsDialog)
            assert application.lock is not None
            application.lock.lock()
            await on_engine(application, lambda: fake.appear("Mara", digits="9876"))
            await until(lambda: home_of(application).roster.model.rowCount() == 2)
            assert visible_dialogs() == []
            write(application.window.lock.passphrase, "correct horse")
            click(application.window.lock.open_button)
            await until(lambda: len(visible_dialogs()) == 2)
            assert question.isVisible()
            assert not any(isinstance(each, DifferentDigitsDialog) for each in visible_dialogs())

    run_gui(scene())


def test_a_link_that_is_handed_over_waits_for_the_passphrase(theme: Theme) -> None:
    async def scene() -> None:
        async with at_home(theme, fake_with()) as application:
            assert application.lock is not None
            application.lock.lock()
            application._take_start(GOOD_LINK)
            application.show_settings()
            assert visible_dialogs() == []
            write(application.window.lock.passphrase, "correct horse")
            click(application.window.lock.open_button)
            await until(lambda: len(visible_dialogs()) == 1)

    run_gui(scene())


def test_where_only_the_keyring_opens_the_profile_a_click_does_and_that_is_said(theme: Theme) -> None:
    async def scene() -> None:
        async with at_home(theme, fake_with(None)) as application:
            assert application.lock is not None
            application.lock.lock()
            await until(application.window.lock.passphrase.isHidden)
            assert "whoever sits here" in application.window.lock.sentence.text()
            click(application.window.lock.open_button)
            await until(application.window.main.isVisible)

    run_gui(scene())


def test_kith_locks_itself_when_nobody_touches_it(theme: Theme) -> None:
    fake = fake_with()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            application._idleness._minute_ms = 1
            application.show_settings()
            dialog = await dialog_of(application, SettingsDialog)
            (page,) = [page for page in dialog.pages if isinstance(page, PrivacyPage)]
            dialog.subjects.setCurrentRow(dialog.pages.index(page))
            click(page.lock_after.buttons[2])
            await until(application.window.lock.isVisible)
            assert fake.settings().lock_after_minutes == 5
            assert visible_dialogs() == []

    run_gui(scene())


@pytest.mark.parametrize(("minutes", "button"), [(0, 0), (1, 1), (7, 2), (1_440, 4)])
def test_any_time_of_the_settings_is_shown_by_the_nearest_shorter_one(theme: Theme, minutes: int, button: int) -> None:
    fake = fake_with()
    fake._settings = Settings(lock_after_minutes=minutes)

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            application.show_settings()
            dialog = await dialog_of(application, SettingsDialog)
            (page,) = [page for page in dialog.pages if isinstance(page, PrivacyPage)]
            assert page.lock_after.number == button

    run_gui(scene())


def test_the_tray_locks_too(theme: Theme) -> None:
    async def scene() -> None:
        async with at_home(theme, fake_with()) as application:
            application.desktop.tray.lock_action.trigger()
            assert application.window.lock.isVisible()
            teller = application.desktop.notifier
            assert teller is not None
            assert teller.locked

    run_gui(scene())
