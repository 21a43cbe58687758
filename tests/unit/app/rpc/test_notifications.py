import json

import pytest

from app.domain.contact import ContactProblem
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
from app.domain.identifiers import MessageId
from app.domain.message import MessageState
from app.domain.settings import Settings
from app.rpc.notifications import notified
from app.rpc.rows import message_row
from tests.support.scripted_engine import BOB, message_of

M1 = MessageId("m1")


@pytest.mark.parametrize(
    ("event", "method", "params"),
    [
        (
            MessageReceived(message_of(BOB, "hi")),
            "message.received",
            {
                "message": "hi",
                "contact": "bob",
                "text": "hi",
                "sent_at": 1_000.5,
                "received_at": None,
                "reply_to": None,
            },
        ),
        (
            MessageStateChanged(M1, BOB, MessageState.DELIVERED, 5.0),
            "message.state",
            {"message": "m1", "contact": "bob", "state": "delivered", "at": 5.0},
        ),
        (
            MessageStateChanged(M1, BOB, MessageState.FAILED, 5.0, "Why."),
            "message.state",
            {"message": "m1", "contact": "bob", "state": "failed", "at": 5.0, "reason": "Why."},
        ),
        (ContactAdded(BOB, "Bob", False), "contact.added", {"contact": "bob", "name": "Bob", "verified": False}),
        (
            ContactAdded(BOB, "Bob", False, "0042"),
            "contact.added",
            {"contact": "bob", "name": "Bob", "verified": False, "check_digits": "0042"},
        ),
        (ContactRequested(BOB, "Bob"), "contact.request", {"request": "bob", "name": "Bob"}),
        (ContactChanged(BOB, muted=True), "contact.changed", {"contact": "bob", "muted": True}),
        (ContactChanged(BOB, verified=False), "contact.changed", {"contact": "bob", "verified": False}),
        (
            ContactChanged(BOB, problem=ContactProblem.LINK_USED),
            "contact.changed",
            {"contact": "bob", "problem": "link_used"},
        ),
        (ContactChanged(BOB, problem=ContactProblem.NONE), "contact.changed", {"contact": "bob", "problem": None}),
        (
            PathChanged(BOB, True, "lan", 0.5),
            "contact.path",
            {"contact": "bob", "online": True, "path": "lan", "rtt_ms": 0.5},
        ),
        (MessageChanged(message_of(BOB, "hi")), "message.changed", message_row(message_of(BOB, "hi"))),
        (MessageRemoved(BOB, M1), "message.removed", {"contact": "bob", "message": "m1"}),
        (TypingChanged(BOB, True), "contact.typing", {"contact": "bob", "typing": True}),
        (ChatCleared(BOB), "messages.cleared", {"contact": "bob"}),
        (
            SettingsChanged(Settings(lan=False)),
            "settings.changed",
            {
                "read_receipts": True,
                "typing_notices": True,
                "lan": False,
                "dht": True,
                "port_mapping": True,
                "stun": True,
                "relay": True,
                "go_between": True,
                "lan_only": False,
                "stun_servers": [],
                "turn_servers": [],
            },
        ),
    ],
)
def test_each_event_has_its_notification(event: Event, method: str, params: object) -> None:
    assert json.loads(notified(event)) == {"jsonrpc": "2.0", "method": method, "params": params}
