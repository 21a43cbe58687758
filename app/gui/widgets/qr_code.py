"""A QR code, crisp: each module is a whole number of the screen's own pixels, with its quiet zone."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.gui.theme.tokens import QR_DARK, QR_LIGHT, Radius, Size


def qr_image(text: str) -> QImage:
    """The code of ``text``, one pixel a module, quiet zone included, at error correction M."""
    import segno  # noqa: PLC0415 - a start without a code on the screen saves five megabytes

    code = segno.make_qr(text, error="m", boost_error=False)
    rows = [list(modules) for modules in code.matrix_iter(scale=1, border=Size.QR_QUIET_MODULES)]
    image = QImage(len(rows[0]), len(rows), QImage.Format.Format_RGB32)
    colours = (QColor(QR_LIGHT), QColor(QR_DARK))
    for y, modules in enumerate(rows):
        for x, dark in enumerate(modules):
            image.setPixelColor(x, y, colours[dark])
    return image


class QrCode(QWidget):
    """Shows a code on a light card, in both colour schemes; ``name`` is for screen readers."""

    def __init__(self, name: str, parent: QWidget | None = None, *, side: int = Size.QR_SIDE) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.setFixedSize(QSize(side, side))
        self.setAccessibleName(name)

    def show_text(self, text: str) -> None:
        """Show the code of ``text``; none when it is empty."""
        self._image = qr_image(text) if text else None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QPainterPath()
        card.addRoundedRect(QRectF(self.rect()), Radius.BUBBLE, Radius.BUBBLE)
        painter.fillPath(card, QColor(QR_LIGHT))
        painter.setClipPath(card)
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(self._place(self._image), self._image)
        painter.end()

    def _place(self, image: QImage) -> QRectF:
        """The middle, as large as whole device pixels a module allow."""
        density = self.devicePixelRatioF()
        module = int(self.width() * density / image.width()) / density
        side = module * image.width()
        offset = int((self.width() - side) / 2 * density) / density
        return QRectF(offset, offset, side, side)
