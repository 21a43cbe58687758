"""One statement for many rows: ``INSERT … VALUES (…), (…), …``.

Every step of SQLite gives the GIL away and waits to get it back, which beside a busy engine thread costs up to 5 ms.
So rows go in by the hundred.  A statement is compiled for each size that is a power of two, and kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TypeAlias

from app.storage.connection import Connection, Cursor, Row, Value

Values: TypeAlias = tuple[Value, ...]
"""The parameters of one row."""

MAX_ROWS = 256
"""Rows a statement; at 16 columns that is an eighth of the variables that SQLite allows."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """A statement around a list of rows with ``columns`` values each."""

    head: str
    columns: int
    tail: str = ""

    def run(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Execute for all rows, in their order."""
        for chunk in chunks(rows):
            self.execute(connection, chunk)

    def fetch(self, connection: Connection, rows: Sequence[Values]) -> list[Row]:
        """The results for all rows, one statement's after the other's."""
        found: list[Row] = []
        for chunk in chunks(rows):
            found += self.execute(connection, chunk).fetchall()
        return found

    def execute(self, connection: Connection, chunk: Sequence[Values]) -> Cursor:
        """One statement for a piece of :func:`chunks`."""
        return connection.execute(self.sql(len(chunk)), tuple(chain.from_iterable(chunk)))

    def sql(self, count: int) -> str:
        """The statement for ``count`` rows."""
        return _sql(self.head, self.columns, self.tail, count)


def chunks(rows: Sequence[Values]) -> Iterator[Sequence[Values]]:
    """The rows in pieces whose sizes are powers of two, at most :data:`MAX_ROWS`."""
    start = 0
    while remaining := len(rows) - start:
        size = min(MAX_ROWS, 1 << (remaining.bit_length() - 1))
        yield rows[start : start + size]
        start += size


@cache
def _sql(head: str, columns: int, tail: str, count: int) -> str:
    row = f"({', '.join('?' * columns)})"
    return f"{head} {', '.join([row] * count)} {tail}"
