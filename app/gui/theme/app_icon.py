"""Kith's own icon: two people as two discs, drawn like everything else, so that it is sharp at every size."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from app.gui.theme.tokens import LIGHT

_SIZES = (16, 22, 32, 48, 64, 128, 256)
_ROUNDING = 0.24
_DISC = 0.2
_LEFT, _RIGHT = QPointF(0.38, 0.5), QPointF(0.62, 0.5)


def app_icon() -> QIcon:
    """The icon in all sizes that desktops ask for."""
    made = QIcon()
    for size in _SIZES:
        made.addPixmap(_drawn(size))
    return made


def _drawn(size: int) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(LIGHT.accent))
    painter.drawRoundedRect(QRectF(0, 0, size, size), size * _ROUNDING, size * _ROUNDING)
    for centre, opacity in ((_LEFT, 1.0), (_RIGHT, 0.72)):
        painter.setOpacity(opacity)
        painter.setBrush(QColor(LIGHT.on_accent))
        painter.drawEllipse(centre * size, size * _DISC, size * _DISC)
    painter.end()
    return pixmap
