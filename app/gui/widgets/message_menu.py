"""What can be done with one message, as a menu; by mouse, or by the menu key on the current row."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from app.domain.message import Message
from app.gui.emoji_names import QUICK
from app.gui.links import spelled_out
from app.gui.models.message_row import MessageRow

_MOST_LINKS = 5
_MAX_LINK_SHOWN = 48


class MessageActions(QObject):
    """Tells what the person wants of a message."""

    reply = Signal(object)
    """The :class:`Message` to answer."""
    details = Signal(object)
    whole = Signal(object)
    """The :class:`Message` whose bubble shows only its beginning."""
    delete = Signal(object)
    edit = Signal(object)
    react = Signal(object, object)
    """The :class:`Message`, and the emoji or None."""
    choose_reaction = Signal(object)
    """The :class:`Message` to be answered with an emoji of all that there are."""
    open_link = Signal(str)
    show_quoted = Signal(str)
    """The id of the message that is quoted."""

    def menu(self, row: MessageRow, parent: QWidget) -> QMenu:
        """A menu that deletes itself when it is closed."""
        made = QMenu(parent)
        made.aboutToHide.connect(made.deleteLater)
        message = row.message
        if not message.deleted:
            made.addAction(self.tr("Reply"), lambda: self.reply.emit(message))
            self._add_reactions(made, message)
            made.addAction(self.tr("Copy text"), lambda: self.copy(message))
        if message.mine and not row.is_faded:
            made.addAction(self.tr("Edit"), lambda: self.edit.emit(message))
        if row.shortened:
            made.addAction(self.tr("Read the whole message"), lambda: self.whole.emit(message))
        if row.quote is not None:
            quoted = row.quote.message_id
            made.addAction(self.tr("Go to the quoted message"), lambda: self.show_quoted.emit(quoted))
        self._add_links(made, row)
        made.addSeparator()
        made.addAction(self.tr("Details …"), lambda: self.details.emit(message))
        made.addAction(self.tr("Delete …"), lambda: self.delete.emit(message))
        return made

    def copy(self, message: Message) -> None:
        QGuiApplication.clipboard().setText(message.text)

    def _add_reactions(self, menu: QMenu, message: Message) -> None:
        own = next((reaction.emoji for reaction in message.reactions if reaction.mine), None)
        reactions = menu.addMenu(self.tr("React"))
        for emoji in QUICK:
            reactions.addAction(emoji, partial(self.react.emit, message, emoji))
        reactions.addAction(self.tr("Another emoji …"), partial(self.choose_reaction.emit, message))
        if own is not None:
            reactions.addAction(self.tr("Take back {emoji}").format(emoji=own), partial(self.react.emit, message, None))

    def _add_links(self, menu: QMenu, row: MessageRow) -> None:
        for link in row.links[:_MOST_LINKS]:
            shown = spelled_out(link.url)
            shown = shown if len(shown) <= _MAX_LINK_SHOWN else f"{shown[:_MAX_LINK_SHOWN]}…"
            words = self.tr("Open {link}").format(link=shown.replace("&", "&&"))
            menu.addAction(words, partial(self.open_link.emit, link.url))
