"""Rows of tables as bytes (``docs/protocol.md``, section 5, Export).

version      2   of the schema
rows             each:
  table      1   see TABLES
  count      1   of values, in the order of the table's columns
  values         each: type 1 (0 null, 1 integer, 2 real, 3 text, 4 blob) | 8 bytes for 1 and 2, for 3 and 4
                     length 4 and so many bytes
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.storage.connection import Value
from crypto.errors import MalformedError

TABLES: Mapping[int, str] = {
    1: "account",
    2: "settings",
    3: "contacts",
    4: "joinings",
    5: "messages",
    6: "erased",
    7: "revisions",
    8: "reactions",
}
"""By number, which never changes its meaning; each refers to earlier ones only.  No sessions, nothing sealed, no
invites of ours, which somebody may have used since."""

MAX_VALUE_BYTES = 1 << 17
"""Of a text or blob: twice the longest message."""

MAX_ROW_BYTES = 1 << 19
"""Four times that, for all values of a row together."""

_NULL, _INTEGER, _REAL, _TEXT, _BLOB = range(5)
_INT64, _DOUBLE, _LENGTH, _HEAD, _VERSION = (struct.Struct(f"<{code}") for code in ("q", "d", "I", "BB", "H"))


@dataclass(frozen=True, slots=True)
class ExportedRow:
    """One row of a table."""

    table: str
    values: tuple[Value, ...]


_NUMBERS = {name: number for number, name in TABLES.items()}


def encode_version(version: int) -> bytes:
    return _VERSION.pack(version)


def encode_row(table: str, values: Sequence[Value]) -> bytes:
    return _HEAD.pack(_NUMBERS[table], len(values)) + b"".join(map(_encoded, values))


class RowDecoder:
    """Takes plaintext piece by piece, and gives the rows that are whole."""

    def __init__(self) -> None:
        self._waiting = b""
        self.version: int | None = None
        """Of the schema, once it is known."""

    def take(self, plaintext: bytes) -> Iterator[ExportedRow]:
        """The rows that end here.

        Raises:
            MalformedError: what stands there is no row.
        """
        data, offset = self._waiting + plaintext, 0
        if self.version is None:
            if len(data) < _VERSION.size:
                self._waiting = data
                return
            (self.version,), offset = _VERSION.unpack_from(data), _VERSION.size
        while (found := _row_at(data, offset)) is not None:
            row, offset = found
            yield row
        self._waiting = data[offset:]
        if len(self._waiting) > MAX_ROW_BYTES:
            raise MalformedError("row too long")

    def finish(self) -> None:
        """There is no more.

        Raises:
            MalformedError: half a row is left.
        """
        if self._waiting or self.version is None:
            raise MalformedError("half a row")


def _encoded(value: Value) -> bytes:
    match value:
        case None:
            return bytes([_NULL])
        case int():
            return bytes([_INTEGER]) + _INT64.pack(value)
        case float():
            return bytes([_REAL]) + _DOUBLE.pack(value)
        case str():
            encoded = value.encode()
            return bytes([_TEXT]) + _LENGTH.pack(len(encoded)) + encoded
        case bytes():
            return bytes([_BLOB]) + _LENGTH.pack(len(value)) + value


def _row_at(data: bytes, offset: int) -> tuple[ExportedRow, int] | None:
    """The row that begins there and where it ends; None if it is not all there."""
    if len(data) < offset + _HEAD.size:
        return None
    number, count = _HEAD.unpack_from(data, offset)
    if number not in TABLES:
        raise MalformedError("unknown table")
    offset += _HEAD.size
    values: list[Value] = []
    for _ in range(count):
        found = _value_at(data, offset)
        if found is None:
            return None
        value, offset = found
        values.append(value)
    return ExportedRow(TABLES[number], tuple(values)), offset


def _value_at(data: bytes, offset: int) -> tuple[Value, int] | None:
    if len(data) == offset:
        return None
    kind, offset = data[offset], offset + 1
    match kind:
        case 0:
            return None, offset
        case 1 | 2:
            layout = _INT64 if kind == _INTEGER else _DOUBLE
            return None if len(data) < offset + 8 else (layout.unpack_from(data, offset)[0], offset + 8)
        case 3 | 4:
            return _sized_at(data, offset, is_text=kind == _TEXT)
        case _:
            raise MalformedError("unknown type of value")


def _sized_at(data: bytes, offset: int, *, is_text: bool) -> tuple[Value, int] | None:
    start = offset + _LENGTH.size
    if len(data) < start:
        return None
    (size_bytes,) = _LENGTH.unpack_from(data, offset)
    if size_bytes > MAX_VALUE_BYTES:
        raise MalformedError("value too long")
    end = start + size_bytes
    if len(data) < end:
        return None
    if not is_text:
        return data[start:end], end
    try:
        return data[start:end].decode(), end
    except UnicodeDecodeError as error:
        raise MalformedError("not UTF-8") from error
