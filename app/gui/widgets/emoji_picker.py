"""Choose an emoji: by a click, by the arrows, or by its name."""

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.gui.emoji_names import FAVOURITES, EmojiNames
from app.gui.theme.theme import Theme, font
from app.gui.theme.tokens import Radius, Size, Space, Type
from app.gui.widgets.parts import column
from app.gui.widgets.search_box import SearchField

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class EmojiModel(QAbstractListModel):
    """Emoji in their order, each with its name."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.names: EmojiNames | None = None
        self._shown: tuple[str, ...] = FAVOURITES

    def rowCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802 (Qt's name)
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._shown):
            return None
        emoji = self._shown[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return emoji
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return emoji if self.names is None else self.names.name(emoji)
            case _:
                return None

    def look_for(self, text: str) -> None:
        """Show what has such a name, or the favourites."""
        self.beginResetModel()
        self._shown = tuple(self.names.find(text)) if self.names is not None and text.strip() else FAVOURITES
        self.endResetModel()


class EmojiDelegate(QStyledItemDelegate):
    """Large, in the middle of its square."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(Size.EMOJI_CELL, Size.EMOJI_CELL)

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
    """A popup over the widget that opened it.  Closed by Escape, by a click beside it, and by the choice."""

    opened = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("look", "popup")
        self.setAccessibleName(self.tr("Emoji"))
        self._take: Callable[[str], object] | None = None
        self.model = EmojiModel(self)
        self.field = SearchField(theme)
        self.field.setPlaceholderText(self.tr("Search emoji"))
        self.field.setAccessibleName(self.tr("Search emoji"))
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
        content.addWidget(self.list)
        self.setFixedSize(QSize(Size.EMOJI_COLUMNS * Size.EMOJI_CELL + Space.XL + 2 * Space.S, Size.EMOJI_HEIGHT))
        self.field.textChanged.connect(self._look_for)
        self.field.stepped.connect(self._enter_list)
        self.field.returnPressed.connect(self._choose_current)
        self.field.ended.connect(self.close)
        self.list.clicked.connect(self._choose)
        self.list.installEventFilter(self)

    def ask(self, widget: QWidget, take: Callable[[str], object]) -> None:
        """Show over the widget's upper edge, within the screen; the choice goes to ``take``."""
        self._take = take
        self.field.clear()
        self._look_for("")
        corner = widget.mapToGlobal(QPoint(0, -self.height() - Space.S))
        screen = widget.screen().availableGeometry()
        left = min(max(corner.x(), screen.left()), screen.right() - self.width())
        self.move(left, max(corner.y(), screen.top()))
        self.show()
        self.field.setFocus()
        self.opened.emit()

    def take_names(self, names: EmojiNames) -> None:
        """From now on names are known; what was typed meanwhile is looked for."""
        self.model.names = names
        self._look_for(self.field.text())

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._choose_current()
            return True
        return False

    def _look_for(self, text: str) -> None:
        self.model.look_for(text)
        self.list.setCurrentIndex(self.model.index(0))

    def _enter_list(self, _step: int) -> None:
        self.list.setFocus()

    def _choose_current(self) -> None:
        self._choose(self.list.currentIndex())

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.close()
            if self._take is not None:
                self._take(index.data())


def language() -> str:
    """Of names: that of the window."""
    return QLocale().name().partition("_")[0]
