"""REACTION, EDIT and DELETION: payloads about a message that was sent before (``docs/protocol.md`` section 3).

They are in the range of control types, so that a Kith that does not know them acknowledges and ignores them
(``docs/decisions/0018-edits-are-control-payloads.md``).
"""

from dataclasses import dataclass
from typing import Self

from app.domain.annotation import MAX_EMOJI_BYTES, checked_emoji
from app.domain.content import read_clock, read_utf8
from app.domain.errors import KithError
from app.domain.identifiers import MESSAGE_ID_BYTES, MessageId
from app.domain.message import MAX_TEXT_BYTES
from crypto.encoding import Reader, Writer
from crypto.errors import MalformedError

_OF_RECEIVER = 1


@dataclass(frozen=True, slots=True)
class ReactionContent:
    """A reaction to any message of the conversation.

    clock      8   hybrid clock of the conversation, below 2^63
    flags      1   bit 0: the message is the receiver's
    message   16   its id
    emoji          UTF-8, at most 64 bytes; nothing takes the reaction back
    """

    clock: int
    of_receiver: bool
    message: MessageId
    emoji: str

    def encode(self) -> bytes:
        head = Writer().u64(self.clock).u8(_OF_RECEIVER if self.of_receiver else 0)
        return head.raw(bytes.fromhex(self.message)).raw(self.emoji.encode()).finish()

    @classmethod
    def decode(cls, content: bytes) -> Self:
        reader = Reader(content)
        clock, flags, message = read_clock(reader), reader.u8(), _message_id(reader)
        encoded = reader.rest()
        if len(encoded) > MAX_EMOJI_BYTES:
            raise MalformedError("reaction too long")
        return cls(clock, bool(flags & _OF_RECEIVER), message, _emoji(read_utf8(encoded)))


@dataclass(frozen=True, slots=True)
class EditContent:
    """Another text for a message of the sender's.

    clock      8   hybrid clock of the conversation, below 2^63
    edited_at  8   milliseconds since 1970
    message   16   its id
    text           UTF-8, 1 to 65,536 bytes
    """

    clock: int
    edited_at: float
    message: MessageId
    text: str

    def encode(self) -> bytes:
        head = Writer().u64(self.clock).u64(max(0, round(self.edited_at * 1000)))
        return head.raw(bytes.fromhex(self.message)).raw(self.text.encode()).finish()

    @classmethod
    def decode(cls, content: bytes) -> Self:
        reader = Reader(content)
        clock, edited_at, message = read_clock(reader), reader.u64() / 1000, _message_id(reader)
        encoded = reader.rest()
        if not 0 < len(encoded) <= MAX_TEXT_BYTES:
            raise MalformedError("text empty or too long")
        return cls(clock, edited_at, message, read_utf8(encoded))


@dataclass(frozen=True, slots=True)
class DeletionContent:
    """A message of the sender's is deleted on both sides, for good.

    message   16   its id
    """

    message: MessageId

    def encode(self) -> bytes:
        return bytes.fromhex(self.message)

    @classmethod
    def decode(cls, content: bytes) -> Self:
        reader = Reader(content)
        message = _message_id(reader)
        reader.finish()
        return cls(message)


def _message_id(reader: Reader) -> MessageId:
    return MessageId(reader.raw(MESSAGE_ID_BYTES).hex())


def _emoji(emoji: str) -> str:
    try:
        return emoji and checked_emoji(emoji)
    except KithError as error:
        raise MalformedError("not an emoji") from error
