"""A thread that owns one connection: opens it, serves jobs in their order, closes it.

Results go back to the event loop by ``call_soon_threadsafe``.  The thread is a daemon: a process that ends without
closing is a crash, which the database survives, and must not hang instead.
"""

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Generic, TypeVar

from app.storage.connection import Connection

Job = TypeVar("Job")


class OwnerThread(ABC, Generic[Job]):
    """Created, started and stopped on the event loop's thread; subclasses serve jobs on their own."""

    def __init__(self, name: str, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    async def start(self) -> None:
        """Open the connection.

        Raises:
            Exception: whatever opening it raised; the thread has ended then.
        """
        self._thread.start()
        try:
            await asyncio.shield(self._opened)
        except asyncio.CancelledError:
            self._end()
            raise

    async def stop(self) -> None:
        """Serve what is queued, close the connection and end.  May be called again."""
        self._end()
        await asyncio.shield(self._closed)
        self._thread.join()

    def _end(self) -> None:
        if not self._stopping:
            self._stopping = True
            self._jobs.put(None)

    @property
    def is_stopping(self) -> bool:
        return self._stopping

    def _post(self, callback: Callable[..., None], *arguments: object) -> None:
        """Call back on the loop's thread; if the loop is gone, nobody waits for the answer."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(callback, *arguments)

    def _run(self) -> None:
        try:
            connection = self._connect()
        except Exception as error:  # noqa: BLE001 (raised again where somebody waits)
            self._post(_fail, self._opened, error)
            self._post(_finish, self._closed)
            return
        self._post(_finish, self._opened)
        try:
            self._serve(connection)
        finally:
            self._finish(connection)
            self._post(_finish, self._closed)

    @abstractmethod
    def _serve(self, connection: Connection) -> None:
        """Take jobs until there is a None among them."""

    def _finish(self, connection: Connection) -> None:
        connection.close()


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _fail(future: asyncio.Future[None], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
