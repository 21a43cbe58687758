"""Makes a sound database out of a damaged one, beside it; the damaged one is not touched."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.domain.contact import ContactProblem
from app.domain.errors import ErrorKind, KithError
from app.storage import account, contacts, invites, sessions
from app.storage.connection import Connection, DatabaseError, open_building, open_reading
from app.storage.durable_files import sync_file
from app.storage.migrations import CURRENT_VERSION, migrate, version_of
from app.storage.salvage.merge import add_snapshot, mend, merge
from app.storage.salvage.page_file import PageFile
from app.storage.salvage.report import Report
from app.storage.salvage.rescue import Rescue
from app.storage.salvage.tables import tables_of
from app.storage.snapshots import is_whole
from crypto.secret import Secret

UNSAID = "unsaid repair"
"""The setting that keeps the report until it was said."""

_LOST_SESSIONS = "SELECT count(*) FROM contacts WHERE problem = ?"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Repair:
    """Where everything is, and is to be."""

    repaired: Path
    """The new database: an empty file."""
    snapshots: list[Path]
    """Newest first."""
    key: Secret
    kept_aside: str
    """Name of the folder that the damaged files will be kept in."""

    def run(self, file: PageFile, *, is_suspect: bool) -> None:
        """Fill the new database and make it durable; its setting :data:`UNSAID` says what was saved.

        ``is_suspect``: SQLite found the file wrong although each page is sound.

        Raises:
            KithError: ``profile_damaged``, nothing can be made of it; ``profile_newer``.
            DatabaseError, OSError: it cannot be written.
        """
        version = self._version(file)
        snapshot = next(filter(self._is_usable, self.snapshots), None)
        rescue = Rescue(file, tables_of(version), is_suspect=is_suspect)
        with closing(open_building(self.repaired, self.key)) as connection:
            migrate(connection, to_version=version)
            connection.execute("PRAGMA foreign_keys = OFF")
            with _transaction(connection):
                merge(connection, rescue)
            migrate(connection)
            added = 0 if snapshot is None else self._add(connection, snapshot, rescue)
            with _transaction(connection):
                mend(connection)
                self._conclude(connection, rescue, added)
        sync_file(self.repaired)
        if not is_whole(self.repaired, self.key):
            raise KithError(ErrorKind.PROFILE_DAMAGED, "The profile is damaged and its repair failed.")

    def _version(self, file: PageFile) -> int:
        """The version of the schema that the damaged file was written in, as far as anything tells."""
        version = file.version or max((self._snapshot_version(path) for path in self.snapshots), default=0)
        if version > CURRENT_VERSION:
            raise KithError(ErrorKind.PROFILE_NEWER)
        return version or CURRENT_VERSION

    def _snapshot_version(self, path: Path) -> int:
        try:
            with closing(open_reading(path, self.key)) as connection:
                return version_of(connection)
        except DatabaseError:
            return 0

    def _is_usable(self, path: Path) -> bool:
        if is_whole(path, self.key):
            return True
        log.warning("snapshot %d is damaged too", int(path.stem))
        return False

    def _add(self, connection: Connection, snapshot: Path, rescue: Rescue) -> int:
        is_newer = rescue.file.is_behind and snapshot.stat().st_mtime > rescue.file.changed_at
        with self._at_current_version(snapshot) as path:
            return add_snapshot(connection, path, self.key, complete=rescue.complete, is_newer=is_newer)

    @contextmanager
    def _at_current_version(self, snapshot: Path) -> Iterator[Path]:
        """The snapshot, or a copy of it brought up to date."""
        if self._snapshot_version(snapshot) == CURRENT_VERSION:
            yield snapshot
            return
        copy = self.repaired.with_name(self.repaired.name + ".snapshot")
        try:
            shutil.copyfile(snapshot, copy)
            with closing(open_building(copy, self.key)) as connection:
                migrate(connection)
            yield copy
        finally:
            copy.unlink(missing_ok=True)

    def _conclude(self, connection: Connection, rescue: Rescue, added: int) -> None:
        """See that the store can read what there is now, and write down what to say."""
        if account.read(connection) is None:
            raise KithError(
                ErrorKind.PROFILE_DAMAGED,
                "The file “kith.db” of the profile is damaged beyond repair: the keys of the account are lost, and no"
                " snapshot holds them. Put the profile back from a copy.",
            )
        sessions.read_all(connection)
        invites.read_invites(connection)
        report = Report(
            messages=_number(connection, "SELECT count(*) FROM messages"),
            from_snapshot=added,
            is_missing_some=not rescue.complete.issuperset({"contacts", "messages"}),
            contacts=len(contacts.read_all(connection)),
            lost_sessions=_number(connection, _LOST_SESSIONS, int(ContactProblem.SESSION_LOST)),
            kept_aside=self.kept_aside,
        )
        account.put_setting(connection, UNSAID, report.sentence())


@contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    """If it fails the file is of no use: there is no journal to roll back with."""
    connection.execute("BEGIN")
    yield
    connection.execute("COMMIT")


def _number(connection: Connection, query: str, *parameters: int) -> int:
    row = connection.execute(query, parameters).fetchone()
    return int(row[0]) if row else 0
