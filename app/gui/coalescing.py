"""What a batch of events comes to: however often a contact edits, reacts, types or renames itself in it, the window
works once.

The engine tells every change.  A conversation of three hundred rows that is laid out anew for each of them stands
still while a contact plays; and what a message was before it was edited or deleted, nobody has to see.
"""

from collections.abc import Sequence
from dataclasses import fields, replace

from app.domain.events import (
    ChatCleared,
    ContactChanged,
    Event,
    MessageChanged,
    MessageReceived,
    MessageRemoved,
    PathChanged,
    TypingChanged,
)
from app.domain.identifiers import ContactId, MessageId
from app.domain.message import Message

Place = tuple[type[Event], str] | tuple[type[Event], str, str]
"""What two events are about of which only the later one counts."""


def coalesced(events: Sequence[Event]) -> list[Event]:
    """The events that are left, each where its last one stood; a message that comes is at once what it has become."""
    left: dict[Place | int, Event] = {}
    for number, event in enumerate(events):
        match event:
            case MessageReceived(message=message):
                left[MessageReceived, message.contact, message.message_id] = event
            case MessageChanged(message=message):
                _put_last(left, (MessageChanged, message.contact, message.message_id), event)
                _become(left, message)
            case MessageRemoved(contact=contact, message=removed):
                _forget(left, contact, removed)
                left[number] = event
            case ChatCleared(contact=contact):
                _forget(left, contact)
                left[number] = event
            case TypingChanged(contact=contact) | PathChanged(contact=contact):
                _put_last(left, (type(event), contact), event)
            case ContactChanged(contact=contact) if not event.removed:
                earlier = left.get((ContactChanged, contact))
                _put_last(left, (ContactChanged, contact), _merged(earlier, event))
            case _:
                left[number] = event
    return list(left.values())


def _put_last(left: dict[Place | int, Event], place: Place, event: Event) -> None:
    left.pop(place, None)
    left[place] = event


def _become(left: dict[Place | int, Event], message: Message) -> None:
    """A message that came in this batch comes as it is now."""
    place = (MessageReceived, message.contact, message.message_id)
    if place in left:
        left[place] = MessageReceived(message)


def _forget(left: dict[Place | int, Event], contact: ContactId, message: MessageId | None = None) -> None:
    """Messages that are gone neither come nor change; without ``message``, all of the contact."""
    for place, event in list(left.items()):
        if (
            isinstance(event, MessageReceived | MessageChanged)
            and event.message.contact == contact
            and message in {None, event.message.message_id}
        ):
            del left[place]


def _merged(earlier: Event | None, later: ContactChanged) -> ContactChanged:
    """Both changes in one."""
    if not isinstance(earlier, ContactChanged):
        return later
    told = {each.name: getattr(later, each.name) for each in fields(later)}
    return replace(earlier, **{name: value for name, value in told.items() if value is not None})
