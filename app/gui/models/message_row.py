"""A message as it is painted, given the one before it and the one that it answers."""

from dataclasses import dataclass
from datetime import date

from app.domain.content import ContentType
from app.domain.identifiers import MessageId
from app.domain.message import Message
from app.gui.formatting import clock_time, is_shortened, local_time, one_line, shown_text
from app.gui.links import Link, find_links
from app.gui.models.message_words import deleted, edited, needs_newer, not_here
from app.gui.plain_text import plain

GROUP_PAUSE_S = 300
"""Messages of one sender with shorter pauses belong together."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that another one answers."""

    message_id: MessageId
    message: Message | None
    """None until it is known."""
    is_missing: bool = False
    """Whether it is known not to be there."""

    @property
    def text(self) -> str:
        """Its beginning, or why there is none."""
        if self.message is None:
            return not_here() if self.is_missing else "…"
        return one_line(text_of(self.message))


@dataclass(frozen=True, slots=True)
class MessageRow:
    """What stands in a row."""

    message: Message
    text: str
    """What stands in the bubble: bounded, and plain."""
    links: tuple[Link, ...]
    shortened: bool
    """Whether there is more of the text than that."""
    time: str
    day: date | None
    """The day that begins with this row."""
    starts_group: bool
    """Whether the row is the first of its sender's group."""
    starts_unread: bool
    """Whether what was not read when the conversation was opened begins with this row."""
    quote: Quote | None

    @property
    def is_faded(self) -> bool:
        """Whether the text is not what was written, but says why it is not there."""
        return self.message.deleted or self.message.content_type != ContentType.TEXT


def row_of(
    message: Message, before: Message | None, quote: Quote | None = None, *, starts_unread: bool = False
) -> MessageRow:
    """The message as a row, after the message ``before``."""
    day = local_time(message.sent_at).date()
    begins_day = before is None or local_time(before.sent_at).date() != day
    paused = before is None or abs(message.sent_at - before.sent_at) > GROUP_PAUSE_S
    another = before is None or before.mine != message.mine
    text = text_of(message)
    return MessageRow(
        message=message,
        text=text,
        links=find_links(text) if not message.deleted else (),
        shortened=is_shortened(message.text),
        time=time_of(message),
        day=day if begins_day else None,
        starts_group=begins_day or paused or another or starts_unread,
        starts_unread=starts_unread,
        quote=quote,
    )


def text_of(message: Message) -> str:
    """What stands in the message's bubble."""
    if message.deleted:
        return deleted()
    return plain(shown_text(message.text)) if message.content_type == ContentType.TEXT else needs_newer()


def time_of(message: Message) -> str:
    """When it was written, and whether it has changed since."""
    written = clock_time(message.sent_at)
    return written if message.edited_at is None or message.deleted else edited(written)
