"""Looks after a profile while its store is open, so that damage is noticed and little is lost by it.

    writer thread   mark        how far the store has come, after each transaction
                    erasure     whoever removes a contact removes it from the snapshots too
    any thread      suspect     there once SQLite or we found something wrong in the file
    own thread      snapshots   when the newest is six hours old, after many changes, and before the store closes

A snapshot reads as the reader does: neither commits nor reads wait for it.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

from app.domain.errors import StorageError
from app.storage.connection import DatabaseError, is_corruption
from app.storage.high_water_mark import HighWaterMark
from app.storage.profile_folder import ProfileFolder
from app.storage.snapshots import AbandonedError, NoRoomError, SnapshotDraft
from app.storage.unit_of_work import RecordedUnit
from crypto.secret import Secret

INTERVAL_S = 6 * 3600.0
MANY_CHANGES = 5_000
"""After so many units a snapshot is due sooner, but not within :data:`MIN_INTERVAL_S`."""
MIN_INTERVAL_S = 600.0

PAUSE_S = 60.0
"""Between looks whether a snapshot is due; the first one is so long after the start, which has enough to do."""

MAX_LAST_BYTES = 32 << 20
"""A larger profile is not kept from closing by a snapshot: this takes half a second."""

log = logging.getLogger(__name__)


class Caretaker:
    """Nobody: what a store without a profile around it has."""

    def start(self) -> None:
        """Begin to write snapshots; called once, on the loop."""

    async def stop(self) -> None:
        """Write the last one if it is due; may be called again."""

    def transaction(self, _units: Sequence[RecordedUnit]) -> AbstractContextManager[None]:
        """Around each transaction, on the writer's thread."""
        return nullcontext()

    def committed(self, transaction: int) -> None:
        """The transaction of this number is durable; on the writer's thread."""

    def closing(self, transaction: int) -> None:
        """Before the log is carried over for the last time, this being the last transaction; on the writer's thread."""

    def found_corrupt(self) -> None:
        """Something in the file is wrong; called on any thread."""


class ProfileCaretaker(Caretaker):
    """Looks after the profile in a folder."""

    def __init__(self, files: ProfileFolder, key: Secret) -> None:
        self._files = files
        self._key = key
        self._mark = HighWaterMark(files.mark)
        self._changes = 0
        self._changes_saved = 0
        self._lock = threading.Lock()
        self._erasures = 0
        """Begun and ended ones; a snapshot during which this moved may hold what was erased."""
        self._must_renew = False
        self._stopping = threading.Event()
        self._draft: SnapshotDraft | None = None
        self._ended: asyncio.Future[None] | None = None

    # --- On the loop's thread

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._ended = loop.create_future()
        threading.Thread(target=self._run, args=(loop, self._ended), name="kith-caretaker", daemon=True).start()

    async def stop(self) -> None:
        if not self._stopping.is_set():
            self._stopping.set()
            if (draft := self._draft) is not None:
                draft.abandon()
        if self._ended is not None:
            await asyncio.shield(self._ended)

    # --- On the writer's thread

    @contextmanager
    def transaction(self, units: Sequence[RecordedUnit]) -> Iterator[None]:
        erases = any(unit.erases for unit in units)
        if erases:
            self._erase()
        try:
            yield
        finally:
            if erases:
                self._erased()
        self._changes += len(units)

    def committed(self, transaction: int) -> None:
        self._mark.raise_to(transaction)

    def closing(self, transaction: int) -> None:
        self._mark.close(transaction)

    def _erase(self) -> None:
        with self._lock:
            self._erasures += 1
            try:
                self._files.snapshots.remove_all()
            except OSError as error:
                log.warning("snapshots that hold a removed contact are left: %s", type(error))

    def _erased(self) -> None:
        with self._lock:
            self._erasures += 1
            self._must_renew = True

    # --- On any thread

    def found_corrupt(self) -> None:
        log.warning("the profile on disk is damaged; the next start repairs it")
        self._files.mark_suspect()

    # --- On its own thread

    def _run(self, loop: asyncio.AbstractEventLoop, ended: "asyncio.Future[None]") -> None:
        try:
            while not self._stopping.wait(PAUSE_S):
                self._renew_if_due()
            if self._files.database.stat().st_size <= MAX_LAST_BYTES:
                self._renew_if_due(is_last=True)
        except OSError as error:
            log.info("no snapshot can be written: %s", type(error))
        finally:
            with suppress(RuntimeError):  # the loop is gone
                loop.call_soon_threadsafe(_finish, ended)

    def _renew_if_due(self, *, is_last: bool = False) -> None:
        if not self._is_due():
            return
        try:
            self._renew(is_last=is_last)
        except AbandonedError:
            log.debug("a snapshot is abandoned")
        except NoRoomError:
            log.info("no snapshot: the disk is nearly full")
        except (DatabaseError, StorageError, OSError) as error:
            log.info("no snapshot: %s", type(error))
            if is_corruption(error):
                self.found_corrupt()
        finally:
            self._draft = None

    def _is_due(self) -> bool:
        newest = self._files.snapshots.newest_first()[:1]
        if self._must_renew or not newest:
            return True
        changes = self._changes - self._changes_saved
        if not changes:
            return False
        age_s = time.time() - newest[0].stat().st_mtime
        is_due_soon = changes >= MANY_CHANGES and age_s >= MIN_INTERVAL_S
        return is_due_soon or not 0 <= age_s < INTERVAL_S  # a clock that was set back makes one too many

    def _renew(self, *, is_last: bool) -> None:
        changes, erasures = self._changes, self._erasures
        snapshots = self._files.snapshots
        self._draft = draft = snapshots.begin(self._files.database, self._key)
        if self._stopping.is_set() and not is_last:
            draft.abandon()
        try:
            draft.write()
            with self._lock:
                if self._erasures == erasures:
                    snapshots.keep(draft)
                    self._changes_saved = changes
                    self._must_renew = False
        finally:
            snapshots.remove_unfinished()


def _finish(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
