"""What comes in one moment is told once, as it stands at its end."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.annotation import Reaction
from app.domain.events import (
    ChatCleared,
    ContactAdded,
    ContactChanged,
    ContactRequested,
    Event,
    MessageChanged,
    MessageReceived,
    MessageRemoved,
    MessageStateChanged,
    PathChanged,
    TypingChanged,
)
from app.domain.identifiers import ContactId, MessageId
from app.domain.message import MessageState
from app.gui.coalescing import coalesced
from tests.gui.test_plain_text import received

BEN, EVA = ContactId("ben"), ContactId("eva")
FIRST = received("frist", 1)
EDITED = replace(FIRST, text="first", edited_at=1_750_000_001.0)
DELETED = replace(EDITED, text="", deleted=True)
OTHER = received("other", 2)


def online(*, now: bool) -> PathChanged:
    return PathChanged(BEN, online=now, path="lan" if now else None, rtt_ms=None)


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ([], []),
        ([MessageReceived(FIRST), MessageReceived(OTHER)], [MessageReceived(FIRST), MessageReceived(OTHER)]),
        ([MessageChanged(EDITED), MessageChanged(DELETED)], [MessageChanged(DELETED)]),
        (
            [MessageReceived(FIRST), MessageReceived(OTHER), MessageChanged(EDITED), MessageChanged(DELETED)],
            [MessageReceived(DELETED), MessageReceived(OTHER), MessageChanged(DELETED)],
        ),
        (
            [MessageReceived(FIRST), MessageReceived(OTHER), MessageRemoved(BEN, FIRST.message_id)],
            [MessageReceived(OTHER), MessageRemoved(BEN, FIRST.message_id)],
        ),
        (
            [MessageReceived(FIRST), MessageChanged(EDITED), ChatCleared(BEN), MessageReceived(OTHER)],
            [ChatCleared(BEN), MessageReceived(OTHER)],
        ),
        ([MessageReceived(FIRST), ChatCleared(EVA)], [MessageReceived(FIRST), ChatCleared(EVA)]),
        ([TypingChanged(BEN, typing=on) for on in (True, False, True)], [TypingChanged(BEN, typing=True)]),
        (
            [online(now=True), TypingChanged(EVA, typing=True), online(now=False)],
            [TypingChanged(EVA, typing=True), online(now=False)],
        ),
        (
            [ContactChanged(BEN, name="a", blocked=True), ContactChanged(EVA, name="e"), ContactChanged(BEN, name="b")],
            [ContactChanged(EVA, name="e"), ContactChanged(BEN, name="b", blocked=True)],
        ),
        (
            [ContactChanged(BEN, name="a"), ContactChanged(BEN, removed=True), ContactAdded(BEN, "b", verified=False)],
            [ContactChanged(BEN, name="a"), ContactChanged(BEN, removed=True), ContactAdded(BEN, "b", verified=False)],
        ),
        ([ContactRequested(EVA, "e"), ContactRequested(EVA, "e")], [ContactRequested(EVA, "e")] * 2),
    ],
)  # fmt: skip
def test_what_later_events_overtake_is_left_out(told: list[Event], left: list[Event]) -> None:
    assert coalesced(told) == left


@given(st.lists(st.sampled_from(["changed", "reacted", "typing", "renamed", "away"]), min_size=1, max_size=300))
def test_however_often_one_contact_changes_one_message_few_events_are_left(kinds: list[str]) -> None:
    made: dict[str, Event] = {
        "changed": MessageChanged(EDITED),
        "reacted": MessageChanged(replace(FIRST, reactions=(Reaction(mine=False, emoji="👍"),))),
        "typing": TypingChanged(BEN, typing=True),
        "renamed": ContactChanged(BEN, name="Ben"),
        "away": online(now=False),
    }
    told = [made[kind] for kind in kinds]
    left = coalesced(told)
    assert len(left) <= 4
    assert left[-1] == told[-1]


def test_every_step_of_a_message_up_the_ladder_is_kept() -> None:
    steps: list[Event] = [MessageStateChanged(MessageId("m"), BEN, state, 1.0) for state in MessageState]
    assert coalesced(steps) == steps
