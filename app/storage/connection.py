"""One connection to the encrypted database: SQLCipher with a raw key, WAL, and nothing on disk in clear.

the key          32 random bytes, used as they are: the passphrase is stretched in the vault, not here
the salt         follows from the key in files that we make, so that losing their first page loses nothing else
journal_mode     WAL: readers never wait for the writer; FULL: a commit is on the disk when it returns
secure_delete    what is deleted is overwritten, in the pages of the database and in the search index
temp_store       memory: sorting never leaves the process
"""

import errno
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Protocol, TypeAlias, cast

from sqlcipher3 import dbapi2

from app.domain.errors import ErrorKind, StorageError
from crypto.labels import STORE_SALT
from crypto.primitives import hkdf
from crypto.secret import Secret

Value: TypeAlias = int | float | str | bytes | None
"""What SQLite stores."""

Row: TypeAlias = tuple[Any, ...]
"""A row as SQLite returns it; the function that asked for it knows its columns."""

DatabaseError: type[Exception] = dbapi2.Error
"""What every call below may raise; :func:`storage_error` says what it means."""

BUILDING_CACHE_KIB = 1_024
"""Of a file that is written once from front to back; it needs no page twice."""

CACHED_STATEMENTS = 256
"""Compiled statements kept: every statement of this package in every size of :mod:`app.storage.bulk` fits."""

CHECKPOINT_PAGES = 4_096
"""16 MiB of WAL are carried over at once: under load that is once in some 10,000 messages."""

SALT_BYTES = 16

FULL_BELOW_BYTES = 1 << 20
"""With less room than this on the disk, a file that cannot be made or grown is the disk's fault."""

FULL_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""No room, a quota, or a limit on the size of files."""

_CORRUPTION = frozenset({dbapi2.SQLITE_CORRUPT, dbapi2.SQLITE_NOTADB})

_UNREADABLE = frozenset({dbapi2.SQLITE_IOERR | 1 << 8, dbapi2.SQLITE_IOERR | 2 << 8})
"""SQLITE_IOERR_READ and SQLITE_IOERR_SHORT_READ: a bad sector, or a file shorter than it says."""

_INPUT_OUTPUT = frozenset({dbapi2.SQLITE_IOERR, dbapi2.SQLITE_CANTOPEN, dbapi2.SQLITE_PROTOCOL})

_FORBIDDEN = frozenset({dbapi2.SQLITE_READONLY, dbapi2.SQLITE_PERM})

_PRIMARY_CODE = 0xFF
"""The low byte of an extended result code is the general one."""


class CorruptError(StorageError):
    """What stands in the file is wrong; the next start repairs it."""

    def __init__(self) -> None:
        super().__init__(ErrorKind.STORAGE_DAMAGED)


class Cursor(Protocol):
    """The result of one statement."""

    rowcount: int

    def fetchone(self) -> Row | None: ...

    def fetchall(self) -> list[Row]: ...


class Connection(Protocol):
    """What this package uses of ``sqlcipher3``, which has no types of its own."""

    in_transaction: bool

    def execute(self, sql: str, parameters: Sequence[Value] = ..., /) -> Cursor: ...

    def executemany(self, sql: str, rows: Iterable[Sequence[Value]], /) -> Cursor: ...

    def executescript(self, script: str, /) -> Cursor: ...

    def interrupt(self) -> None:
        """End the statement that is running with an error; any thread may call this."""

    def close(self) -> None: ...


def open_writing(path: Path, key: Secret) -> Connection:
    """The connection that writes; the file must exist, be it empty.  Only the calling thread may use it."""
    connection = _connect_to_write(path, key)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def open_building(path: Path, key: Secret) -> Connection:
    """A connection that fills a file nobody else sees yet: without a log, and durable only once the caller syncs it."""
    connection = _connect_to_write(path, key)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(f"PRAGMA cache_size = -{BUILDING_CACHE_KIB}")
    return connection


def open_reading(path: Path, key: Secret) -> Connection:
    """A connection that cannot write, not even by closing.  Only the calling thread may use it."""
    return _connect(_location(path, mode="ro"), _key_text(key))


def attach_reading(connection: Connection, path: Path, key: Secret, name: str) -> None:
    """Let a connection read another database too, under a name."""
    connection.execute(f"ATTACH ? AS {name} KEY ?", (_location(path, mode="ro"), _key_text(key)))


def derived_salt(key: Secret) -> bytes:
    """The 16 bytes that begin each database made with this key; SQLCipher stretches the key for its HMACs with them."""
    return hkdf(salt=b"", ikm=key.reveal(), info=STORE_SALT, size_bytes=SALT_BYTES)


def storage_error(error: Exception, database: Path) -> StorageError:
    """What a failure of the database in this file means to people."""
    if is_corruption(error):
        return CorruptError()
    primary = _primary_code(error)
    if primary == dbapi2.SQLITE_FULL or (primary in _INPUT_OUTPUT and _is_full(database.parent)):
        return StorageError(ErrorKind.STORAGE_FULL)
    if primary in _FORBIDDEN:
        return StorageError(ErrorKind.STORAGE_DAMAGED, "The profile cannot be written: its files are read-only.")
    if primary in _INPUT_OUTPUT:
        return StorageError(ErrorKind.STORAGE_DAMAGED)
    return StorageError(ErrorKind.UNEXPECTED)


def is_corruption(error: Exception) -> bool:
    """Whether a failure says that what stands in the file is wrong, or cannot be read off the disk."""
    return getattr(error, "sqlite_errorcode", None) in _UNREADABLE or _primary_code(error) in _CORRUPTION


def _primary_code(error: Exception) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & _PRIMARY_CODE


def _is_full(folder: Path) -> bool:
    """Whether nothing more can be written; of quotas and limits SQLite says only that a write failed."""
    try:
        if shutil.disk_usage(folder).free < FULL_BELOW_BYTES:
            return True
        with TemporaryFile(dir=folder) as probe:
            probe.write(bytes(FULL_BELOW_BYTES))
    except OSError as error:
        return error.errno in FULL_ERRORS
    return False


def _connect_to_write(path: Path, key: Secret) -> Connection:
    is_new = path.is_file() and path.stat().st_size == 0
    return _connect(_location(path, mode="rw"), _key_text(key, derived_salt(key) if is_new else b""))


def _location(path: Path, *, mode: str) -> str:
    return f"{path.absolute().as_uri()}?mode={mode}"


def _key_text(key: Secret, salt: bytes = b"") -> str:
    """A raw key as SQLCipher takes it; without a salt it takes the one that the file begins with."""
    return f"x'{key.reveal().hex()}{salt.hex()}'"


def _connect(location: str, key_text: str) -> Connection:
    connection = cast(
        Connection, dbapi2.connect(location, uri=True, isolation_level=None, cached_statements=CACHED_STATEMENTS)
    )
    connection.execute("PRAGMA cipher_log_level = NONE")  # else a wrong key prints on stderr
    connection.execute(f'PRAGMA key = "{key_text}"')
    connection.execute("PRAGMA cipher_memory_security = OFF")  # locks every allocation in memory, several times slower
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection
