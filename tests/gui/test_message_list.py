from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from app.domain.content import ContentType
from app.domain.identifiers import ContactId, MessageId
from app.domain.message import Message, MessageState
from app.gui.models.message_list import MAX_ROWS, PAGE, MessageListModel, MessageRole

NOON = 1_750_000_000.0


def message(number: int, *, mine: bool = False, at: float | None = None, text: str = "hello") -> Message:
    return Message(
        message_id=MessageId(f"{number:032x}"),
        contact=ContactId("ben"),
        mine=mine,
        content_type=ContentType.TEXT,
        text=text,
        clock=number,
        sent_at=NOON + number if at is None else at,
        received_at=None,
        state=MessageState.SENT if mine else MessageState.DELIVERED,
        reply_to=None,
    )


def newest_first(numbers: range) -> list[Message]:
    return [message(number) for number in reversed(numbers)]


def numbers(model: MessageListModel) -> list[int]:
    return [int(shown(model, row).message_id, 16) for row in range(model.rowCount())]


def shown(model: MessageListModel, row: int) -> Message:
    value = model.data(model.index(row), MessageRole.MESSAGE)
    assert isinstance(value, Message)
    return value


@pytest.fixture
def model(qtmodeltester: ModelTester) -> MessageListModel:
    made = MessageListModel("Ben")
    qtmodeltester.check(made)  # type: ignore[no-untyped-call]
    return made


def test_rows_are_oldest_first(model: MessageListModel) -> None:
    model.replace_all(newest_first(range(10, 20)), has_older=True)
    assert numbers(model) == list(range(10, 20))


def test_a_message_goes_to_its_place_by_clock_and_id(model: MessageListModel) -> None:
    model.replace_all(newest_first(range(0, 20, 2)), has_older=False)
    model.add(message(7))
    model.add(message(30))
    assert numbers(model) == [0, 2, 4, 6, 7, 8, 10, 12, 14, 16, 18, 30]


def test_a_message_that_is_there_is_not_added_again(model: MessageListModel) -> None:
    model.replace_all(newest_first(range(3)), has_older=False)
    model.add(replace(message(1), state=MessageState.READ))
    assert numbers(model) == [0, 1, 2]
    assert shown(model, 1).state is MessageState.READ


def test_a_message_older_than_the_window_stays_out(model: MessageListModel) -> None:
    model.replace_all(newest_first(range(10, 20)), has_older=True)
    model.add(message(3))
    assert numbers(model) == list(range(10, 20))


def test_the_window_never_exceeds_its_size_and_says_that_it_forgot(model: MessageListModel) -> None:
    model.replace_all(newest_first(range(1_000 - PAGE, 1_000)), has_older=True)
    for start in range(1_000 - 2 * PAGE, 600, -PAGE):
        model.add_older(newest_first(range(start, start + PAGE)), has_older=True)
        assert model.rowCount() <= MAX_ROWS
    assert model.has_newer
    first = numbers(model)[0]
    assert numbers(model) == list(range(first, first + MAX_ROWS))


def test_new_messages_push_the_oldest_out(model: MessageListModel) -> None:
    model.replace_all(newest_first(range(MAX_ROWS)), has_older=False)
    model.add(message(MAX_ROWS))
    assert numbers(model) == list(range(PAGE + 1, MAX_ROWS + 1))
    assert model.has_older


def test_a_message_beyond_a_forgotten_end_stays_out(model: MessageListModel) -> None:
    model.replace_all(newest_first(range(100, 100 + MAX_ROWS)), has_older=True)
    model.add_older(newest_first(range(60, 100)), has_older=True)
    model.add(message(9_999))
    assert numbers(model)[-1] == 60 + MAX_ROWS - 1


def test_a_newer_page_joins_at_the_end(model: MessageListModel) -> None:
    model.replace_all(newest_first(range(MAX_ROWS)), has_older=False)
    model.add_newer(newest_first(range(MAX_ROWS - 5, MAX_ROWS + 35)), has_newer=False)
    assert numbers(model) == list(range(35 + PAGE, MAX_ROWS + 35))


def test_a_state_never_goes_down(model: MessageListModel) -> None:
    model.replace_all([message(1, mine=True)], has_older=False)
    for state in (MessageState.READ, MessageState.DELIVERED, MessageState.QUEUED):
        model.set_state(message(1).message_id, state)
    assert shown(model, 0).state is MessageState.READ


def test_a_state_that_came_before_its_message_is_kept_for_it(model: MessageListModel) -> None:
    model.set_state(message(1).message_id, MessageState.DELIVERED)
    model.set_state(message(1).message_id, MessageState.SENT)
    model.replace_all([replace(message(1, mine=True), state=MessageState.QUEUED)], has_older=False)
    assert shown(model, 0).state is MessageState.DELIVERED


def test_states_without_messages_do_not_pile_up(model: MessageListModel) -> None:
    for number in range(5_000):
        model.set_state(MessageId(str(number)), MessageState.SENT)
    assert len(model._early) <= 1_000


def test_only_the_first_message_of_a_day_begins_it(model: MessageListModel) -> None:
    day = 86_400
    rows = [message(3, at=NOON + 2 * day), message(2, at=NOON + 10), message(1, at=NOON)]
    model.replace_all(rows, has_older=False)
    days = [model.data(model.index(row), MessageRole.DAY) for row in range(3)]
    assert [type(value) for value in days] == [date, type(None), date]


def test_messages_of_one_sender_without_a_pause_are_a_group(model: MessageListModel) -> None:
    rows = [
        message(4, mine=True, at=NOON + 1_000),
        message(3, mine=True, at=NOON + 20),
        message(2, at=NOON + 10),
        message(1, at=NOON),
    ]
    model.replace_all(rows, has_older=False)
    assert [model.data(model.index(row), MessageRole.STARTS_GROUP) for row in range(4)] == [True, False, True, True]


def test_a_screen_reader_hears_sender_text_time_and_state(model: MessageListModel) -> None:
    model.replace_all([message(2, mine=True, text="on my way"), message(1, text="come")], has_older=False)
    first, second = (str(model.data(model.index(row), Qt.ItemDataRole.AccessibleTextRole)) for row in range(2))
    assert first.startswith("Ben, come, ")
    assert second.startswith("You, on my way, ")
    assert second.endswith(", sent")


def test_a_content_that_is_not_known_is_said_to_need_a_newer_kith(model: MessageListModel) -> None:
    model.replace_all([replace(message(1), content_type=0x55, text="")], has_older=False)
    assert model.data(model.index(0)) == "This message needs a newer Kith."


def test_times_of_a_hostile_clock_are_shown_all_the_same(model: MessageListModel) -> None:
    times = (1.8e16, -5.0, float("nan"), float("inf"))
    model.replace_all([message(number, at=at) for number, at in enumerate(times)][::-1], has_older=False)
    for row in range(len(times)):
        for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole, MessageRole.DAY):
            model.data(model.index(row), role)


def test_a_tool_tip_says_time_and_state_and_nothing_that_was_written(model: MessageListModel) -> None:
    model.replace_all([message(1, mine=True, text="<b>secret</b>")], has_older=False)
    tip = str(model.data(model.index(0), Qt.ItemDataRole.ToolTipRole))
    assert tip.endswith("· sent")
    assert "secret" not in tip


def test_a_batch_is_taken_in_at_one_stroke_where_it_is_new(model: MessageListModel) -> None:
    inserted: list[tuple[int, int]] = []
    model.replace_all(newest_first(range(0, 20, 2)), has_older=False)
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    batch = [message(number) for number in (40, 22, 18, 5, 30, 22)]
    model.add_all(batch)
    assert numbers(model) == [0, 2, 4, 5, 6, 8, 10, 12, 14, 16, 18, 22, 30, 40]
    assert inserted == [(3, 3), (11, 13)]
