"""What the engine tells front-ends, as values: the notifications of the automation contract."""

from dataclasses import dataclass

from app.domain.contact import ContactNotice, ContactProblem
from app.domain.identifiers import ContactId, MessageId
from app.domain.message import Message, MessageState
from app.domain.settings import Settings


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A message of a contact is durable here."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageStateChanged:
    """One of our messages climbed the ladder.  ``at`` is in Unix seconds; ``reason`` is a sentence."""

    message: MessageId
    contact: ContactId
    state: MessageState
    at: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ContactAdded:
    """The session stands.  Four digits to compare when the invite was meant for a screen."""

    contact: ContactId
    name: str
    verified: bool
    check_digits: str | None = None


@dataclass(frozen=True, slots=True)
class ContactRequested:
    """Somebody came by a reusable invite and waits for a yes."""

    request: ContactId
    name: str


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """Only what changed is not None."""

    contact: ContactId
    name: str | None = None
    verified: bool | None = None
    blocked: bool | None = None
    removed: bool | None = None
    problem: ContactProblem | None = None
    check_digits: str | None = None
    notice: ContactNotice | None = None
    muted: bool | None = None


@dataclass(frozen=True, slots=True)
class PathChanged:
    """How a contact is reached now; ``path`` is a word of :class:`net.events.PathClass` or None."""

    contact: ContactId
    online: bool
    path: str | None
    rtt_ms: float | None


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """The settings are these now."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """A message was edited, deleted by its author or reacted to: it is this now."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageRemoved:
    """A message was deleted here."""

    contact: ContactId
    message: MessageId


@dataclass(frozen=True, slots=True)
class ChatCleared:
    """All messages of a conversation were deleted here."""

    contact: ContactId


@dataclass(frozen=True, slots=True)
class TypingChanged:
    """A contact is writing, or no longer."""

    contact: ContactId
    typing: bool


Event = (
    MessageReceived
    | MessageStateChanged
    | ContactAdded
    | ContactRequested
    | ContactChanged
    | PathChanged
    | SettingsChanged
    | MessageChanged
    | MessageRemoved
    | ChatCleared
    | TypingChanged
)
