"""Avatars: a disc whose colour comes of the account id, so that it stays, with the initials of the name."""

import zlib

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.gui.formatting import initials
from app.gui.theme.theme import Theme, font
from app.gui.theme.tokens import AVATAR_TEXT, AVATARS, Size, Type

_LETTERS_SHARE = 0.38
"""Of the disc's diameter."""


def avatar_colour(account_id: str) -> QColor:
    """The same for the same account, on every computer."""
    return QColor(AVATARS[zlib.crc32(account_id.encode()) % len(AVATARS)])


def paint_avatar(painter: QPainter, area: QRectF, account_id: str, name: str) -> None:
    """Draw into the square ``area``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(avatar_colour(account_id))
    painter.drawEllipse(area)
    painter.setPen(QColor(AVATAR_TEXT))
    painter.setFont(_letters(area))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, initials(name))
    painter.restore()


def _letters(area: QRectF) -> QFont:
    """As high as the disc has room for: it does not grow with the size of text."""
    made = font(Type.STRONG, QFont.Weight.DemiBold)
    made.setPixelSize(round(area.width() * _LETTERS_SHARE))
    return made


def paint_online_dot(painter: QPainter, avatar: QRectF, theme: Theme, behind: QColor, *, hollow: bool = False) -> None:
    """The dot at the lower right of an avatar, in a ring of the colour behind it; hollow, where the way is a detour."""
    ring = Size.STROKE + Size.STROKE
    radius = Size.ONLINE_DOT / 2
    centre = avatar.bottomRight() - QPointF(radius, radius) + QPointF(Size.STROKE, Size.STROKE)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(behind)
    painter.drawEllipse(centre, radius + ring / 2, radius + ring / 2)
    painter.setBrush(theme.colour("online"))
    painter.drawEllipse(centre, radius - ring / 2, radius - ring / 2)
    if hollow:
        painter.setBrush(behind)
        painter.drawEllipse(centre, radius - ring, radius - ring)
    painter.restore()


class Avatar(QWidget):
    """An avatar as a widget."""

    def __init__(self, size: int = Size.AVATAR_SMALL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._account_id = ""
        self._name = ""
        self.setFixedSize(QSize(size, size))

    def show_account(self, account_id: str, name: str) -> None:
        self._account_id, self._name = account_id, name
        self.setAccessibleName(name)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        paint_avatar(painter, QRectF(self.rect()), self._account_id, self._name)
        painter.end()
