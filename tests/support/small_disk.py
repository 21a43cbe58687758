"""Disks that can be filled to the last byte while a process works on them, and given room again."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

CHUNKS_BYTES = (1 << 20, 1 << 12, 1)


class SmallDisk(Protocol):
    """A folder whose room can be taken away."""

    path: Path

    def fill(self, pid: int) -> None:
        """Leave no room for the process."""

    def free(self, pid: int) -> None:
        """Give all room back."""


class Tmpfs:
    """A file system of its own, in memory.  It lasts as long as the mount."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._filler = path / "filler"

    def fill(self, pid: int | None = None) -> None:
        with self._filler.open("wb", buffering=0) as file:
            for size_bytes in CHUNKS_BYTES:
                with suppress(OSError):
                    while file.write(bytes(size_bytes)) == size_bytes:
                        pass

    def free(self, pid: int | None = None) -> None:
        self._filler.unlink()


class LimitedFiles:
    """A folder in which files of one process cannot grow: what can be done to anybody, without being root."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self, pid: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))

    def free(self, pid: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def may_mount() -> bool:
    """Whether this user may make file systems."""
    return (
        os.geteuid() == 0 and subprocess.run(["mount", "--version"], capture_output=True, check=False).returncode == 0
    )


@contextmanager
def tmpfs(path: Path, size_bytes: int) -> Iterator[Tmpfs]:
    """Mount one at a new folder."""
    path.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "none", str(path)], check=True)
    try:
        yield Tmpfs(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
