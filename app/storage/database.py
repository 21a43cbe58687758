"""The database file with its two threads: one owns the connection that writes, one a connection that reads."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from app.storage.connection import Connection, DatabaseError, open_reading, open_writing, storage_error
from app.storage.migrations import migrate, refuse_newer
from app.storage.reader import Reader
from app.storage.writer import Writer
from crypto.secret import Secret

T = TypeVar("T")


class Database:
    """An open database.  Create with :meth:`open`; everything happens on the loop that opened it."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self.writer = writer
        self._reader = reader

    @classmethod
    async def open(cls, path: Path, key: Secret) -> Self:
        """Open the database in an existing file, which may be empty; its schema is brought up to date.

        Raises:
            KithError: ``profile_newer``; the file was not written to.
            StorageError: ``storage_damaged``, also for a wrong key; ``storage_full``.
        """
        writer = Writer("kith-store-writer", partial(_opened, partial(_open_current, path, key)))
        reader = Reader("kith-store-reader", partial(_opened, partial(open_reading, path, key)))
        await writer.start()
        try:
            await reader.start()
        except BaseException:
            await writer.stop()
            raise
        return cls(writer, reader)

    async def read(self, query: Callable[[Connection], T]) -> T:
        """See :meth:`Reader.read`."""
        return await self._reader.read(query)

    async def close(self) -> None:
        """Finish what is queued and end both threads, the reader first: its view would keep the log from emptying."""
        await self._reader.stop()
        await self.writer.stop()


def _open_current(path: Path, key: Secret) -> Connection:
    probe = open_reading(path, key)
    try:
        refuse_newer(probe)
    finally:
        probe.close()
    connection = open_writing(path, key)
    try:
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _opened(connect: Callable[[], Connection]) -> Connection:
    try:
        return connect()
    except DatabaseError as error:
        raise storage_error(error) from error
