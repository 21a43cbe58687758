"""The lock: the window hides its texts until the passphrase comes, while the engine goes on.

It keeps out who sits down at an open computer, not who can read this process's memory: the profile stays open.
Where the system's keyring alone guards the profile there is nothing to ask for, and the page says so.
"""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from app.gui.desk import Desk
from app.gui.profile import Profile
from app.gui.tasks import TaskOwner
from app.gui.window import Window


class Lock(QObject):
    """Knows one open profile."""

    changed = Signal(bool)
    """Locked now, or not any more."""

    def __init__(self, profile: Profile, window: Window, desk: Desk, tasks: TaskOwner) -> None:
        super().__init__()
        self._profile = profile
        self._window = window
        self._desk = desk
        self._tasks = tasks.child(window.lock.fail)
        self._asks = True
        self.is_locked = False
        window.lock.submitted.connect(self._submitted)

    def lock(self) -> None:
        """Hide everything; more calls change nothing."""
        if self.is_locked:
            return
        self.is_locked = True
        while (popup := QApplication.activePopupWidget()) is not None and popup.close():
            pass
        self._desk.hide()
        self._asks = True
        self._window.lock.start_anew(self._sentence(), asks=True)
        self._window.show_page(self._window.lock)
        self.changed.emit(True)
        self._tasks.start(self._learn_ways(), name="lock: ways")

    def _unlock(self) -> None:
        self.is_locked = False
        self._window.lock.start_anew(self._sentence(), asks=True)
        self._window.show_page(self._window.main)
        self._desk.show_again()
        self.changed.emit(False)

    def _submitted(self, passphrase: str) -> None:
        self._tasks.start(self._check(passphrase), name="lock: check")

    async def _check(self, passphrase: str) -> None:
        if self._asks:
            await self._profile.bridge.call(self._profile.messenger.check_passphrase, passphrase)
        self._unlock()

    async def _learn_ways(self) -> None:
        ways = await self._profile.bridge.call(self._profile.messenger.unlock_ways)
        if self.is_locked and not ways.passphrase:
            self._asks = False
            self._window.lock.start_anew(self._sentence(), asks=False)

    def _sentence(self) -> str:
        if self._asks:
            return self.tr("Messages keep arriving. The passphrase shows them again.")
        return self.tr(
            "Messages keep arriving. This profile opens with the system's keyring, so whoever sits here can unlock "
            "it: set a passphrase in the settings to change that."
        )
