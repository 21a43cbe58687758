import asyncio
import inspect
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit

from app.domain.errors import SENTENCES, ErrorKind, KithError
from app.gui.application import Application
from app.gui.theme.theme import Theme
from app.services.messenger import Messenger
from tests.support.clicks import click, press, write
from tests.support.fake_messenger import FakeGate, FakeMessenger
from tests.support.gui import home_of, run_gui, running, until


async def opened(application: Application) -> None:
    await until(lambda: application.home is not None and application.window.main.isVisible())


def test_a_first_start_makes_an_account_and_says_the_one_next_thing(theme: Theme) -> None:
    gate = FakeGate()

    async def scene() -> None:
        async with running(gate, theme) as application:
            welcome = application.window.welcome
            write(welcome.name, "Ada Marwick")
            write(welcome.passphrase, "correct horse")
            write(welcome.again, "correct horse")
            click(welcome.create_button)
            await opened(application)
            main = application.window.main
            assert main.contacts.name.text() == "Ada Marwick"
            assert main.nothing.isVisible()
            assert main.invite_button.isVisible()
            assert main.add_button.isVisible()

    run_gui(scene())
    assert gate.passphrase == "correct horse"
    assert gate.messenger.closed


def test_the_passphrase_is_never_shown_and_its_loss_is_said_to_be_final(theme: Theme) -> None:
    async def scene() -> None:
        async with running(FakeGate(), theme) as application:
            welcome = application.window.welcome
            assert {welcome.passphrase.echoMode(), welcome.again.echoMode()} == {QLineEdit.EchoMode.Password}
            assert "lost for good" in welcome.warning.text()

    run_gui(scene())


@pytest.mark.parametrize(
    ("name", "passphrase", "again", "sentence"),
    [
        ("", "correct", "correct", "What should your contacts call you?"),
        ("Ada", "", "", "Choose a passphrase: several words that only you know."),
        ("Ada", "correct", "other", "The two passphrases are not the same."),
        ("Ada\u202e", "correct", "correct", ""),
        ("x" * 65, "correct", "correct", SENTENCES[ErrorKind.NAME_INVALID]),
    ],
)
def test_what_is_wrong_with_a_new_account_is_said_on_the_page(
    theme: Theme, name: str, passphrase: str, again: str, sentence: str
) -> None:
    async def scene() -> None:
        async with running(FakeGate(), theme) as application:
            welcome = application.window.welcome
            welcome.name.setText(name)
            welcome.passphrase.setText(passphrase)
            welcome.again.setText(again)
            press(welcome.again, Qt.Key.Key_Return)
            if sentence:
                await until(welcome.error.isVisible)
                assert welcome.error.text() == sentence
                assert welcome.create_button.isEnabled()
            else:
                await opened(application)

    run_gui(scene())


def test_the_keyring_takes_the_place_of_a_passphrase(theme: Theme) -> None:
    gate = FakeGate()

    async def scene() -> None:
        async with running(gate, theme) as application:
            welcome = application.window.welcome
            write(welcome.name, "Ada")
            click(welcome.keyring)
            assert not welcome.passphrase.isVisible()
            click(welcome.create_button)
            await opened(application)

    run_gui(scene())
    assert gate.passphrase is None


def test_an_exported_profile_is_imported_at_the_first_start(theme: Theme, tmp_path: Path) -> None:
    gate = FakeGate()
    exported = tmp_path / "ada.kith"
    gate.messenger.safe.exported[exported] = "paper cup"

    async def scene() -> None:
        async with running(gate, theme) as application:
            welcome = application.window.welcome
            click(welcome.import_button)
            (chooser,) = welcome.findChildren(QFileDialog)
            chooser.fileSelected.emit(str(exported))
            chooser.reject()
            assert not welcome.name.isVisible()
            assert "ada.kith" in welcome.intro.text()
            assert "one computer at a time" in welcome.intro.text()
            click(welcome.create_button)
            assert "passphrase that was chosen" in welcome.error.text()
            write(welcome.file_passphrase, "paper cap")
            write(welcome.passphrase, "correct horse")
            write(welcome.again, "correct horse")
            click(welcome.create_button)
            await until(lambda: welcome.error.text() == SENTENCES[ErrorKind.WRONG_PASSPHRASE])
            welcome.file_passphrase.setText("paper cup")
            press(welcome.file_passphrase, Qt.Key.Key_Return)
            await opened(application)

    run_gui(scene())
    assert gate.passphrase == "correct horse"


def test_whoever_does_not_want_to_import_after_all_makes_a_new_account(theme: Theme, tmp_path: Path) -> None:
    async def scene() -> None:
        async with running(FakeGate(), theme) as application:
            welcome = application.window.welcome
            welcome.choose_file(tmp_path / "missing.kith")
            write(welcome.file_passphrase, "paper cup")
            click(welcome.keyring)
            click(welcome.create_button)
            await until(lambda: welcome.error.text() == SENTENCES[ErrorKind.FILE_UNREADABLE])
            click(welcome.import_button)
            assert welcome.name.isVisible()
            assert not welcome.error.isVisible()
            write(welcome.name, "Ada")
            click(welcome.create_button)
            await opened(application)

    run_gui(scene())


def test_a_wrong_passphrase_is_said_and_the_right_one_opens(theme: Theme) -> None:
    async def scene() -> None:
        async with running(FakeGate(FakeMessenger("Ada")), theme) as application:
            unlock = application.window.unlock
            write(unlock.passphrase, "wrong")
            press(unlock.passphrase, Qt.Key.Key_Return)
            await until(unlock.error.isVisible)
            assert unlock.error.text() == SENTENCES[ErrorKind.WRONG_PASSPHRASE]
            unlock.passphrase.clear()
            write(unlock.passphrase, "correct horse")
            click(unlock.open_button)
            await opened(application)

    run_gui(scene())


def test_a_profile_in_the_keyring_opens_without_asking(theme: Theme) -> None:
    async def scene() -> None:
        async with running(FakeGate(FakeMessenger("Ada"), passphrase=None), theme) as application:
            await opened(application)

    run_gui(scene())


def test_a_link_given_at_the_start_waits_in_the_dialog(theme: Theme) -> None:
    async def scene() -> str:
        async with running(FakeGate(FakeMessenger("Ada"), None), theme, link="kith:given") as application:
            await until(lambda: application.home is not None and application.home.desk.dialog is not None)
            dialog = home_of(application).desk.dialog
            assert dialog is not None
            return str(dialog.property("link") or dialog.findChildren(QLineEdit)[0].text())

    assert run_gui(scene()) == "kith:given"


def test_closing_while_the_profile_opens_still_closes_it(theme: Theme) -> None:
    class SlowGate(FakeGate):
        async def open(self, passphrase: str | None) -> FakeMessenger:
            if passphrase is None:
                raise KithError(ErrorKind.PASSPHRASE_MISSING)
            await asyncio.sleep(0.05)
            return self.messenger

    gate = SlowGate(FakeMessenger("Ada"))

    async def scene() -> None:
        async with running(gate, theme) as application:
            write(application.window.unlock.passphrase, "correct horse")
            click(application.window.unlock.open_button)

    run_gui(scene())
    assert gate.messenger.closed


def test_a_profile_that_does_not_close_in_order_still_ends(theme: Theme, caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with running(FakeGate(fake, None), theme) as application:
            await opened(application)
            fake.refuse("close", ErrorKind.STORAGE_DAMAGED)

    run_gui(scene())
    assert "not closed in order: storage_damaged" in caplog.text


def test_the_fake_has_the_methods_of_the_real_messenger() -> None:
    for name, method in inspect.getmembers(Messenger, inspect.isfunction):
        if not name.startswith("_") and name not in {"start", "handle"}:
            fake = inspect.signature(getattr(FakeMessenger, name))
            real = inspect.signature(method)
            assert [(each.name, each.kind, each.default) for each in fake.parameters.values()] == [
                (each.name, each.kind, each.default) for each in real.parameters.values()
            ], name
            assert fake.return_annotation == real.return_annotation, name
