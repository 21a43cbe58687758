"""Drive the GUI from a coroutine on its own loop: conditions are polled, nothing sleeps blindly, no task is left."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.gui.application import Application
from app.gui.desktop.window_state import WindowState
from app.gui.event_loop import EventLoop
from app.gui.garbage import GarbageCollector
from app.gui.home import Home
from app.gui.theme.theme import Theme
from app.services.gate import DesktopGate
from app.services.messenger import Messenger
from tests.support.aio import LostTaskError, supervised
from tests.support.fake_messenger import FakeGate, FakeMessenger

T = TypeVar("T")
D = TypeVar("D", bound=QDialog)

_POLL_S = 0.005

PATIENCE_S = 30.0
"""Long, since only a test that fails waits so long, and other programs may have the computer meanwhile."""


def run_gui(coroutine: Coroutine[Any, Any, T], timeout_s: float = 3 * PATIENCE_S) -> T:
    """What the coroutine returns, on a GUI loop of its own.

    Raises:
        LostTaskError: it left tasks or threads behind.
        TimeoutError: it took longer than ``timeout_s``.
    """
    qt = QApplication.instance()
    assert isinstance(qt, QApplication), "take pytest-qt's qapp fixture"
    qt.setQuitOnLastWindowClosed(False)
    with GarbageCollector(), EventLoop(qt) as loop:
        result: T = loop.run_until_complete(supervised(coroutine, timeout_s))
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    if "engine" in {thread.name for thread in threading.enumerate()}:
        raise LostTaskError("an engine thread still runs")
    return result


async def until(condition: Callable[[], object], timeout_s: float = PATIENCE_S) -> None:
    """Return as soon as the condition holds.

    Raises:
        TimeoutError: it did not within ``timeout_s``.
    """
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(_POLL_S)


@asynccontextmanager
async def running(
    gate: DesktopGate | FakeGate, theme: Theme, link: str | None = None, *, state: WindowState | None = None
) -> AsyncIterator[Application]:
    """An application on the screen; closed by closing its window, and quit if it stays in a tray."""
    application = Application(cast(DesktopGate, gate), theme, link, state=state)
    life = asyncio.get_running_loop().create_task(application.run(), name="application")
    try:
        await until(lambda: application.window.isVisible() or life.done())
        yield application
    finally:
        application.window.close()
        application.quit()
        await life


def home_of(application: Application) -> Home:
    assert application.home is not None
    return application.home


async def dialog_of(application: Application, kind: type[D]) -> D:
    """The dialog of that kind, once it is open."""
    desk = home_of(application).desk
    await until(lambda: isinstance(desk.dialog, kind) and desk.dialog.isVisible())
    assert isinstance(desk.dialog, kind)
    return desk.dialog


async def over(parent: QWidget, kind: type[D]) -> D:
    """The one dialog of that kind that is open over ``parent``."""
    await until(lambda: any(dialog.isVisible() for dialog in parent.findChildren(kind)))
    (dialog,) = parent.findChildren(kind)
    return dialog


async def on_engine(application: Application, function: Callable[[], T]) -> T:
    """Call ``function`` where the messenger lives."""
    return await application._bridge.call_plain(function)


def as_messenger(fake: FakeMessenger) -> Messenger:
    """The fake as what it stands for; a test holds its methods against the real one's."""
    return cast(Messenger, fake)
