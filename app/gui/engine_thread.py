"""The engine's thread: one plain asyncio loop that runs services and network, apart from Qt.

It knows neither Qt nor what it runs.  The loop lives from :meth:`EngineThread.start` to :meth:`EngineThread.stop`.
"""

import asyncio
import concurrent.futures
import functools
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class EngineStoppedError(RuntimeError):
    """Something was asked of an engine thread that has stopped: a bug in the order of closing."""


class EngineThread:
    """A thread with an asyncio loop.  All methods may be called from any thread."""

    def __init__(self, name: str = "engine") -> None:
        self._thread = threading.Thread(target=self._run, name=name)
        self._loop: concurrent.futures.Future[asyncio.AbstractEventLoop] = concurrent.futures.Future()
        self._stopping = asyncio.Event()
        self.finished: concurrent.futures.Future[None] = concurrent.futures.Future()
        """Done when the loop has ended; :meth:`join` is then immediate."""

    def start(self) -> None:
        """Start, and return when the loop runs."""
        self._thread.start()
        self._loop.result()

    def submit(
        self, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> concurrent.futures.Future[T]:
        """Call ``function`` on the engine's loop, in a task named after it; cancelling the future cancels the task.

        Raises:
            EngineStoppedError: the loop has ended.
        """
        name = getattr(function, "__qualname__", "call")
        call = _called(functools.partial(function, *args, **kwargs), name)
        try:
            return asyncio.run_coroutine_threadsafe(call, self._loop.result())
        except RuntimeError:
            call.close()
            raise EngineStoppedError(name) from None

    def stop(self) -> None:
        """Ask the loop to end; what still runs on it is cancelled, and logged as lost."""
        loop = self._loop.result()
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._stopping.set)

    def join(self) -> None:
        """Wait for the thread's end."""
        self._thread.join()

    def _run(self) -> None:
        try:
            with asyncio.Runner() as runner:
                runner.run(self._serve())
        finally:
            self.finished.set_result(None)

    async def _serve(self) -> None:
        self._loop.set_result(asyncio.get_running_loop())
        await self._stopping.wait()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            logger.error("task %s outlived the engine", task.get_name())


async def _called(function: Callable[[], Awaitable[T]], name: str) -> T:
    task = asyncio.current_task()
    assert task is not None
    task.set_name(name)
    return await function()
