"""Where everything of a row stands: the strips above it, the bubble, what it quotes, its text, its time."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QTextCharFormat, QTextLayout

from app.domain.annotation import Reaction
from app.gui.emoji_alone import is_emoji_alone
from app.gui.formatting import utf16_length
from app.gui.links import Link
from app.gui.models.message_row import MessageRow, Quote
from app.gui.theme.theme import font, scaled
from app.gui.theme.tokens import Size, Space, Type
from app.gui.widgets.bubble_layout import BubbleLayout, BubbleLayouts, lay_out

Target = Link | Quote | Reaction


@dataclass(frozen=True, slots=True)
class Bubble:
    """The places of one row, in the view's coordinates."""

    area: QRectF
    layout: BubbleLayout
    text_at: QPointF
    quote: QRectF | None
    day: QRectF | None
    unread: QRectF | None
    reactions: tuple[QRectF, ...] = ()

    @property
    def bottom(self) -> float:
        """The end of the row."""
        return self.reactions[0].bottom() if self.reactions else self.area.bottom()

    def target(self, row: MessageRow, position: QPointF) -> Target | None:
        """What there can be clicked."""
        if self.quote is not None and self.quote.contains(position):
            return row.quote
        for chip, reaction in zip(self.reactions, row.message.reactions, strict=True):
            if chip.contains(position):
                return reaction
        inside = position - self.text_at
        for number in range(self.layout.text.lineCount() if row.links else 0):
            line = self.layout.text.lineAt(number)
            if line.naturalTextRect().contains(inside):
                return _link_at(row, line.xToCursor(inside.x(), line.CursorPosition.CursorOnCharacter))
        return None


class BubbleMaker:
    """Lays rows out in the fonts of the theme; what it measured is kept until they change."""

    def __init__(self, hint: str) -> None:
        self._hint = hint
        self._layouts = BubbleLayouts()
        self._widths: dict[tuple[str, bool], float] = {}
        self.prepare(QColor(), QColor())

    def prepare(self, link: QColor, own_link: QColor) -> None:
        """The fonts or the colours are other ones now."""
        self.body, self.small, self.strong = (
            font(Type.BODY),
            font(Type.CAPTION),
            font(Type.SMALL, QFont.Weight.DemiBold),
        )
        self.quoted = font(Type.SMALL)
        self._alone = font(Type.EMOJI_ALONE)
        self._quote_height, self._unread_height = scaled(Size.QUOTE_HEIGHT), scaled(Size.UNREAD_HEIGHT)
        self._chip_width, self._chip_height = scaled(Size.CHIP_WIDTH), scaled(Size.CHIP_HEIGHT)
        metrics = QFontMetricsF(self.small)
        self.meta_height = max(metrics.height(), Size.STATE_ICON)
        self.capital_height = metrics.capHeight()
        self._hint_width = metrics.horizontalAdvance(self._hint)
        self._link_colours = {False: link, True: own_link}
        self._layouts.clear()
        self._widths.clear()

    def bubble(self, area: QRectF, row: MessageRow, *, author: str, mirrored: bool) -> Bubble:
        """Lay the row out within ``area``; ``author`` is whoever is quoted.  Mirrored, own ones stand at the left."""
        top = area.top() + (Size.GROUP_GAP if row.starts_group else Size.ROW_GAP)
        day = unread = None
        if row.day is not None:
            day = QRectF(area.left(), area.top(), area.width(), Size.DAY_HEIGHT)
            top = day.bottom()
        if row.starts_unread:
            unread = QRectF(area.left(), top - (0 if day is None else Space.S), area.width(), self._unread_height)
            top = unread.bottom()
        layout = self._layout(area.width(), row, author)
        size = layout.size + QSizeF(2 * Size.BUBBLE_PAD_X, 2 * Size.BUBBLE_PAD_Y)
        above = 0 if row.quote is None else self._quote_height + Space.XS
        below = self.meta_height + Space.XS if row.shortened else 0
        size.setHeight(size.height() + above + below)
        right = row.message.mine is not mirrored
        left = area.right() - Space.L - size.width() if right else area.left() + Space.L
        bubble = QRectF(QPointF(left, top), size)
        inner = bubble.adjusted(Size.BUBBLE_PAD_X, Size.BUBBLE_PAD_Y, -Size.BUBBLE_PAD_X, -Size.BUBBLE_PAD_Y)
        quote = None if row.quote is None else QRectF(inner.topLeft(), QSizeF(inner.width(), self._quote_height))
        text_at = inner.topLeft() + QPointF(0, above)
        return Bubble(bubble, layout, text_at, quote, day, unread, self._chips(bubble, row, right=right))

    def _chips(self, bubble: QRectF, row: MessageRow, *, right: bool) -> tuple[QRectF, ...]:
        """Of the reactions: on the lower edge of the bubble, from its inner end."""
        size, step = QSizeF(self._chip_width, self._chip_height), self._chip_width + Space.XS
        top = bubble.bottom() - Size.CHIP_OVERLAP
        first = bubble.right() - Space.S - self._chip_width if right else bubble.left() + Space.S
        places = range(len(row.message.reactions))
        return tuple(QRectF(QPointF(first + (-step if right else step) * place, top), size) for place in places)

    def meta_width(self, row: MessageRow) -> float:
        """Of the time, and of the state beside an own one."""
        return self._width(row.time, strong=False) + (Size.STATE_ICON + Space.XS if row.message.mine else 0)

    def _layout(self, width: float, row: MessageRow, author: str) -> BubbleLayout:
        share = Size.BUBBLE_SHARE * (width - 2 * Space.L)
        widest = float(int(min(Size.BUBBLE_MAX, share))) - 2 * Size.BUBBLE_PAD_X
        meta = QSizeF(self.meta_width(row), self.meta_height)
        chips = len(row.message.reactions) * (self._chip_width + Space.XS)
        least = min(
            widest, max(self._hint_width if row.shortened else 0.0, self._quote_width(row.quote, author), chips)
        )

        def make() -> BubbleLayout:
            formats = [self._link_format(row.text, link, mine=row.message.mine) for link in row.links]
            body = self._alone if is_emoji_alone(row.text) else self.body
            return lay_out(row.text, body, max_width=widest, min_width=least, meta=meta, formats=formats)

        return self._layouts.get(row.text, max_width=widest, min_width=least, meta=meta, make=make)

    def _quote_width(self, quote: Quote | None, author: str) -> float:
        if quote is None:
            return 0.0
        words = max(self._width(author, strong=True), QFontMetricsF(self.quoted).horizontalAdvance(quote.text))
        return min(Size.QUOTE_MAX, words + Size.QUOTE_BAR + 3 * Space.S)

    def _width(self, text: str, *, strong: bool) -> float:
        width = self._widths.get((text, strong))
        if width is None:
            width = QFontMetricsF(self.strong if strong else self.small).horizontalAdvance(text)
            self._widths[text, strong] = width
        return width

    def _link_format(self, text: str, link: Link, *, mine: bool) -> QTextLayout.FormatRange:
        made = QTextLayout.FormatRange()
        made.start = utf16_length(text[: link.start])
        made.length = utf16_length(link.url)
        made.format = QTextCharFormat()
        made.format.setForeground(self._link_colours[mine])
        made.format.setFontUnderline(True)
        return made


def _link_at(row: MessageRow, place: int) -> Link | None:
    """The link that holds the character at that place, counted as Qt counts."""
    for link in row.links:
        start = utf16_length(row.text[: link.start])
        if start <= place < start + utf16_length(link.url):
            return link
    return None
