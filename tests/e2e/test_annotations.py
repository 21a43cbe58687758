"""What two people say of messages, and switch off: real processes, killed in between."""

from typing import Any

import pytest

from tests.e2e.conftest import Start
from tests.support.rpc_process import RpcFailureError, RpcProcess, introduce, online


def row_of(process: RpcProcess, contact: str, message: str) -> dict[str, Any]:
    """The message as a process lists it."""
    [row] = [row for row in process.call("messages.list", contact=contact, limit=1_000) if row["message"] == message]
    found: dict[str, Any] = row
    return found


def said(row: dict[str, Any]) -> tuple[object, ...]:
    """What both sides should agree on; reactions by emoji, since each calls the other's what it calls its own."""
    return row["text"], row["edited_at"], row["deleted"], sorted(each["emoji"] for each in row["reactions"])


def reacted(process: RpcProcess, contact: str, message: str, emoji: str) -> None:
    """Wait until the other's reaction is there."""

    def found() -> dict[str, Any] | None:
        row = row_of(process, contact, message)
        return row if {"mine": False, "emoji": emoji} in row["reactions"] else None

    process.wait(found)


def delivered(sender: RpcProcess, contact: str, text: str) -> str:
    message: str = sender.call("messages.send", contact=contact, text=text)["message"]
    sender.notification("message.state", message=message, state="delivered")
    return message


def test_edits_reactions_and_deletions_reach_the_other_and_survive_kills(start: Start) -> None:
    ann, ben = start("ann", account="Ann"), start("ben", account="Ben")
    ben_id, ann_id = introduce(ann, ben)
    first, second = delivered(ann, ben_id, "meet at six"), delivered(ann, ben_id, "a secret")
    ann.call("messages.edit", contact=ben_id, message=first, text="meet at seven")
    assert ben.notification("message.changed", message=first)["text"] == "meet at seven"
    ben.call("messages.react", contact=ann_id, message=first, emoji="👍")
    assert ann.notification("message.changed", message=first, text="meet at seven", deleted=False)
    reacted(ann, ben_id, first, "👍")
    ann.call("messages.delete", contact=ben_id, message=second, for_both=True)
    ben.notification("message.changed", message=second, deleted=True)
    for process in (ann, ben):
        assert process.call("messages.search", query="secret") == []

    ben.kill()
    ann.call("messages.edit", contact=ben_id, message=first, text="meet at eight")
    ann.call("messages.react", contact=ben_id, message=first, emoji="🎉")
    ann.kill()
    ann, ben = start("ann"), start("ben")
    changed = ben.notification("message.changed", message=first, text="meet at eight")
    assert changed["edited_at"] is not None
    reacted(ben, ann_id, first, "🎉")
    for message in (first, second):
        assert said(row_of(ann, ben_id, message)) == said(row_of(ben, ann_id, message))
    assert said(row_of(ben, ann_id, second)) == ("", None, True, [])
    with pytest.raises(RpcFailureError) as refused:
        ben.call("messages.edit", contact=ann_id, message=first, text="never")
    assert refused.value.kind == "not_yours"


def test_a_message_deleted_here_stays_with_the_other(start: Start) -> None:
    ann, ben = start("ann", account="Ann"), start("ben", account="Ben")
    ben_id, ann_id = introduce(ann, ben)
    message = delivered(ann, ben_id, "kept by Ann")
    ben.call("messages.delete", contact=ann_id, message=message)
    assert ben.notification("message.removed", message=message)
    ben.kill()
    ben = start("ben")
    assert ben.call("messages.list", contact=ann_id) == []
    assert row_of(ann, ben_id, message)["text"] == "kept by Ann"
    details = ann.call("messages.details", contact=ben_id, message=message)
    assert details["content_type"] == 0x20
    assert details["times"]["delivered"] >= details["sent_at"]


def test_who_switches_receipts_off_neither_sends_nor_sees_any(start: Start) -> None:
    ann, ben = start("ann", account="Ann"), start("ben", account="Ben")
    ben_id, ann_id = introduce(ann, ben)
    ben.call("settings.set", read_receipts=False, typing_notices=False)
    assert ben.close() == 0
    ben = start("ben")
    online(ben, ann_id)
    assert ben.call("settings.get") == {**ben.call("settings.get"), "read_receipts": False, "typing_notices": False}
    asked, answered = delivered(ann, ben_id, "read this?"), delivered(ben, ann_id, "and this?")
    ben.call("messages.mark_read", contact=ann_id, up_to=asked)
    ann.call("messages.mark_read", contact=ben_id, up_to=answered)
    ann.call("messages.typing", contact=ben_id)
    ben.call("messages.typing", contact=ann_id)
    assert [process.call("contacts.list")[0]["unread"] for process in (ann, ben)] == [0, 0]
    last = delivered(ann, ben_id, "after all that"), delivered(ben, ann_id, "and that")
    for process, contact, messages in ((ann, ben_id, (asked, last[0])), (ben, ann_id, (answered, last[1]))):
        assert {row_of(process, contact, message)["state"] for message in messages} == {"delivered"}
        assert process.count("message.state", state="read") == process.count("contact.typing") == 0


def test_writing_is_shown_while_it_lasts(start: Start) -> None:
    ann, ben = start("ann", account="Ann"), start("ben", account="Ben")
    ben_id, ann_id = introduce(ann, ben)
    ann.call("messages.typing", contact=ben_id)
    assert ben.notification("contact.typing", contact=ann_id, typing=True)
    delivered(ann, ben_id, "done")
    assert ben.notification("contact.typing", contact=ann_id, typing=False)
    assert ben.count("contact.typing") == 2
