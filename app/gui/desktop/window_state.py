"""What the window remembers outside of the profile, for it is needed before the passphrase: place, colours, language.

A small file in the profile folder, ``window.ini``.  It holds nothing that tells who one talks to, and a value in it
that is none of ours reads as the default.
"""

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QWidget

from app.domain.settings import LOCK_MINUTES, TEXT_SIZES_PERCENT, Appearance, Settings

FILE = "window.ini"
PRIVATE_FILE = 0o600

_MAX_LANGUAGE_CHARACTERS = 35
"""Of a BCP 47 tag, as its own section 4.4 recommends."""


class WindowState:
    """Reads and writes the file; without a folder, or before the profile is made, nothing is kept."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._file = None if folder is None else QSettings(str(folder / FILE), QSettings.Format.IniFormat)

    # --- the look, a copy of the profile's settings

    @property
    def appearance(self) -> Appearance:
        text = self._text("appearance")
        return Appearance(text) if text in list(Appearance) else Appearance.SYSTEM

    @property
    def text_size_percent(self) -> int:
        text = self._text("text_size_percent")
        percent = int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(max(LOCK_MINUTES))) else 0
        return percent if percent in TEXT_SIZES_PERCENT else Settings().text_size_percent

    @property
    def language(self) -> str:
        return self._text("language")[:_MAX_LANGUAGE_CHARACTERS]

    def keep_look(self, settings: Settings) -> None:
        """For the next start, before the profile is open."""
        self._keep("appearance", settings.appearance.value)
        self._keep("text_size_percent", str(settings.text_size_percent))
        self._keep("language", settings.language)

    # --- the window

    def restore(self, window: QWidget) -> None:
        """Put the window where it was; Qt sees to it that it lies on a screen that is there."""
        value = None if self._file is None else self._file.value("geometry")
        if isinstance(value, QByteArray):
            window.restoreGeometry(value)

    def keep_place(self, window: QWidget) -> None:
        self._keep("geometry", window.saveGeometry())

    @property
    def told_of_tray(self) -> bool:
        """Whether it was said that Kith goes on when its window is closed."""
        return self._text("told_of_tray") == "yes"

    def keep_told_of_tray(self) -> None:
        self._keep("told_of_tray", "yes")

    def _text(self, name: str) -> str:
        value = None if self._file is None else self._file.value(name)
        return value if isinstance(value, str) else ""

    def _keep(self, name: str, value: object) -> None:
        if self._file is not None and self.folder is not None and self.folder.is_dir():
            with suppress(OSError):
                (self.folder / FILE).touch(mode=PRIVATE_FILE)  # which stays its mode when it is replaced
            self._file.setValue(name, value)
