"""What the camera sees, until it sees a code."""

import time

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.gui.bridge import Bridge
from app.gui.codes.camera import Camera
from app.gui.codes.problem import CodeError, CodeProblem
from app.gui.codes.reader import CodeKind, read_code
from app.gui.dialogs.dialog import Dialog
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import scaled
from app.gui.theme.tokens import Radius, Size, Space
from app.gui.widgets.parts import button, label

_BETWEEN_READS_S = 0.2
"""Five looks a second find a code at once and leave the processor alone."""


class CameraDialog(Dialog):
    """Closes itself when it has read the code that is wanted."""

    read = Signal(str)

    def __init__(
        self, camera: Camera, bridge: Bridge, tasks: TaskOwner, wanted: CodeKind, parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Hold the code in front of the camera"))
        self._camera = camera
        self._bridge = bridge
        self._tasks = tasks
        self._wanted = wanted
        self._reading = False
        self._next_at = 0.0
        self.view = CameraView()
        self.note = label("", "muted", wrap=True)
        self.close_button = button(self.tr("Close"))
        self.content.addWidget(self.view)
        self.content.addWidget(self.note)
        self.add_buttons(self.close_button)
        self.close_button.clicked.connect(self.reject)
        self.finished.connect(camera.stop)
        camera.frame.connect(self._look)
        camera.failed.connect(self._fail)

    def _look(self, frame: QImage) -> None:
        self.view.show_frame(frame)
        if not self._reading and time.monotonic() >= self._next_at:
            self._reading = True
            self._tasks.start(self._read(frame), name="camera: read")

    def _fail(self) -> None:
        self.note.setText(
            self.tr("The camera gives no picture. Another program may use it, or Kith may not be allowed to.")
        )

    async def _read(self, frame: QImage) -> None:
        try:
            text = await self._bridge.aside(read_code, frame, self._wanted)
        except CodeError as error:
            if error.problem not in {CodeProblem.NO_CODE, CodeProblem.UNCLEAR}:
                self.note.setText(error.sentence)
        else:
            if self.isVisible():
                self.read.emit(text)
                self.accept()
        finally:
            self._next_at = time.monotonic() + _BETWEEN_READS_S
            self._reading = False


class CameraView(QWidget):
    """The latest frame, as large as fits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame = QImage()
        self.setFixedSize(QSize(scaled(Size.DIALOG_WIDTH) - 2 * Space.XL, scaled(Size.CAMERA_HEIGHT)))
        self.setAccessibleName(self.tr("Picture of the camera"))

    def show_frame(self, frame: QImage) -> None:
        self._frame = frame
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        rounded = QPainterPath()
        rounded.addRoundedRect(QRectF(self.rect()), Radius.BUBBLE, Radius.BUBBLE)
        painter.setClipPath(rounded)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        shown = self._frame.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - shown.width()) / 2, (self.height() - shown.height()) / 2
        painter.drawImage(QRectF(left, top, shown.width(), shown.height()), self._frame)
        painter.end()
