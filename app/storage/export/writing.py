"""Writes a profile to one encrypted file, as one moment saw it, without keeping more than a piece of it in memory.

The file is made under another name, read back whole, and then moved to its place.
"""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import ErrorKind, KithError
from app.storage.connection import FULL_ERRORS, Connection, DatabaseError, Row, open_reading, storage_error
from app.storage.durable_files import PRIVATE_FILE, sync_folder
from app.storage.export.checks import is_carried
from app.storage.export.reading import fields_of, pieces_of, rows_of
from app.storage.export.rows import TABLES, RowDecoder, encode_row, encode_version
from app.storage.migrations import CURRENT_VERSION, version_of
from app.storage.salvage.tables import tables_of
from crypto.errors import RemoteError
from crypto.passphrase import Argon2Cost
from crypto.sealed_file import HEADER_BYTES, PIECE_BYTES, FileHeader, seal_piece
from crypto.secret import Secret


class AbandonedError(Exception):
    """Nobody waits for the file any more."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file to be made of a database."""

    database: Path
    store_key: Secret
    path: Path
    passphrase: str
    cost: Argon2Cost
    overwrite: bool
    abandoned: threading.Event

    def write(self) -> None:
        """Write it; whatever fails, nothing is left of it, and what stood in its place still does.

        Raises:
            KithError: ``file_exists``, ``file_unreadable``, ``storage_full``, ``storage_damaged``.
            LocalError: the passphrase cannot be stretched.
            AbandonedError: as was asked.
        """
        header = FileHeader.create(self.cost, random=os.urandom)
        key = header.key(self.passphrase)
        new = self.path.with_name(self.path.name + ".part")
        with _worded_os_errors():
            self._refuse_existing()
            try:
                count = self._write_new(new, header, key)
                self._verify(new, key, count)
                self._refuse_existing()
                new.replace(self.path)
                sync_folder(self.path.parent)
            finally:
                with suppress(OSError):
                    new.unlink(missing_ok=True)

    def _refuse_existing(self) -> None:
        if not self.overwrite and self.path.exists():
            raise KithError(ErrorKind.FILE_EXISTS)

    def _write_new(self, new: Path, header: FileHeader, key: Secret) -> int:
        """How many rows there are in it."""
        new.unlink(missing_ok=True)  # what a crash left
        descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(header.encode())
            pieces = _Pieces(
                file, lambda number, piece, is_last: seal_piece(header, key, number, piece, is_last=is_last)
            )
            try:
                count = self._write_rows(pieces)
            except DatabaseError as error:
                raise storage_error(error, self.database) from None
            pieces.finish()
            file.flush()
            os.fsync(file.fileno())
        return count

    def _write_rows(self, pieces: "_Pieces") -> int:
        count = 0
        with closing(open_reading(self.database, self.store_key)) as connection:
            connection.execute("BEGIN")
            version = version_of(connection)
            pieces.put(encode_version(version))
            columns = {name: [each.name for each in table.columns] for name, table in tables_of(version).items()}
            for table in TABLES.values():
                for row in _rows(connection, table, columns[table]):
                    if is_carried(table, dict(zip(columns[table], row, strict=True))):
                        pieces.put(encode_row(table, row))
                        count += 1
                    if self.abandoned.is_set():
                        raise AbandonedError
        return count

    def _verify(self, new: Path, key: Secret, count: int) -> None:
        """Read it back as whoever imports it will, but for the passphrase."""
        decoder, found = RowDecoder(), 0
        with new.open("rb") as file:
            header = FileHeader.decode(file.read(HEADER_BYTES))
            tables = tables_of(CURRENT_VERSION)
            try:
                for row in rows_of(pieces_of(file, header, key), decoder):
                    fields_of(tables, row)
                    found += 1
            except RemoteError:
                found = -1
        if found != count:
            raise KithError(ErrorKind.STORAGE_DAMAGED, "The file does not read back as it was written.")


@contextmanager
def _worded_os_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL_ERRORS:
            raise KithError(ErrorKind.STORAGE_FULL) from error
        reason = os.strerror(error.errno or errno.EIO)
        raise KithError(ErrorKind.FILE_UNREADABLE, "The file cannot be written: {reason}.", reason=reason) from error


class _Pieces:
    """Plaintext of any size on its way into full pieces."""

    def __init__(self, file: BinaryIO, seal: Callable[[int, bytes, bool], bytes]) -> None:
        self._file = file
        self._seal = seal
        self._waiting = bytearray()
        self._number = 0

    def put(self, plaintext: bytes) -> None:
        self._waiting += plaintext
        while len(self._waiting) >= PIECE_BYTES:
            self._write(bytes(self._waiting[:PIECE_BYTES]), is_last=False)
            del self._waiting[:PIECE_BYTES]

    def finish(self) -> None:
        self._write(bytes(self._waiting), is_last=True)

    def _write(self, piece: bytes, *, is_last: bool) -> None:
        self._file.write(self._seal(self._number, piece, is_last))
        self._number += 1


def _rows(connection: Connection, table: str, columns: list[str]) -> Iterator[Row]:
    cursor = connection.execute(f"SELECT {', '.join(columns)} FROM {table}")
    while (row := cursor.fetchone()) is not None:
        yield row
