"""Where the text of a bubble and the time beside it stand.

The bubble is as narrow as its longest line.  The time goes into the slack of the last line where there is room, at the
side where that line ends: the right of left-to-right text, the left of right-to-left text; else below it.
"""

import math
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextOption

from app.gui.theme.tokens import Size, Space

_MAX_LAYOUTS = 300
"""As many as a conversation has rows at once; one takes 10 to 20 KB with its glyphs."""
_LINE_SEPARATOR = "\u2028"
_LEFT_TO_RIGHT_MARK, _RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True, slots=True)
class BubbleLayout:
    """A broken text, the size of text and time together, and the beginning of the time's baseline."""

    text: QTextLayout
    size: QSizeF
    meta: QPointF


def lay_out(
    text: str,
    font: QFont,
    *,
    max_width: float,
    meta: QSizeF,
    min_width: float = 0.0,
    formats: Sequence[QTextLayout.FormatRange] = (),
) -> BubbleLayout:
    """Break ``text`` at ``max_width`` and find the place of a time of size ``meta``, its height above the baseline."""
    backwards = is_right_to_left(text)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    option.setAlignment(Qt.AlignmentFlag.AlignAbsolute | (_RIGHT if backwards else _LEFT))
    option.setTextDirection(Qt.LayoutDirection.RightToLeft if backwards else Qt.LayoutDirection.LeftToRight)
    layout = QTextLayout(text.replace("\n", _LINE_SEPARATOR), font)
    layout.setTextOption(option)
    layout.setFormats(list(formats))
    layout.setCacheEnabled(True)
    natural, height = _break(layout, max_width)
    last = layout.lineAt(layout.lineCount() - 1)
    beside = last.naturalTextWidth() + Size.META_GAP + meta.width()
    tucked = beside <= max_width
    width = math.ceil(max(natural, min_width, beside if tucked else meta.width()))
    _break(layout, width)
    last = layout.lineAt(layout.lineCount() - 1)
    baseline = last.y() + last.ascent() if tucked else height + meta.height()
    place = QPointF(0 if backwards else width - meta.width(), baseline)
    return BubbleLayout(layout, QSizeF(width, height if tucked else baseline + Space.XS), place)


def elided(text: str, font: QFont, width: float) -> str:
    """As much of the text as fits on a line; its ellipsis stands where it ends, whichever way the window runs."""
    shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
    if shown == text:
        return shown
    return shown + (_RIGHT_TO_LEFT_MARK if is_right_to_left(text) else _LEFT_TO_RIGHT_MARK)


def is_right_to_left(text: str) -> bool:
    """Whether the first character with a direction of its own runs from right to left."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


class BubbleLayouts:
    """Layouts made, the latest 300: a view asks for the height of every row."""

    def __init__(self) -> None:
        self._layouts: OrderedDict[tuple[str, float, float, float], BubbleLayout] = OrderedDict()

    def get(
        self, text: str, *, max_width: float, min_width: float, meta: QSizeF, make: Callable[[], BubbleLayout]
    ) -> BubbleLayout:
        """The layout of the text in these widths; ``make`` makes it."""
        key = (text, max_width, min_width, meta.width())
        known = self._layouts.get(key)
        if known is None:
            known = self._layouts[key] = make()
            if len(self._layouts) > _MAX_LAYOUTS:
                self._layouts.popitem(last=False)
        else:
            self._layouts.move_to_end(key)
        return known

    def clear(self) -> None:
        """Forget all: the font has changed."""
        self._layouts.clear()


def _break(layout: QTextLayout, width: float) -> tuple[float, float]:
    """Break into lines of ``width``; returns the longest line's width and the height."""
    natural = height = 0.0
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        step = max(line.height(), Size.LINE_HEIGHT)
        line.setPosition(QPointF(0, height + (step - line.height()) / 2))
        height += step
        natural = max(natural, line.naturalTextWidth())
    layout.endLayout()
    return natural, height
