"""Paints a row of a conversation: the day above it where one begins, the bubble, text, time and state."""

import time
from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.domain.identifiers import MessageId
from app.domain.message import MessageState
from app.gui.formatting import day_name, local_time
from app.gui.models.message_list import MessageListModel
from app.gui.models.message_row import MessageRow
from app.gui.plain_text import plain
from app.gui.theme.icons import Glyph, draw
from app.gui.theme.theme import Theme, font
from app.gui.theme.tokens import Radius, Size, Space, Type
from app.gui.widgets.bubble import Bubble, BubbleMaker, Target
from app.gui.widgets.bubble_layout import elided

STATE_GLYPHS = {
    MessageState.QUEUED: Glyph.CLOCK,
    MessageState.SENT: Glyph.CHECK,
    MessageState.DELIVERED: Glyph.CHECKS,
    MessageState.READ: Glyph.CHECKS,
    MessageState.FAILED: Glyph.ALERT,
}

_LEADING = int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
_MAX_HEIGHTS = 3_000


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
        self._hint = self.tr("Open the message to read the rest")
        self._maker = BubbleMaker(self._hint)
        self._heights: dict[tuple[object, ...], int] = {}
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
        above = (row.day is None, row.starts_group, row.starts_unread)
        known = (row.text, row.time, width, above, row.quote, len(row.message.reactions))
        height = self._heights.get(known)
        if height is None:
            if len(self._heights) >= _MAX_HEIGHTS:
                self._heights.clear()
            height = self._heights[known] = round(self._bubble(QRectF(0, 0, width, 0), row).bottom)
        return QSize(width, height + (Space.M if number == self._model.rowCount() - 1 else 0))

    def target(self, index: QModelIndex, position: QPoint) -> Target | None:
        """What can be clicked at that position of the view."""
        if self._model is None or not index.isValid():
            return None
        row = self._model.row(index.row())
        return self._bubble(QRectF(self._view.visualRect(index)), row).target(row, QPointF(position))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if self._model is None:
            return
        area, row = QRectF(option.rect), self._model.row(index.row())
        bubble = self._bubble(area, row)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.message.message_id == self.marked:
            strip = bubble.area.adjusted(0, -Space.HAIR, 0, Space.HAIR)
            painter.fillRect(
                QRectF(area.left(), strip.top(), area.width(), strip.height()), self._theme.colour("accent_surface")
            )
        self._paint_strips(painter, bubble, row)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(self._theme.colour("accent") if focused else Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("own_bubble" if row.message.mine else "surface"))
        painter.drawRoundedRect(bubble.area, Radius.BUBBLE, Radius.BUBBLE)
        painter.setClipRect(bubble.area)
        self._paint_quote(painter, bubble, row)
        faded = "own_muted" if row.message.mine else "muted"
        painter.setPen(self._theme.colour(faded if row.is_faded else "text"))
        bubble.layout.text.draw(painter, bubble.text_at)
        if row.shortened:
            self._paint_hint(painter, bubble, mine=row.message.mine)
        self._paint_meta(painter, bubble, row)
        painter.setClipping(False)
        self._paint_reactions(painter, bubble, row)
        painter.restore()

    def _bubble(self, area: QRectF, row: MessageRow) -> Bubble:
        mirrored = self._view.layoutDirection() is Qt.LayoutDirection.RightToLeft
        return self._maker.bubble(area, row, author=self._quoted_author(row), mirrored=mirrored)

    def _quoted_author(self, row: MessageRow) -> str:
        if self._model is None or row.quote is None or row.quote.message is None:
            return ""
        return self._model.author(row.quote.message)

    def _prepare(self) -> None:
        self._maker.prepare(self._theme.colour("accent"), self._theme.colour("own_read"))
        self._heights.clear()

    def _paint_strips(self, painter: QPainter, bubble: Bubble, row: MessageRow) -> None:
        painter.setFont(font(Type.SMALL, QFont.Weight.Medium))
        if bubble.day is not None and row.day is not None:
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(bubble.day, Qt.AlignmentFlag.AlignCenter, _day(row.day))
        if bubble.unread is not None:
            self._paint_unread(painter, bubble.unread)

    def _paint_unread(self, painter: QPainter, strip: QRectF) -> None:
        """The words in the middle of a hairline."""
        words = self.tr("New messages")
        half = QFontMetricsF(painter.font()).horizontalAdvance(words) / 2 + Space.M
        painter.setPen(self._theme.colour("accent"))
        painter.drawText(strip, Qt.AlignmentFlag.AlignCenter, words)
        middle, line = strip.center(), self._theme.colour("border")
        for left, right in ((strip.left() + Space.L, middle.x() - half), (middle.x() + half, strip.right() - Space.L)):
            painter.fillRect(QRectF(left, round(middle.y()), right - left, Space.HAIR), line)

    def _paint_quote(self, painter: QPainter, bubble: Bubble, row: MessageRow) -> None:
        if bubble.quote is None or row.quote is None:
            return
        mine, area = row.message.mine, bubble.quote
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("own_quote" if mine else "hover"))
        painter.drawRoundedRect(area, Radius.QUOTE, Radius.QUOTE)
        painter.setClipRect(area)
        accent = self._theme.colour("own_read" if mine else "accent")
        painter.fillRect(QRectF(area.left(), area.top(), Size.QUOTE_BAR, area.height()), accent)
        inner = area.adjusted(Size.QUOTE_BAR + Space.S, Space.XS, -Space.S, -Space.XS)
        upper = QRectF(inner.left(), inner.top(), inner.width(), inner.height() / 2)
        _draw_line(painter, upper, self._quoted_author(row), self._maker.strong, accent)
        lower = upper.translated(0, upper.height())
        _draw_line(
            painter, lower, row.quote.text, self._maker.quoted, self._theme.colour("own_muted" if mine else "muted")
        )
        painter.restore()

    def _paint_reactions(self, painter: QPainter, bubble: Bubble, row: MessageRow) -> None:
        painter.setFont(font(Type.BODY))
        for chip, reaction in zip(bubble.reactions, row.message.reactions, strict=True):
            painter.setPen(self._theme.colour("accent" if reaction.mine else "border"))
            painter.setBrush(self._theme.colour("surface"))
            painter.drawRoundedRect(chip, chip.height() / 2, chip.height() / 2)
            painter.setClipRect(chip)
            painter.setPen(self._theme.colour("text"))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, plain(reaction.emoji))
            painter.setClipping(False)

    def _paint_hint(self, painter: QPainter, bubble: Bubble, *, mine: bool) -> None:
        top = bubble.text_at.y() + bubble.layout.size.height() + Space.XS
        painter.setFont(self._maker.small)
        painter.setPen(self._theme.colour("own_read" if mine else "accent"))
        area = QRectF(bubble.text_at.x(), top, bubble.layout.size.width(), self._maker.meta_height)
        painter.drawText(area, _LEADING, self._hint)

    def _paint_meta(self, painter: QPainter, bubble: Bubble, row: MessageRow) -> None:
        baseline = bubble.text_at + bubble.layout.meta
        painter.setFont(self._maker.small)
        painter.setPen(self._theme.colour("own_muted" if row.message.mine else "muted"))
        painter.drawText(baseline, row.time)
        if row.message.mine:
            side = Size.STATE_ICON
            right = baseline.x() + self._maker.meta_width(row)
            middle = baseline.y() - self._maker.capital_height / 2
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


def _day(day: date) -> str:
    return day_name(day, local_time(time.time()).date())


def _draw_line(painter: QPainter, area: QRectF, text: str, shown: QFont, colour: QColor) -> None:
    painter.setFont(shown)
    painter.setPen(colour)
    painter.drawText(area, _LEADING, elided(text, shown, area.width()))
