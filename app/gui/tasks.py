"""Owners of the GUI's tasks: each task has a name and an owner, and none is lost."""

import asyncio
import logging
import weakref
from collections.abc import Callable, Coroutine
from typing import Any

from app.domain.errors import KithError
from app.gui.translation import error_sentence, unexpected_sentence

logger = logging.getLogger(__name__)

_GRACE_S = 10.0
"""What a task that has to finish may take while its owner closes."""


class TaskOwner:
    """The tasks of one window or dialog.  ``report`` shows a sentence to the person.

    A failure worded for people is reported as it is; any other is a bug: logged by its type alone, for its message may
    hold what someone wrote, and reported in general words.
    """

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._tasks: dict[asyncio.Task[None], bool] = {}
        self._children: weakref.WeakSet[TaskOwner] = weakref.WeakSet()
        self._open = True

    def start(self, coroutine: Coroutine[Any, Any, None], *, name: str, finish: bool = False) -> None:
        """Run the coroutine as a task.  With ``finish`` it is waited for at closing time instead of cancelled.

        After :meth:`close` nothing starts any more.
        """
        if not self._open:
            coroutine.close()
            return
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._tasks[task] = finish
        task.add_done_callback(self._finished)

    def child(self, report: Callable[[str], None] | None = None) -> "TaskOwner":
        """An owner that closes, at the latest, together with this one."""
        child = TaskOwner(report or self._report)
        self._children.add(child)
        return child

    async def close(self) -> None:
        """Cancel every task, wait for those that have to finish, and return when none is left."""
        self._open = False
        for child in list(self._children):
            await child.close()
        for task, finish in self._tasks.items():
            if not finish:
                task.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_GRACE_S)
            for task in late:
                logger.error("task %s did not finish in time", task.get_name())
                task.cancel()

    def _finished(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        error = None if task.cancelled() else task.exception()
        if isinstance(error, KithError):
            self._report(error_sentence(error))
        elif error is not None:
            logger.error("task %s failed: %s", task.get_name(), type(error))
            self._report(unexpected_sentence())
