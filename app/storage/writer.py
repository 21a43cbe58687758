"""Group commit: what queued up while the disk was busy becomes one transaction.

    loop thread                               writer thread
    commit(unit) ── queue ──────────────────▶ takes everything queued, plays it in order, commits
    awaitables end ◀──── one callback ──────  durable
    on_failure, then awaitables raise ◀─────  or rolled back

A failure ends a *generation*.  Units begun in it may have been computed from states that were lost with the failed
transaction (an envelope sealed with a ratchet key that is used again, say), so all of them are refused: those queued
by the writer thread, those committed later on the loop's thread.  The number changes together with the calls of
``on_failure``, before any awaitable ends, so that nobody sees a failure and still writes on what memory holds.
"""

import asyncio
import logging
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import NamedTuple

from app.domain.errors import ErrorKind, StorageError
from app.storage.batch import Batch
from app.storage.caretaker import Caretaker
from app.storage.connection import Connection, CorruptError, DatabaseError, storage_error
from app.storage.high_water_mark import count_transaction, transaction_of
from app.storage.owner_thread import OwnerThread
from app.storage.reader import closed_error
from app.storage.search import index_waiting
from app.storage.unit_of_work import RecordedUnit

IDLE_S = 0.05
"""With nothing queued for so long, texts are indexed."""

MAX_UNINDEXED_TRANSACTIONS = 8
INDEXED_TOGETHER = 2_000
"""Under load texts are indexed all the same, so that a search never has to wait for many: 50 ms for 2,000."""

INDEXED_FOR_SEARCH = 8_000
"""While a search waits, between two transactions: after a large conversation was deleted there may be a million."""

log = logging.getLogger(__name__)


class Commit(NamedTuple):
    """A unit in the queue, and what its committer waits for."""

    unit: RecordedUnit
    done: asyncio.Future[None]


class Indexing(NamedTuple):
    """Somebody waits until all texts can be searched, or cannot be now."""

    done: asyncio.Future[None]


class Writer(OwnerThread[Commit | Indexing]):
    """Commits units in the order in which they come."""

    def __init__(self, name: str, connect: Callable[[], Connection], *, database: Path, caretaker: Caretaker) -> None:
        super().__init__(name, connect)
        self._database = database
        self._caretaker = caretaker
        self._callbacks: list[Callable[[], None]] = []
        self._generation = 1
        self._failure = ErrorKind.UNEXPECTED
        self._suspended = False
        self._failed_generation = 0  # the writer thread's own count; it runs ahead of the loop's
        self._unindexed_transactions = 1  # a crash may have left some
        self._ended = False
        self._asked: list[Indexing] = []  # who waits for the index
        self._transaction: int | None = None  # the number of the last one, once it was needed

    # --- On the loop's thread

    def on_failure(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def begin(self) -> RecordedUnit:
        """See :meth:`app.ports.store.Store.begin`."""
        if self._suspended:
            raise StorageError(self._failure)
        return RecordedUnit(self._generation)

    def resume(self) -> None:
        self._suspended = False

    def commit(self, unit: RecordedUnit) -> asyncio.Future[None]:
        """Queue the unit; see :meth:`app.ports.store.Store.commit`.  Cancelling the awaitable does not take it back."""
        done: asyncio.Future[None] = self._loop.create_future()
        if self.is_stopping:
            done.set_exception(closed_error())
        elif unit.generation != self._generation:
            done.set_exception(StorageError(self._failure))
        else:
            self._jobs.put(Commit(unit, done))
        return done

    async def index(self) -> None:
        """End when the texts of all messages committed so far can be searched, as far as there is room for that."""
        if self.is_stopping:
            raise closed_error()
        done: asyncio.Future[None] = self._loop.create_future()
        self._jobs.put(Indexing(done))
        await done

    def _succeeded(self, jobs: Sequence[Commit | Indexing]) -> None:
        for job in jobs:
            if not job.done.done():
                job.done.set_result(None)

    def _failed(self, commits: Sequence[Commit], kind: ErrorKind) -> None:
        try:
            if commits[-1].unit.generation == self._generation:
                self._end_generation(kind)
        finally:
            for commit in commits:
                if not commit.done.done():
                    commit.done.set_exception(StorageError(self._failure))

    def _end_generation(self, kind: ErrorKind) -> None:
        self._generation += 1
        self._failure = kind
        self._suspended = True
        for callback in self._callbacks:
            callback()

    # --- On the writer's thread

    def _serve(self, connection: Connection) -> None:
        while self._asked or not self._ended:
            jobs = self._take(connection)
            commits = [job for job in jobs if isinstance(job, Commit)]
            late = [commit for commit in commits if commit.unit.generation <= self._failed_generation]
            if late:
                self._post(self._failed, late, ErrorKind.UNEXPECTED)
            if live := commits[len(late) :]:  # generations only grow along the queue
                self._write(connection, live)
            self._asked += [job for job in jobs if isinstance(job, Indexing)]
            if self._asked and self._index(connection, INDEXED_FOR_SEARCH) < INDEXED_FOR_SEARCH:
                self._post(self._succeeded, self._asked)
                self._asked = []

    def _take(self, connection: Connection) -> list[Commit | Indexing]:
        """Everything that is queued, once there is something."""
        jobs: list[Commit | Indexing] = []
        try:
            job = self._next(connection)
            while job is not None:
                jobs.append(job)
                job = self._jobs.get_nowait()
            self._ended = True
        except Empty:
            pass
        return jobs

    def _next(self, connection: Connection) -> Commit | Indexing | None:
        """The first in the queue.  Texts are indexed while there is none, and under load once in a while.

        Raises:
            Empty: there is none, and somebody waits for the index.
        """
        if self._asked:
            return self._jobs.get_nowait()
        while self._unindexed_transactions:
            if self._unindexed_transactions < MAX_UNINDEXED_TRANSACTIONS:
                with suppress(Empty):
                    return self._jobs.get(timeout=IDLE_S)
            self._unindexed_transactions = 1 if self._index(connection, INDEXED_TOGETHER) == INDEXED_TOGETHER else 0
        return self._jobs.get()

    def _write(self, connection: Connection, commits: Sequence[Commit]) -> None:
        self._unindexed_transactions += 1
        units = [commit.unit for commit in commits]
        try:
            with self._caretaker.transaction(units):
                number = write_transaction(connection, units, after=self._last_transaction(connection))
        except Exception as error:  # noqa: BLE001 (whatever it is, the units failed, and their committers hear of it)
            self._failed_generation = commits[-1].unit.generation
            self._post(self._failed, commits, self._kind_of(error))
        else:
            self._transaction = number
            self._caretaker.committed(number)
            self._post(self._succeeded, commits)

    def _index(self, connection: Connection, limit: int) -> int:
        """Index some texts that are not yet; returns how many.  Nothing else depends on that."""
        try:
            return index_waiting(connection, limit)
        except DatabaseError as error:
            log.info("texts could not be indexed: %s", self._kind_of(error))
            return 0

    def _kind_of(self, error: Exception) -> ErrorKind:
        if isinstance(error, DatabaseError):
            worded = storage_error(error, self._database)
            if isinstance(worded, CorruptError):
                self._caretaker.found_corrupt()
            if worded.kind is not ErrorKind.UNEXPECTED:
                return worded.kind
        # Neither the disk's fault nor the file's: a bug.  Its message may quote what was to be written.
        log.error("a transaction failed: %s at %s", type(error), traceback.extract_tb(error.__traceback__))
        return ErrorKind.UNEXPECTED

    def _last_transaction(self, connection: Connection) -> int:
        return transaction_of(connection) if self._transaction is None else self._transaction

    def _finish(self, connection: Connection) -> None:
        """Carry the log over into the database, so that deleted keys are overwritten there."""
        try:
            self._caretaker.closing(self._last_transaction(connection))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except DatabaseError:
            log.warning("the log of the store could not be carried over; the next start will do it")
        super()._finish(connection)


def write_transaction(connection: Connection, units: Sequence[RecordedUnit], *, after: int = 0) -> int:
    """Play the units in one transaction, all or nothing; returns its number, the one after ``after``."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        batch = Batch(connection)
        for unit in units:
            unit.play(batch)
        batch.flush()
        number = count_transaction(connection, after)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    return number
