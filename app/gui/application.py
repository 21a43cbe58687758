"""One profile on the screen, from the first page to the last commit.

The parts in their order of life: engine thread, bridge, window, open profile, :class:`Home`.  They end in the opposite
order: first nothing new comes in, then the tasks of the GUI end, those that write to the profile by finishing, then the
messenger closes on its own loop, and last its thread ends.
"""

import asyncio
import logging

from PySide6.QtCore import QObject

from app.domain.errors import ErrorKind, KithError
from app.gui.bridge import Bridge
from app.gui.engine_thread import EngineThread
from app.gui.home import Home
from app.gui.profile import Profile
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import Theme
from app.gui.window import Window
from app.services.gate import Gate
from app.services.messenger import Messenger

logger = logging.getLogger(__name__)


class Application(QObject):
    """Runs until its window is closed or :meth:`quit` is called."""

    def __init__(self, gate: Gate, theme: Theme, link: str | None = None) -> None:
        super().__init__()
        self._gate = gate
        self._link = link
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
        self.window.close_wanted.connect(self.quit)
        self.window.welcome.submitted.connect(self._create)
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
        if await self._bridge.call_plain(self._gate.exists):
            self.window.show_page(self.window.unlock)
            self._unlock_tasks.start(self._open_by_keyring(), name="profile: keyring", finish=True)
        else:
            self.window.show_page(self.window.welcome)
        self.window.show()

    def _create(self, name: str, passphrase: str | None) -> None:
        self._welcome_tasks.start(self._create_profile(name, passphrase), name="profile: create", finish=True)

    def _unlock(self, passphrase: str) -> None:
        self._unlock_tasks.start(self._open_profile(passphrase), name="profile: open", finish=True)

    async def _create_profile(self, name: str, passphrase: str | None) -> None:
        await self._enter(await self._bridge.call(self._gate.create, name, passphrase))

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
        self.home = Home(Profile(self._bridge, messenger, account), self.window, self.tasks.child(), self._theme)
        self.window.show_page(self.window.main)
        self.home.open(self._link)

    async def _close(self) -> None:
        self.window.hide()
        await self._bridge.close()
        await self.tasks.close()
        try:
            if self._messenger is not None:
                await self._bridge.call(self._messenger.close)
        except KithError as error:
            logger.warning("the profile was not closed in order: %s", error.kind)
        finally:
            await self._stop_engine()
        self.window.deleteLater()

    async def _stop_engine(self) -> None:
        self._engine.stop()
        await asyncio.wrap_future(self._engine.finished)
        self._engine.join()
