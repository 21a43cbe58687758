"""What can be done with a message, by clicks and keys: reply, quoted messages, links, details, deleting."""

from typing import cast

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from app.domain.identifiers import ContactId, MessageId
from app.domain.message import Message, MessageState
from app.gui import message_dialogs
from app.gui.application import Application
from app.gui.dialogs.add_contact_dialog import AddContactDialog
from app.gui.dialogs.delete_message_dialog import DeleteMessageDialog
from app.gui.dialogs.link_dialog import LinkDialog
from app.gui.dialogs.message_details_dialog import MessageDetailsDialog
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size
from app.gui.widgets.bubble import Bubble
from tests.support.chatting import chatting, messages, model_of, scene_with, texts
from tests.support.clicks import click, press, write
from tests.support.fake_messenger import FakeMessenger
from tests.support.gui import dialog_of, on_engine, run_gui, until


class Browser:
    """Stands for the system: takes the links that would be opened."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def openUrl(self, url: QUrl) -> bool:  # noqa: N802 (Qt's name)
        self.opened.append(url.toString())
        return True


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    made = Browser()
    monkeypatch.setattr(message_dialogs, "QDesktopServices", made)
    return made


def bubble(application: Application, number: int) -> Bubble:
    view, model = application.window.main.chat.view, model_of(application)
    return view._delegate._bubble(QRectF(view.visualRect(model.index(number))), model.row(number))


def click_at(application: Application, place: QPointF) -> None:
    viewport = application.window.main.chat.view.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place.toPoint())


async def menu_of(application: Application, number: int) -> dict[str, QAction]:
    """The context menu of a row, opened by the menu key, by the words of its entries."""
    view = application.window.main.chat.view
    view.setFocus()
    view.setCurrentIndex(model_of(application).index(number))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(view.viewport(), event)
    await until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    return entries(popup())


def entries(menu: QMenu) -> dict[str, QAction]:
    return {action.text(): action for action in menu.actions() if action.text()}


def popup() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(action: QAction) -> None:
    """Trigger the entry as Enter does, which closes its menu, or opens the one behind the entry."""
    menu = popup()
    menu.setActiveAction(action)
    press(menu, Qt.Key.Key_Return)


def test_a_reply_names_what_it_answers_and_its_quote_leads_there(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=300)
    fake.put(ben, "where shall we meet?", mine=False, state=MessageState.READ)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            composer = application.window.main.chat.composer
            await until(lambda: texts(application)[-1:] == ["where shall we meet?"])
            question = messages(application)[-1]
            choose((await menu_of(application, len(messages(application)) - 1))["Reply"])
            assert composer.reply.isVisible()
            assert composer.reply.author.text() == "Ben"
            assert composer.box.hasFocus()
            write(composer.box, "at the harbour")
            press(composer.box, Qt.Key.Key_Return)
            await until(lambda: texts(application)[-1] == "at the harbour")
            assert not composer.reply.isVisible()
            answer = messages(application)[-1]
            assert answer.reply_to == question.message_id
            row = model_of(application).row(len(messages(application)) - 1)
            assert row.quote is not None
            assert row.quote.text == "where shall we meet?"
            spoken = str(model_of(application).index(len(messages(application)) - 1).data(_SPOKEN))
            assert "in reply to: where shall we meet?" in spoken
            quote = bubble(application, len(messages(application)) - 1).quote
            assert quote is not None
            click_at(application, quote.center())
            view = application.window.main.chat.view
            await until(lambda: view._delegate.marked == question.message_id)

    run_gui(scene())


def test_escape_ends_the_reply(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=1)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            composer = application.window.main.chat.composer
            await until(lambda: texts(application))
            choose((await menu_of(application, 0))["Reply"])
            press(composer.box, Qt.Key.Key_Escape)
            assert not composer.reply.isVisible()
            write(composer.box, "something else")
            press(composer.box, Qt.Key.Key_Return)
            await until(lambda: texts(application)[-1] == "something else")
            assert messages(application)[-1].reply_to is None

    run_gui(scene())


def test_a_quoted_message_out_of_sight_is_fetched_and_jumped_to(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=200)
    first = fake._messages[ben][3]
    fake.put(ben, "as I said", mine=False, state=MessageState.READ, reply_to=first.message_id)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: texts(application)[-1:] == ["as I said"])
            last = model_of(application).rowCount() - 1
            await until(lambda: (quote := model_of(application).row(last).quote) and quote.text == "message 3")
            choose((await menu_of(application, last))["Go to the quoted message"])
            view = application.window.main.chat.view
            await until(lambda: view._delegate.marked == first.message_id)
            assert "message 3" in texts(application)

    run_gui(scene())


def test_a_link_is_opened_after_a_question_that_spells_it_out(theme: Theme, browser: Browser) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)
    fake.put(ben, "look: https://аpple.com/x, javascript:alert(1)", mine=False, state=MessageState.READ)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: texts(application))
            entries = await menu_of(application, 0)
            assert [words for words in entries if words.startswith("Open")] == ["Open https://xn--pple-43d.com/x"]
            press(popup(), Qt.Key.Key_Escape)
            click_on_link(application)
            dialog = await dialog_of(application, LinkDialog)
            assert dialog.text.toPlainText() == "https://xn--pple-43d.com/x"
            assert dialog.cancel_button.hasFocus()
            click(dialog.cancel_button)
            await until(lambda: not dialog_open(application))
            assert browser.opened == []
            click_on_link(application)
            click((await dialog_of(application, LinkDialog)).open_button)
            await until(lambda: browser.opened == ["https://аpple.com/x"])

    run_gui(scene())


def test_the_link_of_a_contact_leads_to_the_dialog_that_adds_it(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)
    fake.put(ben, "kith:AAAA", mine=False, state=MessageState.READ)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: texts(application))
            click_on_link(application)
            dialog = await dialog_of(application, AddContactDialog)
            dialog.reject()
            await until(lambda: not dialog_open(application))

    run_gui(scene())


def test_the_details_tell_every_time_that_is_known(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)
    message = fake.put(ben, "hello", mine=True, state=MessageState.READ)
    fake.change(ben, message.message_id, path="lan")

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: texts(application))
            choose((await menu_of(application, 0))["Details …"])
            dialog = await dialog_of(application, MessageDetailsDialog)
            words = [word for word, _ in dialog.lines()]
            assert words[:2] == ["From", "Written"]
            assert words[2:] == ["Sent", "Delivered", "Read", "Way", "Size"]
            assert dict(dialog.lines())["Way"] == "Within this network"
            assert dict(dialog.lines())["From"] == "You"
            assert dict(dialog.lines())["Size"] == "5 bytes"
            press(dialog, Qt.Key.Key_Escape)
            await until(lambda: not dialog_open(application))

    run_gui(scene())
    assert message.text == "hello"


def test_a_message_is_deleted_after_a_question(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=3)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            view = application.window.main.chat.view
            await until(lambda: len(texts(application)) == 3)
            view.setFocus()
            view.setCurrentIndex(model_of(application).index(1))
            press(view, Qt.Key.Key_Delete)
            click((await dialog_of(application, DeleteMessageDialog)).cancel_button)
            await until(lambda: not dialog_open(application))
            assert len(texts(application)) == 3
            press(view, Qt.Key.Key_Delete)
            click((await dialog_of(application, DeleteMessageDialog)).here_button)
            await until(lambda: texts(application) == ["message 0", "message 2"])

    run_gui(scene())


def test_what_came_meanwhile_is_counted_on_the_way_down(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=60)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            chat = application.window.main.chat
            await until(lambda: texts(application)[-1:] == ["message 59"])
            chat.view.verticalScrollBar().setValue(0)
            await until(chat.down_button.isVisible)
            for text in ("one", "two", "three"):
                await on_engine(application, lambda text=text: fake.receive(ben, text))  # type: ignore[misc]
            await until(lambda: chat.down_button.text() == "3 new messages")
            assert chat.view.rect().contains(chat.down_button.geometry())
            chat.composer.box.setPlainText("one\ntwo\nthree\nfour\nfive")
            await until(lambda: chat.composer.height() > 100)
            await until(lambda: chat.view.rect().contains(chat.down_button.geometry()))
            click(chat.down_button)
            await until(lambda: not chat.down_button.isVisible())
            assert texts(application)[-1] == "three"
            assert chat.down_button.text() == ""

    run_gui(scene())


@pytest.mark.parametrize(("unread", "at_end"), [(2, True), (35, False)])
def test_a_line_divides_what_was_not_read_and_reading_begins_there(theme: Theme, unread: int, *, at_end: bool) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=20)
    for number in range(unread):
        fake.put(ben, f"new {number}", mine=False)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: texts(application)[-1:] == [f"new {unread - 1}"])
            model, view = model_of(application), application.window.main.chat.view
            first = model.first_unread()
            assert first is not None
            assert texts(application)[first] == "new 0"
            strip = bubble(application, first).unread
            assert strip is not None
            assert view.viewport().rect().contains(strip.center().toPoint())
            assert view.at_bottom is at_end
            await until(lambda: ("mark_read" in fake.calls) is at_end)

    run_gui(scene())


def test_it_is_said_that_a_message_waits_for_the_other_to_come(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)
    waiting: list[Message] = []

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            chat = application.window.main.chat
            await on_engine(application, lambda: fake.move(ben, online=False))
            waiting.append(await send(application, ben, "are you there?"))
            await until(chat.waiting.isVisible)
            assert chat.waiting.text() == "Waits for Ben to come online"
            await on_engine(application, lambda: fake.move(ben, online=True, path="lan"))
            await until(lambda: not chat.waiting.isVisible())
            await on_engine(application, lambda: fake.move(ben, online=False))
            await until(chat.waiting.isVisible)
            await on_engine(application, lambda: fake.climb(ben, waiting[0].message_id, MessageState.DELIVERED))
            await until(lambda: not chat.waiting.isVisible())

    run_gui(scene())


_SPOKEN = Qt.ItemDataRole.AccessibleTextRole


async def send(application: Application, contact: ContactId, text: str) -> Message:
    box = application.window.main.chat.composer.box
    write(box, text)
    press(box, Qt.Key.Key_Return)
    await until(lambda: texts(application)[-1:] == [text])
    message = messages(application)[-1]
    assert message.contact == contact
    return message


def click_on_link(application: Application) -> None:
    """Click on the first letters of the first link of the first row."""
    shown, row = bubble(application, 0), model_of(application).row(0)
    line = shown.layout.text.lineAt(0)
    left, _ = cast("tuple[float, int]", line.cursorToX(row.links[0].start + 2))
    click_at(application, shown.text_at + QPointF(left + 1, Size.LINE_HEIGHT / 2))


def dialog_open(application: Application) -> bool:
    assert application.home is not None
    return application.home.desk.dialog is not None


def test_copying_takes_the_text_as_it_was_written(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)
    fake.put(ben, "one\n  two\t\u202etxet", mine=False, state=MessageState.READ)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: texts(application))
            choose((await menu_of(application, 0))["Copy text"])
            await until(lambda: QGuiApplication.clipboard().text() == "one\n  two\t\u202etxet")

    run_gui(scene())


def test_one_s_own_message_is_edited_by_the_up_key_and_what_was_written_comes_back(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)
    fake.put(ben, "see you at nien", mine=True, state=MessageState.READ)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            composer = application.window.main.chat.composer
            await until(lambda: texts(application))
            press(composer.box, Qt.Key.Key_Up)
            assert composer.reply.isVisible()
            assert composer.reply.author.text() == "Edit message"
            assert composer.text() == "see you at nien"
            press(composer.box, Qt.Key.Key_Escape)
            assert composer.text() == ""
            write(composer.box, "and")
            choose((await menu_of(application, 0))["Edit"])
            composer.box.setPlainText("see you at nine")
            press(composer.box, Qt.Key.Key_Return)
            await until(lambda: texts(application) == ["see you at nine"])
            assert model_of(application).row(0).time.startswith("edited ")
            assert composer.text() == "and"
            await until(lambda: fake._drafts.get(ben) == "and")

    run_gui(scene())


def test_the_up_key_moves_within_what_is_written_and_edits_nobody_else_s(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)
    fake.put(ben, "mine", mine=True, state=MessageState.READ)
    fake.put(ben, "theirs", mine=False, state=MessageState.READ)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            composer = application.window.main.chat.composer
            await until(lambda: len(texts(application)) == 2)
            assert "Edit" not in await menu_of(application, 1)
            press(popup(), Qt.Key.Key_Escape)
            write(composer.box, "x")
            press(composer.box, Qt.Key.Key_Up)
            assert not composer.reply.isVisible()

    run_gui(scene())


def test_an_edit_grows_its_bubble_and_its_quotes_without_moving_the_end(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=60)
    said = fake.put(ben, "short", mine=False, state=MessageState.READ)
    fake.put(ben, "answer", mine=True, state=MessageState.READ, reply_to=said.message_id)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            view, model = application.window.main.chat.view, model_of(application)
            await until(lambda: texts(application)[-1:] == ["answer"])
            row = model.row_of(said.message_id)
            assert row is not None
            before = view.visualRect(model.index(row)).height()
            longer = "long enough for many lines " * 20
            await on_engine(application, lambda: fake.change(ben, said.message_id, text=longer, edited_at=1.0))
            await until(lambda: view.visualRect(model.index(row)).height() > 2 * before)
            assert view.at_bottom
            quote = model.row(row + 1).quote
            assert quote is not None
            assert quote.text.startswith("long enough")

    run_gui(scene())


def test_a_reaction_is_added_by_the_menu_and_taken_back_by_a_click(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=1)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            view, model = application.window.main.chat.view, model_of(application)
            await until(lambda: texts(application))
            plain_height = view.visualRect(model.index(0)).height()
            choose((await menu_of(application, 0))["React"])
            choose(entries(popup())["👍"])
            await until(lambda: [each.emoji for each in messages(application)[0].reactions] == ["👍"])
            assert view.visualRect(model.index(0)).height() > plain_height
            assert "👍 You" in str(model.index(0).data(_SPOKEN))
            click_at(application, bubble(application, 0).reactions[0].center())
            await until(lambda: messages(application)[0].reactions == ())
            assert view.visualRect(model.index(0)).height() == plain_height

    run_gui(scene())


def test_any_emoji_can_be_a_reaction(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=1)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            picker = application.window.main.chat.composer.picker
            await until(lambda: texts(application))
            choose((await menu_of(application, 0))["React"])
            choose(entries(popup())["Another emoji …"])
            await until(lambda: picker.isVisible() and picker.model.names is not None)
            write(picker.field, "anchor")
            press(picker.field, Qt.Key.Key_Return)
            await until(lambda: [each.emoji for each in messages(application)[0].reactions] == ["⚓"])
            assert application.window.main.chat.composer.text() == ""

    run_gui(scene())


def test_what_was_deleted_for_both_says_so_in_its_place(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)
    fake.put(ben, "https://example.org/", mine=True, state=MessageState.READ)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: texts(application))
            choose((await menu_of(application, 0))["Delete …"])
            click((await dialog_of(application, DeleteMessageDialog)).both_button)
            await until(lambda: model_of(application).row(0).text == "This message was deleted.")
            entries = await menu_of(application, 0)
            assert set(entries) == {"Details …", "Delete …"}
            press(popup(), Qt.Key.Key_Escape)
            known = application.window.main.contacts.list.model().index(0, 0)
            assert "This message was deleted." in str(known.data(_SPOKEN))

    run_gui(scene())


def test_a_message_of_somebody_else_is_deleted_here_alone(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)
    fake.put(ben, "theirs", mine=False, state=MessageState.READ)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: texts(application))
            choose((await menu_of(application, 0))["Delete …"])
            dialog = await dialog_of(application, DeleteMessageDialog)
            assert not dialog.both_button.isVisible()
            click(dialog.here_button)
            await until(lambda: texts(application) == [])

    run_gui(scene())


def test_who_writes_is_shown_and_our_own_writing_is_told(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            standing = application.window.main.chat.header.standing
            await on_engine(application, lambda: fake.write(ben))
            await until(lambda: standing.text() == "is typing …")
            await on_engine(application, lambda: fake.write(ben, typing=False))
            await until(lambda: standing.text() == "Online, on this network")
            assert "typing" not in fake.calls
            write(application.window.main.chat.composer.box, "hm")
            await until(lambda: "typing" in fake.calls)

    run_gui(scene())


def test_a_quoted_message_that_is_not_here_says_so(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)
    fake.put(ben, "as before", mine=False, state=MessageState.READ, reply_to=MessageId("e" * 32))

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: texts(application))
            await until(lambda: (quote := model_of(application).row(0).quote) and quote.is_missing)
            quote = model_of(application).row(0).quote
            assert quote is not None
            assert quote.text == "This message is not here."
            assert not application.window.banner.isVisible()

    run_gui(scene())
