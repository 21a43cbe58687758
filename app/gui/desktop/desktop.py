"""The window among other windows: closed into the tray, called to the front, told about while nobody looks.

Without a tray everything else works: closing the window then ends Kith, and news make the window ask for attention.
"""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from app.domain.events import Event
from app.gui.desktop.notifier import Notifier
from app.gui.desktop.tray import Tray
from app.gui.desktop.window_state import WindowState
from app.gui.home import Home
from app.gui.preferences import Preferences
from app.gui.window import Window


class Desktop(QObject):
    """Made with the window; knows the profile from :meth:`open` on."""

    quit_wanted = Signal()

    def __init__(self, window: Window, state: WindowState, tray: Tray) -> None:
        super().__init__()
        self._window = window
        self._state = state
        self.tray = tray
        self.notifier: Notifier | None = None
        self._preferences: Preferences | None = None
        self._home: Home | None = None
        window.close_wanted.connect(self._close_window)
        tray.open_wanted.connect(self.come_to_front)
        tray.quit_wanted.connect(self.quit_wanted)
        tray.message_clicked.connect(self._open_told)

    def open(self, preferences: Preferences, home: Home) -> None:
        """The profile is open: its news may be told."""
        self._preferences, self._home = preferences, home
        self.notifier = Notifier(preferences, home.roster, self.tray.say)
        self.notifier.unheard.connect(lambda: QApplication.alert(self._window))
        self.tray.show()

    def take(self, events: Sequence[Event]) -> None:
        """What the engine tells, after the roster has taken it."""
        if self.notifier is not None:
            self.notifier.take(events)

    def hide_contents(self, hidden: bool) -> None:  # noqa: FBT001 (a slot)
        """Whether notifications show neither name nor text, whatever the settings say."""
        if self.notifier is not None:
            self.notifier.locked = hidden

    def come_to_front(self) -> None:
        """Show the window, wherever it was."""
        if self._window.isMinimized():
            self._window.showNormal()
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    def close(self) -> None:
        """Kith ends."""
        if self._window.isVisible():
            self._state.keep_place(self._window)
        self.tray.hide()
        if self.notifier is not None:
            self.notifier.close()

    def _close_window(self) -> None:
        stays = self._preferences is not None and self._preferences.settings.keep_in_tray
        if not stays or not self.tray.is_there:
            self.quit_wanted.emit()
            return
        self._state.keep_place(self._window)
        self._window.hide()
        if not self._state.told_of_tray:
            self._state.keep_told_of_tray()
            self.tray.say(
                self.tr("Kith keeps running"),
                self.tr(
                    "Messages arrive while it runs: both of you must be online at the same time. To end Kith, choose "
                    "Quit in the menu of this icon."
                ),
            )

    def _open_told(self) -> None:
        self.come_to_front()
        if self.notifier is not None and self.notifier.told is not None and self._home is not None:
            self._window.main.contacts.choose(self.notifier.told)
