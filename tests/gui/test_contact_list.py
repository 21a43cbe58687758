import math
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from app.domain.contact import ContactProblem, ContactState, ContactSummary
from app.domain.content import ContentType
from app.domain.events import ContactChanged, PathChanged
from app.domain.identifiers import ContactId, MessageId
from app.domain.message import Message, MessageState
from app.gui.models.contact_list import ContactListModel, ContactRole, NewestFirst
from app.gui.models.contact_words import last_line, named, spoken, standing
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size
from app.gui.widgets.contact_delegate import ContactDelegate
from app.gui.widgets.row_list import RowList

BEN = ContactSummary(
    contact=ContactId("ben"),
    name="Ben",
    state=ContactState.ESTABLISHED,
    verified=False,
    blocked=False,
    online=False,
    path=None,
    last_seen_at=None,
    unread=0,
    problem=ContactProblem.NONE,
    last_message=None,
    last_message_at=None,
)
CAROL = replace(BEN, contact=ContactId("carol"), name="carol", last_message="hello\nthere", last_message_at=100.0)


@pytest.fixture
def model(qtmodeltester: ModelTester) -> ContactListModel:
    made = ContactListModel()
    qtmodeltester.check(made)  # type: ignore[no-untyped-call]
    made.show([BEN, CAROL])
    return made


@pytest.mark.usefixtures("german")
def test_whom_nobody_has_named_is_called_in_the_language_of_the_window() -> None:
    assert named(replace(BEN, name="New contact ABCD", mark="ABCD")).name == "Neuer Kontakt ABCD"
    assert named(replace(BEN, name="New contact ABCD")).name == "New contact ABCD"


def names(rows: NewestFirst) -> list[str]:
    return [str(rows.index(row, 0).data()) for row in range(rows.rowCount())]


def said(contact: ContactSummary, text: str, at: float, *, mine: bool = False) -> Message:
    return Message(
        message_id=MessageId("0" * 32),
        contact=contact.contact,
        mine=mine,
        content_type=ContentType.TEXT,
        text=text,
        clock=1,
        sent_at=at,
        received_at=at,
        state=MessageState.DELIVERED,
        reply_to=None,
    )


@pytest.mark.parametrize(
    ("last", "line"),
    [
        (said(BEN, "hi", 1.0), "hi"),
        (said(BEN, "hi", 1.0, mine=True), "You: hi"),
        (replace(said(BEN, "", 1.0), content_type=0x42), "This message needs a newer Kith."),
        (said(BEN, "\u202etxet\nover", 1.0), "txet over"),
    ],
)
def test_the_last_line_says_who_wrote_it(last: Message, line: str) -> None:
    assert last_line(replace(BEN, last=last)) == line


def test_the_tool_tip_says_how_the_contact_is_reached_and_nothing_that_it_wrote(model: ContactListModel) -> None:
    model.show([replace(BEN, name="<b>Ben</b>", online=True, path="relayed")])
    assert model.index(0).data(Qt.ItemDataRole.ToolTipRole) == "Online, through a relay"


def test_a_draft_and_muting_are_told_of_the_row(model: ContactListModel) -> None:
    model.tell_draft(CAROL.contact, "not yet")
    model.tell_changed(ContactChanged(contact=CAROL.contact, muted=True))
    known = model.contact(CAROL.contact)
    assert known is not None
    assert known.draft == "not yet"
    assert known.muted_until == math.inf
    assert "Draft: not yet" in spoken(known)
    model.tell_draft(CAROL.contact, "")
    model.tell_changed(ContactChanged(contact=CAROL.contact, muted=False))
    known = model.contact(CAROL.contact)
    assert known is not None
    assert known.draft is None
    assert known.muted_until is None


def test_the_latest_conversation_is_on_top(qtmodeltester: ModelTester) -> None:
    model = ContactListModel()
    rows = NewestFirst(model)
    qtmodeltester.check(rows)  # type: ignore[no-untyped-call]
    model.show([BEN, CAROL])
    assert names(rows) == ["carol", "Ben"]
    model.tell_last(said(BEN, "hi", 200.0), unread=1)
    assert names(rows) == ["Ben", "carol"]


def test_conversations_without_messages_are_in_order_of_names(model: ContactListModel) -> None:
    rows = NewestFirst(model)
    model.show([BEN, replace(CAROL, last_message_at=None), replace(BEN, contact=ContactId("a"), name="ann")])
    assert names(rows) == ["ann", "Ben", "carol"]


def test_reading_anew_keeps_the_rows_that_stay(model: ContactListModel) -> None:
    removed: list[int] = []
    model.rowsRemoved.connect(lambda _parent, first, _last: removed.append(first))
    model.show([replace(CAROL, unread=2)])
    assert removed == [0]
    assert model.contact(CAROL.contact) == replace(CAROL, unread=2)


def test_unread_messages_add_up_until_they_are_read(model: ContactListModel) -> None:
    for _ in range(3):
        model.tell_last(said(BEN, "hi", 200.0), unread=1)
    known = model.contact(BEN.contact)
    assert known is not None
    assert known.unread == 3
    model.tell_read(BEN.contact)
    assert model.contact(BEN.contact) == replace(known, unread=0)


def test_a_change_touches_only_what_it_names(model: ContactListModel) -> None:
    model.tell_changed(ContactChanged(contact=CAROL.contact, verified=True))
    assert model.contact(CAROL.contact) == replace(CAROL, verified=True)
    model.tell_changed(ContactChanged(contact=CAROL.contact, removed=True))
    assert model.contact(CAROL.contact) is None


def test_what_is_told_of_strangers_changes_nothing(model: ContactListModel) -> None:
    stranger = ContactId("stranger")
    model.tell_last(said(replace(BEN, contact=stranger), "hi", 1.0))
    model.tell_read(stranger)
    model.tell_path(PathChanged(contact=stranger, online=True, path="lan", rtt_ms=None))
    model.tell_changed(ContactChanged(contact=stranger, removed=True))
    assert model.rowCount() == 2


@pytest.mark.parametrize(
    ("contact", "words"),
    [
        (BEN, "Away"),
        (replace(BEN, online=True, path="lan"), "Online, on this network"),
        (replace(BEN, online=True, path="relayed"), "Online, through a relay"),
        (replace(BEN, state=ContactState.PENDING), "Waits for the first connection"),
        (replace(BEN, problem=ContactProblem.LINK_USED), "Somebody else has used this link. Ask for a new one."),
        (replace(BEN, blocked=True, online=True), "Blocked"),
    ],
)
def test_how_a_contact_stands_is_said_in_words(contact: ContactSummary, words: str) -> None:
    assert standing(contact) == words


def test_every_problem_has_a_sentence() -> None:
    for problem in ContactProblem:
        assert standing(replace(BEN, problem=problem))


def test_a_screen_reader_hears_name_unread_standing_and_last_line(model: ContactListModel) -> None:
    model.tell_last(said(CAROL, "hello\nthere", 100.0), unread=2)
    index = model.index(1)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "carol, 2 unread, Away, hello there"
    assert index.data(ContactRole.LAST_AT) == 100.0


def test_the_list_shows_at_a_glance_who_is_reached_directly_by_a_detour_and_not(
    theme: Theme, model: ContactListModel
) -> None:
    view = RowList("Conversations")
    view.setItemDelegate(ContactDelegate(theme, view))
    view.setModel(model)
    view.resize(Size.CONTACTS_WIDTH, 2 * Size.CONTACT_HEIGHT)
    looks = set()
    for online, path in ((True, "lan"), (True, "relayed"), (False, None)):
        model.show([replace(BEN, online=online, path=path)])
        image = view.grab().toImage()
        looks.add(bytes(image.constBits()))
    assert len(looks) == 3
    view.deleteLater()
