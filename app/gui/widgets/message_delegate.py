"""Paints a row of a conversation: the day above it where one begins, the bubble, text, time and state."""

import time
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.domain.message import Message, MessageState
from app.gui.formatting import clock_time, day_name, is_shortened, local_time
from app.gui.models.message_list import MessageRole, bubble_text
from app.gui.theme.icons import Glyph, draw
from app.gui.theme.theme import Theme, font
from app.gui.theme.tokens import Radius, Size, Space, Type
from app.gui.widgets.bubble_layout import BubbleLayout, BubbleLayouts

STATE_GLYPHS = {
    MessageState.QUEUED: Glyph.CLOCK,
    MessageState.SENT: Glyph.CHECK,
    MessageState.DELIVERED: Glyph.CHECKS,
    MessageState.READ: Glyph.CHECKS,
    MessageState.FAILED: Glyph.ALERT,
}

WHOLE_MESSAGE_HINT = "Open the message to read the rest"

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Row:
    """Where everything of a row stands, in the view's coordinates."""

    message: Message
    day: date | None
    bubble: QRectF
    layout: BubbleLayout
    hint_height: float

    @property
    def text_at(self) -> QPointF:
        return self.bubble.topLeft() + QPointF(Size.BUBBLE_PAD_X, Size.BUBBLE_PAD_Y)


class MessageDelegate(QStyledItemDelegate):
    """Bubbles: own ones at the right and tinted, others at the left."""

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._layouts = BubbleLayouts()
        self._prepare()
        theme.changed.connect(self._prepare)

    def sizeHint(  # noqa: N802 (Qt's name)
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        width = self._view.viewport().width()
        row = self.row(QRectF(0, 0, width, 0), index)
        if row is None:
            return QSize(width, 0)
        last = index.row() == index.model().rowCount() - 1
        return QSize(width, round(row.bubble.bottom()) + (Space.M if last else 0))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = self.row(QRectF(option.rect), index)
        if row is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.day is not None:
            self._paint_day(painter, QRectF(option.rect), row.day)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(self._theme.colour("accent") if focused else Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("own_bubble" if row.message.mine else "surface"))
        painter.drawRoundedRect(row.bubble, Radius.BUBBLE, Radius.BUBBLE)
        painter.setClipRect(row.bubble)
        painter.setPen(self._theme.colour("text"))
        row.layout.text.draw(painter, row.text_at)
        self._paint_hint(painter, row)
        self._paint_meta(painter, row)
        painter.restore()

    def row(self, area: QRectF, index: QModelIndex | QPersistentModelIndex) -> Row | None:
        """Lay the row out within ``area``."""
        message = index.data(MessageRole.MESSAGE)
        if not isinstance(message, Message):
            return None
        day = index.data(MessageRole.DAY)
        gap = Size.GROUP_GAP if index.data(MessageRole.STARTS_GROUP) else Size.ROW_GAP
        top = area.top() + (Size.DAY_HEIGHT if day is not None else gap)
        share = Size.BUBBLE_SHARE * (area.width() - 2 * Space.L)
        widest = float(int(min(Size.BUBBLE_MAX, share))) - 2 * Size.BUBBLE_PAD_X
        hint_height = self._meta_height + Space.XS if is_shortened(message.text) else 0.0
        layout = self._layouts.get(
            message.message_id, bubble_text(message), self._body, max_width=widest, meta=self._meta_size(message)
        )
        size = layout.size + QSizeF(2 * Size.BUBBLE_PAD_X, 2 * Size.BUBBLE_PAD_Y + hint_height)
        if hint_height:
            size.setWidth(max(size.width(), self._hint_width + 2 * Size.BUBBLE_PAD_X))
        left = area.right() - Space.L - size.width() if message.mine else area.left() + Space.L
        return Row(message, day, QRectF(QPointF(left, top), size), layout, hint_height)

    def _prepare(self) -> None:
        self._body, self._small = font(Type.BODY), font(Type.CAPTION)
        metrics = QFontMetricsF(self._small)
        self._meta_height = max(metrics.height(), Size.STATE_ICON)
        self._capital_height = metrics.capHeight()
        self._hint_width = metrics.horizontalAdvance(WHOLE_MESSAGE_HINT)
        self._layouts.clear()

    def _meta_size(self, message: Message) -> QSizeF:
        text = QFontMetricsF(self._small).horizontalAdvance(clock_time(message.sent_at))
        return QSizeF(text + (Size.STATE_ICON + Space.XS if message.mine else 0), self._meta_height)

    def _paint_day(self, painter: QPainter, area: QRectF, day: date) -> None:
        painter.setFont(font(Type.SMALL, QFont.Weight.Medium))
        painter.setPen(self._theme.colour("muted"))
        name = day_name(day, local_time(time.time()).date())
        strip = QRectF(area.left(), area.top(), area.width(), Size.DAY_HEIGHT)
        painter.drawText(strip, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_hint(self, painter: QPainter, row: Row) -> None:
        if row.hint_height:
            top = row.text_at.y() + row.layout.size.height() + Space.XS
            painter.setFont(self._small)
            painter.setPen(self._theme.colour("own_read" if row.message.mine else "accent"))
            area = QRectF(row.text_at.x(), top, row.bubble.width(), self._meta_height)
            painter.drawText(area, _LEFT, WHOLE_MESSAGE_HINT)

    def _paint_meta(self, painter: QPainter, row: Row) -> None:
        baseline = row.text_at + row.layout.meta
        painter.setFont(self._small)
        painter.setPen(self._theme.colour("own_muted" if row.message.mine else "muted"))
        painter.drawText(baseline, clock_time(row.message.sent_at))
        if row.message.mine:
            side = Size.STATE_ICON
            right = baseline.x() + self._meta_size(row.message).width()
            middle = baseline.y() - self._capital_height / 2
            box = QRectF(right - side, middle - side / 2, side, side)
            draw(painter, STATE_GLYPHS[row.message.state], box, self._state_colour(row.message.state))

    def _state_colour(self, state: MessageState) -> QColor:
        match state:
            case MessageState.READ:
                return self._theme.colour("own_read")
            case MessageState.FAILED:
                return self._theme.colour("danger")
            case _:
                return self._theme.colour("own_muted")
