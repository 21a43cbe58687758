"""The emoji that a picker shows."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.gui.emoji_groups import EmojiGroup
from app.gui.emoji_names import FAVOURITES, EmojiNames

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

    def show(self, group: EmojiGroup | None, text: str = "") -> None:
        """Show what has such a name; without a name the emoji of a kind, or the favourites."""
        self.beginResetModel()
        self._shown = self._found(group, text)
        self.endResetModel()

    def _found(self, group: EmojiGroup | None, text: str) -> tuple[str, ...]:
        if self.names is not None and text.strip():
            return tuple(self.names.find(text))
        if group is None:
            return FAVOURITES
        return () if self.names is None else self.names.groups[group]
