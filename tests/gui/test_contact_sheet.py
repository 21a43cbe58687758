from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from app.domain.account import MAX_NAME_CHARACTERS
from app.domain.contact import ContactNotice, ContactProblem, ContactState
from app.domain.errors import SENTENCES, ErrorKind
from app.domain.identifiers import ContactId
from app.domain.safety_code import safety_code
from app.gui.application import Application
from app.gui.dialogs.compare_dialog import CompareDialog, grouped
from app.gui.dialogs.confirm_dialog import ConfirmDialog
from app.gui.dialogs.contact_sheet import ContactSheet
from app.gui.theme.theme import Theme
from app.gui.widgets.qr_code import qr_image
from tests.support.clicks import click, press, write
from tests.support.fake_messenger import FakeGate, FakeMessenger
from tests.support.gui import dialog_of, home_of, on_engine, over, run_gui, running, until

NUMBER = "12345" * 12


class Scene:
    """A sheet that is open over the conversation with Ben."""

    def __init__(self, application: Application, fake: FakeMessenger, ben: ContactId, sheet: ContactSheet) -> None:
        self.application = application
        self.fake = fake
        self.ben = ben
        self.sheet = sheet

    async def closed(self) -> None:
        await until(lambda: home_of(self.application).desk.dialog is None)


@asynccontextmanager
async def sheet_of(
    theme: Theme, *, state: ContactState = ContactState.ESTABLISHED, verified: bool = False, name: str = "Ben"
) -> AsyncIterator[Scene]:
    fake = FakeMessenger()
    ben = fake.appear(name, state=state, verified=verified)
    async with running(FakeGate(fake, None), theme) as application:
        await until(lambda: application.home is not None and home_of(application).roster.model.rowCount() == 1)
        application.window.main.contacts.choose(ben)
        await until(application.window.main.chat.isVisible)
        click(application.window.main.chat.header.details_button)
        yield Scene(application, fake, ben, await dialog_of(application, ContactSheet))


def test_a_click_on_the_name_above_the_conversation_opens_the_sheet_too(theme: Theme) -> None:
    async def scene() -> None:
        async with sheet_of(theme) as shown:
            click(shown.sheet.close_button)
            await shown.closed()
            QTest.mouseClick(shown.application.window.main.chat.header.name, Qt.MouseButton.LeftButton)
            await dialog_of(shown.application, ContactSheet)

    run_gui(scene())


def test_a_contact_is_renamed_by_enter(theme: Theme) -> None:
    async def scene() -> None:
        async with sheet_of(theme) as shown:
            sheet = shown.sheet
            assert not sheet.rename_button.isEnabled()
            sheet.name.clear()
            write(sheet.name, "Benjamin")
            press(sheet.name, Qt.Key.Key_Return)
            await until(lambda: sheet.windowTitle() == "Benjamin")
            assert shown.application.window.main.chat.header.name.text() == "Benjamin"
            assert sheet.isVisible()

    run_gui(scene())


def test_what_cannot_be_done_is_said_in_the_sheet_and_undone_there(theme: Theme) -> None:
    async def scene() -> None:
        async with sheet_of(theme) as shown:
            shown.fake.refuse("mute_contact", ErrorKind.STORAGE_FULL)
            click(shown.sheet.mute)
            await until(shown.sheet.error.isVisible)
            assert shown.sheet.error.text() == SENTENCES[ErrorKind.STORAGE_FULL]
            assert not shown.sheet.mute.isChecked()

    run_gui(scene())


def test_a_contact_is_muted_and_heard_again(theme: Theme) -> None:
    async def scene() -> None:
        async with sheet_of(theme) as shown:
            click(shown.sheet.mute)
            await until(lambda: "mute_contact" in shown.fake.calls)
            await until(lambda: shown.sheet.contact.muted_until is not None)
            click(shown.sheet.mute)
            await until(lambda: "unmute_contact" in shown.fake.calls)
            await until(lambda: shown.sheet.contact.muted_until is None)
            assert not shown.sheet.mute.isChecked()

    run_gui(scene())


def test_blocking_is_confirmed_in_words_and_unblocking_is_not(theme: Theme) -> None:
    async def scene() -> None:
        async with sheet_of(theme) as shown:
            click(shown.sheet.block_button)
            question = await over(shown.sheet, ConfirmDialog)
            press(question, Qt.Key.Key_Return)  # the safe answer
            await until(lambda: not shown.sheet.findChildren(ConfirmDialog))
            assert "block_contact" not in shown.fake.calls
            click(shown.sheet.block_button)
            click((await over(shown.sheet, ConfirmDialog)).confirm_button)
            await until(lambda: shown.sheet.block_button.text() == "Unblock")
            assert shown.sheet.standing.text() == "Blocked"
            click(shown.sheet.block_button)
            await until(lambda: shown.sheet.block_button.text() == "Block")

    run_gui(scene())


def test_removing_is_confirmed_and_closes_sheet_and_conversation(theme: Theme) -> None:
    async def scene() -> None:
        async with sheet_of(theme) as shown:
            click(shown.sheet.remove_button)
            question = await over(shown.sheet, ConfirmDialog)
            assert question.windowTitle() == "Remove Ben?"
            click(question.confirm_button)
            await shown.closed()
            await until(shown.application.window.main.nothing.isVisible)

    run_gui(scene())


async def comparing(shown: Scene) -> CompareDialog:
    click(shown.sheet.compare_button)
    return await over(shown.sheet, CompareDialog)


def test_the_safety_number_is_shown_as_digits_and_marked_by_hand(theme: Theme) -> None:
    async def scene() -> None:
        async with sheet_of(theme) as shown:
            assert shown.sheet.verification.text().startswith("Not verified")
            dialog = await comparing(shown)
            assert dialog.digits.text().replace("\n", " ").split() == ["12345"] * 12
            click(dialog.same_button)
            await until(lambda: shown.sheet.verification.text().startswith("Verified"))
            await until(shown.application.window.main.chat.header.mark.isVisible)

    run_gui(scene())


def test_the_mark_can_be_taken_back(theme: Theme) -> None:
    async def scene() -> None:
        async with sheet_of(theme, verified=True) as shown:
            click((await comparing(shown)).refuse_button)
            await until(lambda: shown.sheet.verification.text().startswith("Not verified"))

    run_gui(scene())


@pytest.mark.parametrize(
    ("code", "verdict", "may_verify"),
    [
        (safety_code(NUMBER), "the same", True),
        (safety_code("54321" * 12), "NOT the same", False),
        ("KITH:" + "A" * 200, "invite", True),
        ("https://example.org", "not made by Kith", True),
    ],
)
def test_the_other_code_is_read_and_judged(theme: Theme, code: str, verdict: str, *, may_verify: bool) -> None:
    async def scene() -> None:
        async with sheet_of(theme) as shown:
            dialog = await comparing(shown)
            image = qr_image(code)
            QGuiApplication.clipboard().setImage(image.scaled(image.size() * 4))
            click(dialog.drop.clipboard_button)
            await until(dialog.verdict.isVisible)
            assert verdict in dialog.verdict.text()
            assert dialog.same_button.isEnabled() == may_verify

    run_gui(scene())


def are_whole(labels: Sequence[QLabel]) -> bool:
    """Whether there is room for all that they say."""
    return all(
        each.minimumSizeHint().width() <= each.width() and each.heightForWidth(each.width()) <= each.height()
        for each in labels
    )


def test_the_longest_name_is_whole_in_every_dialog(theme: Theme) -> None:
    name = "W" * MAX_NAME_CHARACTERS

    async def scene() -> None:
        async with sheet_of(theme, name=name) as shown:
            click(shown.sheet.remove_button)
            compare = await comparing(shown)
            compare.drop.read.emit(safety_code("54321" * 12))
            for dialog in (shown.sheet, await over(shown.sheet, ConfirmDialog), compare):
                named = [each for each in dialog.findChildren(QLabel) if name in each.text() and each.isVisible()]
                assert named
                await until(partial(are_whole, named))
                assert dialog.minimumSizeHint().width() <= dialog.width()

    run_gui(scene())


def test_there_is_nothing_to_compare_before_the_first_connection(theme: Theme) -> None:
    async def scene() -> None:
        async with sheet_of(theme, state=ContactState.PENDING) as shown:
            assert not shown.sheet.compare_button.isEnabled()
            assert "first connection" in shown.sheet.verification.text()

    run_gui(scene())


def test_a_reset_is_accepted_after_comparing_the_digits_of_the_session(theme: Theme) -> None:
    async def scene() -> None:
        async with sheet_of(theme) as shown:
            await on_engine(shown.application, lambda: shown.fake.trouble(shown.ben, ContactProblem.RESET))
            await until(shown.sheet.problem_button.isVisible)
            assert not shown.sheet.problem_button.isEnabled()
            await on_engine(
                shown.application, lambda: shown.fake.trouble(shown.ben, ContactProblem.RESET, digits="98765" * 12)
            )
            await until(shown.sheet.problem_button.isEnabled)
            click(shown.sheet.problem_button)
            dialog = await over(shown.sheet, CompareDialog)
            assert "98765" in dialog.digits.text()
            assert not dialog.refuse_button.isVisible()
            click(dialog.same_button)
            await until(lambda: "accept_reset" in shown.fake.calls)
            await until(lambda: not shown.sheet.problem.isVisible())

    run_gui(scene())


@pytest.mark.parametrize(
    "problem", [ContactProblem.LINK_USED, ContactProblem.LINK_EXPIRED, ContactProblem.LINK_REVOKED]
)
def test_a_problem_is_said_in_words(theme: Theme, problem: ContactProblem) -> None:
    async def scene() -> None:
        async with sheet_of(theme, state=ContactState.PENDING) as shown:
            await on_engine(shown.application, lambda: shown.fake.trouble(shown.ben, problem))
            await until(shown.sheet.problem.isVisible)
            assert "Ask for a new one" in shown.sheet.problem.text()
            assert not shown.sheet.problem_button.isVisible()

    run_gui(scene())


@pytest.mark.parametrize("notice", [ContactNotice.ROLLED_BACK, ContactNotice.TWO_DEVICES])
def test_a_copied_profile_is_said_in_the_words_of_the_engine(theme: Theme, notice: ContactNotice) -> None:
    async def scene() -> None:
        async with sheet_of(theme) as shown:
            await on_engine(shown.application, lambda: shown.fake.notice(shown.ben, notice))
            await until(shown.sheet.problem.isVisible)
            assert shown.sheet.problem.text() == notice.sentence

    run_gui(scene())


def test_digits_are_grouped_to_be_read_aloud() -> None:
    assert grouped("1234567890" * 6).splitlines() == ["12345  67890  12345", "67890  12345  67890"] * 2
