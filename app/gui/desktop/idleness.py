"""How long nobody has touched Kith: it may lock itself then.

Only what a window receives from keyboard and pointer is looked at, in windows that had the keyboard once: a filter over
the whole application would see every event of every widget, and cost more than all painting.
"""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)

_MINUTE_MS = 60_000


class Idleness(QObject):
    """Tells once when the time is up; every touch begins it anew."""

    reached = Signal()

    def __init__(self, application: QGuiApplication, *, minute_ms: int = _MINUTE_MS) -> None:
        super().__init__()
        self._minute_ms = minute_ms
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.reached)
        application.focusWindowChanged.connect(self._watch)

    def wait(self, minutes: int) -> None:
        """Tell after so many minutes without a touch; 0 is never."""
        if minutes:
            self._timer.start(minutes * self._minute_ms)
        else:
            self._timer.stop()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if event.type() in _TOUCHES and self._timer.isActive():
            self._timer.start()
        return False

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)
