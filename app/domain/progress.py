"""Progress frames: how far each side has heard the other on each session (``docs/protocol.md`` section 3).

    entry    first 8 bytes of th | count u64        1 to 16 entries, nothing between

An envelope would be unreadable to the very state that needs the news, so this travels as a frame of the link.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crypto.encoding import Reader, Writer
from crypto.errors import MalformedError

NAME_BYTES = 8
ENTRY_BYTES = NAME_BYTES + 8

MAX_ENTRIES = 16
"""More than the sessions that anybody keeps with one contact."""

MAX_PROGRESS_BYTES = MAX_ENTRIES * ENTRY_BYTES

NO_MORE = 2**64 - 1
"""The count of a session that a reset has replaced: whoever still writes on it, and began no reset, is out of date."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The largest count of an envelope that came in on one session."""

    name: bytes
    """The first 8 bytes of its transcript."""
    count: int


def session_name(transcript: bytes) -> bytes:
    """What names a session in a progress frame."""
    return transcript[:NAME_BYTES]


def encode_progress(entries: Sequence[Progress]) -> bytes:
    writer = Writer()
    for entry in entries[-MAX_ENTRIES:]:
        writer.raw(entry.name).u64(entry.count)
    return writer.finish()


def decode_progress(body: bytes) -> list[Progress]:
    """The entries of a progress frame.

    Raises:
        MalformedError: none, too many, or half of one.
    """
    if not body or len(body) % ENTRY_BYTES or len(body) > MAX_PROGRESS_BYTES:
        raise MalformedError("not a progress frame")
    reader = Reader(body)
    return [Progress(reader.raw(NAME_BYTES), reader.u64()) for _ in range(len(body) // ENTRY_BYTES)]
