"""The log beside a database file: versions of pages newer than those in the file (sqlite.org/fileformat2.html, 4).

    header   magic u32 | version u32 | page size u32 | checkpoint u32 | salt 8 | checksum 8
    frame    page u32 | size of the database after a commit, else 0, u32 | salt 8 | checksum 8 | page     each

Frames under another salt are left from an earlier run through the file.  SQLite takes the log up to the first frame
that is wrong and says nothing of the rest.  After a power cut that is right: the transaction that was being written is
torn, and nobody was told of it.  But if the frame was damaged later, SQLite would go back to an older state, and an old
ratchet state must never come back.  The two are told apart by what follows: each transaction is on the disk before the
next one begins (``synchronous = FULL``), so behind a torn one there is none.

Whether a frame is right is asked of the page's own HMAC, not of the log's checksums: in Python those take ten times as
long.  So a frame whose page is right and whose head is not passes here and not with SQLite; the checkup sees that.
"""

import os
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self

from app.storage.salvage.page_cipher import PAGE_BYTES

HEADER_BYTES = 32
FRAME_BYTES = 24 + PAGE_BYTES

_HEADER = struct.Struct(">4I8s2I")
_FRAME = struct.Struct(">2I8s8x")
_CHECKED_BYTES = 24
_MAGIC = 0x377F0682
_BIG_ENDIAN = 1
"""The last bit of the magic number: checksums are over big-endian words."""

_MASK = 0xFFFFFFFF


class Frame(NamedTuple):
    """One version of a page."""

    place: int
    """Counted from 0 in the file."""
    page: int
    page_count: int
    """Pages of the database after the transaction that this frame ends, else 0."""

    @property
    def offset(self) -> int:
        """Where in the log the 4,096 bytes of the page begin."""
        return _offset(self.place)


@dataclass(frozen=True, slots=True)
class WriteAheadLog:
    """What stands in a log, before anybody looked into the pages."""

    frames: tuple[Frame, ...] = ()
    """Those under the log's salt, oldest first."""
    is_damaged: bool = False
    """Transactions that were once committed cannot be read, or not be told from others."""

    @classmethod
    def read(cls, path: Path, *, is_expected: bool) -> Self:
        """The log in a file, which need not exist unless ``is_expected``: the database was not closed in order.

        Raises:
            OSError: the file cannot be read at all.
        """
        if not path.is_file():
            return cls(is_damaged=is_expected)
        with path.open("rb") as file:
            salt = _salt(file.read(HEADER_BYTES))
            frames = tuple(_frames(file, salt or _most_common_salt(file)))
        if salt is not None:
            return cls(frames)
        return cls(frames, is_damaged=is_expected or any(frame.page_count for frame in frames))

    @property
    def lost(self) -> list[int]:
        """Where pages would begin that cannot be read, among the others."""
        there = {frame.place for frame in self.frames}
        return [_offset(place) for place in range(max(there, default=0)) if place not in there]

    def committed(self, is_sound: Callable[[Frame], bool]) -> Self:
        """The frames of transactions that ended, and whether some of those cannot be read.

        After damage the frames behind it count too, as far as they are sound.
        """
        if self.is_damaged:
            return type(self)(_to_last_commit([frame for frame in self.frames if is_sound(frame)]), is_damaged=True)
        wrong = (place for place, frame in enumerate(self.frames) if frame.place != place or not is_sound(frame))
        intact = next(wrong, len(self.frames))
        beyond = self.frames[intact:]
        first_commit = next((place for place, frame in enumerate(beyond) if frame.page_count), len(beyond))
        if first_commit + 1 < len(beyond):
            return type(self)(self.frames, is_damaged=True).committed(is_sound)
        return type(self)(_to_last_commit(self.frames[:intact]))


def _offset(place: int) -> int:
    return HEADER_BYTES + place * FRAME_BYTES + _FRAME.size


def _to_last_commit(frames: Sequence[Frame]) -> tuple[Frame, ...]:
    last = max((place for place, frame in enumerate(frames) if frame.page_count), default=-1)
    return tuple(frames[: last + 1])


def _salt(header: bytes) -> bytes | None:
    """The salt in a header; None if it is none."""
    if len(header) < HEADER_BYTES:
        return None
    magic, _, page_size, _, salt, *checksum = _HEADER.unpack(header)
    is_header = magic & ~_BIG_ENDIAN == _MAGIC and page_size == PAGE_BYTES
    return salt if is_header and _checksum(magic & _BIG_ENDIAN, header[:_CHECKED_BYTES]) == checksum else None


def _checksum(is_big_endian: int, data: bytes) -> list[int]:
    first = second = 0
    words = iter(struct.unpack(f"{'>' if is_big_endian else '<'}{len(data) // 4}I", data))
    for word in words:
        first = (first + word + second) & _MASK
        second = (second + next(words) + first) & _MASK
    return [first, second]


def _most_common_salt(file: BinaryIO) -> bytes:
    """Without a header, the salt that most frames have is all there is to go by."""
    salts = Counter(salt for _, salt in _heads(file))
    return salts.most_common(1)[0][0] if salts else b""


def _frames(file: BinaryIO, salt: bytes) -> Iterator[Frame]:
    return (frame for frame, own_salt in _heads(file) if own_salt == salt)


def _heads(file: BinaryIO) -> Iterator[tuple[Frame, bytes]]:
    """Every frame that is there whole, with its salt."""
    count = (file.seek(0, os.SEEK_END) - HEADER_BYTES) // FRAME_BYTES
    for place in range(count):
        file.seek(HEADER_BYTES + place * FRAME_BYTES)
        page, page_count, salt = _FRAME.unpack(file.read(_FRAME.size))
        yield Frame(place, page, page_count), salt
