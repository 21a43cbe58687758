"""Run a coroutine in a test, and fail it if a task outlives the coroutine: a lost task is a bug."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class LostTaskError(AssertionError):
    """Tasks were still running when the test's coroutine had returned."""


def run(coroutine: Coroutine[Any, Any, T], timeout_s: float = 30.0) -> T:
    """What the coroutine returns, on an event loop of its own.

    Raises:
        LostTaskError: it left tasks behind.
        TimeoutError: it took longer than ``timeout_s``.
    """
    return asyncio.run(supervised(coroutine, timeout_s))


async def supervised(coroutine: Coroutine[Any, Any, T], timeout_s: float) -> T:
    """What the coroutine returns, unless it leaves tasks behind or takes too long."""
    async with asyncio.timeout(timeout_s):
        result = await coroutine
    lost = sorted(task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task())
    if lost:
        raise LostTaskError(f"still running: {', '.join(lost)}")
    return result
