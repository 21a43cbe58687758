"""Reads the file that a profile was exported to, piece by piece; nothing in it is trusted."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import ErrorKind, KithError
from app.storage import account, contacts, invites
from app.storage.connection import Connection, DatabaseError, open_building, storage_error
from app.storage.durable_files import sync_file
from app.storage.export.checks import is_carried, is_sound
from app.storage.export.rows import ExportedRow, RowDecoder
from app.storage.migrations import CURRENT_VERSION, migrate
from app.storage.salvage.b_tree import Row
from app.storage.salvage.merge import mend
from app.storage.salvage.tables import Fields, Table, tables_of
from crypto.errors import CryptoError, ForgedError, MalformedError, RemoteError
from crypto.sealed_file import HEADER_BYTES, SEALED_PIECE_BYTES, FileHeader, open_piece
from crypto.secret import Secret

FIRST_EXPORTED_VERSION = 5
"""Schemas before this were never exported."""


def pieces_of(file: BinaryIO, header: FileHeader, key: Secret) -> Iterator[bytes]:
    """The plaintext behind the header, up to the piece that says that it is the last.

    Raises:
        RemoteError: a piece does not open, or something is missing or left over.
    """
    number, is_last = 0, False
    while not is_last:
        sealed = file.read(SEALED_PIECE_BYTES)
        is_last = len(sealed) < SEALED_PIECE_BYTES
        yield open_piece(header, key, number, sealed)
        number += 1


def rows_of(pieces: Iterable[bytes], decoder: RowDecoder | None = None) -> Iterator[ExportedRow]:
    """The rows in all this plaintext.

    Raises:
        RemoteError: it is malformed.
    """
    decoder = decoder or RowDecoder()
    for piece in pieces:
        yield from decoder.take(piece)
    decoder.finish()


@dataclass(frozen=True, slots=True)
class Import:
    """A file to make a database of."""

    path: Path
    passphrase: str

    def fill(self, database: Path, store_key: Secret) -> None:
        """Fill an empty file with a database under this key, and make it durable.

        Raises:
            KithError: ``wrong_passphrase``, ``export_damaged``, ``export_newer``, ``file_unreadable``,
                ``storage_full``, ``storage_damaged``; the file is of no use then.
            LocalError: the passphrase cannot be stretched.
        """
        try:
            with self.path.open("rb") as file:
                self._fill(file, database, store_key)
        except RemoteError as error:
            raise KithError(ErrorKind.EXPORT_DAMAGED) from error
        except DatabaseError as error:
            raise storage_error(error, database) from None
        except OSError as error:
            raise KithError(ErrorKind.FILE_UNREADABLE) from error

    def _fill(self, file: BinaryIO, database: Path, store_key: Secret) -> None:
        header = FileHeader.decode(file.read(HEADER_BYTES))
        pieces = pieces_of(file, header, header.key(self.passphrase))
        try:
            first = next(pieces)
        except ForgedError as error:
            raise KithError(ErrorKind.WRONG_PASSPHRASE, "This passphrase does not open the file.") from error
        decoder = RowDecoder()
        rows = rows_of(_chained(first, pieces), decoder)
        with closing(open_building(database, store_key)) as connection:
            _build(connection, rows, decoder)
        sync_file(database)


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _build(connection: Connection, rows: Iterator[ExportedRow], decoder: RowDecoder) -> None:
    first = next(rows, None)
    version = decoder.version or 0
    if version > CURRENT_VERSION:
        raise KithError(ErrorKind.EXPORT_NEWER)
    if version < FIRST_EXPORTED_VERSION or first is None:
        raise MalformedError("no profile")
    migrate(connection, to_version=version)
    connection.execute("PRAGMA foreign_keys = OFF")
    tables = tables_of(version)
    connection.execute("BEGIN")
    insert_row(connection, tables, first)
    for row in rows:
        insert_row(connection, tables, row)
    connection.execute("COMMIT")
    migrate(connection)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN")
    mend(connection)
    connection.execute("COMMIT")
    _read_back(connection)


def fields_of(tables: Mapping[str, Table], row: ExportedRow) -> Fields:
    """The row by its columns.

    Raises:
        MalformedError: the store could not live with it.
    """
    table = tables[row.table]
    fields = table.fields(Row(0 if table.has_numbers else None, row.values))
    if fields is None or not is_sound(row.table, fields):
        raise MalformedError("a row that the store cannot read")
    return fields


def insert_row(connection: Connection, tables: Mapping[str, Table], row: ExportedRow) -> None:
    """Put a row into its table, if it belongs into another profile.

    Raises:
        MalformedError: the store could not live with it, or has it already.
    """
    fields = fields_of(tables, row)
    if not is_carried(row.table, fields):
        return
    marks = ", ".join("?" * len(fields))
    statement = f"INSERT OR IGNORE INTO {row.table} ({', '.join(fields)}) VALUES ({marks})"
    if connection.execute(statement, tuple(fields.values())).rowcount != 1:
        raise MalformedError("a row twice")


def _read_back(connection: Connection) -> None:
    """See that there is an account, and that what the engine keeps in memory can be read."""
    try:
        if account.read(connection) is None:
            raise MalformedError("no account")
        contacts.read_all(connection)
        invites.read_joinings(connection)
    except (CryptoError, ValueError) as error:
        raise MalformedError("not a profile") from error
