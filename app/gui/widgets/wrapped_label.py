"""A label whose words wrap, and break where one is longer than the line: a name may be 64 letters without a space."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QWidget


class WrappedLabel(QLabel):
    """Plain text.  Qt's own label does all but the text with such a word, which it would cut off."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """No word asks for width."""
        return QSize(0, super().minimumSizeHint().height())

    def heightForWidth(self, width: int) -> int:  # noqa: N802 (Qt's name)
        if self._fits(width):
            return super().heightForWidth(width)
        margins = self.contentsMargins()
        _, height = self._laid_out(width - margins.left() - margins.right())
        return height + margins.top() + margins.bottom()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        if self._fits(self.width()):
            super().paintEvent(event)
            return
        area = self.contentsRect()
        layout, height = self._laid_out(area.width())
        is_centred = self.alignment() & Qt.AlignmentFlag.AlignVCenter
        top = area.top() + ((area.height() - height) / 2 if is_centred else 0)
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        layout.draw(painter, QPointF(area.left(), top))
        painter.end()

    def _fits(self, width: int) -> bool:
        """Whether the longest word does."""
        return super().minimumSizeHint().width() <= width

    def _laid_out(self, width: int) -> tuple[QTextLayout, int]:
        """The text in lines of that width, and how high they are."""
        option = QTextOption(self.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(self.layoutDirection())
        layout = QTextLayout(self.text().replace("\n", "\u2028"), self.font())
        layout.setTextOption(option)
        height = 0.0
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 1))
            line.setPosition(QPointF(0, height))
            height += line.height()
        layout.endLayout()
        return layout, round(height + 0.5)
