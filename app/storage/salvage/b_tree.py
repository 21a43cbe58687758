"""Rows in the pages of a database (sqlite.org/fileformat2.html, 1.6 and 2.1).

    page    kind u8 | ... | cells u16 | ... | right child u32 (interior only) | offset of each cell u16 | ... | cells
    cell    left child u32 (interior) | payload size (not interior of a table) | row number (table) | payload
    record  size of the head | type of each value | values             integers of 1 to 9 bytes, big-endian

A page that holds rows says so in its first byte.  A table's rows are in its leaves; those of a table WITHOUT ROWID,
and of indices, are in all pages of their tree.  The pages are sound, so what is wrong here was lost, not forged; still
every number is checked before it is followed.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, TypeAlias

from app.storage.connection import Value
from app.storage.salvage.page_cipher import USABLE_BYTES

Pages: TypeAlias = Callable[[int], bytes | None]
"""The page of this number, or None if it is lost."""

_FILE_HEADER_BYTES = 100
_CHILD = struct.Struct(">I")
_FLOAT = struct.Struct(">d")
_INTEGER_SIZES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_FIRST_BYTES_TYPE = 12
_MAX_TABLE_LOCAL = USABLE_BYTES - 35
_MAX_INDEX_LOCAL = (USABLE_BYTES - 12) * 64 // 255 - 23
_MIN_LOCAL = (USABLE_BYTES - 12) * 32 // 255 - 23
_OVERFLOW_BYTES = USABLE_BYTES - 4
_MAX_PAYLOAD_BYTES = 1 << 22
"""No row of ours comes near; a chain of pages that leads in a circle ends here."""


class LostError(Exception):
    """Part of a row or of a tree is on a page that is lost, or is no row."""


class Kind(IntEnum):
    """The first byte of a page."""

    INDEX_INTERIOR = 2
    TABLE_INTERIOR = 5
    INDEX_LEAF = 10
    TABLE_LEAF = 13

    @property
    def is_interior(self) -> bool:
        return self in {Kind.INDEX_INTERIOR, Kind.TABLE_INTERIOR}

    @property
    def is_table(self) -> bool:
        return self in {Kind.TABLE_INTERIOR, Kind.TABLE_LEAF}


class Row(NamedTuple):
    """One record; ``number`` is None in trees that have none."""

    number: int | None
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """One page of a tree."""

    number: int
    kind: Kind
    page: bytes
    head: int
    """Where the page's header begins."""

    @classmethod
    def of(cls, number: int, page: bytes) -> "Node | None":
        """The node on a page; None if the page is of another kind."""
        head = _FILE_HEADER_BYTES if number == 1 else 0
        try:
            return cls(number, Kind(page[head]), page, head)
        except ValueError:
            return None

    def children(self) -> Iterator[int]:
        """The pages below, in their order.

        Raises:
            LostError: this page is not whole.
        """
        if self.kind.is_interior:
            for offset in self._cells():
                yield _child(self.page, offset)
            yield _child(self.page, self.head + 8)

    def rows(self, pages: Pages) -> Iterator[Row | None]:
        """The rows on this page, None for each whose rest is lost.

        Raises:
            LostError: this page is not whole.
        """
        if self.kind is not Kind.TABLE_INTERIOR:
            for offset in self._cells():
                try:
                    yield self._row(offset, pages)
                except LostError:
                    yield None

    def _cells(self) -> tuple[int, ...]:
        count = int.from_bytes(self.page[self.head + 3 : self.head + 5], "big")
        start = self.head + (12 if self.kind.is_interior else 8)
        if start + 2 * count > USABLE_BYTES:
            raise LostError
        return struct.unpack_from(f">{count}H", self.page, start)

    def _row(self, offset: int, pages: Pages) -> Row:
        if self.kind is Kind.INDEX_INTERIOR:
            offset += _CHILD.size
        size_bytes, offset = _varint(self.page, offset)
        number = None
        if self.kind.is_table:
            unsigned, offset = _varint(self.page, offset)
            number = unsigned - (1 << 64) if unsigned >> 63 else unsigned
        return Row(number, _values(self._payload(offset, size_bytes, pages)))

    def _payload(self, offset: int, size_bytes: int, pages: Pages) -> bytes:
        most = _MAX_TABLE_LOCAL if self.kind.is_table else _MAX_INDEX_LOCAL
        if size_bytes <= most:
            return _bytes(self.page, offset, size_bytes)
        local = _MIN_LOCAL + (size_bytes - _MIN_LOCAL) % _OVERFLOW_BYTES
        local = local if local <= most else _MIN_LOCAL
        return _bytes(self.page, offset, local) + _overflow(
            pages, _child(self.page, offset + local), size_bytes - local
        )


def nodes_of(pages: Pages, root: int) -> Iterator[Node]:
    """All nodes of a tree.

    Raises:
        LostError: a page of it is lost; those that came before stand.
    """
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        number = waiting.pop()
        page = None if number in seen else pages(number)
        node = None if page is None else Node.of(number, page)
        if node is None:
            raise LostError
        seen.add(number)
        waiting.extend(node.children())
        yield node


def _overflow(pages: Pages, number: int, size_bytes: int) -> bytes:
    """The rest of a payload: a chain of pages, ``next u32 | 4,012 bytes`` each, the last one with 0."""
    if size_bytes > _MAX_PAYLOAD_BYTES:
        raise LostError
    parts: list[bytes] = []
    while size_bytes > 0:
        page = pages(number) if number else None
        if page is None:
            raise LostError
        parts.append(page[_CHILD.size : _CHILD.size + min(size_bytes, _OVERFLOW_BYTES)])
        size_bytes -= _OVERFLOW_BYTES
        number = _child(page, 0)
    return b"".join(parts)


def _values(record: bytes) -> tuple[Value, ...]:
    head_bytes, offset = _varint(record, 0)
    place = head_bytes
    values: list[Value] = []
    while offset < head_bytes:
        type_, offset = _varint(record, offset)
        value, place = _value(record, place, type_)
        values.append(value)
    return tuple(values)


def _value(record: bytes, place: int, type_: int) -> tuple[Value, int]:
    """The value of a type (2.1 in the format), and where the next one begins."""
    if type_ in _INTEGER_SIZES:
        end = place + _INTEGER_SIZES[type_]
        return int.from_bytes(_bytes(record, place, end - place), "big", signed=True), end
    if type_ >= _FIRST_BYTES_TYPE:
        end = place + (type_ - _FIRST_BYTES_TYPE) // 2
        content = _bytes(record, place, end - place)
        return _text(content) if type_ % 2 else content, end
    match type_:
        case 0:
            return None, place
        case 7:
            return _FLOAT.unpack(_bytes(record, place, 8))[0], place + 8
        case 8 | 9:
            return type_ - 8, place
        case _:
            raise LostError


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise LostError from error


def _varint(data: bytes, offset: int) -> tuple[int, int]:
    """Seven bits a byte, most significant first, all eight of the ninth; and where it ends."""
    value = 0
    for place in range(offset, offset + 8):
        byte = _bytes(data, place, 1)[0]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    return value << 8 | _bytes(data, offset + 8, 1)[0], offset + 9


def _child(page: bytes, offset: int) -> int:
    return int(_CHILD.unpack(_bytes(page, offset, _CHILD.size))[0])


def _bytes(data: bytes, offset: int, size_bytes: int) -> bytes:
    part = data[offset : offset + size_bytes]
    if len(part) != size_bytes:
        raise LostError
    return part
