"""Paints a row of the contact list: avatar, name, time, last line, what is unread, who is online."""

import time

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.contact import ContactProblem, ContactState, ContactSummary
from app.gui.formatting import list_time, one_line
from app.gui.models.contact_list import ContactRole
from app.gui.models.contact_words import standing
from app.gui.theme.icons import Glyph, draw
from app.gui.theme.theme import Theme, font
from app.gui.theme.tokens import Radius, Size, Space, Type
from app.gui.widgets.avatar import paint_avatar, paint_online_dot

_MOST_COUNTED = 99
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ContactDelegate(QStyledItemDelegate):
    """Two lines beside an avatar."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(  # noqa: N802 (Qt's name)
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(option.rect.width(), Size.CONTACT_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        contact = index.data(ContactRole.CONTACT)
        if not isinstance(contact, ContactSummary):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = QRectF(option.rect).adjusted(Space.S, Space.HAIR, -Space.S, -Space.HAIR)
        behind = self._theme.colour(self._background(option))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(behind)
        painter.drawRoundedRect(row, Radius.BUBBLE, Radius.BUBBLE)
        avatar = QRectF(row.left() + Space.S, row.center().y() - Size.AVATAR / 2, Size.AVATAR, Size.AVATAR)
        paint_avatar(painter, avatar, contact.contact, contact.name)
        if contact.online:
            paint_online_dot(painter, avatar, self._theme, behind)
        text = row.adjusted(Space.S + Size.AVATAR + Space.M, Space.M, -Space.M, -Space.M)
        half = text.height() / 2
        self._paint_first_line(painter, QRectF(text.left(), text.top(), text.width(), half), contact)
        self.paint_second_line(painter, QRectF(text.left(), text.top() + half, text.width(), half), index)
        painter.restore()

    def _background(self, option: QStyleOptionViewItem) -> str:
        if option.state & QStyle.StateFlag.State_Selected:
            return "accent_surface"
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        return "hover" if hovered or option.state & QStyle.StateFlag.State_HasFocus else "window"

    def _paint_first_line(self, painter: QPainter, area: QRectF, contact: ContactSummary) -> None:
        when = "" if contact.last_message_at is None else list_time(contact.last_message_at, time.time())
        small, strong = font(Type.SMALL), font(Type.STRONG, QFont.Weight.DemiBold)
        when_width = QFontMetricsF(small).horizontalAdvance(when)
        painter.setFont(small)
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, when)
        mark = Size.STATE_ICON + Space.XS if contact.verified else 0
        room = area.width() - when_width - Space.S - mark
        metrics = QFontMetricsF(strong)
        name = metrics.elidedText(contact.name, Qt.TextElideMode.ElideRight, room)
        painter.setFont(strong)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(area, _LEFT, name)
        if contact.verified:
            left = area.left() + metrics.horizontalAdvance(name) + Space.XS
            box = QRectF(left, area.center().y() - Size.STATE_ICON / 2, Size.STATE_ICON, Size.STATE_ICON)
            draw(painter, Glyph.VERIFIED, box, self._theme.colour("accent"))

    def paint_second_line(self, painter: QPainter, area: QRectF, index: QModelIndex | QPersistentModelIndex) -> None:
        contact = index.data(ContactRole.CONTACT)
        badge = self._paint_badge(painter, area, contact.unread)
        body = font(Type.BODY)
        text, colour = _second_line(contact)
        shown = QFontMetricsF(body).elidedText(text, Qt.TextElideMode.ElideRight, area.width() - badge)
        painter.setFont(body)
        painter.setPen(self._theme.colour(colour))
        painter.drawText(area, _LEFT, shown)

    def _paint_badge(self, painter: QPainter, area: QRectF, unread: int) -> float:
        """Paint the count; returns the width it takes."""
        if not unread:
            return 0
        text = str(unread) if unread <= _MOST_COUNTED else f"{_MOST_COUNTED}+"
        small = font(Type.CAPTION, QFont.Weight.DemiBold)
        width = max(Size.BADGE, QFontMetricsF(small).horizontalAdvance(text) + Space.M)
        badge = QRectF(area.right() - width, area.center().y() - Size.BADGE / 2, width, Size.BADGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("accent"))
        painter.drawRoundedRect(badge, Size.BADGE / 2, Size.BADGE / 2)
        painter.setFont(small)
        painter.setPen(self._theme.colour("on_accent"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
        return width + Space.S


def _second_line(contact: ContactSummary) -> tuple[str, str]:
    """Text and colour: a problem first, then what was said last, else how the contact stands."""
    if contact.problem is not ContactProblem.NONE:
        return standing(contact), "danger"
    if contact.state is ContactState.PENDING or contact.last_message is None:
        return standing(contact), "muted"
    return one_line(contact.last_message), "muted"
