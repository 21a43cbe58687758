"""Brings memory back in line with the store after a commit failed.

    commit fails ─▶ begin() ─▶ (pause) ─▶ load … ─▶ recovered; a failure meanwhile: load again
                                            └─ the store cannot be read: again after a while

It happens once for a failure, whoever hears of it.  Reading twice at the same time would put the older of two answers
over states that were built, and committed, on the newer one.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable

from app.domain.errors import StorageError
from app.services.task_owner import TaskOwner

logger = logging.getLogger(__name__)

RETRY_S = 5.0
"""Between attempts to read a store that cannot be read; the disk may come back, and nothing is written until then."""

PAUSE_S = 1.0
"""Before memory is read anew after a failure soon after another.  A full disk stays full for a while; meanwhile writes
are refused without trying, and no contact sends the same again and again."""

SOON_S = 5.0


class Recovery:
    """Runs ``load`` until memory holds what the store holds."""

    def __init__(
        self,
        load: Callable[[], Awaitable[None]],
        *,
        tasks: TaskOwner,
        retry_s: float = RETRY_S,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._load = load
        self._tasks = tasks
        self._retry_s = retry_s
        self._pause_s = pause_s
        self._ended_at = -math.inf
        self._stale = False
        self._done = asyncio.Event()
        self._done.set()

    def begin(self) -> None:
        """A commit failed; to be called before anybody else hears of it."""
        self._stale = True
        if self._done.is_set():
            self._done.clear()
            self._tasks.start(self._run(), name="recover")

    async def wait(self) -> None:
        """Until memory can be built upon; at once when nothing failed."""
        await self._done.wait()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() - self._ended_at < SOON_S:
            await asyncio.sleep(self._pause_s)
        while self._stale:
            self._stale = False
            if not await self._loaded():
                self._stale = True
                await asyncio.sleep(self._retry_s)
        self._ended_at = loop.time()
        self._done.set()

    async def _loaded(self) -> bool:
        try:
            await self._load()
        except StorageError as error:
            logger.warning("the profile cannot be read: %s", error.kind)
        except Exception:  # a bug of ours; whoever waits for the end of this must not wait for ever
            logger.exception("the profile cannot be read")
        else:
            return True
        return False
