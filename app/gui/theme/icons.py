"""Icons, drawn: sharp at any scale, in any colour, and nothing to ship.

Each drawing is made of polylines and circles on a square of 20 units.
"""

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from app.gui.theme.tokens import Size

_UNITS = 20.0
_SHARPNESS = 3
"""Pixmaps of icons have this many device pixels a pixel: enough for every screen."""

Line = tuple[tuple[float, float], ...]
Circle = tuple[float, float, float]
"""Centre and radius."""


class Glyph(Enum):
    """What can be drawn: lines and circles."""

    CLOCK = (((10, 6), (10, 10.4), (13, 12)),), ((10, 10, 7),)
    CHECK = (((3.5, 10.5), (8, 15), (16.5, 5.5)),), ()
    CHECKS = (((1, 10.5), (5.5, 15), (13, 5.5)), ((8.6, 13.4), (10.2, 15), (18.5, 5.5))), ()
    ALERT = (((10, 5.8), (10, 10.8)), ((10, 13.9), (10, 14.1))), ((10, 10, 7.5),)
    SEND = (((10, 16.5), (10, 3.8)), ((4.4, 9.2), (10, 3.6), (15.6, 9.2))), ()
    DOWN = (((10, 3.5), (10, 16.2)), ((4.4, 10.8), (10, 16.4), (15.6, 10.8))), ()
    CLOSE = (((5.5, 5.5), (14.5, 14.5)), ((14.5, 5.5), (5.5, 14.5))), ()
    LINK = (
        (
            ((8.6, 11.4), (11.4, 8.6)),
            ((9.4, 6), (12, 3.4), (14, 3.2), (16.6, 5.8), (16.6, 8), (14, 10.6)),
            ((10.6, 14), (8, 16.6), (6, 16.8), (3.4, 14.2), (3.4, 12), (6, 9.4)),
        ),
        (),
    )
    INVITE = (((3, 16.5), (3.4, 14.4), (5, 13), (10.6, 13), (12.2, 14.4), (12.6, 16.5)), ((16, 6), (16, 11)),
              ((13.5, 8.5), (18.5, 8.5))), ((7.8, 7.4, 3),)  # fmt: skip
    MUTED = (((4.5, 14.2), (15.5, 14.2)), ((6, 14), (6.4, 8.6), (8, 6.2), (10, 5.6), (12, 6.2), (13.6, 8.6), (14, 14)),
             ((9, 16.6), (11, 16.6)), ((3.6, 3.4), (16.4, 17.4))), ()  # fmt: skip
    SMILE = (((7.2, 7.8), (7.2, 8.6)), ((12.8, 7.8), (12.8, 8.6)), ((6.4, 11.8), (7.6, 13.2), (9.2, 14), (10.8, 14),
             (12.4, 13.2), (13.6, 11.8))), ((10, 10, 7.5),)  # fmt: skip
    SEARCH = (((13.2, 13.2), (17, 17)),), ((9, 9, 5.5),)
    SETTINGS = (
        (
            ((15.4, 10.0), (17.8, 10.0)),
            ((13.8, 13.8), (15.5, 15.5)),
            ((10.0, 15.4), (10.0, 17.8)),
            ((6.2, 13.8), (4.5, 15.5)),
            ((4.6, 10.0), (2.2, 10.0)),
            ((6.2, 6.2), (4.5, 4.5)),
            ((10.0, 4.6), (10.0, 2.2)),
            ((13.8, 6.2), (15.5, 4.5)),
        ),
        ((10, 10, 5.2), (10, 10, 1.9)),
    )
    INFO = (((10, 9.4), (10, 14)), ((10, 6.4), (10, 6.6))), ((10, 10, 7.5),)
    VERIFIED = (((6.4, 10.4), (9, 13), (13.8, 7.4)),), ((10, 10, 7.5),)


def draw(painter: QPainter, glyph: Glyph, area: QRectF, colour: QColor) -> None:
    """Draw into the square ``area``."""
    lines, circles = glyph.value
    scale = area.width() / _UNITS
    pen = QPen(colour, Size.STROKE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in lines:
        painter.drawPolyline(QPolygonF([area.topLeft() + QPointF(x, y) * scale for x, y in line]))
    for x, y, radius in circles:
        painter.drawEllipse(area.topLeft() + QPointF(x, y) * scale, radius * scale, radius * scale)
    painter.restore()


def icon(glyph: Glyph, colour: QColor, size: int = Size.ICON) -> QIcon:
    """The glyph for a button."""
    pixmap = QPixmap(QSize(size, size) * _SHARPNESS)
    pixmap.setDevicePixelRatio(_SHARPNESS)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw(painter, glyph, QRectF(0, 0, size, size), colour)
    painter.end()
    return QIcon(pixmap)
