"""Paints a row of a conversation: the day above it where one begins, the bubble, text, time and state."""

import time
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.domain.identifiers import MessageId
from app.domain.message import MessageState
from app.gui.formatting import day_name, local_time
from app.gui.models.message_list import MessageListModel, MessageRow
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

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_MAX_HEIGHTS = 3_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where bubble and text of a row stand, in the view's coordinates."""

    bubble: QRectF
    layout: BubbleLayout

    @property
    def text_at(self) -> QPointF:
        return self.bubble.topLeft() + QPointF(Size.BUBBLE_PAD_X, Size.BUBBLE_PAD_Y)


class MessageDelegate(QStyledItemDelegate):
    """Bubbles: own ones at the right and tinted, others at the left.

    A view asks for the height of every row at every layout, so heights are kept, and found without calling into Qt.
    """

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._model: MessageListModel | None = None
        self.marked: MessageId | None = None
        """The message that stands out."""
        self._layouts = BubbleLayouts()
        self._heights: dict[tuple[str, int, bool, bool], int] = {}
        self._time_widths: dict[str, float] = {}
        self._prepare()
        theme.changed.connect(self._prepare)

    def show(self, model: MessageListModel | None) -> None:
        """From now on paint the rows of this model."""
        self._model = model

    def sizeHint(  # noqa: N802 (Qt's name)
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        if self._model is None:
            return QSize()
        number = index.row()
        row = self._model.row(number)
        width = self._view.viewport().width()
        known = (row.message.message_id, width, row.day is not None, row.starts_group)
        height = self._heights.get(known)
        if height is None:
            if len(self._heights) >= _MAX_HEIGHTS:
                self._heights.clear()
            height = self._heights[known] = round(self.place(QRectF(0, 0, width, 0), row).bubble.bottom())
        return QSize(width, height + (Space.M if number == self._model.rowCount() - 1 else 0))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if self._model is None:
            return
        area, row = QRectF(option.rect), self._model.row(index.row())
        place = self.place(area, row)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.message.message_id == self.marked:
            strip = QRectF(
                area.left(), place.bubble.top() - Space.HAIR, area.width(), place.bubble.height() + Space.HAIR
            )
            painter.fillRect(strip, self._theme.colour("accent_surface"))
        if row.day is not None:
            self._paint_day(painter, area, row.day)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(self._theme.colour("accent") if focused else Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("own_bubble" if row.message.mine else "surface"))
        painter.drawRoundedRect(place.bubble, Radius.BUBBLE, Radius.BUBBLE)
        painter.setClipRect(place.bubble)
        painter.setPen(self._theme.colour("text"))
        place.layout.text.draw(painter, place.text_at)
        if row.shortened:
            self._paint_hint(painter, place, mine=row.message.mine)
        self._paint_meta(painter, place, row)
        painter.restore()

    def place(self, area: QRectF, row: MessageRow) -> Place:
        """Lay the row out within ``area``."""
        gap = Size.GROUP_GAP if row.starts_group else Size.ROW_GAP
        top = area.top() + (gap if row.day is None else Size.DAY_HEIGHT)
        share = Size.BUBBLE_SHARE * (area.width() - 2 * Space.L)
        widest = float(int(min(Size.BUBBLE_MAX, share))) - 2 * Size.BUBBLE_PAD_X
        meta = QSizeF(self._meta_width(row), self._meta_height)
        layout = self._layouts.get(row.message.message_id, row.text, self._body, max_width=widest, meta=meta)
        size = layout.size + QSizeF(2 * Size.BUBBLE_PAD_X, 2 * Size.BUBBLE_PAD_Y)
        if row.shortened:
            size.setHeight(size.height() + self._meta_height + Space.XS)
            size.setWidth(max(size.width(), self._hint_width + 2 * Size.BUBBLE_PAD_X))
        left = area.right() - Space.L - size.width() if row.message.mine else area.left() + Space.L
        return Place(QRectF(QPointF(left, top), size), layout)

    def _prepare(self) -> None:
        self._body, self._small = font(Type.BODY), font(Type.CAPTION)
        metrics = QFontMetricsF(self._small)
        self._meta_height = max(metrics.height(), Size.STATE_ICON)
        self._capital_height = metrics.capHeight()
        self._hint = self.tr("Open the message to read the rest")
        self._hint_width = metrics.horizontalAdvance(self._hint)
        self._layouts.clear()
        self._heights.clear()
        self._time_widths.clear()

    def _meta_width(self, row: MessageRow) -> float:
        width = self._time_widths.get(row.time)
        if width is None:
            width = self._time_widths[row.time] = QFontMetricsF(self._small).horizontalAdvance(row.time)
        return width + (Size.STATE_ICON + Space.XS if row.message.mine else 0)

    def _paint_day(self, painter: QPainter, area: QRectF, day: date) -> None:
        painter.setFont(font(Type.SMALL, QFont.Weight.Medium))
        painter.setPen(self._theme.colour("muted"))
        strip = QRectF(area.left(), area.top(), area.width(), Size.DAY_HEIGHT)
        painter.drawText(strip, Qt.AlignmentFlag.AlignCenter, day_name(day, local_time(time.time()).date()))

    def _paint_hint(self, painter: QPainter, place: Place, *, mine: bool) -> None:
        top = place.text_at.y() + place.layout.size.height() + Space.XS
        painter.setFont(self._small)
        painter.setPen(self._theme.colour("own_read" if mine else "accent"))
        area = QRectF(place.text_at.x(), top, place.bubble.width(), self._meta_height)
        painter.drawText(area, _LEFT, self._hint)

    def _paint_meta(self, painter: QPainter, place: Place, row: MessageRow) -> None:
        baseline = place.text_at + place.layout.meta
        painter.setFont(self._small)
        painter.setPen(self._theme.colour("own_muted" if row.message.mine else "muted"))
        painter.drawText(baseline, row.time)
        if row.message.mine:
            side = Size.STATE_ICON
            right = baseline.x() + self._meta_width(row)
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
