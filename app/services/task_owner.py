"""Owns the engine's background tasks: each has a name, a failure is logged, and none outlives the engine."""

import asyncio
import logging
from collections.abc import Callable, Coroutine

logger = logging.getLogger(__name__)


class TaskOwner:
    """Starts named tasks on the running loop and ends them all."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._closed = False

    def start(self, coroutine: Coroutine[object, object, None], *, name: str) -> None:
        """Run ``coroutine`` in a task of its own."""
        if self._closed:
            coroutine.close()
            return
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def start_later(self, delay_s: float, make: Callable[[], Coroutine[object, object, None]], *, name: str) -> None:
        """Run ``make()`` in a task after ``delay_s`` seconds, unless the owner is closed before."""

        def start() -> None:
            self._timers.discard(timer)
            self.start(make(), name=name)

        timer = asyncio.get_running_loop().call_later(delay_s, start)
        self._timers.add(timer)

    def abandon(self) -> None:
        """Cancel everything and start nothing more."""
        self._closed = True
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        """Cancel everything and wait for its end."""
        self.abandon()
        await asyncio.gather(*tuple(self._tasks), return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("task %s failed", task.get_name(), exc_info=error)
