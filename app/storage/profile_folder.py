"""The folder of a profile, as files.

    lock            held by the one process that uses the profile
    vault           the store key, wrapped (crypto.vault); the account exists from the moment this file does
    kith.db         the store, with kith.db-wal and kith.db-shm while it is open
    unfinished      there while an account is being created: the database beside it is nobody's yet
    snapshots/      copies of the store without sessions (app.storage.snapshots)
    mark            how far the store has come (app.storage.high_water_mark)
    suspect         something in the store was found wrong while it was open
    instance.*      how later starts find the running Kith (app.instance.files)
    window.ini      place, colours and language of the window, needed before the passphrase (app.gui)
    repairing.db    a repair that is being made, or that a crash left
    repaired-D.db   a repaired store, D being the time, on its way to its place; what it replaces goes to
    damaged-D/      the newest three of these are kept
Only its owner may look into it: folder 0700, files 0600.
"""

import errno
import itertools
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from app.domain.errors import ErrorKind, KithError
from app.storage.connection import FULL_ERRORS
from app.storage.durable_files import (
    PRIVATE_FILE,
    make_private_folder,
    remove_durably,
    sync_folder,
    write_durably,
)
from app.storage.snapshots import Snapshots

KEPT_ASIDE = 3
"""Damaged stores kept; they may be as large as the profile."""

_MAX_VAULT_BYTES = 4_096
"""Eight slots take less than a quarter of it."""


class ProfileFolder:
    """Reads and writes the files.  Only whoever holds the lock may call what writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.database = path / "kith.db"
        self.snapshots = Snapshots(path / "snapshots")
        self.mark = path / "mark"
        self.suspect = path / "suspect"
        self._vault = path / "vault"
        self._unfinished = path / "unfinished"

    def has_vault(self) -> bool:
        return self._vault.is_file()

    def make(self) -> None:
        """Create the folder, or close the one that is there to others.

        Raises:
            KithError: ``storage_full``, ``storage_damaged``.
        """
        with worded_os_errors():
            make_private_folder(self._path)

    def lock(self) -> FileLock:
        """Take the lock; it ends with the process or its release.

        Raises:
            KithError: ``profile_missing``, since there is no folder; ``profile_in_use``; ``storage_damaged``.
        """
        if not self._path.is_dir():
            raise KithError(ErrorKind.PROFILE_MISSING)
        # Not local to a thread: the engine's thread takes it, another may release it.
        lock = FileLock(self._path / "lock", timeout=0, mode=PRIVATE_FILE, thread_local=False)
        try:
            with worded_os_errors():
                lock.acquire()
        except Timeout:
            raise KithError(ErrorKind.PROFILE_IN_USE) from None
        return lock

    def read_vault(self) -> bytes:
        """The bytes of the vault.

        Raises:
            KithError: ``profile_missing``; ``profile_damaged``, when there is a database that no vault opens.
        """
        if not self.has_vault():
            raise self._without_vault()
        with worded_os_errors(), self._vault.open("rb") as file:
            return file.read(_MAX_VAULT_BYTES)

    def put_vault(self, encoded: bytes) -> None:
        """Put the vault in its place, wholly or not at all, even if the power fails.

        Raises:
            KithError: ``storage_full``, ``storage_damaged``.
        """
        with worded_os_errors():
            write_durably(self._vault, encoded)
            self._unfinished.unlink(missing_ok=True)

    def begin_database(self) -> None:
        """Make an empty database file for an account to be, without what an aborted attempt left.

        Raises:
            KithError: ``usage``: there is an account; ``profile_damaged``: there is a database that was somebody's;
                ``storage_full``, ``storage_damaged``.
        """
        if self.has_vault():
            raise KithError(ErrorKind.USAGE, "There is an account in this profile already.")
        if self.database.exists() and not self._unfinished.exists():
            raise self._without_vault()
        with worded_os_errors():
            self._remove_database()
            write_durably(self._unfinished, b"")
            _create_empty(self.database)

    def remove_draft(self) -> None:
        """Remove the database of an account that was not to be."""
        with suppress(OSError):
            self._remove_database()
            self._unfinished.unlink(missing_ok=True)

    # --- Repairs

    def mark_suspect(self) -> None:
        """Let the next checkup look closer."""
        with suppress(OSError):
            self.suspect.touch(mode=PRIVATE_FILE)

    def begin_repair(self) -> "PlannedRepair":
        """An empty file for a repaired store.

        Raises:
            OSError: it cannot be made.
        """
        time_tag = now = time.strftime("%Y%m%d-%H%M%S")
        for number in itertools.count(2):
            if not self._aside(time_tag).exists():
                break
            time_tag = f"{now}-{number}"
        new = self._path / "repairing.db"
        new.unlink(missing_ok=True)
        _create_empty(new)
        return PlannedRepair(new, self._path / f"repaired-{time_tag}.db", self._aside(time_tag).name)

    def finish_repair(self) -> None:
        """Move a repaired store to its place, if there is one; killed in between, the next call goes on.

        The log goes first: beside another database it must not be found.

        Raises:
            OSError: it cannot be moved.
        """
        for repaired in sorted(self._path.glob("repaired-*.db")):
            aside = self._aside(repaired.stem.removeprefix("repaired-"))
            make_private_folder(aside)
            remove_durably(self.mark)
            for suffix in ("-shm", "-wal", ""):
                damaged = self.database.with_name(self.database.name + suffix)
                if damaged.exists():
                    damaged.rename(aside / damaged.name)
            sync_folder(aside)
            sync_folder(self._path)
            repaired.rename(self.database)
            remove_durably(self.suspect)
            sync_folder(self._path)
            self._forget_oldest()

    def _aside(self, time_tag: str) -> Path:
        return self._path / f"damaged-{time_tag}"

    def _forget_oldest(self) -> None:
        for folder in sorted(self._path.glob("damaged-*"))[:-KEPT_ASIDE]:
            shutil.rmtree(folder, ignore_errors=True)

    # --- Parts

    def _remove_database(self) -> None:
        self.snapshots.remove_all()
        for suffix in ("", "-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)
        for note in (self.mark, self.suspect):
            note.unlink(missing_ok=True)

    def _without_vault(self) -> KithError:
        if self.database.exists() and not self._unfinished.exists():
            return KithError(
                ErrorKind.PROFILE_DAMAGED,
                "The file “vault” is missing from the profile; without it the messages cannot be read."
                " Put it back from a copy of the profile.",
            )
        return KithError(ErrorKind.PROFILE_MISSING)


@dataclass(frozen=True, slots=True)
class PlannedRepair:
    """Where a repaired store is made, where it goes when it is whole, and the folder for what it replaces."""

    new: Path
    repaired: Path
    kept_aside: str

    def place(self) -> None:
        """From here on the repair is made, whatever happens.

        Raises:
            OSError: it is not.
        """
        self.new.rename(self.repaired)
        sync_folder(self.repaired.parent)

    def discard(self) -> None:
        with suppress(OSError):
            self.new.unlink(missing_ok=True)


def _create_empty(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))


@contextmanager
def worded_os_errors() -> Iterator[None]:
    """Turn an :class:`OSError` into words.

    Raises:
        KithError: ``storage_full`` or ``storage_damaged``.
    """
    try:
        yield
    except Timeout:  # of a lock; it is an OSError too
        raise
    except OSError as error:
        if error.errno in FULL_ERRORS:
            raise KithError(ErrorKind.STORAGE_FULL) from error
        raise KithError(
            ErrorKind.STORAGE_DAMAGED, f"The profile folder cannot be used: {os.strerror(error.errno or errno.EIO)}."
        ) from error
