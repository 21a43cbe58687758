"""Where a code comes in: dropped, chosen as a file, out of the clipboard, or before a camera where there is one."""

from pathlib import Path

from PySide6.QtCore import QRectF, QStandardPaths, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QFrame, QWidget

from app.gui.bridge import Bridge
from app.gui.codes import camera
from app.gui.codes.camera_dialog import CameraDialog
from app.gui.codes.offered import is_offered, offered
from app.gui.codes.picture import Source
from app.gui.codes.problem import CodeError
from app.gui.codes.reader import CodeKind, read_code
from app.gui.dialogs.opening import open_over
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Radius, Size, Space
from app.gui.widgets.parts import button, column, label, row


class CodeDrop(QFrame):
    """A field to drop pictures on, with the other ways as buttons in it; pictures are read on a worker thread."""

    read = Signal(str)
    """What the code says, or the link that was dropped or copied."""
    failed = Signal(str)
    """The sentence why there is no code."""

    def __init__(
        self, bridge: Bridge, tasks: TaskOwner, wanted: CodeKind, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._bridge = bridge
        self._tasks = tasks
        self._wanted = wanted
        self._theme = theme
        self._latest = 0
        self._dragged = False
        self.hint = label(self.tr("Drop a picture of the code here"), "muted", centred=True)
        self.file_button = button(self.tr("Choose a picture"))
        self.clipboard_button = button(self.tr("From the clipboard"))
        self.camera_button = button(self.tr("Camera"))
        self.camera_button.setVisible(camera.is_there())
        self._lay_out()
        theme.changed.connect(self.update)
        self.file_button.clicked.connect(self._choose)
        self.clipboard_button.clicked.connect(self._paste)
        self.camera_button.clicked.connect(self._open_camera)

    def take(self, offer: str | Source) -> None:
        """Read the picture; a link is told as it is."""
        self._latest += 1
        if isinstance(offer, str):
            self.read.emit(offer)
        else:
            self.hint.setText(self.tr("Reading the picture …"))
            self._tasks.start(self._read(offer, self._latest), name="code: read")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 (Qt's name)
        if is_offered(event.mimeData()):
            event.acceptProposedAction()
            self._highlight(dragged=True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802 (Qt's name)
        self._highlight(dragged=False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 (Qt's name)
        self._highlight(dragged=False)
        event.acceptProposedAction()
        try:
            self.take(offered(event.mimeData()))
        except CodeError as error:
            self.failed.emit(error.sentence)

    def _lay_out(self) -> None:
        buttons = row(spacing=Space.S)
        buttons.addStretch()
        for each in (self.file_button, self.clipboard_button, self.camera_button):
            buttons.addWidget(each)
        buttons.addStretch()
        content = column(self, margin=Space.L, spacing=Space.M)
        content.addWidget(self.hint)
        content.addLayout(buttons)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(
            QPen(self._theme.colour("accent" if self._dragged else "muted"), Size.STROKE, Qt.PenStyle.DotLine)
        )
        painter.setBrush(self._theme.colour("accent_surface" if self._dragged else "window"))
        edge = Size.STROKE / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), Radius.BUBBLE, Radius.BUBBLE)
        painter.end()

    def _highlight(self, *, dragged: bool) -> None:
        self._dragged = dragged
        self.update()

    def _choose(self) -> None:
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        dialog = QFileDialog(self, self.tr("Choose a picture of the code"), pictures)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        patterns = "*.png *.jpg *.jpeg *.webp *.gif *.bmp"
        dialog.setNameFilters([self.tr("Pictures") + f" ({patterns})", self.tr("All files") + " (*)"])
        dialog.fileSelected.connect(lambda chosen: self.take(Path(chosen)))
        dialog.open()

    def _paste(self) -> None:
        try:
            self.take(offered(QGuiApplication.clipboard().mimeData()))
        except CodeError as error:
            self.failed.emit(error.sentence)

    def _open_camera(self) -> None:
        tasks = self._tasks.child()
        dialog = CameraDialog(camera.start(), self._bridge, tasks, self._wanted, self.window())
        dialog.read.connect(self.read)
        open_over(self._tasks, dialog, tasks)

    async def _read(self, source: Source, number: int) -> None:
        """The last one asked for counts: another may have been dropped meanwhile."""
        try:
            text = await self._bridge.aside(read_code, source, self._wanted)
        except CodeError as error:
            if number == self._latest:
                self.failed.emit(error.sentence)
        else:
            if number == self._latest:
                self.read.emit(text)
        finally:
            if number == self._latest:
                self.hint.setText(self.tr("Drop a picture of the code here"))
