r"""Start with the desktop's session: off unless it was chosen, by the means of each system.

Linux     $XDG_CONFIG_HOME/autostart/im.kith.Kith.desktop   (Desktop Application Autostart Specification 0.5)
macOS     ~/Library/LaunchAgents/im.kith.Kith.plist
Windows   HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QSettings

APPLICATION_ID = "im.kith.Kith"
_RUN_KEY = r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run"
_RESERVED = '"`$\\'
"""Within the quotes of a desktop entry these take a backslash."""


class Autostart(Protocol):
    """One of the means.  Methods may raise OSError."""

    def is_on(self) -> bool: ...

    def switch_on(self, command: Sequence[str]) -> None: ...

    def switch_off(self) -> None: ...


class DesktopEntry:
    """An entry in the autostart folder."""

    def __init__(self, config_home: Path) -> None:
        self.path = config_home / "autostart" / f"{APPLICATION_ID}.desktop"

    def is_on(self) -> bool:
        return self.path.is_file()

    def switch_on(self, command: Sequence[str]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = ["[Desktop Entry]", "Type=Application", "Name=Kith", f"Exec={_as_exec(command)}", "Terminal=false"]
        self.path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def switch_off(self) -> None:
        self.path.unlink(missing_ok=True)


class LaunchAgent:
    """A property list for launchd."""

    def __init__(self, home: Path) -> None:
        self.path = home / "Library" / "LaunchAgents" / f"{APPLICATION_ID}.plist"

    def is_on(self) -> bool:
        return self.path.is_file()

    def switch_on(self, command: Sequence[str]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        agent = {"Label": APPLICATION_ID, "ProgramArguments": list(command), "RunAtLoad": True}
        import plistlib  # noqa: PLC0415 - and a parser of XML: on macOS alone, and once

        self.path.write_bytes(plistlib.dumps(agent))

    def switch_off(self) -> None:
        self.path.unlink(missing_ok=True)


class RunKey:
    """A value in the registry, or wherever ``settings`` writes."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def is_on(self) -> bool:
        return self._settings.contains(APPLICATION_ID)

    def switch_on(self, command: Sequence[str]) -> None:
        self._settings.setValue(APPLICATION_ID, subprocess.list2cmdline(command))
        self._synchronise()

    def switch_off(self) -> None:
        self._settings.remove(APPLICATION_ID)
        self._synchronise()

    def _synchronise(self) -> None:
        self._settings.sync()
        if self._settings.status() is not QSettings.Status.NoError:
            raise OSError("the registry cannot be written")


def of_this_system() -> Autostart:
    if sys.platform == "win32":
        return RunKey(QSettings(_RUN_KEY, QSettings.Format.NativeFormat))
    if sys.platform == "darwin":
        return LaunchAgent(Path.home())
    return DesktopEntry(Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"))


def start_command(profile: Path | None) -> list[str]:
    """What starts this Kith on this profile."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    return program if profile is None else [*program, "--profile", str(profile.absolute())]


def _as_exec(command: Sequence[str]) -> str:
    return " ".join(_quoted(part) for part in command)


def _quoted(part: str) -> str:
    """A part of an Exec line: quoted, and once more escaped as every string of an entry is."""
    inner = "".join(f"\\{letter}" if letter in _RESERVED else letter for letter in part)
    return '"' + inner.replace("\\", "\\\\").replace("%", "%%") + '"'
