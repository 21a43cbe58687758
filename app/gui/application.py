"""One profile on the screen, from the first page to the last commit.

The parts in their order of life: engine thread, bridge, window, open profile, :class:`Home`.  They end in the opposite
order: first nothing new comes in, then the tasks of the GUI end, those that write to the profile by finishing, then the
messenger closes on its own loop, and last its thread ends.
"""

import asyncio
import logging
from pathlib import Path

from PySide6.QtCore import QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut

from app.domain.errors import ErrorKind, KithError
from app.domain.settings import Settings
from app.gui.bridge import Bridge
from app.gui.desktop.desktop import Desktop
from app.gui.desktop.idleness import Idleness
from app.gui.desktop.lock import Lock
from app.gui.desktop.tray import Tray
from app.gui.desktop.window_state import WindowState
from app.gui.engine_thread import EngineThread
from app.gui.home import Home
from app.gui.preferences import Preferences
from app.gui.profile import Profile
from app.gui.settings.pages import settings_pages
from app.gui.settings.settings_dialog import SettingsDialog
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import Theme
from app.gui.translation import error_sentence
from app.gui.window import Window
from app.services.gate import DesktopGate
from app.services.messenger import Messenger

_CONTROL = Qt.KeyboardModifier.ControlModifier
_SETTINGS_KEYS = QKeyCombination(_CONTROL, Qt.Key.Key_Comma)
_QUIT_KEYS = QKeyCombination(_CONTROL, Qt.Key.Key_Q)
"""Qt's own standard keys leave these without any on some systems."""

logger = logging.getLogger(__name__)


class Application(QObject):
    """Runs until its window is closed for good or :meth:`quit` is called."""

    _started_again = Signal(object)
    """A later start on this profile; its link, if it was given one.  Told by the engine's thread."""

    def __init__(
        self, gate: DesktopGate, theme: Theme, link: str | None = None, *, state: WindowState | None = None
    ) -> None:
        super().__init__()
        self._gate = gate
        self._link = link
        self._state = state or WindowState()
        self._theme = theme
        self._engine = EngineThread()
        self._bridge = Bridge(self._engine)
        self._messenger: Messenger | None = None
        self._opening = asyncio.Lock()
        self._quit = asyncio.Event()
        self.window = Window(theme)
        self.tasks = TaskOwner(self.window.banner.say)
        self._welcome_tasks = self.tasks.child(self.window.welcome.fail)
        self._unlock_tasks = self.tasks.child(self.window.unlock.fail)
        self.home: Home | None = None
        """What the main page shows, once the profile is open."""
        self.preferences: Preferences | None = None
        self.lock: Lock | None = None
        self._idleness = Idleness()
        self.desktop = Desktop(self.window, self._state, Tray())
        self.desktop.quit_wanted.connect(self.quit)
        self._started_again.connect(self._take_start, Qt.ConnectionType.QueuedConnection)
        QShortcut(QKeySequence(_QUIT_KEYS), self.window, self.quit)
        self.window.main.contacts.settings_button.clicked.connect(self.show_settings)
        QShortcut(QKeySequence(_SETTINGS_KEYS), self.window, self.show_settings)
        self.window.welcome.submitted.connect(self._create)
        self.window.welcome.import_submitted.connect(self._import)
        self.window.unlock.submitted.connect(self._unlock)

    async def run(self) -> None:
        """Show the window, and return when everything behind it has ended."""
        self._engine.start()
        try:
            await self._show_first_page()
            await self._quit.wait()
        finally:
            await self._close()

    def quit(self) -> None:
        """Begin to close; more calls change nothing."""
        self._quit.set()

    async def _show_first_page(self) -> None:
        try:
            await self._bridge.call(self._gate.attend, self._started_again.emit)
        except KithError as error:  # opening the profile says it again, and may succeed by then
            self.window.banner.say(error_sentence(error))
        self._state.restore(self.window)
        if await self._bridge.call_plain(self._gate.exists):
            self.window.show_page(self.window.unlock)
            self._unlock_tasks.start(self._open_by_keyring(), name="profile: keyring", finish=True)
        else:
            self.window.show_page(self.window.welcome)
        self.window.show()

    def _create(self, name: str, passphrase: str | None) -> None:
        self._welcome_tasks.start(self._create_profile(name, passphrase), name="profile: create", finish=True)

    def _import(self, file: Path, file_passphrase: str, passphrase: str | None) -> None:
        self._welcome_tasks.start(
            self._import_profile(file, file_passphrase, passphrase), name="profile: import", finish=True
        )

    def _unlock(self, passphrase: str) -> None:
        self._unlock_tasks.start(self._open_profile(passphrase), name="profile: open", finish=True)

    async def _create_profile(self, name: str, passphrase: str | None) -> None:
        await self._enter(await self._bridge.call(self._gate.create, name, passphrase))

    async def _import_profile(self, file: Path, file_passphrase: str, passphrase: str | None) -> None:
        await self._enter(await self._bridge.call(self._gate.import_profile, file, file_passphrase, passphrase))

    async def _open_profile(self, passphrase: str | None) -> None:
        async with self._opening:
            if self._messenger is None:
                await self._enter(await self._bridge.call(self._gate.open, passphrase))

    async def _open_by_keyring(self) -> None:
        """Try without asking; where the keyring holds nothing, the page already asks."""
        try:
            await self._open_profile(None)
        except KithError as error:
            if error.kind is not ErrorKind.PASSPHRASE_MISSING:
                raise

    async def _enter(self, messenger: Messenger) -> None:
        self._messenger = messenger
        await self._bridge.attach(messenger)
        account = await self._bridge.call_plain(messenger.account_info)
        settings = await self._bridge.call_plain(messenger.settings)
        fixed = await self._bridge.call_plain(messenger.fixed_settings)
        profile = Profile(self._bridge, messenger, account)
        self.preferences = Preferences(profile, settings, fixed, self.tasks.child())
        self._bridge.events.connect(self.preferences.take)
        self.preferences.changed.connect(self._go_by)
        self.home = Home(profile, self.window, self.tasks.child(), self._theme)
        self._guard(profile, self.home)
        self.desktop.open(self.preferences, self.home)
        self._bridge.events.connect(self.desktop.take)
        self._go_by(settings)
        self.window.show_page(self.window.main)
        self.home.open(self._link)
        self._link = None

    def _guard(self, profile: Profile, home: Home) -> None:
        """From now on the window can be locked."""
        self.lock = Lock(profile, self.window, home.desk, self.tasks.child())
        self.lock.changed.connect(self.desktop.hide_contents)
        self.lock.changed.connect(home.look)
        self._idleness.reached.connect(self.lock.lock)
        self._idleness.lock_pressed.connect(self.lock.lock)
        self.desktop.tray.lock_wanted.connect(self.lock.lock)

    def show_settings(self) -> None:
        """Open the settings, once the profile is open."""
        if self.home is None or self.preferences is None or self.lock is None or self.lock.is_locked:
            return
        tasks = self.tasks.child()
        profile, has_tray = self.home.profile, self.desktop.tray.is_there
        pages = settings_pages(
            profile, self.preferences, tasks, self._theme, folder=self._state.folder, has_tray=has_tray
        )
        dialog = SettingsDialog(pages, self.window)
        dialog.renamed.connect(self.window.main.contacts.show_account)
        self.home.desk.show(dialog, tasks)

    def _go_by(self, settings: Settings) -> None:
        self._idleness.wait(settings.lock_after_minutes)
        self._theme.choose(settings.appearance, settings.text_size_percent)
        self._state.keep_look(settings)

    def _take_start(self, link: str | None) -> None:
        """Somebody started Kith again: here it is, and the link waits until the profile is open."""
        self.desktop.come_to_front()
        if link is None:
            return
        if self.home is None:
            self._link = link
        else:
            self.home.desk.add(link)

    async def _close(self) -> None:
        self.desktop.close()
        self.window.hide()
        await self._bridge.close()
        await self.tasks.close()
        try:
            if self._messenger is not None:
                await self._bridge.call(self._messenger.close)
        except KithError as error:
            logger.warning("the profile was not closed in order: %s", error.kind)
        finally:
            await self._bridge.call(self._gate.close)
            await self._stop_engine()
        self.window.deleteLater()

    async def _stop_engine(self) -> None:
        self._engine.stop()
        await asyncio.wrap_future(self._engine.finished)
        self._engine.join()
