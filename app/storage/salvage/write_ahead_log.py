"""The log beside a database file: versions of pages newer than those in the file (sqlite.org/fileformat2.html, 4).

    header   magic u32 | version u32 | page size u32 | checkpoint u32 | salt 8 | checksum 8
    frame    page u32 | size of the database after a commit, else 0, u32 | salt 8 | checksum 8 | page     each

A checksum covers everything before it.  SQLite takes the log up to the first frame that is wrong and says nothing of
the rest.  After a power cut that is right: the transaction that was being written is torn, and nobody was told of it.
But if the frame was damaged later, SQLite would go back to an older state, and an old ratchet state must never come
back.  The two are told apart by what follows: each transaction is on the disk before the next one begins
(``synchronous = FULL``), so behind a torn one there is none.
"""

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self

from app.storage.salvage.page_cipher import PAGE_BYTES

HEADER_BYTES = 32
FRAME_BYTES = 24 + PAGE_BYTES

_HEADER = struct.Struct(">4I8s2I")
_FRAME = struct.Struct(">2I8s2I")
_CHECKED_BYTES = {"header": 24, "frame": 8}
_MAGIC = 0x377F0682
_BIG_ENDIAN = 1
"""The last bit of the magic number: checksums are over big-endian words."""

_MASK = 0xFFFFFFFF

Checksum = tuple[int, int]


class Frame(NamedTuple):
    """One version of a page: where in the log its 4,096 bytes begin."""

    page: int
    offset: int


class _Entry(NamedTuple):
    frame: Frame
    page_count: int
    """Pages of the database after the transaction that this frame ends, else 0."""
    is_sound: bool
    """Its checksum, and that of all before it, is right."""


@dataclass(frozen=True, slots=True)
class WriteAheadLog:
    """What a log says."""

    frames: tuple[Frame, ...] = ()
    """Committed versions, oldest first; after damage also those behind it, as far as they were committed."""
    page_count: int | None = None
    """Pages of the database after the last of them."""
    is_damaged: bool = False
    """Transactions that were once committed cannot be read."""

    @classmethod
    def read(cls, path: Path, *, is_expected: bool) -> Self:
        """The log in a file, which need not exist unless ``is_expected``: the database was not closed in order.

        Raises:
            OSError: the file cannot be read at all.
        """
        if not path.is_file():
            return cls(is_damaged=is_expected)
        with path.open("rb") as file:
            header = _read_header(file.read(HEADER_BYTES))
            if header is None:
                return cls._without_header(file, is_expected=is_expected)
            return cls._of(list(_entries(file, *header)))

    @classmethod
    def _of(cls, entries: list[_Entry]) -> Self:
        sound = next((place for place, entry in enumerate(entries) if not entry.is_sound), len(entries))
        beyond = entries[sound:]
        first_commit = next((place for place, entry in enumerate(beyond) if entry.page_count), len(beyond))
        is_damaged = first_commit < len(beyond) - 1
        return cls._committed(entries if is_damaged else entries[:sound], is_damaged=is_damaged)

    @classmethod
    def _without_header(cls, file: BinaryIO, *, is_expected: bool) -> Self:
        """Frames under the salt that most have, which is all that is left to go by."""
        salts = Counter(_salts(file))
        if not salts:
            return cls(is_damaged=is_expected)
        ((salt, _),) = salts.most_common(1)
        return cls._committed(list(_entries(file, "big", salt, None)), is_damaged=True)

    @classmethod
    def _committed(cls, entries: list[_Entry], *, is_damaged: bool) -> Self:
        last = max((place for place, entry in enumerate(entries) if entry.page_count), default=-1)
        frames = tuple(entry.frame for entry in entries[: last + 1])
        return cls(frames, entries[last].page_count if frames else None, is_damaged)


def _read_header(header: bytes) -> tuple[str, bytes, Checksum] | None:
    """Byte order of the checksums, salt, and the checksum to go on from; None if it is no header."""
    if len(header) < HEADER_BYTES:
        return None
    magic, _, page_size, _, salt, *checksum = _HEADER.unpack(header)
    order = "big" if magic & _BIG_ENDIAN else "little"
    own = _checksum(order, header[: _CHECKED_BYTES["header"]], (0, 0))
    if magic & ~_BIG_ENDIAN != _MAGIC or page_size != PAGE_BYTES or own != tuple(checksum):
        return None
    return order, salt, own


def _salts(file: BinaryIO) -> Iterator[bytes]:
    offset = HEADER_BYTES
    file.seek(offset)
    while len(raw := file.read(_FRAME.size)) == _FRAME.size:
        yield _FRAME.unpack(raw)[2]
        offset += FRAME_BYTES
        file.seek(offset)


def _entries(file: BinaryIO, order: str, salt: bytes, checksum: Checksum | None) -> Iterator[_Entry]:
    """The frames under this salt; others are left from an earlier run through the file.

    Once a checksum is wrong, or there is none to go on from, nothing that follows is sound.
    """
    offset = HEADER_BYTES
    file.seek(offset)
    while len(raw := file.read(FRAME_BYTES)) == FRAME_BYTES:
        page, page_count, own_salt, *own_checksum = _FRAME.unpack_from(raw)
        is_ours = own_salt == salt
        if checksum is not None:
            checked = raw[: _CHECKED_BYTES["frame"]] + raw[_FRAME.size :]
            checksum = _checksum(order, checked, checksum) if is_ours else None
            checksum = checksum if checksum == tuple(own_checksum) else None
        if is_ours:
            yield _Entry(Frame(page, offset + _FRAME.size), page_count, checksum is not None)
        offset += FRAME_BYTES


def _checksum(order: str, data: bytes, start: Checksum) -> Checksum:
    first, second = start
    words = iter(struct.unpack(f"{'>' if order == 'big' else '<'}{len(data) // 4}I", data))
    for word in words:
        first = (first + word + second) & _MASK
        second = (second + next(words) + first) & _MASK
    return first, second
