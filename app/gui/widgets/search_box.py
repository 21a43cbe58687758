"""The field over the conversations, and the list of what was found in place of them."""

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QStackedLayout, QToolButton, QWidget

from app.domain.contact import ContactSummary
from app.gui.models.contact_list import ContactRole
from app.gui.models.search_results import Hit, SearchResultsModel, SearchRole
from app.gui.theme.icons import Glyph, icon
from app.gui.theme.theme import Theme
from app.gui.widgets.parts import label
from app.gui.widgets.row_list import RowList
from app.gui.widgets.search_delegate import SearchDelegate

_MAX_CHARACTERS = 200
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class SearchField(QLineEdit):
    """Escape ends the search; the arrows and Enter go through what was found without leaving the field."""

    stepped = Signal(int)
    ended = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("look", "search")
        self.setMaxLength(_MAX_CHARACTERS)
        self.setPlaceholderText(self.tr("Search"))
        self.setAccessibleName(self.tr("Search contacts and messages"))
        self.setClearButtonEnabled(True)
        for clear in self.findChildren(QToolButton):
            clear.setAccessibleName(self.tr("Clear"))
        self._glass = QAction(self.tr("Search"), self)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        theme.changed.connect(self._colour)
        self._colour()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.ended.emit()
        elif event.key() in _STEPS:
            self.stepped.emit(_STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _colour(self) -> None:
        self._glass.setIcon(icon(Glyph.SEARCH, self._theme.colour("muted")))


class SearchResults(QWidget):
    """Tells which contact or message was chosen."""

    contact_chosen = Signal(str)
    message_chosen = Signal(str, str)
    """Contact and message."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = RowList(self.tr("Search results"))
        self.list.setItemDelegate(SearchDelegate(theme, self.list))
        self.nothing = label(look="muted", wrap=True, centred=True)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.list)
        self._pages.addWidget(self.nothing)
        self.list.clicked.connect(self._choose)
        self.list.installEventFilter(self)

    def show_model(self, model: SearchResultsModel) -> None:
        self.list.setModel(model)
        model.modelReset.connect(self._reset)

    def step(self, by: int) -> None:
        """Make the next or previous row that can be chosen the current one."""
        model, number = self.list.model(), self.list.currentIndex().row() + by
        while 0 <= number < model.rowCount():
            index = model.index(number, 0)
            if model.flags(index) & Qt.ItemFlag.ItemIsSelectable:
                self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
                return
            number += by

    def choose_current(self) -> None:
        """Open the current row, or the first one."""
        if not self.list.currentIndex().isValid():
            self.step(1)
        self._choose(self.list.currentIndex())

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        enter = isinstance(event, QKeyEvent) and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if enter and event.type() is QEvent.Type.KeyPress:
            self.choose_current()
        return enter

    def _choose(self, index: QModelIndex) -> None:
        contact, hit = index.data(ContactRole.CONTACT), index.data(SearchRole.HIT)
        if isinstance(hit, Hit):
            self.message_chosen.emit(hit.message.contact, hit.message.message_id)
        elif isinstance(contact, ContactSummary):
            self.contact_chosen.emit(contact.contact)

    def _reset(self) -> None:
        model = self.list.model()
        assert isinstance(model, SearchResultsModel)
        self.nothing.setText(self.tr("Nothing was found for “{query}”.").format(query=model.query))
        self._pages.setCurrentWidget(self.list if model.rowCount() else self.nothing)
