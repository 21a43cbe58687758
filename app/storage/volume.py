"""The disk under a profile, seen without opening the profile."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import app
from app.domain.errors import ErrorKind, KithError, StorageError
from app.storage.profile_folder import ProfileFolder


class ProfileVolume:
    """:class:`app.ports.computer.Volume` for a profile folder, which need not exist."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def free_bytes(self) -> int | None:
        """What may still be written; None where the system does not say."""
        with suppress(OSError):
            return shutil.disk_usage(self._nearest()).free
        return None

    def newest_file_at(self) -> float | None:
        """The latest change of a file of the profile or of Kith itself, in Unix seconds: the clock is not before it."""
        return max(self._changes(), default=None)

    def write_error(self) -> StorageError | None:
        """Why nothing can be written there, as far as that shows without writing."""
        if os.access(self._nearest(), os.W_OK | os.X_OK):
            return None
        return StorageError(ErrorKind.STORAGE_DAMAGED, "The profile folder cannot be written by this user.")

    def is_in_use(self) -> bool:
        """Whether a Kith runs on this profile."""
        if not (self._folder / "lock").exists():
            return False
        try:
            ProfileFolder(self._folder).lock().release()
        except KithError as error:
            return error.kind is ErrorKind.PROFILE_IN_USE
        return False

    def _nearest(self) -> Path:
        """The folder, or the first one above it that exists."""
        return next(path for path in (self._folder, *self._folder.absolute().parents) if path.exists())

    def _changes(self) -> Iterator[float]:
        own = [Path(app.__file__)] if app.__file__ else []
        inside: list[Path] = []
        with suppress(OSError):
            inside = list(self._folder.iterdir())
        for path in (*own, *inside):
            with suppress(OSError):
                yield path.stat().st_mtime
