"""An event loop whose clock jumps to the next timer: hours of an idle program pass in a moment."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from tests.support.aio import supervised

T = TypeVar("T")


class _JumpingSelector(selectors.DefaultSelector):
    """Waits for no timer: says that the time is over, and counts it."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(0)
        if not ready:
            self.now_s += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Sockets and threads work, but whoever waits for them with a timer pending waits no real time."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s


def run_virtually(coroutine: Coroutine[Any, Any, T], timeout_s: float = 30 * 24 * 3600.0) -> T:
    """As :func:`tests.support.aio.run`, in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(supervised(coroutine, timeout_s))
