"""One connection to the encrypted database: SQLCipher with a raw key, WAL, and nothing on disk in clear.

the key          32 random bytes, used as they are: the passphrase is stretched in the vault, not here
journal_mode     WAL: readers never wait for the writer; FULL: a commit is on the disk when it returns
secure_delete    what is deleted is overwritten, in the pages of the database and in the search index
temp_store       memory: sorting never leaves the process
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias, cast

from sqlcipher3 import dbapi2

from app.domain.errors import ErrorKind, StorageError
from crypto.secret import Secret

Value: TypeAlias = int | float | str | bytes | None
"""What SQLite stores."""

Row: TypeAlias = tuple[Any, ...]
"""A row as SQLite returns it; the function that asked for it knows its columns."""

DatabaseError: type[Exception] = dbapi2.Error
"""What every call below may raise; :func:`storage_error` says what it means."""

CACHED_STATEMENTS = 256
"""Compiled statements kept: every statement of this package in every size of :mod:`app.storage.bulk` fits."""

CHECKPOINT_PAGES = 4_096
"""16 MiB of WAL are carried over at once: under load that is once in some 10,000 messages."""

_DAMAGE = frozenset(
    {
        dbapi2.SQLITE_CORRUPT,
        dbapi2.SQLITE_NOTADB,
        dbapi2.SQLITE_IOERR,
        dbapi2.SQLITE_CANTOPEN,
        dbapi2.SQLITE_READONLY,
        dbapi2.SQLITE_PERM,
        dbapi2.SQLITE_PROTOCOL,
    }
)
_PRIMARY_CODE = 0xFF
"""The low byte of an extended result code is the general one."""


class Cursor(Protocol):
    """The result of one statement."""

    rowcount: int

    def fetchone(self) -> Row | None: ...

    def fetchall(self) -> list[Row]: ...


class Connection(Protocol):
    """What this package uses of ``sqlcipher3``, which has no types of its own."""

    in_transaction: bool

    def execute(self, sql: str, parameters: Sequence[Value] = ..., /) -> Cursor: ...

    def executescript(self, script: str, /) -> Cursor: ...

    def close(self) -> None: ...


def open_writing(path: Path, key: Secret) -> Connection:
    """The connection that writes; the file must exist, be it empty.  Only the calling thread may use it."""
    connection = _connect(path, key, mode="rw")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def open_reading(path: Path, key: Secret) -> Connection:
    """A connection that cannot write, not even by closing.  Only the calling thread may use it."""
    return _connect(path, key, mode="ro")


def storage_error(error: Exception) -> StorageError:
    """What a failure of the database means to people."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return StorageError(ErrorKind.UNEXPECTED)
    primary = code & _PRIMARY_CODE
    if primary == dbapi2.SQLITE_FULL:
        return StorageError(ErrorKind.STORAGE_FULL)
    return StorageError(ErrorKind.STORAGE_DAMAGED if primary in _DAMAGE else ErrorKind.UNEXPECTED)


def _connect(path: Path, key: Secret, *, mode: str) -> Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = cast(
        Connection, dbapi2.connect(uri, uri=True, isolation_level=None, cached_statements=CACHED_STATEMENTS)
    )
    connection.execute("PRAGMA cipher_log_level = NONE")  # else a wrong key prints on stderr
    connection.execute(f"PRAGMA key = \"x'{key.reveal().hex()}'\"")
    connection.execute("PRAGMA cipher_memory_security = OFF")  # locks every allocation in memory, several times slower
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection
