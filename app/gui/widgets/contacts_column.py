"""The left column: own name, the two ways to add someone, requests, conversations."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QListView, QWidget

from app.domain.account import AccountInfo
from app.domain.contact import ContactSummary
from app.domain.identifiers import ContactId
from app.gui.models.contact_list import ContactListModel, ContactRole, NewestFirst
from app.gui.theme.icons import Glyph, icon
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.avatar import Avatar
from app.gui.widgets.contact_delegate import ContactDelegate
from app.gui.widgets.parts import button, column, label, row
from app.gui.widgets.request_rows import RequestRows


class ContactsColumn(QFrame):
    """Tells which conversation was chosen."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "column")
        self.setFixedWidth(Size.CONTACTS_WIDTH)
        self._theme = theme
        self.avatar = Avatar()
        self.name = label(look="strong")
        self.invite_button = button("", "icon", name=self.tr("Invite someone"))
        self.add_button = button("", "icon", name=self.tr("Add a contact"))
        for each in (self.invite_button, self.add_button):
            each.setIconSize(QSize(Size.ICON, Size.ICON))
        self.requests = RequestRows()
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Conversations"))
        self.list.setItemDelegate(ContactDelegate(theme, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        top = row(spacing=Space.M)
        top.setContentsMargins(Space.L, 0, Space.S, 0)
        top.addWidget(self.avatar)
        top.addWidget(self.name, 1)
        actions = row(spacing=Space.XS)
        actions.addWidget(self.invite_button)
        actions.addWidget(self.add_button)
        top.addLayout(actions)
        header = QWidget()
        header.setFixedHeight(Size.HEADER_HEIGHT)
        header.setLayout(top)
        content = column(self)
        content.addWidget(header)
        content.addWidget(self.requests)
        content.addWidget(self.list, 1)
        theme.changed.connect(self._colour)
        self._colour()

    def show_account(self, account: AccountInfo) -> None:
        self.avatar.show_account(account.id, account.name)
        self.name.setText(account.name)

    def show_contacts(self, model: ContactListModel) -> None:
        """List the model's contacts, newest conversation first."""
        self.list.setModel(NewestFirst(model, self.list))
        self.list.selectionModel().currentChanged.connect(self._changed)

    def choose(self, contact: ContactId) -> None:
        """Select the row of that contact, if it is there."""
        model = self.list.model()
        for number in range(model.rowCount()):
            index = model.index(number, 0)
            if _contact(index) == contact:
                self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
                return

    def _changed(self, index: QModelIndex) -> None:
        contact = _contact(index)
        if contact is not None:
            self.chosen.emit(contact)

    def _colour(self) -> None:
        self.invite_button.setIcon(icon(Glyph.INVITE, self._theme.colour("accent")))
        self.add_button.setIcon(icon(Glyph.LINK, self._theme.colour("accent")))


def _contact(index: QModelIndex) -> ContactId | None:
    contact = index.data(ContactRole.CONTACT)
    return contact.contact if isinstance(contact, ContactSummary) else None
