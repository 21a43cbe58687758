"""The desktop front-end: Qt, its event loop, one window on one profile."""

import sys

from PySide6.QtWidgets import QApplication

from app.gui.application import Application
from app.gui.event_loop import EventLoop
from app.gui.garbage import GarbageCollector
from app.gui.termination import on_termination
from app.gui.theme.theme import Theme
from app.gui.translation import install
from app.services.gate import Gate

APPLICATION_ID = "im.kith.Kith"


def run(gate: Gate, link: str | None) -> int:
    """Show the window until it is closed; ``link`` is a contact to add.  Returns the process's exit status."""
    qt = QApplication(sys.argv[:1])
    qt.setApplicationName("Kith")
    qt.setDesktopFileName(APPLICATION_ID)
    qt.setQuitOnLastWindowClosed(False)
    install(qt)
    theme = Theme(qt)
    with GarbageCollector(), EventLoop(qt) as loop:
        application = Application(gate, theme, link)
        with on_termination(application.quit):
            loop.run_until_complete(application.run())
    return 0
