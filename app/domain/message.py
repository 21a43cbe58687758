"""One message of a conversation, sent or received."""

from dataclasses import dataclass
from enum import IntEnum

from app.domain.identifiers import ContactId, MessageId

MAX_TEXT_BYTES = 65_536
"""UTF-8 size of one message's text."""


class MessageState(IntEnum):
    """The ladder of a message: a state never goes down; stored as a number.

    A received message is DELIVERED (durable here) until it is READ.
    """

    QUEUED = 0
    SENT = 1
    DELIVERED = 2
    READ = 3
    FAILED = 4

    @property
    def word(self) -> str:
        """The word of the automation contract."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Message:
    """A message as stored and shown; ordered by ``(clock, message_id)`` on both sides."""

    message_id: MessageId
    contact: ContactId
    mine: bool
    content_type: int
    """The payload's type byte; anything but TEXT "needs a newer Kith" and has no text."""
    text: str
    clock: int
    sent_at: float
    received_at: float | None
    state: MessageState
    reply_to: MessageId | None


@dataclass(frozen=True, slots=True)
class SentMessage:
    """What sending answers after the durable commit."""

    message: MessageId
    sent_at: float
    state: MessageState
