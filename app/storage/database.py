"""The database file with its two threads: one owns the connection that writes, one a connection that reads."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from app.storage.caretaker import Caretaker
from app.storage.connection import Connection, DatabaseError, open_reading, open_writing, storage_error
from app.storage.migrations import migrate, refuse_newer
from app.storage.reader import Reader
from app.storage.writer import Writer
from crypto.secret import Secret

T = TypeVar("T")


class Database:
    """An open database.  Create with :meth:`open`; everything happens on the loop that opened it."""

    def __init__(self, writer: Writer, reader: Reader, caretaker: Caretaker) -> None:
        self.writer = writer
        self._reader = reader
        self._caretaker = caretaker

    @classmethod
    async def open(cls, path: Path, key: Secret, caretaker: Caretaker) -> Self:
        """Open the database in an existing file, which may be empty; its schema is brought up to date.

        The caretaker hears of what happens; it is started by whoever made it, and stopped with the database.

        Raises:
            KithError: ``profile_newer``; the file was not written to.
            StorageError: ``storage_damaged``, also for a wrong key; ``storage_full``.
        """
        open_current, open_second = partial(_open_current, path, key), partial(open_reading, path, key)
        writer = Writer("kith-store-writer", partial(_opened, open_current, path), database=path, caretaker=caretaker)
        reader = Reader("kith-store-reader", partial(_opened, open_second, path), database=path, caretaker=caretaker)
        await writer.start()
        try:
            await reader.start()
        except BaseException:
            await writer.stop()
            raise
        return cls(writer, reader, caretaker)

    async def read(self, query: Callable[[Connection], T]) -> T:
        """See :meth:`Reader.read`."""
        return await self._reader.read(query)

    async def close(self) -> None:
        """Finish what is queued and end all threads, the writer last: a view would keep the log from emptying."""
        await self._reader.stop()
        await self._caretaker.stop()
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


def _opened(connect: Callable[[], Connection], path: Path) -> Connection:
    try:
        return connect()
    except DatabaseError as error:
        raise storage_error(error, path) from error
