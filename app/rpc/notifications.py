"""The engine's events as the notifications of the automation contract."""

from typing import assert_never

from app.domain.events import (
    ChatCleared,
    ContactAdded,
    ContactChanged,
    ContactRequested,
    Event,
    MessageReceived,
    MessageRemoved,
    MessageStateChanged,
    PathChanged,
    SettingsChanged,
)
from app.rpc.protocol import notification
from app.rpc.rows import Row, notice_word, problem_word, settings_row


def notified(event: Event) -> bytes:
    """The line that tells a client of ``event``."""
    match event:
        case MessageReceived():
            return notification("message.received", _received(event))
        case MessageStateChanged():
            return notification("message.state", _state(event))
        case ContactAdded():
            return notification("contact.added", _added(event))
        case ContactRequested(request, name):
            return notification("contact.request", {"request": request, "name": name})
        case ContactChanged():
            return notification("contact.changed", _changed(event))
        case PathChanged(contact, online, path, rtt_ms):
            params = {"contact": contact, "online": online, "path": path, "rtt_ms": rtt_ms}
            return notification("contact.path", params)
        case MessageRemoved(contact, message):
            return notification("message.removed", {"contact": contact, "message": message})
        case ChatCleared(contact):
            return notification("messages.cleared", {"contact": contact})
        case SettingsChanged(settings):
            return notification("settings.changed", settings_row(settings))
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
