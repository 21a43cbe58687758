"""The right column: header, bubbles, composer of the open conversation."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QStackedLayout, QWidget

from app.domain.contact import ContactState, ContactSummary
from app.domain.identifiers import ContactId, MessageId
from app.gui.conversation import Conversation
from app.gui.theme.icons import Glyph, icon
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.chat_header import ChatHeader
from app.gui.widgets.composer import Composer
from app.gui.widgets.empty_state import EmptyState
from app.gui.widgets.message_view import MessageView
from app.gui.widgets.parts import button, column, line


class ChatPage(QFrame):
    """Shows one :class:`Conversation` at a time."""

    seen = Signal()
    """The newest message may be in sight now."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "chat")
        self._theme = theme
        self._conversation: Conversation | None = None
        self._drafts: dict[ContactId, str] = {}
        self.header = ChatHeader(theme)
        self.view = MessageView(theme)
        self.nothing = EmptyState()
        self.composer = Composer(theme)
        self.down_button = button("", "round", name=self.tr("Go to the newest message"))
        self.down_button.setParent(self.view)
        self.down_button.setFixedSize(QSize(Size.BUTTON + 2 * Space.HAIR, Size.BUTTON + 2 * Space.HAIR))
        self.down_button.hide()
        middle = QWidget()
        self._middle = QStackedLayout(middle)
        self._middle.addWidget(self.nothing)
        self._middle.addWidget(self.view)
        content = column(self)
        for part in (self.header, line(), middle, line(), self.composer):
            content.addWidget(part, 1 if part is middle else 0)
        self.composer.submitted.connect(self._send)
        self.view.older_wanted.connect(self._load_older)
        self.view.newer_wanted.connect(self._load_newer)
        self.view.at_bottom_changed.connect(self._bottom_changed)
        self.down_button.clicked.connect(self._jump)
        theme.changed.connect(self._colour)
        self._colour()

    @property
    def shows_newest(self) -> bool:
        """Whether the newest message is in sight."""
        return self.view.isVisible() and self.view.at_bottom

    def show_conversation(self, conversation: Conversation, contact: ContactSummary) -> None:
        """Open the conversation from its end, ready to write."""
        if self._conversation is not None:
            self._drafts[self._conversation.contact] = self.composer.text()
        self._conversation = conversation
        self.show_contact(contact)
        self.composer.write_to(contact.name, self._drafts.pop(contact.contact, ""))
        self.view.show_conversation(conversation.model)
        conversation.loaded.connect(self._loaded)
        conversation.found.connect(self.view.mark)
        conversation.refused.connect(lambda text: self._refused(conversation.contact, text))
        conversation.model.rowsInserted.connect(self._loaded)
        conversation.model.modelReset.connect(self._loaded)
        self._loaded()

    def show_message(self, message: MessageId) -> None:
        """Go to the message, wherever in the conversation it stands, and mark it."""
        if self._conversation is not None:
            self.view.mark(message)
            self._conversation.jump_to(message)

    def show_contact(self, contact: ContactSummary) -> None:
        """The contact stands otherwise than before."""
        self.header.show_contact(contact)
        if contact.state is ContactState.PENDING:
            sentence = self.tr(
                "The first connection is still to come. What you write now waits, and goes out by itself."
            )
        else:
            sentence = self.tr("Messages are encrypted from this computer to theirs. Nobody in between can read them.")
        self.nothing.say(self.tr("Say hello to {name}").format(name=contact.name), sentence, actions=False)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._place_button()

    def _loaded(self) -> None:
        if self._conversation is not None:
            self._middle.setCurrentWidget(self.view if self._conversation.model.rowCount() else self.nothing)
            self._place_button()
            self.view.want_more()
            self.seen.emit()

    def _send(self, text: str) -> None:
        if self._conversation is not None:
            self.view.go_to_end()
            self._conversation.send(text)

    def _refused(self, contact: ContactId, text: str) -> None:
        """Give the text back where it was written, which need not be what is shown by now."""
        if self._conversation is not None and self._conversation.contact == contact:
            self.composer.give_back(text)
        else:
            self._drafts[contact] = text

    def _load_older(self) -> None:
        if self._conversation is not None:
            self._conversation.load_older()

    def _load_newer(self) -> None:
        if self._conversation is not None:
            self._conversation.load_newer()

    def _jump(self) -> None:
        if self._conversation is not None and self._conversation.model.has_newer:
            self._conversation.jump_to_newest()
        else:
            self.view.go_to_end()

    def _bottom_changed(self, at_bottom: bool) -> None:  # noqa: FBT001 (a slot)
        if self._conversation is not None:
            self._conversation.at_end = at_bottom
        self.down_button.setVisible(not at_bottom)
        self._place_button()
        if at_bottom:
            self.seen.emit()

    def _place_button(self) -> None:
        corner = self.view.rect().bottomRight()
        self.down_button.move(corner.x() - Size.BUTTON - Space.L, corner.y() - Size.BUTTON - Space.M)

    def _colour(self) -> None:
        self.down_button.setIcon(icon(Glyph.DOWN, self._theme.colour("muted")))
