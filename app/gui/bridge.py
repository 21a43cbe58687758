"""The one crossing between the GUI's thread and the engine's.

GUI to engine: ``await bridge.call(messenger.send_text, contact, text)`` runs the call on the engine's loop; its result
or exception comes back to the GUI's loop, and cancelling the awaiting task cancels the call.  Engine to GUI: events go
into a queue that the GUI's thread drains at most every 33 ms, as one list in one Qt signal.  A signal an event would
freeze the window under load; and nothing of Qt is ever touched from the engine's thread, except to post one wake-up.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from app.domain.events import Event
from app.gui.coalescing import coalesced
from app.gui.engine_thread import EngineThread
from app.services.messenger import Messenger

DRAIN_INTERVAL_MS = 33
"""Two drains are at least this far apart: about two frames of a 60 Hz screen."""

P = ParamSpec("P")
T = TypeVar("T")


class Bridge(QObject):
    """Lives on the GUI's thread; only :meth:`post` may be called from another."""

    events = Signal(object)
    """A ``list[Event]``, in the order in which the engine told them, without what later ones overtook."""

    _wake = Signal()

    def __init__(self, engine: EngineThread) -> None:
        super().__init__()
        self._engine = engine
        self._lock = threading.Lock()
        self._waiting: list[Event] = []
        self._awake = False
        self._open = True
        self._unsubscribe: Callable[[], None] | None = None
        self._since_drain = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._drain)
        self._wake.connect(self._schedule, Qt.ConnectionType.QueuedConnection)

    async def call(self, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Await ``function`` on the engine's loop.

        Raises:
            EngineStoppedError: the engine's thread has ended.
            Exception: whatever the call raised.
        """
        return await asyncio.wrap_future(self._engine.submit(function, *args, **kwargs))

    async def call_plain(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the plain function on the engine's loop, as :meth:`call` does a coroutine function."""

        async def called() -> T:
            return function(*args, **kwargs)

        return await self.call(called)

    async def aside(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the plain function on a worker thread: for what would hold up either loop."""

        async def called() -> T:
            return await asyncio.to_thread(function, *args, **kwargs)

        return await self.call(called)

    async def attach(self, messenger: Messenger) -> None:
        """From now on the messenger's events arrive in :attr:`events`."""
        self._unsubscribe = await self.call_plain(messenger.subscribe, self.post)

    async def close(self) -> None:
        """Stop the intake: no event arrives any more, those in the queue are dropped.  Calls stay possible."""
        self._open = False
        self._timer.stop()
        if self._unsubscribe is not None:
            await self.call_plain(self._unsubscribe)
            self._unsubscribe = None

    def post(self, event: Event) -> None:
        """Queue the event for the GUI; from any thread, never blocks."""
        with self._lock:
            self._waiting.append(event)
            asleep, self._awake = not self._awake, True
        if asleep:
            self._wake.emit()

    def _schedule(self) -> None:
        if self._open:
            rested_ms = self._since_drain.elapsed() if self._since_drain.isValid() else DRAIN_INTERVAL_MS
            self._timer.start(max(0, DRAIN_INTERVAL_MS - rested_ms))

    def _drain(self) -> None:
        self._since_drain.start()
        with self._lock:
            batch, self._waiting = self._waiting, []
            self._awake = False
        self.events.emit(coalesced(batch))
