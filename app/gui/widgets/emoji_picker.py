"""Choose an emoji: among those of a kind, by a click or by the arrows, or by its name."""

from collections.abc import Callable

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QLocale,
    QModelIndex,
    QObject,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.gui.emoji_groups import EmojiGroup
from app.gui.emoji_names import EmojiNames
from app.gui.models.emoji_list import EmojiModel, Index
from app.gui.theme.theme import Theme, font, scaled
from app.gui.theme.tokens import Radius, Size, Space, Type
from app.gui.widgets.parts import column
from app.gui.widgets.search_box import SearchField
from app.gui.widgets.segments import Segments

_GROUPS = tuple(EmojiGroup)


class EmojiDelegate(QStyledItemDelegate):
    """Large, in the middle of its square."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(scaled(Size.EMOJI_CELL), scaled(Size.EMOJI_CELL))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("accent_surface"))
            painter.drawRoundedRect(QRectF(option.rect), Radius.CONTROL, Radius.CONTROL)
        painter.setFont(font(Type.EMOJI))
        painter.setPen(self._theme.colour("text"))
        painter.drawText(option.rect, Qt.AlignmentFlag.AlignCenter, str(index.data()))
        painter.restore()


class EmojiPicker(QFrame):
    """Over the widget that opened it.  Closed by Escape, by a click beside it, and by the choice.

    It stands within the window, not in one of its own, which systems place and close as they like.
    """

    opened = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "popup")
        self.setAccessibleName(self.tr("Emoji"))
        self._take: Callable[[str], object] | None = None
        self._asker: QWidget | None = None
        self.model = EmojiModel(self)
        self.field = SearchField(theme)
        self.field.setPlaceholderText(self.tr("Search emoji"))
        self.field.setAccessibleName(self.tr("Search emoji"))
        kinds = self._kinds()
        self.groups = Segments([icon for icon, _ in kinds], self.tr("Kind of emoji"), names=[name for _, name in kinds])
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Emoji"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(EmojiDelegate(theme, self.list))
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = column(self, margin=Space.S, spacing=Space.S)
        content.addWidget(self.field)
        content.addWidget(self.groups)
        content.addWidget(self.list)
        self.hide()
        self.field.textChanged.connect(self._refill)
        self.groups.chosen.connect(self._show_group)
        self.field.stepped.connect(self._enter_list)
        self.field.returnPressed.connect(self._choose_current)
        self.field.ended.connect(self.close)
        self.list.clicked.connect(self._choose)

    def ask(self, widget: QWidget, take: Callable[[str], object]) -> None:
        """Show over the widget's upper edge, within its window; the choice goes to ``take``."""
        self._take, self._asker = take, widget
        self.setParent(widget.window())
        width = Size.EMOJI_COLUMNS * scaled(Size.EMOJI_CELL) + Space.XL + 2 * Space.S
        self.setFixedSize(QSize(width, min(scaled(Size.EMOJI_HEIGHT), widget.window().height() - 2 * Space.S)))
        self.field.clear()
        self.groups.choose(0)
        self._refill()
        left = widget.width() - self.width() - Space.M if widget.isRightToLeft() else Space.M
        corner = widget.mapTo(widget.window(), QPoint(left, -self.height() - Space.S))
        right = widget.window().width() - self.width() - Space.S
        self.move(min(max(corner.x(), Space.S), right), max(corner.y(), Space.S))
        self.show()
        self.raise_()
        self.field.setFocus()
        self.opened.emit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        super().showEvent(event)
        _application().installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 (Qt's name)
        super().hideEvent(event)
        _application().removeEventFilter(self)
        if self._asker is not None:
            self._asker.setFocus()

    def take_names(self, names: EmojiNames) -> None:
        """From now on names are known; what was typed meanwhile is looked for."""
        self.model.names = names
        self._refill()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if event.type() is QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            if watched.window() is not self.window() or not (watched is self or self.isAncestorOf(watched)):
                self.close()
        elif watched is self.list and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._take_key(Qt.Key(event.key()))
        return False

    def _take_key(self, key: Qt.Key) -> bool:
        """Whether a key in the list is ours."""
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._choose_current()
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True

    def _kinds(self) -> list[tuple[str, str]]:
        """What stands for each kind, and what it is called; the first are the favourites."""
        names = {
            EmojiGroup.SMILEYS: self.tr("Smileys"),
            EmojiGroup.PEOPLE: self.tr("People"),
            EmojiGroup.NATURE: self.tr("Animals and nature"),
            EmojiGroup.FOOD: self.tr("Food and drink"),
            EmojiGroup.TRAVEL: self.tr("Travel and places"),
            EmojiGroup.ACTIVITIES: self.tr("Activities"),
            EmojiGroup.OBJECTS: self.tr("Objects"),
            EmojiGroup.SYMBOLS: self.tr("Symbols"),
            EmojiGroup.FLAGS: self.tr("Flags"),
        }
        return [("⭐", self.tr("Favourites")), *((group.icon, name) for group, name in names.items())]

    def _show_group(self, _number: int) -> None:
        """A kind is chosen, which ends a search."""
        self.field.clear()
        self._refill()

    def _refill(self) -> None:
        number = self.groups.number
        self.model.show(_GROUPS[number - 1] if number else None, self.field.text())
        self.list.setCurrentIndex(self.model.index(0))
        self.list.scrollToTop()

    def _enter_list(self, _step: int) -> None:
        self.list.setFocus()

    def _choose_current(self) -> None:
        self._choose(self.list.currentIndex())

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.close()
            if self._take is not None:
                self._take(index.data())


def _application() -> QCoreApplication:
    application = QCoreApplication.instance()
    assert application is not None
    return application


def language() -> str:
    """Of names: that of the window."""
    return QLocale().name().partition("_")[0]
