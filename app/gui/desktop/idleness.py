"""How long nobody has touched Kith: it may lock itself then, and at once by a shortcut.

Only what a window receives from keyboard and pointer is looked at, in windows that had the keyboard once: a filter over
the whole application would see every event of every widget, and cost more than all painting.
"""

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow

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

LOCK_KEYS = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_L)
"""Ctrl+L; Cmd+L on macOS."""


class Idleness(QObject):
    """Tells once when the time is up; every touch begins it anew."""

    reached = Signal()
    lock_pressed = Signal()
    """Ctrl+L (Cmd+L on macOS), in whichever window of Kith has the keyboard."""

    def __init__(self, *, minute_ms: int = _MINUTE_MS) -> None:
        super().__init__()
        self._minute_ms = minute_ms
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.reached)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
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
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and _is_lock(event):
            self.lock_pressed.emit()
            return True
        return False

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)


def _is_lock(event: QKeyEvent) -> bool:
    return event.keyCombination() == LOCK_KEYS
