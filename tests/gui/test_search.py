"""Search by clicks and keys: contacts, messages, and the jump to where a message stands."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from app.domain.identifiers import ContactId, MessageId
from app.domain.message import MessageState
from app.gui.application import Application
from app.gui.models.contact_list import ContactRole
from app.gui.models.message_list import PAGE
from app.gui.models.search_results import Hit, SearchResultsModel, SearchRole, snippet
from app.gui.theme.theme import Theme
from tests.support.chatting import chatting, messages, texts
from tests.support.clicks import press, write
from tests.support.fake_messenger import FakeMessenger
from tests.support.gui import home_of, on_engine, run_gui, until


def crowd() -> tuple[FakeMessenger, ContactId]:
    """Ben, in whose long conversation two messages have a word of their own, and Bea."""
    fake = FakeMessenger()
    ben = fake.appear("Ben Kowalski")
    bea = fake.appear("Bea")
    for number in range(500):
        word = " lighthouse" if number in {30, 250} else ""
        fake.put(ben, f"message {number}{word}", mine=number % 2 == 0, state=MessageState.READ)
    fake.put(bea, "the lighthouse is open", mine=False, state=MessageState.READ)
    return fake, ben


def found(application: Application) -> list[str]:
    """The rows of the results: headings, names, snippets."""
    model = application.window.main.contacts.results.list.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


async def look_for(application: Application, text: str, answer: Callable[[list[str]], bool] = bool) -> None:
    field = application.window.main.contacts.search
    field.clear()
    write(field, text)
    await until(lambda: home_of(application).finder.model.query == text and answer(found(application)))


def test_contacts_and_messages_are_found_while_typing(theme: Theme) -> None:
    fake, ben = crowd()

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            column = application.window.main.contacts
            await look_for(application, "lighthouse")
            assert found(application)[0] == "Messages"
            assert sorted(found(application)[1:]) == [
                "message 250 lighthouse",
                "message 30 lighthouse",
                "the lighthouse is open",
            ]
            assert column.results.isVisible()
            assert not column.list.isVisible()
            await look_for(application, "be")
            assert found(application)[0] == "Contacts"
            assert set(found(application)[1:3]) == {"Ben Kowalski", "Bea"}
            press(column.search, Qt.Key.Key_Escape)
            assert column.list.isVisible()
            assert column.search.text() == ""

    run_gui(scene())


def test_nothing_found_is_said(theme: Theme) -> None:
    fake, ben = crowd()

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            results = application.window.main.contacts.results
            write(application.window.main.contacts.search, "zzz")
            await until(results.nothing.isVisible)
            assert results.nothing.text() == "Nothing was found for “zzz”."

    run_gui(scene())


@pytest.mark.parametrize("number", [30, 250, 499, 0])
def test_a_message_is_shown_where_it_stands_and_the_way_leads_on_in_both_directions(theme: Theme, number: int) -> None:
    fake, ben = crowd()
    wanted = fake._messages[ben][number].message_id

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            await until(lambda: len(texts(application)) >= PAGE)
            home_of(application).show_message(ben, wanted)
            view = application.window.main.chat.view
            await until(lambda: shown(application) == wanted)
            model = home_of(application).conversation.model  # type: ignore[union-attr]
            row = model.row_of(wanted)
            assert row is not None
            assert view.viewport().rect().intersects(view.visualRect(model.index(row)))
            numbers = [int(text.split()[1]) for text in texts(application)]
            assert numbers == list(range(numbers[0], numbers[-1] + 1))
            bar = view.verticalScrollBar()
            while texts(application)[-1] != "message 499":
                before = texts(application)[-1]
                bar.setValue(bar.maximum())
                await until(lambda before=before: texts(application)[-1] != before)  # type: ignore[misc]
            await on_engine(application, lambda: fake.receive(ben, "message 500"))
            await until(lambda: texts(application)[-1] == "message 500")
            assert [int(text.split()[1]) for text in texts(application)][-3:] == [498, 499, 500]

    run_gui(scene())


def test_the_keyboard_alone_finds_a_message_in_another_conversation(theme: Theme) -> None:
    fake, ben = crowd()
    bea = fake._contacts
    other = next(contact for contact in bea if contact != ben)
    wanted = fake._messages[other][0].message_id

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            window, column = application.window, application.window.main.contacts
            QTest.keyClick(window.main.chat.composer.box, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
            await until(column.search.hasFocus)
            await look_for(application, "lighthouse is")
            press(column.search, Qt.Key.Key_Down)
            press(column.search, Qt.Key.Key_Return)
            await until(lambda: shown(application) == wanted)
            assert [message.text for message in messages(application)] == ["the lighthouse is open"]
            await look_for(application, "kowal")
            press(column.search, Qt.Key.Key_Return)
            await until(lambda: window.main.chat.header.name.text() == "Ben Kowalski")
            assert window.main.chat.composer.box.hasFocus()

    run_gui(scene())


def shown(application: Application) -> MessageId | None:
    return application.window.main.chat.view._delegate.marked


def test_the_model_of_results_keeps_qts_rules(theme: Theme) -> None:
    fake, ben = crowd()
    model = SearchResultsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    contacts = list(fake._contacts.values())
    model.show("ben", contacts, fake._messages[ben][:3], fake._contacts.get)
    assert model.rowCount() == 7
    assert not model.flags(model.index(0)) & Qt.ItemFlag.ItemIsSelectable
    assert isinstance(model.index(5).data(SearchRole.HIT), Hit)
    assert model.index(1).data(ContactRole.CONTACT) == contacts[0]
    assert all(model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(7))
    model.show("", [], [], fake._contacts.get)
    assert model.rowCount() == 0
    del tester


@pytest.mark.parametrize(
    ("text", "words", "shown", "marked"),
    [
        ("the lighthouse", ["light"], "the lighthouse", ["light"]),
        ("Licht LICHT", ["licht"], "Licht LICHT", ["Licht", "LICHT"]),
        ("word " * 40 + "needle here", ["needle"], "… word word needle here", ["needle"]),
        ("x" * 300 + "needle", ["needle"], "… " + "x" * 12 + "needle", ["needle"]),
        ("éclair", ["eclair"], "éclair", []),
        ("a.b", ["."], "a.b", ["."]),
        ("two\nlines", ["lines"], "two lines", ["lines"]),
    ],
)
def test_a_snippet_begins_shortly_before_what_was_found(
    text: str, words: list[str], shown: str, marked: list[str]
) -> None:
    made = snippet(text, words)
    assert made.text == shown
    assert [made.text[start : start + length] for start, length in made.marks] == marked
