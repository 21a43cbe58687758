"""The right column: header, bubbles, composer of the open conversation."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QStackedLayout, QWidget

from app.domain.contact import ContactState, ContactSummary
from app.domain.identifiers import MessageId
from app.domain.message import Message
from app.gui.conversation import Conversation
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Space
from app.gui.widgets.chat_header import ChatHeader
from app.gui.widgets.composer import Composer
from app.gui.widgets.down_button import DownButton
from app.gui.widgets.empty_state import EmptyState
from app.gui.widgets.message_view import MessageView
from app.gui.widgets.parts import column, label, line
from app.gui.widgets.trouble_bar import TroubleBar


class ChatPage(QFrame):
    """Shows one :class:`Conversation` at a time."""

    seen = Signal()
    """The newest message may be in sight now."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "chat")
        self._theme = theme
        self._conversation: Conversation | None = None
        self.header = ChatHeader(theme)
        self.view = MessageView(theme)
        self.nothing = EmptyState()
        self.composer = Composer(theme)
        self.trouble = TroubleBar()
        self.down_button = DownButton(theme, self.view)
        self.waiting = label(look="caption", centred=True)
        self.waiting.setContentsMargins(Space.L, 0, Space.L, Space.S)
        self.waiting.hide()
        self._contact: ContactSummary | None = None
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        middle = QWidget()
        self._middle = QStackedLayout(middle)
        self._middle.addWidget(self.nothing)
        self._middle.addWidget(self.view)
        content = column(self)
        for part in (self.header, line(), self.trouble, middle, self.waiting, line(), self.composer):
            content.addWidget(part, 1 if part is middle else 0)

    def _connect(self) -> None:
        self.composer.submitted.connect(self._send)
        self.composer.written.connect(self._written)
        self.composer.typed.connect(self._typed)
        self.composer.edited.connect(self._edit)
        self.composer.last_wanted.connect(self._edit_last)
        self.view.older_wanted.connect(self._load_older)
        self.view.newer_wanted.connect(self._load_newer)
        self.view.resized.connect(self._place_button)
        self.view.at_bottom_changed.connect(self._bottom_changed)
        self.down_button.clicked.connect(self._jump)
        self.view.message_actions.reply.connect(self._reply)
        self.view.message_actions.edit.connect(self.composer.edit)
        self.view.message_actions.react.connect(self._react)
        self.view.message_actions.choose_reaction.connect(self._choose_reaction)
        self.view.message_actions.show_quoted.connect(self.show_message)

    @property
    def shows_newest(self) -> bool:
        """Whether the newest message is in sight."""
        return self.view.isVisible() and self.view.at_bottom

    def show_conversation(self, conversation: Conversation, contact: ContactSummary) -> None:
        """Open the conversation from its end, ready to write."""
        if self._conversation is not None:
            self._conversation.draft.save()
        self._conversation = conversation
        self.show_contact(contact)
        self.composer.write_to(contact.name)
        self.view.show_conversation(conversation.model)
        conversation.loaded.connect(self._loaded)
        conversation.found.connect(self.view.mark)
        conversation.draft.loaded.connect(partial(self._write_draft, conversation))
        conversation.refused.connect(partial(self._refused, conversation))
        conversation.model.rowsInserted.connect(self._loaded)
        conversation.model.modelReset.connect(self._loaded)
        conversation.model.dataChanged.connect(self._show_waiting)
        conversation.arrived.connect(self._count)
        self._loaded()

    def forget_conversation(self) -> None:
        """The contact is gone, and what was written to it with it."""
        self._conversation = None

    def show_message(self, message: MessageId) -> None:
        """Go to the message, wherever in the conversation it stands, and mark it."""
        if self._conversation is not None:
            self.view.mark(message)
            self._conversation.jump_to(message)

    def show_contact(self, contact: ContactSummary) -> None:
        """The contact stands otherwise than before."""
        self._contact = contact
        self.header.show_contact(contact)
        self.composer.call_them(contact.name)
        self.trouble.show_contact(contact)
        self._show_waiting()
        if contact.state is ContactState.PENDING:
            sentence = self.tr(
                "The first connection is still to come. What you write now waits, and goes out by itself."
            )
        else:
            sentence = self.tr("Messages are encrypted from this computer to theirs. Nobody in between can read them.")
        self.nothing.say(self.tr("Say hello to {name}").format(name=contact.name), sentence, actions=False)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 (Qt's name)
        super().hideEvent(event)
        if self._conversation is not None:
            self._conversation.draft.save()

    def _loaded(self) -> None:
        if self._conversation is not None:
            self._middle.setCurrentWidget(self.view if self._conversation.model.rowCount() else self.nothing)
            self._show_waiting()
            self._place_button()
            self.view.want_more()
            self.seen.emit()

    def _send(self, text: str, answered: Message | None) -> None:
        if self._conversation is not None:
            self.view.go_to_end()
            self._conversation.send(text, None if answered is None else answered.message_id)

    def _edit(self, message: Message, text: str) -> None:
        if self._conversation is not None and text != message.text:
            self._conversation.edit(message.message_id, text)

    def _edit_last(self) -> None:
        message = None if self._conversation is None else self._conversation.model.last_own_text()
        if message is not None:
            self.composer.edit(message)

    def _react(self, message: Message, emoji: str | None) -> None:
        if self._conversation is not None:
            self._conversation.react(message.message_id, emoji)

    def _choose_reaction(self, message: Message) -> None:
        self.composer.picker.ask(self.composer, partial(self._react, message))

    def _reply(self, message: Message) -> None:
        if self._conversation is not None:
            self.composer.reply_to(message, self._conversation.model.author(message))

    def _refused(self, conversation: Conversation, text: str) -> None:
        """Give the text back where it was written, which need not be what is shown by now."""
        if self._conversation is conversation:
            self.composer.give_back(text)
        else:
            conversation.draft.write(text)
            conversation.draft.save()

    def _write_draft(self, conversation: Conversation, text: str) -> None:
        if self._conversation is conversation:
            self.composer.give_back(text)

    def _typed(self) -> None:
        if self._conversation is not None:
            self._conversation.tell_typing()

    def _written(self, text: str) -> None:
        if self._conversation is not None:
            self._conversation.draft.write(text)

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
        if at_bottom:
            self.down_button.show_count(0)
            self.seen.emit()
        self._place_button()

    def _count(self, messages: int) -> None:
        """So many came; those out of sight are counted."""
        if not self.view.at_bottom:
            self.down_button.show_count(self.down_button.count + messages)
            self._place_button()

    def _show_waiting(self) -> None:
        """Say for whom the last message waits, where it does."""
        contact, conversation = self._contact, self._conversation
        waits = conversation is not None and conversation.model.waits()
        if contact is None or not waits or contact.online or contact.state is ContactState.PENDING:
            self.waiting.hide()
        else:
            self.waiting.setText(self.tr("Waits for {name} to come online").format(name=contact.name))
            self.waiting.show()

    def _place_button(self) -> None:
        self.down_button.place(self.view.viewport().size())
