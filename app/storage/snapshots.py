"""Copies of the profile's database for the day when it is damaged: verified, rotating, without sessions.

    snapshots/0007.db ...   complete ones, the highest number the newest; SQLCipher under the profile's own key
    snapshots/unfinished    one that is being written, or that a crash left

An old ratchet state must never come back, so whatever belongs to one never gets into a copy: sessions, attempts and
answers of first contacts, sealed envelopes.  What waits for a contact, and the search index, follow from the messages.
"""

import os
import re
import shutil
from contextlib import closing, suppress
from pathlib import Path

from app.domain.errors import ErrorKind, StorageError
from app.storage.connection import (
    BUILDING_CACHE_KIB,
    Connection,
    DatabaseError,
    attach_reading,
    is_corruption,
    open_building,
    open_reading,
)
from app.storage.durable_files import PRIVATE_FILE, make_private_folder, sync_file, sync_folder
from app.storage.migrations import CURRENT_VERSION, migrate, version_of
from crypto.secret import Secret

KEPT = 3

COPIED_AT_ONCE = 256
"""Messages in one statement: 16 MB at the most."""

ROOM_BYTES = 64 << 20
"""No snapshot is written unless so much stays free: the profile itself needs it more."""

_NAME = re.compile(r"(\d{4,})\.db")

_COPIED = (
    "account",
    "settings",
    "contacts",
    "invites",
    "joinings",
    "messages",
    "received",
    "erased",
    "revisions",
    "reactions",
)


class NoRoomError(Exception):
    """There is too little room on the disk for another snapshot."""


class AbandonedError(Exception):
    """The store is closing, and has no time for a large snapshot."""


class Snapshots:
    """The snapshots of one profile.  Any thread may use it, one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unfinished = folder / "unfinished"

    def newest_first(self) -> list[Path]:
        """All complete ones."""
        if not self._folder.is_dir():
            return []
        numbered = [path for path in self._folder.iterdir() if _NAME.fullmatch(path.name)]
        return sorted(numbered, key=_number, reverse=True)

    def remove_all(self) -> None:
        """Forget everything that was copied.

        Raises:
            OSError: some may be left.
        """
        self.remove_unfinished()
        for path in self.newest_first():
            path.unlink(missing_ok=True)

    def remove_unfinished(self) -> None:
        """Remove what will not be finished.

        Raises:
            OSError: it is left.
        """
        self._unfinished.unlink(missing_ok=True)

    def begin(self, database: Path, key: Secret) -> "SnapshotDraft":
        """An empty snapshot of a database.

        Raises:
            NoRoomError: it might fill the disk.
            OSError: it cannot be begun.
        """
        make_private_folder(self._folder)
        self.remove_unfinished()
        if shutil.disk_usage(self._folder).free < database.stat().st_size + ROOM_BYTES:
            raise NoRoomError
        os.close(os.open(self._unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
        return SnapshotDraft(self._unfinished, database, key)

    def keep(self, draft: "SnapshotDraft") -> Path:
        """Put a verified draft beside the others, and let the oldest go.

        Raises:
            OSError: it is not there, or not durable.
        """
        older = self.newest_first()
        path = self._folder / f"{_number(older[0]) + 1 if older else 1:04}.db"
        draft.path.rename(path)
        sync_folder(self._folder)
        for outdated in older[KEPT - 1 :]:
            outdated.unlink()
        return path


class SnapshotDraft:
    """One snapshot in the making: :meth:`write` it, then let the snapshots keep it."""

    def __init__(self, path: Path, database: Path, key: Secret) -> None:
        self.path = path
        self._database = database
        self._key = key
        self._connection: Connection | None = None
        self._is_abandoned = False

    def abandon(self) -> None:
        """Let :meth:`write` fail soon; any thread may call this."""
        self._is_abandoned = True
        if (connection := self._connection) is not None:
            with suppress(DatabaseError):  # closed meanwhile
                connection.interrupt()

    def write(self) -> None:
        """Copy what is committed now, as one moment saw it, and read it back; whoever writes meanwhile does not wait.

        Raises:
            AbandonedError: as was asked.
            StorageError: the copy is not right.
            DatabaseError, OSError: reading or writing failed.
        """
        try:
            with closing(open_building(self.path, self._key)) as self._connection:
                self._copy(self._connection)
        except DatabaseError:
            self._go_on()  # the error is what abandoning causes
            raise
        finally:
            self._connection = None
        sync_file(self.path)
        self._go_on()
        if not is_whole(self.path, self._key):
            raise StorageError(ErrorKind.STORAGE_DAMAGED)

    def _copy(self, connection: Connection) -> None:
        migrate(connection)
        connection.execute("PRAGMA foreign_keys = OFF")
        attach_reading(connection, self._database, self._key, "live")
        connection.execute(f"PRAGMA live.cache_size = -{BUILDING_CACHE_KIB}")
        connection.execute("BEGIN")
        if connection.execute("PRAGMA live.user_version").fetchone() != (CURRENT_VERSION,):
            raise StorageError(ErrorKind.UNEXPECTED)
        for table in _COPIED:
            self._go_on()
            if table == "messages":
                self._copy_messages(connection)
            else:
                connection.execute(f"INSERT INTO {table} SELECT * FROM live.{table}")
        connection.execute("COMMIT")

    def _copy_messages(self, connection: Connection) -> None:
        """Some at a time: since a trigger watches, SQLite would first gather all that it is to insert, in memory."""
        last, added = -1, COPIED_AT_ONCE
        while added == COPIED_AT_ONCE:
            self._go_on()
            chosen = f"SELECT * FROM live.messages WHERE row > ? ORDER BY row LIMIT {COPIED_AT_ONCE}"
            added = connection.execute(f"INSERT INTO messages {chosen}", (last,)).rowcount
            (last,) = connection.execute("SELECT max(row) FROM messages").fetchone() or (last,)

    def _go_on(self) -> None:
        if self._is_abandoned:
            raise AbandonedError


def is_whole(path: Path, key: Secret) -> bool:
    """Whether every page is as it was written and all of them fit together.

    Raises:
        DatabaseError: it cannot be told.
    """
    try:
        with closing(open_reading(path, key)) as connection:
            if version_of(connection) == 0 or connection.execute("PRAGMA cipher_integrity_check").fetchall():
                return False
            is_consistent = connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            return is_consistent and not connection.execute("PRAGMA foreign_key_check").fetchall()
    except DatabaseError as error:
        if is_corruption(error):
            return False
        raise


def _number(path: Path) -> int:
    return int(path.stem)
