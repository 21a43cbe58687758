"""How far the store has come, kept beside it: without it nobody could tell an old state from the newest.

Each transaction has a number, which stands in the database (``PRAGMA application_id``, in its first page) and, once it
is durable, in this file.  A database behind its mark has lost transactions: its log was cut off, or an old copy of it
was put back.  The ratchet states in it are old, and must never be used again.

    transaction u32 | running u8 | 0 0 0 | BLAKE2b-64 of these          16 bytes, little-endian

A crash of the process loses nothing of the file.  A power cut may: the mark is then behind the database, and harmless.
"""

import hashlib
import os
import struct
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from app.storage.connection import Connection
from app.storage.durable_files import PRIVATE_FILE

_LAYOUT = struct.Struct("<IB3x")
_CHECK_BYTES = 8
_NUMBERS = 1 << 32


class Mark(NamedTuple):
    """What the file says."""

    transaction: int
    is_running: bool
    """The store was not closed in order: there must be a log beside it."""

    def is_ahead_of(self, transaction: int) -> bool:
        """Whether this is the later of two; numbers begin anew after 2^32 (RFC 1982)."""
        return 0 < (self.transaction - transaction) % _NUMBERS < _NUMBERS // 2


class HighWaterMark:
    """Writes the file of a store that is open.  Losing it harms nobody, so nothing here raises."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def raise_to(self, transaction: int) -> None:
        """This transaction is durable, and there is a log."""
        with suppress(OSError):
            self._write(Mark(transaction, is_running=True))

    def close(self, transaction: int) -> None:
        """The store is being closed in order, and this was its last transaction; durable before its log may go."""
        try:
            os.fsync(self._write(Mark(transaction, is_running=False)))
        except OSError:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)  # better none than one that asks for a log
        finally:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _write(self, mark: Mark) -> int:
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR | getattr(os, "O_BINARY", 0), PRIVATE_FILE)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, _encode(mark))
        return self._descriptor


def read_mark(path: Path) -> Mark | None:
    """The mark in a file; None if it is not there, or damaged itself.

    Raises:
        OSError: the file cannot be read.
    """
    if not path.is_file():
        return None
    content = path.read_bytes()
    if len(content) != _LAYOUT.size + _CHECK_BYTES:
        return None
    mark = Mark._make(_LAYOUT.unpack_from(content))
    return Mark(mark.transaction, bool(mark.is_running)) if content == _encode(mark) else None


def transaction_of(connection: Connection) -> int:
    """The number of the last transaction in the database."""
    row = connection.execute("PRAGMA application_id").fetchone()
    return int(row[0]) % _NUMBERS if row else 0


def count_transaction(connection: Connection, before: int) -> int:
    """Give the transaction that is open its number, the next one."""
    number = (before + 1) % _NUMBERS
    signed = number - _NUMBERS if number >= _NUMBERS // 2 else number
    connection.execute(f"PRAGMA application_id = {signed}")
    return number


def _encode(mark: Mark) -> bytes:
    head = _LAYOUT.pack(*mark)
    return head + hashlib.blake2b(head, digest_size=_CHECK_BYTES).digest()
