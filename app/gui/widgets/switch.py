"""A switch: what it says holds at once, while it is on."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size, Space


class Switch(QCheckBox):
    """A check box that looks like a switch, with its text beside it."""

    def __init__(self, text: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        text = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(Size.SWITCH_WIDTH + Space.M + text, Size.SWITCH_HEIGHT + 2 * Space.XS)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        return self.sizeHint()

    def hitButton(self, position: QPoint) -> bool:  # noqa: N802 (Qt's name)
        return self.rect().contains(position)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - Size.SWITCH_HEIGHT) / 2
        mirrored = self.isRightToLeft()
        start = self.width() - Size.SWITCH_WIDTH if mirrored else 0
        track = QRectF(start, top, Size.SWITCH_WIDTH, Size.SWITCH_HEIGHT)
        inner = track.adjusted(Size.STROKE, Size.STROKE, -Size.STROKE, -Size.STROKE)
        on = self.isChecked()
        colour = "accent" if on and self.isEnabled() else "muted" if self.isEnabled() else "border"
        painter.setPen(self._theme.colour("text" if self.hasFocus() else colour))
        painter.setBrush(self._theme.colour(colour if on else "surface"))
        painter.drawRoundedRect(inner, inner.height() / 2, inner.height() / 2)
        knob = inner.height() - 2 * Space.XS + Space.HAIR
        left = inner.right() - Space.XS - knob if on is not mirrored else inner.left() + Space.XS
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("on_accent" if on else colour))
        painter.drawEllipse(QRectF(left, inner.center().y() - knob / 2, knob, knob))
        painter.setPen(self._theme.colour("text" if self.isEnabled() else "muted"))
        room = Size.SWITCH_WIDTH + Space.M
        text = QRectF(self.rect()).adjusted(0 if mirrored else room, 0, -room if mirrored else 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()
