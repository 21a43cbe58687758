"""Where a test's engine keeps its profile: the real store in a file, or tables in memory behind a disk of any pace."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlcipher3 import dbapi2

from app.domain.errors import ErrorKind, StorageError
from app.ports.store import Store, UnitOfWork
from app.storage.connection import Connection
from app.storage.store import SqlStore
from app.storage.unit_of_work import RecordedUnit
from crypto.secret import Secret
from tests.support.memory_store import MemoryStore, MemoryUnit, Tables

STORE_KEY = Secret(bytes(range(32)))


class Disk(Protocol):
    """Survives the engines that open it."""

    async def open(self) -> Store: ...

    async def pause(self) -> None:
        """How long a read waits, before and after."""


@dataclass
class SqlDisk:
    """An encrypted database."""

    path: Path

    async def open(self) -> Store:
        self.path.touch()
        return await SqlStore.open(self.path, STORE_KEY)

    async def pause(self) -> None:
        pass


@dataclass
class MemoryDisk:
    """Tables in memory; ``turns`` says how many turns of the loop the next read or commit takes.

    ``loses`` says whether a crash loses the commits under way.
    """

    turns: Callable[[], int] = lambda: 0
    loses: Callable[[], bool] = lambda: True
    tables: Tables = field(default_factory=Tables)

    async def open(self) -> Store:
        return SlowStore(self)

    async def pause(self) -> None:
        for _ in range(self.turns()):
            await asyncio.sleep(0)


class SlowStore(MemoryStore):
    """Meanwhile others go on, and units gather to be committed together."""

    def __init__(self, disk: MemoryDisk) -> None:
        super().__init__()
        self._disk = disk
        self.tables = disk.tables

    async def close(self) -> None:
        self._play()
        self._closed = True

    def crash(self) -> None:
        if self._disk.loses():
            self._queue.clear()

    def _transact(self) -> None:
        self._spin(self._disk.turns())

    def _spin(self, turns: int) -> None:
        if turns:
            asyncio.get_running_loop().call_soon(self._spin, turns - 1)
        elif not self._closed:
            self._play()

    def _play(self) -> None:
        super()._transact()
        self._disk.tables = self.tables


def spoil(unit: UnitOfWork) -> None:
    """Let the disk be full at the last write of a unit: the transaction that it is part of is rolled back."""
    if isinstance(unit, RecordedUnit):
        unit._perform(_find_disk_full)
    else:
        assert isinstance(unit, MemoryUnit)
        unit.writes.append(_find_tables_full)


def _find_disk_full(connection: Connection) -> None:
    error = dbapi2.OperationalError("database or disk is full")
    error.sqlite_errorcode = dbapi2.SQLITE_FULL
    raise error


def _find_tables_full(tables: Tables) -> None:
    raise StorageError(ErrorKind.STORAGE_FULL)
