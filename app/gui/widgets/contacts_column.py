"""The left column: own name, the two ways to add someone, requests, conversations."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Signal
from PySide6.QtWidgets import QFrame, QStackedLayout, QWidget

from app.domain.account import AccountInfo
from app.domain.contact import ContactSummary
from app.domain.identifiers import ContactId
from app.gui.models.contact_list import ContactListModel, ContactRole, NewestFirst
from app.gui.theme.icons import Glyph, icon
from app.gui.theme.theme import Theme, scaled, stretched
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.avatar import Avatar
from app.gui.widgets.contact_delegate import ContactDelegate
from app.gui.widgets.elided_label import ElidedLabel
from app.gui.widgets.parts import button, column, row, set_margins
from app.gui.widgets.request_rows import RequestRows
from app.gui.widgets.row_list import RowList
from app.gui.widgets.search_box import SearchField, SearchResults


class ContactsColumn(QFrame):
    """Tells which conversation was chosen, and what is searched for."""

    chosen = Signal(str)
    look_for = Signal(str)
    """Empty when the search has ended."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "column")
        self._theme = theme
        self.avatar = Avatar()
        self.name = ElidedLabel("strong")
        self.invite_button = button("", "icon", name=self.tr("Invite someone"))
        self.add_button = button("", "icon", name=self.tr("Add a contact"))
        self.settings_button = button("", "icon", name=self.tr("Settings"))
        for each in (self.invite_button, self.add_button, self.settings_button):
            each.setIconSize(QSize(Size.ICON, Size.ICON))
        self.requests = RequestRows()
        self.list = RowList(self.tr("Conversations"))
        self.list.setItemDelegate(ContactDelegate(theme, self.list))
        self.list.setUniformItemSizes(True)
        self.list.activated.connect(self._select)
        self.search = SearchField(theme)
        self.results = SearchResults(theme)
        self._lay_out()
        self.search.textChanged.connect(self._look_for)
        self.search.stepped.connect(self.results.step)
        self.search.returnPressed.connect(self.results.choose_current)
        theme.changed.connect(self._colour)
        self._colour()

    def _lay_out(self) -> None:
        top = row(spacing=Space.M)
        set_margins(top, Space.L, 0, Space.S, 0)
        top.addWidget(self.avatar)
        top.addWidget(self.name, 1)
        actions = row()
        actions.addWidget(self.invite_button)
        actions.addWidget(self.add_button)
        actions.addWidget(self.settings_button)
        top.addLayout(actions)
        self._header = QWidget()
        self._header.setLayout(top)
        conversations = QWidget()
        listed = column(conversations)
        listed.addWidget(self.requests)
        listed.addWidget(self.list, 1)
        found = row()
        found.setContentsMargins(Space.L, 0, Space.L, Space.S)
        found.addWidget(self.search)
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(conversations)
        self._pages.addWidget(self.results)
        content = column(self)
        content.addWidget(self._header)
        content.addLayout(found)
        content.addWidget(pages, 1)

    def show_account(self, account: AccountInfo) -> None:
        self.avatar.show_account(account.id, account.name)
        self.name.setText(account.name)

    def show_contacts(self, model: ContactListModel) -> None:
        """List the model's contacts, newest conversation first."""
        listed = NewestFirst(model, self.list)
        listed.rowsAboutToBeRemoved.connect(self._let_go)  # before the list, which would select the row beside
        self.list.setModel(listed)
        self.list.selectionModel().selectionChanged.connect(self._selected)

    def choose(self, contact: ContactId) -> None:
        """Select the row of that contact, if it is there."""
        model = self.list.model()
        for number in range(model.rowCount()):
            index = model.index(number, 0)
            if _contact(index) == contact:
                self._select(index)
                return

    def show_results(self) -> None:
        """The search has an answer; it is shown unless the search has ended meanwhile."""
        self._pages.setCurrentIndex(1 if self.search.text().strip() else 0)

    def _look_for(self, text: str) -> None:
        if not text.strip():
            self.show_results()
        self.look_for.emit(text)

    def _select(self, index: QModelIndex) -> None:
        self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _let_go(self, _parent: QModelIndex, first: int, last: int) -> None:
        if first <= self.list.currentIndex().row() <= last:
            self.list.selectionModel().clear()

    def _selected(self) -> None:
        """Only a selected row is chosen: Qt makes one current for less, as when the list gets the focus."""
        for index in self.list.selectedIndexes():
            contact = _contact(index)
            if contact is not None:
                self.chosen.emit(contact)

    def _colour(self) -> None:
        self.setFixedWidth(stretched(Size.CONTACTS_WIDTH))
        self._header.setFixedHeight(scaled(Size.HEADER_HEIGHT))
        self.invite_button.setIcon(icon(Glyph.INVITE, self._theme.colour("accent")))
        self.add_button.setIcon(icon(Glyph.LINK, self._theme.colour("accent")))
        self.settings_button.setIcon(icon(Glyph.SETTINGS, self._theme.colour("accent")))


def _contact(index: QModelIndex) -> ContactId | None:
    contact = index.data(ContactRole.CONTACT)
    return contact.contact if isinstance(contact, ContactSummary) else None
