"""Paints a row of what a search found: a heading, a contact, or a message with the words found in it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyleOptionViewItem

from app.gui.formatting import utf16_length
from app.gui.models.search_results import Hit, SearchRole, Snippet
from app.gui.theme.theme import font, scaled
from app.gui.theme.tokens import Size, Space, Type
from app.gui.widgets.bubble_layout import elided, is_right_to_left
from app.gui.widgets.contact_delegate import ContactDelegate


class SearchDelegate(ContactDelegate):
    """Contacts as everywhere; a message with its writer's avatar and name."""

    def sizeHint(  # noqa: N802 (Qt's name)
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        if index.data(SearchRole.HEADING) is not None:
            return QSize(option.rect.width(), scaled(Size.HEADING_HEIGHT))
        return super().sizeHint(option, index)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        heading = index.data(SearchRole.HEADING)
        if heading is None:
            super().paint(painter, option, index)
            return
        painter.save()
        painter.setFont(font(Type.SMALL, QFont.Weight.DemiBold))
        painter.setPen(self._theme.colour("muted"))
        area = QRectF(option.rect).adjusted(Space.L, 0, -Space.L, 0)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter), heading)
        painter.restore()

    def paint_second_line(self, painter: QPainter, area: QRectF, index: QModelIndex | QPersistentModelIndex) -> None:
        hit = index.data(SearchRole.HIT)
        if isinstance(hit, Hit):
            self._paint_snippet(painter, area, hit.snippet)
        else:
            super().paint_second_line(painter, area, index)

    def _paint_snippet(self, painter: QPainter, area: QRectF, snippet: Snippet) -> None:
        body = font(Type.BODY)
        shown = elided(snippet.text, body, area.width() - Space.S)
        layout = QTextLayout(shown, body)
        option = QTextOption(_where_lines_begin(painter))
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        backwards = is_right_to_left(shown)
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if backwards else Qt.LayoutDirection.LeftToRight)
        layout.setTextOption(option)
        layout.setFormats([self._found(shown, mark) for mark in snippet.marks if mark[0] < len(shown)])
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(area.width())
        layout.endLayout()
        painter.setPen(self._theme.colour("muted"))
        layout.draw(painter, QPointF(area.left(), area.center().y() - line.height() / 2))

    def _found(self, shown: str, mark: tuple[int, int]) -> QTextLayout.FormatRange:
        start, length = mark
        marked = QTextLayout.FormatRange()
        marked.start = utf16_length(shown[:start])
        marked.length = utf16_length(shown[start : start + length])
        marked.format = QTextCharFormat()
        marked.format.setFontWeight(QFont.Weight.DemiBold)
        marked.format.setForeground(self._theme.colour("text"))
        return marked


def _where_lines_begin(painter: QPainter) -> Qt.AlignmentFlag:
    """Not by the text, but by the window, as in the row's first line."""
    backwards = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
    side = Qt.AlignmentFlag.AlignRight if backwards else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignAbsolute
