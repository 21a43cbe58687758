"""What a screen reader is told of a window, and how the keyboard walks through it."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit, QPlainTextEdit, QScrollArea, QWidget

_INTERACTIVE = (QAbstractButton, QLineEdit, QPlainTextEdit, QAbstractItemView)

_ROLES = {
    QAbstractButton: {QAccessible.Role.Button, QAccessible.Role.CheckBox, QAccessible.Role.RadioButton},
    QLineEdit: {QAccessible.Role.EditableText},
    QPlainTextEdit: {QAccessible.Role.EditableText},
    QAbstractItemView: {QAccessible.Role.List, QAccessible.Role.Table, QAccessible.Role.Tree},
}


def interactive(window: QWidget) -> Iterator[QWidget]:
    """Every widget in sight with which one does something."""
    for widget in window.findChildren(QWidget):
        is_part = isinstance(widget.parentWidget(), QLineEdit)  # a picture in a field, or its button to clear it
        if (
            isinstance(widget, _INTERACTIVE)
            and widget.isVisibleTo(window)
            and widget.window() is window.window()
            and not is_part
        ):
            yield widget


def complaints(window: QWidget) -> list[str]:
    """What a person who does not see the window would miss."""
    return [f"{type(widget).__name__}: {wrong}" for widget in interactive(window) if (wrong := _complaint(widget))]


def unreachable(window: QWidget) -> list[str]:
    """Enabled widgets that Tab never comes to."""
    reached = set(tab_order(window))
    return [
        f"{type(widget).__name__} {name_of(widget)!r}"
        for widget in interactive(window)
        if widget.isEnabled() and widget not in reached and not _is_reached_by_arrows(widget)
    ]


def tab_order(window: QWidget) -> list[QWidget]:
    """Where Tab stops, in its order."""
    order: list[QWidget] = []
    widget = window.nextInFocusChain()
    while widget is not window and widget is not None and widget not in order:
        stops = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and not isinstance(widget, QScrollArea)
        if stops and widget.isVisibleTo(window) and widget.isEnabled():
            order.append(widget)
        widget = widget.nextInFocusChain()
    return order


def name_of(widget: QWidget) -> str:
    """What a screen reader calls it."""
    return _interface(widget).text(QAccessible.Text.Name)


def _complaint(widget: QWidget) -> str:
    interface = _interface(widget)
    roles = next(roles for kind, roles in _ROLES.items() if isinstance(widget, kind))
    if not interface.text(QAccessible.Text.Name).strip():
        return f"no name ({widget.objectName() or widget.property('look')}, in {type(widget.parentWidget()).__name__})"
    if interface.role() not in roles:
        return f"role {interface.role()}"
    return ""


def _is_reached_by_arrows(widget: QWidget) -> bool:
    """Of alternatives Tab stops at the chosen one; the arrow keys go on from there."""
    return isinstance(widget, QAbstractButton) and widget.group() is not None


def _interface(widget: QWidget) -> QAccessibleInterface:
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None
    return interface
