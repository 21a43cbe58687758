"""The page of an open profile: contacts at the left, the conversation at the right."""

from PySide6.QtWidgets import QStackedLayout, QWidget

from app.gui.theme.theme import Theme
from app.gui.widgets.chat_page import ChatPage
from app.gui.widgets.contacts_column import ContactsColumn
from app.gui.widgets.empty_state import EmptyState
from app.gui.widgets.parts import button, line, row


class MainPage(QWidget):
    """Two columns."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.contacts = ContactsColumn(theme)
        self.chat = ChatPage(theme)
        self.invite_button = button(self.tr("Invite someone"), "primary")
        self.add_button = button(self.tr("Add a contact"), "plain")
        self.nothing = EmptyState(self.invite_button, self.add_button)
        right = QWidget()
        self._right = QStackedLayout(right)
        self._right.addWidget(self.nothing)
        self._right.addWidget(self.chat)
        content = row(self)
        content.addWidget(self.contacts)
        content.addWidget(line(vertical=True))
        content.addWidget(right, 1)
        self.show_nothing(alone=True)

    def show_chat(self) -> None:
        self._right.setCurrentWidget(self.chat)

    def show_nothing(self, *, alone: bool) -> None:
        """No conversation is open; ``alone`` when there is none to open either."""
        self._right.setCurrentWidget(self.nothing)
        if alone:
            self.nothing.say(
                self.tr("Add someone to talk to"),
                self.tr("Invite someone by a code or a link.\nOr add the link that somebody sent you."),
                actions=True,
            )
        else:
            title, sentence = self.tr("No conversation is open"), self.tr("Choose one from the list.")
            self.nothing.say(title, sentence, actions=False)
