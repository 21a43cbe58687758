"""The dialogs about one message, and what comes of them."""

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.message import Message
from app.gui.conversation import Conversation
from app.gui.dialogs.delete_message_dialog import DeleteMessageDialog
from app.gui.dialogs.link_dialog import LinkDialog
from app.gui.dialogs.message_details_dialog import MessageDetailsDialog
from app.gui.dialogs.whole_message_dialog import WholeMessageDialog
from app.gui.links import is_allowed
from app.gui.profile import Profile
from app.gui.tasks import TaskOwner
from app.gui.widgets.message_menu import MessageActions

Ask = Callable[[QDialog], Awaitable[bool]]
"""Shows a dialog until it is answered; whether it was accepted."""


class MessageDialogs(QObject):
    """``conversation`` tells which one is on the screen; ``add`` takes a contact's link."""

    def __init__(
        self,
        profile: Profile,
        tasks: TaskOwner,
        *,
        ask: Ask,
        conversation: Callable[[], Conversation | None],
        add: Callable[[str], None],
        window: QWidget,
    ) -> None:
        super().__init__()
        self._profile = profile
        self._tasks = tasks
        self._ask = ask
        self._conversation = conversation
        self._add = add
        self._window = window

    def follow(self, actions: MessageActions) -> None:
        """Do what is wanted there."""
        actions.whole.connect(self.show_whole)
        actions.details.connect(self.show_details)
        actions.delete.connect(self.delete)
        actions.open_link.connect(self.open_link)

    def show_whole(self, message: Message) -> None:
        self._tasks.start(self._show(WholeMessageDialog(message, self._window)), name="dialog: message")

    def show_details(self, message: Message) -> None:
        self._tasks.start(self._show_details(message), name="dialog: details")

    def delete(self, message: Message) -> None:
        conversation = self._conversation()
        if conversation is not None:
            self._tasks.start(self._delete(conversation, message), name="dialog: delete")

    def open_link(self, url: str) -> None:
        """Ask, then hand the link to the system; one of a contact adds the contact."""
        if url.lower().startswith("kith:"):
            self._add(url)
        elif is_allowed(url):
            self._tasks.start(self._open_link(url), name="dialog: link")

    async def _show(self, dialog: QDialog) -> None:
        await self._ask(dialog)

    async def _show_details(self, message: Message) -> None:
        bridge, messenger = self._profile.bridge, self._profile.messenger
        details = await bridge.call(messenger.message_details, message.contact, message.message_id)
        conversation = self._conversation()
        sender = "" if conversation is None else conversation.model.author(message)
        await self._ask(MessageDetailsDialog(details, sender, self._window))

    async def _delete(self, conversation: Conversation, message: Message) -> None:
        dialog = DeleteMessageDialog(conversation.model.peer, for_both=message.mine, parent=self._window)
        if await self._ask(dialog):
            conversation.delete(message.message_id, for_both=dialog.for_both)

    async def _open_link(self, url: str) -> None:
        if await self._ask(LinkDialog(url, self._window)):
            QDesktopServices.openUrl(QUrl(url))
