"""The engine's events as the notifications of the automation contract."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import assert_never

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
    SettingsChanged,
    TypingChanged,
)
from app.rpc.protocol import notification
from app.rpc.rows import Row, message_row, notice_word, problem_word, settings_row

_AS_THEY_ARE: Mapping[type[Event], str] = {
    ContactRequested: "contact.request",
    PathChanged: "contact.path",
    MessageRemoved: "message.removed",
    ChatCleared: "messages.cleared",
    TypingChanged: "contact.typing",
}
"""Events whose fields are the parameters."""


def notified(event: Event) -> bytes:
    """The line that tells a client of ``event``."""
    match event:
        case MessageReceived():
            return notification("message.received", _received(event))
        case MessageStateChanged():
            return notification("message.state", _state(event))
        case ContactAdded():
            return notification("contact.added", _added(event))
        case ContactChanged():
            return notification("contact.changed", _changed(event))
        case MessageChanged(message):
            return notification("message.changed", message_row(message))
        case SettingsChanged(settings):
            return notification("settings.changed", settings_row(settings))
        case ContactRequested() | PathChanged() | MessageRemoved() | ChatCleared() | TypingChanged():
            return notification(_AS_THEY_ARE[type(event)], asdict(event))
        case _:
            assert_never(event)


def _received(event: MessageReceived) -> Row:
    message = event.message
    return {
        "message": message.message_id,
        "contact": message.contact,
        "text": message.text,
        "sent_at": message.sent_at,
        "received_at": message.received_at,
        "reply_to": message.reply_to,
    }


def _state(event: MessageStateChanged) -> Row:
    row = {"message": event.message, "contact": event.contact, "state": event.state.word, "at": event.at}
    return row if event.reason is None else row | {"reason": event.reason}


def _added(event: ContactAdded) -> Row:
    row = {"contact": event.contact, "name": event.name, "verified": event.verified}
    return row if event.check_digits is None else row | {"check_digits": event.check_digits}


def _changed(event: ContactChanged) -> Row:
    row: dict[str, object] = {"contact": event.contact}
    for name in ("name", "verified", "blocked", "removed", "check_digits", "muted"):
        value = getattr(event, name)
        if value is not None:
            row[name] = value
    if event.problem is not None:
        row["problem"] = problem_word(event.problem)
    if event.notice is not None:
        row["notice"] = notice_word(event.notice)
    return row
