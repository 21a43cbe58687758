"""Lists of rows, one of which is chosen.  It stays marked: a click or a key with Ctrl takes no choice back."""

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QListView, QListWidget, QWidget

_CHOOSE = QItemSelectionModel.SelectionFlag.ClearAndSelect
_TAKE_BACK = QItemSelectionModel.SelectionFlag.Deselect | QItemSelectionModel.SelectionFlag.Toggle


class RowList(QListView):
    """Rows of one width, in the left column."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """``name`` is what a screen reader says."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def selectionCommand(  # noqa: N802 (Qt's name)
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        return _kept(super().selectionCommand(index, event))


class SubjectList(QListWidget):
    """What a window is about, of which one page is open."""

    def selectionCommand(  # noqa: N802 (Qt's name)
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        return _kept(super().selectionCommand(index, event))


def _kept(command: QItemSelectionModel.SelectionFlag) -> QItemSelectionModel.SelectionFlag:
    return _CHOOSE if command & _TAKE_BACK else command
