"""The folder of a profile, as files.

    lock          held by the one process that uses the profile
    vault         the store key, wrapped (crypto.vault); the account exists from the moment this file does
    kith.db       the store, with kith.db-wal and kith.db-shm while it is open
    unfinished    there while an account is being created: the database beside it is nobody's yet

Only its owner may look into it: folder 0700, files 0600.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from app.domain.errors import ErrorKind, KithError

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600
_MAX_VAULT_BYTES = 4_096
"""Eight slots take less than a quarter of it."""


class ProfileFolder:
    """Reads and writes the files.  Only whoever holds the lock may call what writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.database = path / "kith.db"
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
            self._path.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            self._path.chmod(_FOLDER_MODE)

    def lock(self) -> FileLock:
        """Take the lock; it ends with the process or its release.

        Raises:
            KithError: ``profile_missing``, since there is no folder; ``profile_in_use``; ``storage_damaged``.
        """
        if not self._path.is_dir():
            raise KithError(ErrorKind.PROFILE_MISSING)
        # Not local to a thread: the engine's thread takes it, another may release it.
        lock = FileLock(self._path / "lock", timeout=0, mode=_FILE_MODE, thread_local=False)
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
            _write_durably(self._vault, encoded)
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
            _write_durably(self._unfinished, b"")
            os.close(os.open(self.database, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _FILE_MODE))

    def remove_draft(self) -> None:
        """Remove the database of an account that was not to be."""
        with suppress(OSError):
            self._remove_database()
            self._unfinished.unlink(missing_ok=True)

    def _remove_database(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)

    def _without_vault(self) -> KithError:
        if self.database.exists() and not self._unfinished.exists():
            return KithError(
                ErrorKind.PROFILE_DAMAGED,
                "The file “vault” is missing from the profile; without it the messages cannot be read."
                " Put it back from a copy of the profile.",
            )
        return KithError(ErrorKind.PROFILE_MISSING)


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
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise KithError(ErrorKind.STORAGE_FULL) from error
        raise KithError(
            ErrorKind.STORAGE_DAMAGED, f"The profile folder cannot be used: {os.strerror(error.errno or errno.EIO)}."
        ) from error


def _write_durably(path: Path, content: bytes) -> None:
    new = path.with_name(path.name + ".new")
    descriptor = os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, _FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    """Make a change of names durable; Windows does that by itself and cannot open folders."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
