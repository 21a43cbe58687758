"""The desktop front-end: Qt, its event loop, one window on one profile."""

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.gui.application import Application
from app.gui.desktop.autostart import APPLICATION_ID
from app.gui.desktop.window_state import WindowState
from app.gui.event_loop import EventLoop
from app.gui.garbage import GarbageCollector
from app.gui.termination import on_termination
from app.gui.theme.app_icon import app_icon
from app.gui.theme.theme import Theme
from app.gui.translation import install
from app.services.gate import DesktopGate


def run(gate: DesktopGate, link: str | None, folder: Path | None = None) -> int:
    """Show the window until it is closed; returns the process's exit status.

    ``link`` is a contact to add; in ``folder``, the profile's, the window keeps what it needs before the passphrase.
    """
    qt = QApplication(sys.argv[:1])
    qt.setApplicationName("Kith")
    qt.setDesktopFileName(APPLICATION_ID)
    qt.setQuitOnLastWindowClosed(False)
    qt.setWindowIcon(app_icon())
    state = WindowState(folder)
    install(qt, state.language)
    theme = Theme(qt)
    theme.choose(state.appearance, state.text_size_percent)
    with GarbageCollector(), EventLoop(qt) as loop:
        application = Application(gate, theme, link, state=state)
        with on_termination(application.quit):
            loop.run_until_complete(application.run())
    return 0
