"""The GUI's event loop: asyncio on Qt through qasync, with the timers mended.

qasync 0.28 gives each delayed call a coarse Qt timer of its own, which fires early by up to 5 %, lives on after it was
cancelled, and comes without a ``TimerHandle``; a call on a closed loop is dropped without a word.  Here one precise
timer drives a heap, as asyncio's own loops do, and a closed loop says so.
"""

import asyncio
import heapq
import itertools
import math
from collections.abc import Callable
from contextvars import Context
from typing import Any

import qasync
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

_LONGEST_MS = 2**31 - 1
"""What a Qt timer can wait; on a longer delay it wakes once between."""

_FEW_CANCELLED = 64
"""Up to here cancelled calls may stay in the heap until they are due."""


class EventLoop(qasync.QEventLoop):  # type: ignore[misc]  # qasync is published without types
    """asyncio on the Qt loop of ``application``; use it as a context manager, it closes on leaving."""

    def __init__(self, application: QApplication) -> None:
        self._delayed: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._cancelled = 0
        self._order = itertools.count()
        super().__init__(application)
        self._alarm = QTimer()
        self._alarm.setTimerType(Qt.TimerType.PreciseTimer)
        self._alarm.setSingleShot(True)
        self._alarm.timeout.connect(self._run_due)

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call at ``when`` of :meth:`time`, never before."""
        self._check_closed()
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        handle._scheduled = True  # type: ignore[attr-defined]  # noqa: SLF001 (the handle's contract with its loop)
        heapq.heappush(self._delayed, (when, next(self._order), handle))
        if self._delayed[0][2] is handle:
            self._set_alarm()
        return handle

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call after ``delay`` seconds, never before."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        """Call on the next turn of the loop."""
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._add_callback(handle)
        return handle

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> None:
        """Call on the next turn of the loop, asked for by any thread."""
        self._check_closed()
        if context is None:
            super().call_soon_threadsafe(callback, *args)
        else:
            super().call_soon_threadsafe(context.run, callback, *args)

    def close(self) -> None:
        """End the loop and what was scheduled on it."""
        self._alarm.stop()
        self._delayed.clear()
        super().close()

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        if handle._scheduled:  # type: ignore[attr-defined]  # noqa: SLF001
            self._cancelled += 1
        if self._cancelled > _FEW_CANCELLED and self._cancelled * 2 > len(self._delayed):
            self._delayed = [entry for entry in self._delayed if not entry[2].cancelled()]
            heapq.heapify(self._delayed)
            self._cancelled = 0
            self._set_alarm()

    def _set_alarm(self) -> None:
        if self._delayed:
            wait_ms = math.ceil((self._delayed[0][0] - self.time()) * 1000)
            self._alarm.start(min(_LONGEST_MS, max(0, wait_ms)))

    def _run_due(self) -> None:
        now = self.time()
        while self._delayed and self._delayed[0][0] <= now:
            handle = heapq.heappop(self._delayed)[2]
            handle._scheduled = False  # type: ignore[attr-defined]  # noqa: SLF001
            if handle.cancelled():
                self._cancelled -= 1
            else:
                self._add_callback(handle)
        self._set_alarm()
