"""Paints a row of the contact list: avatar, name, time, last line, what is unread, who is online."""

import time

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.contact import ContactProblem, ContactState, ContactSummary
from app.gui.formatting import list_time, one_line
from app.gui.models.contact_list import ContactRole
from app.gui.models.contact_words import is_writing, last_line, standing
from app.gui.plain_text import plain
from app.gui.theme.icons import Glyph, draw
from app.gui.theme.theme import Theme, font, scaled
from app.gui.theme.tokens import Radius, Size, Space, Type
from app.gui.translation import translate
from app.gui.widgets.avatar import paint_avatar, paint_online_dot
from app.gui.widgets.bubble_layout import elided

_MOST_COUNTED = 99
_LEADING = int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
_TRAILING = int(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)


class ContactDelegate(QStyledItemDelegate):
    """Two lines beside an avatar."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(  # noqa: N802 (Qt's name)
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(option.rect.width(), scaled(Size.CONTACT_HEIGHT))

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
        backwards = option.direction == Qt.LayoutDirection.RightToLeft
        avatar = QRectF(row.left() + Space.S, row.center().y() - Size.AVATAR / 2, Size.AVATAR, Size.AVATAR)
        avatar = mirrored(avatar, row, backwards=backwards)
        paint_avatar(painter, avatar, contact.contact, contact.name)
        if contact.online:
            paint_online_dot(painter, avatar, self._theme, behind, hollow=contact.path == "relayed")
        text = mirrored(row.adjusted(Space.S + Size.AVATAR + Space.M, 0, -Space.M, 0), row, backwards=backwards)
        half = text.height() / 2 - Space.M
        first = QRectF(text.left(), text.top() + Space.M, text.width(), half)
        self._paint_first_line(painter, first, contact, backwards=backwards)
        self.paint_second_line(painter, first.translated(0, half), index)
        painter.restore()

    def _background(self, option: QStyleOptionViewItem) -> str:
        if option.state & QStyle.StateFlag.State_Selected:
            return "accent_surface"
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        return "hover" if hovered or option.state & QStyle.StateFlag.State_HasFocus else "window"

    def _paint_first_line(self, painter: QPainter, area: QRectF, contact: ContactSummary, *, backwards: bool) -> None:
        when = "" if contact.last_message_at is None else list_time(contact.last_message_at, time.time())
        small, strong = font(Type.SMALL), font(Type.STRONG, QFont.Weight.DemiBold)
        when_width = QFontMetricsF(small).horizontalAdvance(when)
        painter.setFont(small)
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(area, _TRAILING, when)
        marks = [(Glyph.VERIFIED, "accent")] * contact.verified + [(Glyph.MUTED, "muted")] * is_muted(contact)
        metrics = QFontMetricsF(strong)
        room = area.width() - when_width - Space.S - len(marks) * (Size.STATE_ICON + Space.XS)
        name = elided(plain(contact.name), strong, room)
        painter.setFont(strong)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(area, _LEADING, name)
        left = area.left() + metrics.horizontalAdvance(name) + Space.XS
        for number, (glyph, colour) in enumerate(marks):
            at = left + number * (Size.STATE_ICON + Space.XS)
            box = QRectF(at, area.center().y() - Size.STATE_ICON / 2, Size.STATE_ICON, Size.STATE_ICON)
            draw(painter, glyph, mirrored(box, area, backwards=backwards), self._theme.colour(colour))

    def paint_second_line(self, painter: QPainter, area: QRectF, index: QModelIndex | QPersistentModelIndex) -> None:
        contact = index.data(ContactRole.CONTACT)
        backwards = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        badge = self._paint_badge(painter, area, contact, backwards=backwards)
        rest = mirrored(area.adjusted(0, 0, -badge, 0), area, backwards=backwards)
        body = font(Type.BODY)
        text, colour = (is_writing(), "accent") if index.data(ContactRole.TYPING) else _second_line(contact)
        painter.setFont(body)
        painter.setPen(self._theme.colour(colour))
        painter.drawText(rest, _LEADING, elided(text, body, rest.width()))

    def _paint_badge(self, painter: QPainter, area: QRectF, contact: ContactSummary, *, backwards: bool) -> float:
        """Paint the count, quietly if the contact is muted; returns the width it takes."""
        unread = contact.unread
        if not unread:
            return 0
        text = str(unread) if unread <= _MOST_COUNTED else f"{_MOST_COUNTED}+"
        small = font(Type.CAPTION, QFont.Weight.DemiBold)
        width = max(Size.BADGE, QFontMetricsF(small).horizontalAdvance(text) + Space.M)
        badge = QRectF(area.right() - width, area.center().y() - Size.BADGE / 2, width, Size.BADGE)
        badge = mirrored(badge, area, backwards=backwards)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("muted" if is_muted(contact) else "accent"))
        painter.drawRoundedRect(badge, Size.BADGE / 2, Size.BADGE / 2)
        painter.setFont(small)
        painter.setPen(self._theme.colour("surface" if is_muted(contact) else "on_accent"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
        return width + Space.S


def is_muted(contact: ContactSummary) -> bool:
    """Whether nothing of the contact is announced now."""
    return contact.muted_until is not None and contact.muted_until > time.time()


def mirrored(place: QRectF, within: QRectF, *, backwards: bool) -> QRectF:
    """The place as seen in a mirror, where the window runs from right to left."""
    if not backwards:
        return place
    return QRectF(within.left() + within.right() - place.right(), place.top(), place.width(), place.height())


def _second_line(contact: ContactSummary) -> tuple[str, str]:
    """Text and colour: a problem first, then what is being written, then what was said last."""
    if contact.problem is not ContactProblem.NONE:
        return standing(contact), "danger"
    if contact.draft:
        return translate("ContactWords", "Draft: {text}").format(text=one_line(contact.draft)), "accent"
    if contact.state is ContactState.PENDING or contact.last_message is None:
        return standing(contact), "muted"
    return last_line(contact), "muted"
