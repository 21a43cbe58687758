"""Payloads of the session: what an envelope says once it is open (``docs/protocol.md`` section 3, Content).

Type bytes come in ranges, so that an older Kith knows what to do with a type it does not know:

    00 - 1f   control        acknowledged and ignored
    20 - 7f   conversation   acknowledged, stored, shown as "needs a newer Kith"
    80 - ff   reserved       acknowledged and ignored

Integers are little-endian.  Every decoder reads to the last byte and raises :class:`crypto.errors.MalformedError`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from app.domain.errors import KithError
from app.domain.hybrid_clock import CLOCK_LIMIT
from app.domain.identifiers import MESSAGE_ID_BYTES, MessageId
from app.domain.message import MAX_TEXT_BYTES
from app.domain.name import clean_name
from crypto import session
from crypto.discovery_key import POINT_BYTES, check_point
from crypto.encoding import Reader, Writer
from crypto.errors import MalformedError
from crypto.primitives import KEY_BYTES
from net.endpoint import Endpoint
from net.endpoint_list import encode_endpoints, read_endpoints

ENVELOPE_ID_BYTES = 16
MAX_LISTED_IDS = 4_096
"""Ids in one acknowledgement or read receipt: 64 KiB."""

_MAX_NAME_BYTES = 256
_HAS_REPLY = 1
_HAS_DISCOVERY = 1
_CONVERSATION_TYPES = range(0x20, 0x80)


class ContentType(IntEnum):
    """The type byte of a payload."""

    EMPTY = 0x00
    PROFILE = 0x01
    ACKNOWLEDGEMENT = 0x02
    RE_REQUEST = 0x03
    BROKEN = 0x04
    OFFER = session.OFFER
    ACCEPT = session.ACCEPT
    ADDRESSES = 0x07
    READ = 0x08
    TYPING = 0x09
    REACTION = 0x0A
    EDIT = 0x0B
    DELETION = 0x0C
    PASS = 0x0D
    PASSED = 0x0E
    TEXT = 0x20


TRANSCRIPT_BYTES = 32
MAX_LISTED_TRANSCRIPTS = 16
"""Sessions in one notice: more than anybody keeps of one contact."""


def is_conversation(content_type: int) -> bool:
    """Whether a payload of this type stands in the conversation, even when this Kith cannot read it."""
    return content_type in _CONVERSATION_TYPES


MOMENTARY = frozenset({ContentType.TYPING, ContentType.PASS, ContentType.PASSED})
"""Payloads that mean something at this moment only: never sent again, so that nothing is kept of them."""


ANNOTATIONS = frozenset({ContentType.REACTION, ContentType.EDIT, ContentType.DELETION})
"""Payloads about a message that was sent before."""


def is_said(content_type: int) -> bool:
    """Whether a payload is what the user says, rather than Kith by itself."""
    return is_conversation(content_type) or content_type in ANNOTATIONS


@dataclass(frozen=True, slots=True)
class TextContent:
    """A text message.

    clock      8   hybrid clock of the conversation, below 2^63
    sent_at    8   milliseconds since 1970
    flags      1   bit 0: a reply
    reply_to  16   only in a reply: id of the message that it answers
    text           UTF-8, 1 to 65,536 bytes
    """

    clock: int
    sent_at: float
    text: str
    reply_to: MessageId | None = None

    def encode(self) -> bytes:
        reply_to = bytes.fromhex(self.reply_to) if self.reply_to else b""
        head = Writer().u64(self.clock).u64(max(0, round(self.sent_at * 1000))).u8(_HAS_REPLY if reply_to else 0)
        return head.raw(reply_to).raw(self.text.encode()).finish()

    @classmethod
    def decode(cls, content: bytes) -> Self:
        reader = Reader(content)
        clock, sent_at, flags = read_clock(reader), reader.u64() / 1000, reader.u8()
        reply_to = MessageId(reader.raw(MESSAGE_ID_BYTES).hex()) if flags & _HAS_REPLY else None
        encoded = reader.rest()
        if not 0 < len(encoded) <= MAX_TEXT_BYTES:
            raise MalformedError("text empty or too long")
        return cls(clock=clock, sent_at=sent_at, text=read_utf8(encoded), reply_to=reply_to)


def decode_clock(content: bytes) -> tuple[int, float]:
    """The clock and sending time that every payload of the conversation range begins with."""
    reader = Reader(content)
    return read_clock(reader), reader.u64() / 1000


@dataclass(frozen=True, slots=True)
class ProfileContent:
    """Who we are to this contact; the first message each way.

    capabilities  4
    flags         1   bit 0: discovery follows
    name      2 + n   UTF-8
    endpoints         as in :mod:`net.endpoint_list`
    discovery    64   only with the flag: point A 32, secret S 32
    """

    name: str
    capabilities: int
    endpoints: tuple[Endpoint, ...]
    discovery: bytes = b""

    def encode(self) -> bytes:
        flags = _HAS_DISCOVERY if self.discovery else 0
        head = Writer().u32(self.capabilities).u8(flags).sized(self.name.encode())
        return head.raw(encode_endpoints(self.endpoints)).raw(self.discovery).finish()

    @classmethod
    def decode(cls, content: bytes) -> Self:
        reader = Reader(content)
        capabilities, flags = reader.u32(), reader.u8()
        name, endpoints = _name(reader.sized(_MAX_NAME_BYTES)), read_endpoints(reader)
        discovery = b""
        if flags & _HAS_DISCOVERY:
            discovery = check_point(reader.raw(POINT_BYTES)) + reader.raw(KEY_BYTES)
        reader.finish()
        return cls(name=name, capabilities=capabilities, endpoints=endpoints, discovery=discovery)


def encode_ids(ids: Sequence[bytes]) -> bytes:
    """ACKNOWLEDGEMENT and RE_REQUEST list envelope ids, READ message ids: 16 bytes each, nothing between."""
    return b"".join(ids)


def decode_ids(content: bytes) -> list[bytes]:
    return _listed(content, ENVELOPE_ID_BYTES, most=MAX_LISTED_IDS)


def encode_transcripts(transcripts: Sequence[bytes]) -> bytes:
    """BROKEN lists the sessions that its sender still reads: transcripts of 32 bytes, 1 to 16, nothing between."""
    return b"".join(transcripts)


def decode_transcripts(content: bytes) -> list[bytes]:
    return _listed(content, TRANSCRIPT_BYTES, most=MAX_LISTED_TRANSCRIPTS)


def _listed(content: bytes, size_bytes: int, *, most: int) -> list[bytes]:
    if not content or len(content) % size_bytes or len(content) > most * size_bytes:
        raise MalformedError("not a list of ids")
    return [content[offset : offset + size_bytes] for offset in range(0, len(content), size_bytes)]


def read_clock(reader: Reader) -> int:
    """A hybrid clock, 8 bytes.

    Raises:
        MalformedError: 2^63 or above.
    """
    clock = reader.u64()
    if clock >= CLOCK_LIMIT:
        raise MalformedError("clock out of range")
    return clock


def read_utf8(encoded: bytes) -> str:
    """Raises: MalformedError."""
    try:
        return encoded.decode()
    except UnicodeDecodeError as error:
        raise MalformedError("not UTF-8") from error


def _name(encoded: bytes) -> str:
    try:
        return clean_name(read_utf8(encoded))
    except KithError as error:
        raise MalformedError("not a name") from error
