"""One message of a conversation, sent or received."""

from dataclasses import dataclass
from enum import IntEnum

from app.domain.annotation import Reaction
from app.domain.errors import ErrorKind, KithError
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
    path: str | None = None
    """How it travelled, a word of :class:`net.events.PathClass`; None where that is not known."""
    edited_at: float | None = None
    """When its author says that it was edited last, in Unix seconds."""
    deleted: bool = False
    """Deleted by its author, on both sides: there is no text any more."""
    reactions: tuple[Reaction, ...] = ()
    """At most one a person; the user's own first."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """What sending answers after the durable commit."""

    message: MessageId
    sent_at: float
    state: MessageState


def sendable(text: str) -> str:
    """The text, if it can be sent; lone surrogates, which no encoding carries, become question marks.

    Raises:
        KithError: ``text_too_long``, ``text_empty``.
    """
    encoded = text.encode(errors="replace")
    if len(encoded) > MAX_TEXT_BYTES:
        raise KithError(ErrorKind.TEXT_TOO_LONG)
    if not encoded.strip():
        raise KithError(ErrorKind.TEXT_EMPTY)
    return encoded.decode()
