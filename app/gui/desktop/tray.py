"""The icon in the tray, where the desktop has one: Kith goes on behind it when its window is closed.

It is never the only way back: a second start brings the window to the front, too.
"""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.gui.theme.app_icon import app_icon

_SHOWN_MS = 10_000


class Tray(QObject):
    """Shown from :meth:`show` on, if there is a tray at all."""

    open_wanted = Signal()
    lock_wanted = Signal()
    quit_wanted = Signal()
    message_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.menu = QMenu()
        self.icon = QSystemTrayIcon(app_icon())
        self.icon.setToolTip("Kith")
        self.icon.setContextMenu(self.menu)
        self.open_action = self.menu.addAction(self.tr("Open Kith"))
        self.lock_action = self.menu.addAction(self.tr("Lock"))
        self.menu.addSeparator()
        self.quit_action = self.menu.addAction(self.tr("Quit"))
        self.open_action.triggered.connect(self.open_wanted)
        self.lock_action.triggered.connect(self.lock_wanted)
        self.quit_action.triggered.connect(self.quit_wanted)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self.message_clicked)

    @property
    def is_there(self) -> bool:
        """Whether the icon can be seen and clicked."""
        return self.icon.isVisible() and QSystemTrayIcon.isSystemTrayAvailable()

    def show(self) -> None:
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.icon.show()

    def hide(self) -> None:
        self.icon.hide()

    def say(self, title: str, text: str) -> bool:
        """Show a notification; whether the desktop has a place for it."""
        if not self.is_there or not QSystemTrayIcon.supportsMessages():
            return False
        self.icon.showMessage(title, text, app_icon(), _SHOWN_MS)
        return True

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in {QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick}:
            self.open_wanted.emit()
