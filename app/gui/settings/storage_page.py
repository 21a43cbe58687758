"""Where the profile lies, and how much room it takes."""

import shutil
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLineEdit, QWidget

from app.gui.bridge import Bridge
from app.gui.settings.page import SettingsPage
from app.gui.sizes import size
from app.gui.tasks import TaskOwner
from app.gui.widgets.parts import button, label


class StoragePage(SettingsPage):
    """The folder, its size, and what is free beside it."""

    def __init__(self, bridge: Bridge, tasks: TaskOwner, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Storage"))
        self._bridge = bridge
        self._tasks = tasks.child(self.fail)
        self._folder = folder
        self.sizes = label("", "muted", wrap=True)
        self.path = QLineEdit(str(folder))
        self.path.setReadOnly(True)
        self.path.setAccessibleName(self.tr("Folder of the profile"))
        self.open_button = button(self.tr("Open"))
        self.content.addWidget(self.sizes)
        self.add_section(
            self.tr("Folder of the profile"),
            self.tr("Everything in it is encrypted. A copy of the folder is no backup: sessions in it go out of date."),
        )
        self.add_row(self.path, self.open_button)
        self.end()
        self.open_button.clicked.connect(self._open)

    def opened(self) -> None:
        self._tasks.start(self._read(), name="storage: read")

    async def _read(self) -> None:
        used, free = await self._bridge.aside(measured, self._folder)
        words = self.tr("Kith uses {used}. {free} are free on this disk.")
        self.sizes.setText(words.format(used=size(used), free=size(free)))

    def _open(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder))):
            self.fail(self.tr("No program opens folders here."))


def measured(folder: Path) -> tuple[int, int]:
    """Bytes that the folder's files take, and that are free; a worker's job."""
    used = 0
    for path in folder.rglob("*"):
        try:
            used += path.lstat().st_size if path.is_file() else 0
        except OSError:  # gone meanwhile
            continue
    return used, shutil.disk_usage(folder).free
