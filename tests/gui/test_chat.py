from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.domain.contact import ContactNotice, ContactProblem, ContactState
from app.domain.errors import SENTENCES, ErrorKind
from app.domain.events import ContactChanged
from app.domain.identifiers import ContactId
from app.domain.message import MessageState
from app.gui.application import Application
from app.gui.dialogs.whole_message_dialog import WholeMessageDialog
from app.gui.models.message_list import MAX_ROWS, PAGE
from app.gui.theme.theme import Theme
from tests.support.chatting import chatting, choose, messages, model_of, scene_with, texts
from tests.support.clicks import click, press, write
from tests.support.fake_messenger import FakeMessenger
from tests.support.gui import dialog_of, home_of, on_engine, run_gui, until


def test_enter_sends_and_the_bubble_climbs_the_ladder(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            chat = application.window.main.chat
            assert chat.nothing.isVisible()
            write(chat.composer.box, "first line")
            press(chat.composer.box, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
            write(chat.composer.box, "second line")
            press(chat.composer.box, Qt.Key.Key_Return)
            assert chat.composer.text() == ""
            await until(lambda: texts(application) == ["first line\nsecond line"])
            assert chat.view.isVisible()
            (message,) = messages(application)
            assert message.state is MessageState.QUEUED
            for state in (MessageState.SENT, MessageState.DELIVERED, MessageState.READ):
                await on_engine(application, lambda state=state: fake.climb(ben, message.message_id, state))  # type: ignore[misc]
                await until(lambda state=state: messages(application)[0].state is state)  # type: ignore[misc]
            spoken = str(model_of(application).index(0).data(Qt.ItemDataRole.AccessibleTextRole))
            assert spoken.endswith(", read")

    run_gui(scene())


def test_texts_sent_in_a_row_keep_their_order(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> list[str]:
        async with chatting(theme, fake, ben) as application:
            box = application.window.main.chat.composer.box
            for number in range(60):
                box.setPlainText(str(number))
                press(box, Qt.Key.Key_Return)
            await until(lambda: len(texts(application)) == 60)
            return texts(application)

    assert run_gui(scene()) == [str(number) for number in range(60)]


def test_what_was_sent_right_before_closing_is_not_lost(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            for text in ("one", "two"):
                write(application.window.main.chat.composer.box, text)
                press(application.window.main.chat.composer.box, Qt.Key.Key_Return)

    run_gui(scene())
    assert [message.text for message in fake._messages[ben]] == ["one", "two"]
    assert fake.calls[-1] == "close"


def test_nothing_but_space_is_not_sent(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            composer = application.window.main.chat.composer
            write(composer.box, "   ")
            assert not composer.send_button.isEnabled()
            press(composer.box, Qt.Key.Key_Return)

    run_gui(scene())
    assert "send_text" not in fake.calls


def test_a_text_that_is_refused_comes_back_with_the_reason(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            chat, banner = application.window.main.chat, application.window.banner
            write(chat.composer.box, "too much")
            fake.refuse("send_text", ErrorKind.LIMIT_REACHED)
            click(chat.composer.send_button)
            await until(banner.isVisible)
            assert banner.text.text() == SENTENCES[ErrorKind.LIMIT_REACHED]
            assert chat.composer.text() == "too much"
            click(banner.close_button)
            assert not banner.isVisible()

    run_gui(scene())


def test_a_text_refused_after_a_change_of_conversation_waits_where_it_was_written(theme: Theme) -> None:
    fake = FakeMessenger()
    ben, carol = scene_with(fake), scene_with(fake, "Carol")

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            composer = application.window.main.chat.composer
            fake.refuse("send_text", ErrorKind.LIMIT_REACHED)
            write(composer.box, "for Ben only")
            press(composer.box, Qt.Key.Key_Return)
            application.window.main.contacts.choose(carol)
            write(composer.box, "draft for Carol")
            await until(application.window.banner.isVisible)
            assert composer.text() == "draft for Carol"
            await choose(application, ben)
            await until(lambda: composer.text() == "for Ben only")
            await choose(application, carol)
            await until(lambda: composer.text() == "draft for Carol")

    run_gui(scene())


def test_what_arrives_in_sight_is_shown_and_read(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(application.window.isActiveWindow)
            await on_engine(application, lambda: fake.receive(ben, "hello"))
            await until(lambda: texts(application) == ["hello"])
            await until(lambda: "mark_read" in fake.calls)
            model = home_of(application).roster.model
            await until(lambda: (known := model.contact(ben)) is not None and known.unread == 0)

    run_gui(scene())


def test_what_arrives_elsewhere_is_counted_and_stays_unread(theme: Theme) -> None:
    fake = FakeMessenger()
    ben, carol = scene_with(fake), scene_with(fake, "Carol")

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            for text in ("one", "two"):
                await on_engine(application, lambda text=text: fake.receive(carol, text))  # type: ignore[misc]
            model = home_of(application).roster.model
            await until(lambda: (known := model.contact(carol)) is not None and known.unread == 2)
            known = model.contact(carol)
            assert known is not None
            assert known.last_message == "two"
            assert texts(application) == []

    run_gui(scene())
    assert "mark_read" not in fake.calls


def scroll_to(application: Application, choose_value: Callable[[int], int]) -> None:
    bar = application.window.main.chat.view.verticalScrollBar()
    bar.setValue(choose_value(bar.maximum()))


def test_a_long_conversation_is_paged_up_to_its_beginning_and_down_again(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=700)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: texts(application)[-1:] == ["message 699"])
            assert len(texts(application)) == PAGE
            while texts(application)[0] != "message 0":
                before = texts(application)[0]
                scroll_to(application, lambda _end: 0)
                await until(lambda before=before: texts(application)[0] != before)  # type: ignore[misc]
                assert len(texts(application)) <= MAX_ROWS
            assert texts(application) == [f"message {number}" for number in range(MAX_ROWS)]
            while texts(application)[-1] != "message 699":
                before = texts(application)[-1]
                scroll_to(application, lambda end: end)
                await until(lambda before=before: texts(application)[-1] != before)  # type: ignore[misc]
                assert len(texts(application)) <= MAX_ROWS
            first = int(texts(application)[0].removeprefix("message "))
            assert texts(application) == [f"message {number}" for number in range(first, 700)]
            await on_engine(application, lambda: fake.receive(ben, "new"))
            await until(lambda: texts(application)[-1] == "new")

    run_gui(scene())


def test_what_arrives_while_the_end_is_forgotten_is_there_on_the_way_down(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=400)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: texts(application)[-1:] == ["message 399"])
            while texts(application)[0] != "message 0":
                before = texts(application)[0]
                scroll_to(application, lambda _end: 0)
                await until(lambda before=before: texts(application)[0] != before)  # type: ignore[misc]
            for number in range(400, 560):
                await on_engine(application, lambda number=number: fake.receive(ben, f"message {number}"))  # type: ignore[misc]
            while texts(application)[-1] != "message 559":
                before = texts(application)[-1]
                scroll_to(application, lambda end: end)
                await until(lambda before=before: texts(application)[-1] != before)  # type: ignore[misc]
            first = int(texts(application)[0].removeprefix("message "))
            assert texts(application) == [f"message {number}" for number in range(first, 560)]

    run_gui(scene())


def test_older_pages_do_not_move_what_is_read(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=200)

    async def scene() -> tuple[int, int]:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: texts(application)[-1:] == ["message 199"])
            view, model = application.window.main.chat.view, model_of(application)
            message = messages(application)[5].message_id
            scroll_to(application, lambda _end: 40)
            before = view.visualRect(model.index(5)).top()
            await until(lambda: len(texts(application)) > PAGE)
            row = model.row_of(message)
            assert row is not None
            return before, view.visualRect(model.index(row)).top()

    before, after = run_gui(scene())
    assert abs(before - after) <= 1


def test_the_button_goes_back_to_the_newest_message(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=400)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            chat = application.window.main.chat
            await until(lambda: texts(application)[-1:] == ["message 399"])
            while not model_of(application).has_newer:
                scroll_to(application, lambda _end: 0)
                before = len(texts(application)), texts(application)[0]
                await until(lambda before=before: (len(texts(application)), texts(application)[0]) != before)  # type: ignore[misc]
            click(chat.down_button)
            await until(lambda: texts(application)[-1] == "message 399")
            await until(lambda: chat.view.at_bottom)
            assert not chat.down_button.isVisible()

    run_gui(scene())


def test_the_header_says_how_the_contact_stands(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            standing = application.window.main.chat.header.standing
            assert standing.text() == "Online, on this network"
            await on_engine(application, lambda: fake.move(ben, online=False))
            await until(lambda: standing.text() == "Away")
            await on_engine(application, lambda: fake.trouble(ben, ContactProblem.LINK_USED))
            trouble = application.window.main.chat.trouble
            await until(trouble.isVisible)
            assert trouble.text.text() == "Somebody else has used this link. Ask for a new one."
            assert standing.text() == "Away"
            await on_engine(application, lambda: fake.trouble(ben, ContactProblem.NONE))
            await until(lambda: not trouble.isVisible())

    run_gui(scene())


def test_a_removed_contact_leaves_the_page(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await application._bridge.call(fake.remove_contact, ben)
            await until(application.window.main.nothing.isVisible)
            assert application.window.main.invite_button.isVisible()

    run_gui(scene())


def test_a_pending_contact_can_be_written_to(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = fake.appear("Ben", state=ContactState.PENDING, online=False)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            write(application.window.main.chat.composer.box, "when you are there")
            press(application.window.main.chat.composer.box, Qt.Key.Key_Return)
            await until(lambda: texts(application) == ["when you are there"])

    run_gui(scene())


def test_a_text_of_the_largest_size_is_bounded_in_its_bubble_and_whole_on_demand(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)
    huge = "line\n" * 13_000

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            view = application.window.main.chat.view
            await on_engine(application, lambda: fake.receive(ben, huge))
            await until(lambda: len(texts(application)) == 1)
            index = model_of(application).index(0)
            assert view.visualRect(index).height() < 3_000
            view.setCurrentIndex(index)
            press(view, Qt.Key.Key_Return)
            dialog = await dialog_of(application, WholeMessageDialog)
            assert dialog.text.toPlainText() == huge
            click(dialog.close_button)
            press(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
            assert QGuiApplication.clipboard().text() == huge

    run_gui(scene())


def test_what_a_peer_wrote_is_never_markup(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, "<i>Ben</i>")

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            name = application.window.main.chat.header.name
            assert name.textFormat() is Qt.TextFormat.PlainText
            assert name.text() == "<i>Ben</i>"

    run_gui(scene())


def test_a_flood_is_followed_by_its_newest_page(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=60)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: texts(application)[-1:] == ["message 59"])
            await on_engine(application, lambda: [fake.receive(ben, f"message {n}") for n in range(60, 1_060)])
            await until(lambda: texts(application)[-1] == "message 1059")
            assert len(texts(application)) <= MAX_ROWS
            first = int(texts(application)[0].removeprefix("message "))
            assert texts(application) == [f"message {number}" for number in range(first, 1_060)]

    run_gui(scene())


def test_a_flood_does_not_move_who_reads_further_up(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=60)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: texts(application)[-1:] == ["message 59"])
            scroll_to(application, lambda end: end // 3)
            before = texts(application)
            await on_engine(application, lambda: [fake.receive(ben, f"message {n}") for n in range(60, 160)])
            await until(lambda: model_of(application).has_newer)
            assert texts(application)[-1] == before[-1]
            while texts(application)[-1] != "message 159":
                last = texts(application)[-1]
                scroll_to(application, lambda end: end)
                await until(lambda last=last: texts(application)[-1] != last)  # type: ignore[misc]
            first = int(texts(application)[0].removeprefix("message "))
            assert texts(application) == [f"message {number}" for number in range(first, 160)]

    run_gui(scene())


def draft_in_list(application: Application, contact: ContactId) -> str | None:
    known = home_of(application).roster.model.contact(contact)
    assert known is not None
    return known.draft


def test_a_draft_stays_with_its_conversation_and_with_the_engine(theme: Theme) -> None:
    fake = FakeMessenger()
    ben, carol = scene_with(fake), scene_with(fake, "Carol")

    async def first_run() -> None:
        async with chatting(theme, fake, ben) as application:
            box = application.window.main.chat.composer.box
            write(box, "half a sentence")
            await choose(application, carol)
            assert box.toPlainText() == ""
            await until(lambda: draft_in_list(application, ben) == "half a sentence")
            assert fake._drafts[ben] == "half a sentence"
            write(box, "to Carol")
            await choose(application, ben)
            await until(lambda: box.toPlainText() == "half a sentence")
            write(box, ", and more")

    async def second_run() -> None:
        async with chatting(theme, fake, ben) as application:
            box = application.window.main.chat.composer.box
            await until(lambda: box.toPlainText() == "half a sentence, and more")
            press(box, Qt.Key.Key_Return)
            await until(lambda: texts(application) == ["half a sentence, and more"])
            await until(lambda: fake._drafts[ben] == "")

    run_gui(first_run())
    assert fake._drafts == {ben: "half a sentence, and more", carol: "to Carol"}
    run_gui(second_run())


def test_what_is_typed_before_the_draft_came_is_not_written_over(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)
    fake._drafts[ben] = "old"

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            box = application.window.main.chat.composer.box
            box.setPlainText("new")
            await until(lambda: fake._drafts[ben] == "new")
            assert box.toPlainText() == "new"

    run_gui(scene())


def test_the_person_is_told_of_a_second_device_and_goes_on(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            trouble = application.window.main.chat.trouble
            await on_engine(
                application, lambda: fake.tell(ContactChanged(contact=ben, notice=ContactNotice.TWO_DEVICES))
            )
            await until(trouble.isVisible)
            assert trouble.text.text().startswith("Two devices act as this contact")
            click(trouble.agree_button)
            await until(lambda: "accept_reset" in fake.calls)
            await until(lambda: not trouble.isVisible())

    run_gui(scene())


def test_what_came_and_was_edited_and_deleted_in_one_moment_is_shown_as_it_is_now(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=1)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: len(texts(application)) == 1)

            def at_once() -> None:
                edited, deleted = fake.receive(ben, "frist"), fake.receive(ben, "secret")
                fake.change(ben, edited.message_id, text="first")
                fake.change(ben, deleted.message_id, text="", deleted=True)

            await on_engine(application, at_once)
            await until(lambda: len(texts(application)) == 3)
            assert texts(application)[1:] == ["first", ""]
            contact = home_of(application).roster.model.contact(ben)
            assert contact is not None
            assert contact.last_message == ""

    run_gui(scene())


def test_a_thousand_edits_in_one_moment_make_few_layouts(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=40)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: len(texts(application)) == 40)
            ids = [message.message_id for message in messages(application)]
            layouts: list[None] = []
            model_of(application).reshaped.connect(lambda: layouts.append(None))

            def play() -> None:
                for number in range(1_000):
                    fake.change(ben, ids[number % 40], text=f"edit {number}")

            await on_engine(application, play)
            await until(lambda: texts(application)[-1] == "edit 999")
            assert len(layouts) < 100

    run_gui(scene())


def test_few_messages_stand_at_the_composer_and_many_fill_the_view(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake, count=2)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            view = application.window.main.chat.view
            await until(lambda: len(texts(application)) == 2)

            def below_last() -> int:
                last = view.visualRect(view.model().index(view.model().rowCount() - 1, 0))
                return view.viewport().height() - last.bottom() - 1

            await until(lambda: below_last() == 0)
            assert view.viewport().geometry().top() > view.height() / 2
            for number in range(40):
                await on_engine(application, lambda number=number: fake.receive(ben, f"more {number}"))  # type: ignore[misc]
            await until(lambda: len(texts(application)) == 42)
            assert view.viewport().geometry().top() == 0
            assert below_last() == 0
            assert view.at_bottom
            application.window.resize(application.window.width(), application.window.height() + 200)
            await until(lambda: below_last() == 0)

    run_gui(scene())
