"""Reads, on a connection and a thread of their own: a long search never holds up a commit."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias, TypeVar

from app.domain.errors import ErrorKind, StorageError
from app.storage.caretaker import Caretaker
from app.storage.connection import Connection, CorruptError, DatabaseError, storage_error
from app.storage.owner_thread import OwnerThread
from crypto.errors import CryptoError
from net.errors import LocalError

T = TypeVar("T")

Query: TypeAlias = tuple[Callable[[Connection], object], "asyncio.Future[object]"]


class Reader(OwnerThread[Query]):
    """Answers queries one after the other."""

    def __init__(self, name: str, connect: Callable[[], Connection], *, database: Path, caretaker: Caretaker) -> None:
        super().__init__(name, connect)
        self._database = database
        self._caretaker = caretaker

    async def read(self, query: Callable[[Connection], T]) -> T:
        """What the query returns, run on the reader's thread.

        Raises:
            StorageError: ``storage_damaged``, also when a stored value does not decode, or the store is closed.
        """
        if self.is_stopping:
            raise closed_error()
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put((query, future))  # type: ignore[arg-type]
        return await future

    def _serve(self, connection: Connection) -> None:
        while (job := self._jobs.get()) is not None:
            query, future = job
            try:
                result = query(connection)
            except Exception as error:  # noqa: BLE001 (raised again where somebody waits)
                self._post(_raise, future, self._worded(error))
            else:
                self._post(_answer, future, result)

    def _worded(self, error: Exception) -> Exception:
        if isinstance(error, DatabaseError):
            error = storage_error(error, self._database)
        elif isinstance(error, CryptoError | LocalError):
            error = CorruptError()
        if isinstance(error, CorruptError):
            self._caretaker.found_corrupt()
        return error


def closed_error() -> StorageError:
    """What reads and writes after closing raise."""
    return StorageError(ErrorKind.UNEXPECTED, "The profile is closed.")


def _answer(future: asyncio.Future[object], result: object) -> None:
    if not future.done():
        future.set_result(result)


def _raise(future: asyncio.Future[object], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
