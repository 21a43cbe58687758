"""Garbage is collected on the GUI's thread only.

Python's cycle collector runs on whichever thread happens to allocate.  On the engine's thread it would free widgets and
timers that lie in a cycle, and Qt crashes when an object is destroyed on another thread than its own.  So the automatic
collector is off while there is a window, and a timer does its work: the same generations at the same thresholds.
"""

import gc
from types import TracebackType

from PySide6.QtCore import QTimer

_INTERVAL_MS = 500
"""Between two looks at the counters: rare enough to cost nothing at rest, often enough for short collections."""


class GarbageCollector:
    """A context manager for the GUI's thread; the automatic collector is as before afterwards."""

    def __init__(self) -> None:
        self._automatic = gc.isenabled()
        self._timer = QTimer()
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self._collect)

    def __enter__(self) -> None:
        gc.disable()
        self._timer.start()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._timer.stop()
        gc.collect()
        if self._automatic:
            gc.enable()

    def _collect(self) -> None:
        """Collect the oldest generation that is due, as the automatic collector would."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        due = [generation for generation in range(len(counts)) if counts[generation] > thresholds[generation]]
        if due:
            gc.collect(due[-1])
