"""A database file with its log, read without the database: the newest sound version of each page.

The pages stand one after the other, counted from 1.  Whoever uses this must hold the profile's lock and have no
connection open: closing a file drops the locks that SQLite has taken on it in the same process.
"""

import errno
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from io import FileIO
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from app.storage.connection import SALT_BYTES, derived_salt
from app.storage.high_water_mark import Mark
from app.storage.salvage.b_tree import Pages
from app.storage.salvage.page_cipher import PAGE_BYTES, PageCipher
from app.storage.salvage.write_ahead_log import Frame, WriteAheadLog
from crypto.secret import Secret

CHECKED_WHOLE_BYTES = 256 << 20
"""Larger files are checked at their first page and in their log only: the rest would take seconds at every start.
A page is checked once more when SQLite reads it, and all rows are read whenever a snapshot is written."""

_PENDING_BYTE_PAGE = (1 << 30) // PAGE_BYTES + 1
"""SQLite puts its locks here and never writes the page."""

_PAGE_COUNT_OFFSET = 28
_VERSION_OFFSET = 60
_TRANSACTION_OFFSET = 68
"""SQLite's application id: see :mod:`app.storage.high_water_mark`."""


class _Place(NamedTuple):
    """Where a version of a page begins; those of the file are older than all in the log."""

    is_in_log: bool
    offset: int


class PageFile:
    """An open file; a context manager.  Missing files count as empty ones."""

    def __init__(self, path: Path, key: Secret, mark: Mark | None) -> None:
        log_path = path.with_name(path.name + "-wal")
        log = WriteAheadLog.read(log_path, is_expected=mark is not None and mark.is_running)
        self._file, self._log_file = _opened(path), _opened(log_path)
        self.changed_at = max((each.stat().st_mtime for each in (path, log_path) if each.is_file()), default=0.0)
        """When anything was last written, in Unix seconds."""
        self._file_pages = path.stat().st_size // PAGE_BYTES if self._file else 0
        self._places: dict[int, _Place | None] = {}
        self._cipher = self._find_cipher(key, log.frames)
        log = log.committed(lambda frame: self._is_sound(frame.page, _Place(True, frame.offset)))
        self._is_log_damaged = log.is_damaged
        self._lost_in_log = log.lost
        self._in_log: dict[int, list[_Place]] = defaultdict(list)
        for frame in log.frames:
            self._in_log[frame.page].append(_Place(True, frame.offset))
        self.page_count = self._count_pages(log.frames)
        """Pages that the database has, or had."""
        self.is_behind = log.is_damaged or self._is_behind(mark)
        """Transactions are lost: of some pages an older state is all there is."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in (self._file, self._log_file):
            if file is not None:
                file.close()

    @property
    def version(self) -> int | None:
        """The version of the schema; None if the first page is lost."""
        first = self.page(1)
        return None if first is None else _integer(first, _VERSION_OFFSET)

    @property
    def is_truncated(self) -> bool:
        """The file ends before the database does."""
        return any(number not in self._in_log for number in range(self._file_pages + 1, self.page_count + 1))

    @property
    def has_log(self) -> bool:
        """It was not closed in order, so SQLite will make of the log what it can."""
        return bool(self._in_log)

    def is_sound(self) -> bool:
        """Nothing is lost, as far as a start has the time to look; see :data:`CHECKED_WHOLE_BYTES`."""
        if self.is_behind or self.is_truncated or self._sound_place(1) is None:
            return False
        if self._read(self._file, 0, SALT_BYTES) != self._cipher.salt:
            return False  # SQLCipher looks for it there, whatever the log holds
        return self.page_count * PAGE_BYTES > CHECKED_WHOLE_BYTES or None not in map(self._sound_place, self._numbers())

    def page(self, number: int) -> bytes | None:
        """The 4,016 bytes of the newest sound version; None if there is none."""
        place = self._sound_place(number)
        return None if place is None else self._cipher.decrypt(number, self._at(place))

    def rest_of(self, node: int) -> Pages:
        """The pages on which rows of this one go on.

        Where versions are lost, those of two pages may be of different times, and what they hold together was never
        there: a page that is newer, or that a lost version could have come after, is not given.
        """
        if not self._is_log_damaged:
            return self.page
        place = self._sound_place(node)

        def page(number: int) -> bytes | None:
            rest = self._sound_place(number)
            return (
                self.page(number) if place is not None and rest is not None and self._go_together(place, rest) else None
            )

        return page

    def by_age(self) -> list[int]:
        """The numbers of all pages that there are, those of the oldest versions first."""
        places = ((self._sound_place(number), number) for number in self._numbers())
        return [number for _, number in sorted((place, number) for place, number in places if place is not None)]

    def _is_behind(self, mark: Mark | None) -> bool:
        first = self.page(1)
        return mark is not None and first is not None and mark.is_ahead_of(_integer(first, _TRANSACTION_OFFSET))

    def _numbers(self) -> Iterator[int]:
        return (number for number in range(1, self.page_count + 1) if number != _PENDING_BYTE_PAGE)

    def _sound_place(self, number: int) -> _Place | None:
        if number not in self._places:
            self._places[number] = next(
                (place for place in self._versions(number) if self._is_sound(number, place)), None
            )
        return self._places[number]

    def _versions(self, number: int) -> Iterable[_Place]:
        """The one that counts; if the log was damaged, and older ones are all there may be, then those too."""
        in_log, in_file = self._in_log.get(number, []), _Place(False, (number - 1) * PAGE_BYTES)
        if self._is_log_damaged:
            return (*reversed(in_log), in_file)
        return in_log[-1:] or (in_file,)

    def _is_sound(self, number: int, place: _Place) -> bool:
        return self._cipher.is_sound(number, self._at(place))

    def _at(self, place: _Place) -> bytes:
        return self._read(self._log_file if place.is_in_log else self._file, place.offset, PAGE_BYTES)

    def _read(self, file: FileIO | None, offset: int, size_bytes: int) -> bytes:
        """What can be read there; nothing where the disk fails."""
        if file is None:
            return b""
        try:
            file.seek(offset)
            return file.read(size_bytes)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return b""

    def _go_together(self, place: _Place, rest: _Place) -> bool:
        after = rest.offset if rest.is_in_log else 0
        next_lost = bisect_right(self._lost_in_log, after)
        is_followed = next_lost < len(self._lost_in_log) and self._lost_in_log[next_lost] < place.offset
        return rest <= place and not (place.is_in_log and is_followed)

    def _find_cipher(self, key: Secret, frames: Sequence[Frame]) -> PageCipher:
        """Under the salt that the file begins with, unless that is lost."""
        firsts = (_Place(False, 0), *(_Place(True, frame.offset) for frame in frames if frame.page == 1))
        begins = dict.fromkeys(self._at(place)[:SALT_BYTES] for place in firsts)
        salts = (*(salt for salt in begins if len(salt) == SALT_BYTES), derived_salt(key))
        ciphers = [PageCipher(key, salt) for salt in dict.fromkeys(salts)]
        return next((cipher for cipher in ciphers if self._fits(cipher, frames)), ciphers[-1])

    def _fits(self, cipher: PageCipher, frames: Sequence[Frame]) -> bool:
        """Any page is sound under it."""
        in_log = ((frame.page, _Place(True, frame.offset)) for frame in frames)
        in_file = ((index + 1, _Place(False, index * PAGE_BYTES)) for index in range(self._file_pages))
        return any(cipher.is_sound(number, self._at(place)) for number, place in chain(in_log, in_file))

    def _count_pages(self, frames: Sequence[Frame]) -> int:
        if frames and not self._is_log_damaged:
            return frames[-1].page_count
        first = self.page(1)
        claimed = self._file_pages if first is None else _integer(first, _PAGE_COUNT_OFFSET)
        return max(claimed, *self._in_log, self._file_pages if self._is_log_damaged else 0)


def _opened(path: Path) -> FileIO | None:
    return FileIO(path, "rb") if path.is_file() else None


def _integer(page: bytes, offset: int) -> int:
    return int.from_bytes(page[offset : offset + 4], "big")
