from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import zxingcpp
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QWidget

from app.domain.contact import ContactState, ContactSummary
from app.domain.errors import SENTENCES, ErrorKind
from app.domain.identifiers import ContactId
from app.gui.application import Application
from app.gui.codes.reader import CodeKind, read_code
from app.gui.dialogs.add_contact_dialog import AddContactDialog
from app.gui.dialogs.check_digits_dialog import CheckDigitsDialog, DifferentDigitsDialog, ShowDigitsDialog
from app.gui.dialogs.confirm_dialog import ConfirmDialog
from app.gui.dialogs.invite_dialog import InviteDialog, InviteKind
from app.gui.dialogs.invites_dialog import InvitesDialog
from app.gui.dialogs.requests_dialog import RequestsDialog
from app.gui.models.contact_list import ContactListModel, ContactRole
from app.gui.theme.theme import Theme
from app.gui.widgets.qr_code import QrCode
from tests.support.clicks import click, press, write
from tests.support.fake_messenger import GOOD_LINK, FakeGate, FakeMessenger
from tests.support.gui import dialog_of, home_of, on_engine, over, run_gui, running, until


@asynccontextmanager
async def at_home(theme: Theme, fake: FakeMessenger) -> AsyncIterator[Application]:
    async with running(FakeGate(fake, None), theme) as application:
        await until(lambda: application.home is not None and application.window.main.isVisible())
        yield application


async def closed(application: Application) -> None:
    await until(lambda: home_of(application).desk.dialog is None)


async def new_invite(application: Application) -> InviteDialog:
    """The dialog of an invite that has just been made."""
    click(application.window.main.invite_button)
    dialog = await dialog_of(application, InviteDialog)
    await until(dialog.link.text)
    return dialog


def contacts_in(model: ContactListModel) -> list[ContactSummary]:
    rows = (model.data(model.index(row), ContactRole.CONTACT) for row in range(model.rowCount()))
    return [contact for contact in rows if isinstance(contact, ContactSummary)]


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


def scanned(code: QrCode) -> str:
    image: QImage = code.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = memoryview(image.constBits()).cast("B", [image.height(), image.bytesPerLine()])
    (result,) = zxingcpp.read_barcodes(pixels)
    return str(result.text)


def test_an_invite_is_a_code_and_a_link_that_works_once(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            dialog = await new_invite(application)
            invite = fake._invites[0]
            assert scanned(dialog.code) == invite.qr_text
            assert dialog.link.text() == invite.link
            assert dialog.expiry.text().startswith("Works once. Expires in 7 days")
            click(dialog.copy_button)
            assert QGuiApplication.clipboard().text() == invite.link
            assert dialog.copy_button.text() == "Copied"
            click(dialog.close_button)
            await closed(application)

    run_gui(scene())


def test_enter_copies_the_link_of_a_new_invite(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            click(application.window.main.invite_button)
            dialog = await dialog_of(application, InviteDialog)
            await until(lambda: dialog.focusWidget() is dialog.copy_button)
            press(dialog.copy_button, Qt.Key.Key_Return)
            assert QGuiApplication.clipboard().text() == fake._invites[0].link
            click(dialog.close_button)
            await closed(application)

    run_gui(scene())


def test_one_more_invite_is_made_for_a_meeting_and_the_first_is_kept(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            click(application.window.main.contacts.invite_button)
            dialog = await dialog_of(application, InviteDialog)
            await until(dialog.link.text)
            first = dialog.link.text()
            assert not dialog.save_button.isVisible()
            click(dialog.kinds.buttons[InviteKind.IN_PERSON])
            await until(lambda: dialog.link.text() not in {"", first})
            assert "10 minutes" in dialog.expiry.text()
            assert "four digits" in dialog.expiry.text()
            assert dialog.save_button.isVisible()  # for whoever's Kith has no camera
            click(dialog.kinds.buttons[InviteKind.LINK])
            assert dialog.link.text() == first
            press(dialog, Qt.Key.Key_Escape)
            await closed(application)

    run_gui(scene())
    assert [invite.in_person for invite in fake._invites] == [False, True]


def test_a_reusable_invite_is_made_after_its_warning(theme: Theme, tmp_path: Path) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            click(application.window.main.invite_button)
            dialog = await dialog_of(application, InviteDialog)
            click(dialog.kinds.buttons[InviteKind.PRINTED])
            await until(dialog.make_button.isVisible)
            assert not dialog.code.isVisible()
            assert "address" in dialog.intro.text()
            assert "quantum" in dialog.intro.text()
            click(dialog.make_button)
            await until(dialog.code.isVisible)
            assert dialog.expiry.text().startswith("Works any number of times")
            click(dialog.save_button)
            (chooser,) = dialog.findChildren(QFileDialog)
            chooser.fileSelected.emit(str(tmp_path / "no folder" / "code.png"))
            assert dialog.error.isVisible()
            chooser.fileSelected.emit(str(tmp_path / "code.png"))
            chooser.reject()

    run_gui(scene())
    assert [invite.reusable for invite in fake._invites] == [False, True]
    assert read_code(tmp_path / "code.png", CodeKind.INVITE) == fake._invites[1].qr_text


def has_rows(listed: InvitesDialog, count: int) -> bool:
    """Whether so many are shown, also on the screen."""
    return len(listed.rows) == count and listed.rows[0].isVisible()


def test_invites_that_work_are_listed_and_withdrawn(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            dialog = await new_invite(application)
            click(dialog.kinds.buttons[InviteKind.IN_PERSON])
            await until(lambda: len(fake._invites) == 2)
            click(dialog.list_button)
            listed = await over(dialog, InvitesDialog)
            for left in (2, 1):
                await until(partial(has_rows, listed, left))
                click(listed.rows[0].findChildren(QPushButton)[0])
            await until(lambda: not listed.rows)
            assert "no invite" in listed.note.text()
            await until(lambda: "withdrawn" in dialog.expiry.text())
            assert dialog.link.text() == ""

    run_gui(scene())
    assert all(invite.revoked for invite in fake._invites)


def test_an_invite_that_cannot_be_withdrawn_says_why(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            dialog = await new_invite(application)
            click(dialog.list_button)
            listed = await over(dialog, InvitesDialog)
            await until(partial(has_rows, listed, 1))
            fake.refuse("revoke_invite", ErrorKind.STORAGE_FULL)
            click(listed.rows[0].findChildren(QPushButton)[0])
            await until(listed.error.isVisible)
            assert listed.error.text() == SENTENCES[ErrorKind.STORAGE_FULL]

    run_gui(scene())


def test_an_invite_that_cannot_be_made_says_why(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            fake.refuse("create_invite", ErrorKind.STORAGE_FULL)
            click(application.window.main.invite_button)
            dialog = await dialog_of(application, InviteDialog)
            await until(dialog.error.isVisible)
            assert dialog.error.text() == SENTENCES[ErrorKind.STORAGE_FULL]

    run_gui(scene())


def test_an_invite_that_was_used_meanwhile_says_so(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            dialog = await new_invite(application)
            await on_engine(application, lambda: fake.appear("Somebody else"))
            await until(lambda: home_of(application).roster.model.rowCount() == 1)
            assert dialog.link.text()
            await on_engine(application, lambda: fake.use_invite(0))
            await on_engine(application, lambda: fake.appear("Ben"))
            await until(lambda: "has been used" in dialog.expiry.text())
            assert dialog.link.text() == ""
            assert not dialog.copy_button.isEnabled()

    run_gui(scene())


def test_digits_are_asked_over_an_open_dialog(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            click(application.window.main.invite_button)
            await dialog_of(application, InviteDialog)
            await on_engine(application, lambda: fake.appear("Ben", digits="1234"))
            click((await dialog_of(application, CheckDigitsDialog)).same_button)
            await until(lambda: "set_verified" in fake.calls)

    run_gui(scene())


def test_adding_by_link_opens_the_new_conversation(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            click(application.window.main.add_button)
            dialog = await dialog_of(application, AddContactDialog)
            write(dialog.link, GOOD_LINK)
            write(dialog.name, "Ben")
            press(dialog.name, Qt.Key.Key_Return)
            await closed(application)
            chat = application.window.main.chat
            await until(chat.isVisible)
            assert chat.header.name.text() == "Ben"
            assert chat.header.standing.text() == "Waits for the first connection"
            assert "goes out by itself" in chat.nothing.sentence.text()

    run_gui(scene())


def test_a_torn_link_is_refused_in_words_and_can_be_mended(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            click(application.window.main.contacts.add_button)
            dialog = await dialog_of(application, AddContactDialog)
            assert not dialog.add_button.isEnabled()
            write(dialog.link, "kith:torn")
            click(dialog.add_button)
            await until(dialog.error.isVisible)
            assert dialog.error.text() == SENTENCES[ErrorKind.BAD_LINK]
            dialog.link.setText(GOOD_LINK)
            click(dialog.add_button)
            await closed(application)

    run_gui(scene())


@pytest.mark.parametrize("same", [True, False])
def test_the_side_that_showed_the_code_compares_digits(theme: Theme, *, same: bool) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            await on_engine(application, lambda: fake.appear("Ben", digits="1234"))
            dialog = await dialog_of(application, CheckDigitsDialog)
            assert any("1234" in text for text in texts(dialog))
            if same:
                click(dialog.same_button)
                await until(lambda: fake.calls.count("set_verified") == 1)
                roster = home_of(application).roster.model
                await until(lambda: [known.verified for known in contacts_in(roster)] == [True])
            else:
                click(dialog.other_button)
                click((await dialog_of(application, DifferentDigitsDialog)).remove_button)
                await until(lambda: fake.calls.count("remove_contact") == 1)
                assert "set_verified" not in fake.calls
            await closed(application)

    run_gui(scene())


@pytest.mark.parametrize("scanned_it", [True, False])
def test_the_side_that_scanned_is_asked_whether_it_did_so_itself(theme: Theme, *, scanned_it: bool) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with at_home(theme, fake) as application:
            click(application.window.main.add_button)
            dialog = await dialog_of(application, AddContactDialog)
            write(dialog.link, GOOD_LINK)
            click(dialog.add_button)
            await closed(application)
            contact = ContactId(next(iter(fake._contacts)))
            await on_engine(application, lambda: fake.establish(contact, "Ben", digits="1234"))
            shown = await dialog_of(application, ShowDigitsDialog)
            assert "1234" in texts(shown)
            click(shown.scanned_button if scanned_it else shown.close_button)
            await closed(application)
            await until(lambda: ("set_verified" in fake.calls) == scanned_it)

    run_gui(scene())
    assert ("set_verified" in fake.calls) == scanned_it


def test_all_requests_are_listed_and_answered_one_by_one_or_at_once(theme: Theme) -> None:
    fake = FakeMessenger()
    for name in ("Jonas", "Kim", "Lea", "Mo"):
        fake.appear(name, state=ContactState.REQUEST)

    async def scene() -> str:
        async with at_home(theme, fake) as application:
            inline = application.window.main.contacts.requests
            await until(inline.isVisible)
            assert inline.title.text() == "4 requests"
            click(inline.all_button)
            dialog = await dialog_of(application, RequestsDialog)
            assert len(dialog.rows) == 4
            click(dialog.rows[1].accept_button)
            await until(lambda: len(dialog.rows) == 3)
            click(dialog.decline_all_button)
            question = await over(dialog, ConfirmDialog)
            assert question.windowTitle() == "Decline 3 requests?"
            await on_engine(application, lambda: fake.appear("Nia", state=ContactState.REQUEST))
            await until(lambda: len(dialog.rows) == 4)
            click(question.confirm_button)
            await until(lambda: len(dialog.rows) == 1)
            click(dialog.rows[0].decline_button)
            await closed(application)
            await until(lambda: not inline.isVisible())
            return contacts_in(home_of(application).roster.model)[0].name

    assert run_gui(scene()) == "Kim"


@pytest.mark.parametrize("answer", ["Accept", "Decline"])
def test_a_request_is_accepted_or_declined_in_the_left_column(theme: Theme, answer: str) -> None:
    fake = FakeMessenger()

    async def scene() -> int:
        async with at_home(theme, fake) as application:
            await on_engine(application, lambda: fake.appear("<b>Jonas</b>", state=ContactState.REQUEST))
            rows = application.window.main.contacts.requests
            await until(rows.isVisible)
            assert "<b>Jonas</b> wants to talk with you" in texts(rows)
            (button,) = [each for each in rows.findChildren(QPushButton) if each.text() == answer]
            click(button)
            await until(lambda: not rows.isVisible())
            return home_of(application).roster.model.rowCount()

    assert run_gui(scene()) == (1 if answer == "Accept" else 0)
