"""Click and type as a person does."""

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget


def click(button: QAbstractButton) -> None:
    """Press and release the left button on it; a button that is hidden or disabled cannot be clicked."""
    assert button.isVisible(), f"{button.text()!r} is not visible"
    assert button.isEnabled(), f"{button.text()!r} is disabled"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(button.width() // 2, button.height() // 2))


def write(field: QWidget, text: str) -> None:
    """Type into the field."""
    assert field.isVisible()
    QTest.keyClicks(field, text)


def press_in_window(
    window: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Press one key as the system tells a window of it, before any widget hears of it.

    QTest would turn the event loop meanwhile, which no task survives.
    """
    handle = window.windowHandle()
    assert handle is not None
    QCoreApplication.sendEvent(handle, QKeyEvent(QEvent.Type.KeyPress, key, modifier))


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press one key."""
    QTest.keyClick(widget, key, modifier)
