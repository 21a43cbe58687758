"""The page of an open profile: contacts at the left, the conversation at the right."""

from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.gui.theme.theme import Theme
from app.gui.widgets.chat_page import ChatPage
from app.gui.widgets.contacts_column import ContactsColumn
from app.gui.widgets.empty_state import EmptyState
from app.gui.widgets.parts import button, line, row


class MainPage(QWidget):
    """Two columns; with the focus of the page one goes on where one is."""

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
        self._goes_on: QWidget = self.invite_button
        self.show_nothing(alone=True)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        """No focus proxy, for Tab would pass over the page's other parts then."""
        super().focusInEvent(event)
        self._goes_on.setFocus(event.reason())

    def show_chat(self) -> None:
        self._right.setCurrentWidget(self.chat)
        self._goes_on = self.chat.composer.box

    def show_nothing(self, *, alone: bool) -> None:
        """No conversation is open; ``alone`` when there is none to open either."""
        has_keyboard = self._goes_on.hasFocus()
        self._right.setCurrentWidget(self.nothing)
        self._goes_on = self.invite_button if alone else self.contacts.list
        if has_keyboard:
            self.setFocus()
        if alone:
            self.nothing.say(
                self.tr("Add someone to talk to"),
                self.tr("Invite someone by a code or a link.\nOr add the link that somebody sent you."),
                actions=True,
            )
        else:
            title, sentence = self.tr("No conversation is open"), self.tr("Choose one from the list.")
            self.nothing.say(title, sentence, actions=False)
