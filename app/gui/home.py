"""The open profile on the main page: which conversation is shown, which dialogs are open, who is told what."""

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog

from app.domain.events import ContactAdded, Event
from app.domain.identifiers import ContactId, MessageId
from app.gui.codes.picture import Source
from app.gui.conversation import Conversation
from app.gui.dialogs.add_contact_dialog import AddContactDialog
from app.gui.dialogs.check_digits_dialog import CheckDigitsDialog, DifferentDigitsDialog, ShowDigitsDialog
from app.gui.dialogs.invite_dialog import InviteDialog
from app.gui.dialogs.opening import opened
from app.gui.finder import Finder
from app.gui.message_dialogs import MessageDialogs
from app.gui.profile import Profile
from app.gui.roster import Roster
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import Theme
from app.gui.window import Window


class Home(QObject):
    """Wires roster, conversation and dialogs to the window."""

    def __init__(self, profile: Profile, window: Window, tasks: TaskOwner, theme: Theme) -> None:
        super().__init__()
        self._profile = profile
        self._window = window
        self._theme = theme
        self._page = window.main
        self._tasks = tasks
        self._conversation_tasks = tasks.child()
        self.roster = Roster(profile, tasks)
        self.finder = Finder(profile, self.roster.model, tasks)
        self.message_dialogs = MessageDialogs(
            profile, tasks, ask=self._answered, conversation=lambda: self.conversation, add=self.add, window=window
        )
        self.conversation: Conversation | None = None
        """The one on the screen."""
        self._dialogs: list[QDialog] = []
        self._wanted: ContactId | None = None
        self._page.contacts.show_account(profile.account)
        self._page.contacts.show_contacts(self.roster.model)
        self._page.contacts.results.show_model(self.finder.model)
        self._connect()

    @property
    def dialog(self) -> QDialog | None:
        """The latest dialog that is open."""
        return self._dialogs[-1] if self._dialogs else None

    def open(self, link: str | None) -> None:
        """Begin: read who is there; ``link`` is one that Kith was started with."""
        self.roster.refresh()
        if link is not None:
            self.add(link)

    def invite(self) -> None:
        """Show the dialog that makes an invite."""
        self._tasks.start(self._invite(), name="dialog: invite")

    def add(self, offer: str | Source | None = None) -> None:
        """Show the dialog that adds a contact; it begins with the link or picture."""
        self._tasks.start(self._add(offer), name="dialog: add")

    def show_conversation(self, contact: ContactId) -> None:
        """Open the conversation with this contact."""
        summary = self.roster.model.contact(contact)
        if summary is None or (self.conversation is not None and self.conversation.contact == contact):
            return
        self.conversation = Conversation(self._profile, summary, self._conversation_tasks)
        self.conversation.sent.connect(self.roster.sent)
        self.conversation.read.connect(self._read)
        self.conversation.draft.saved.connect(self.roster.model.tell_draft)
        self._page.chat.show_conversation(self.conversation, summary)
        self._page.show_chat()
        self._page.chat.composer.setFocus()
        self.conversation.open()

    def show_message(self, contact: ContactId, message: MessageId) -> None:
        """Open the conversation where this message stands."""
        self._page.contacts.choose(contact)
        if self.conversation is not None and self.conversation.contact == contact:
            self._page.chat.show_message(message)

    def search(self) -> None:
        """Put the cursor where one searches."""
        self._page.contacts.search.setFocus()
        self._page.contacts.search.selectAll()

    def _connect(self) -> None:
        page = self._page
        self._profile.bridge.events.connect(self._take)
        self.roster.requests.connect(page.contacts.requests.show_requests)
        self.roster.changed.connect(self._contact_changed)
        self.roster.added.connect(self._contact_added)
        self.roster.loaded.connect(self._roster_loaded)
        for invite_button in (page.invite_button, page.contacts.invite_button):
            invite_button.clicked.connect(self.invite)
        for add_button in (page.add_button, page.contacts.add_button):
            add_button.clicked.connect(lambda _: self.add())
        page.contacts.chosen.connect(self.show_conversation)
        page.contacts.look_for.connect(self.finder.look_for)
        self.finder.found.connect(page.contacts.show_results)
        page.contacts.results.contact_chosen.connect(self._found_contact)
        page.contacts.results.message_chosen.connect(self.show_message)
        page.contacts.search.ended.connect(page.chat.composer.setFocus)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), page, self.search)
        page.contacts.requests.accepted.connect(self.roster.accept)
        page.contacts.requests.declined.connect(self.roster.decline)
        page.chat.seen.connect(self._mark_read)
        page.chat.trouble.agreed.connect(self._agree)
        self.message_dialogs.follow(page.chat.view.message_actions)
        self._window.activated.connect(self._mark_read)
        self._window.dropped.connect(self.add)

    def _take(self, events: Sequence[Event]) -> None:
        self.roster.take(events)
        if self.conversation is not None:
            self.conversation.take(events)

    def _roster_loaded(self) -> None:
        if self._wanted is not None:
            self._page.contacts.choose(self._wanted)
            self._wanted = None
        if self.conversation is None:
            self._page.show_nothing(alone=self.roster.model.rowCount() == 0)
        else:
            self._contact_changed(self.conversation.contact)

    def _contact_changed(self, contact: ContactId) -> None:
        if self.conversation is None or self.conversation.contact != contact:
            return
        summary = self.roster.model.contact(contact)
        if summary is not None:
            self.conversation.model.peer = summary.name
            self._page.chat.show_contact(summary)
        else:
            self.conversation = None
            self.roster.open_contact = None
            self._page.show_nothing(alone=self.roster.model.rowCount() == 0)

    def _contact_added(self, event: ContactAdded, joined: bool) -> None:  # noqa: FBT001 (a slot)
        for dialog in self._dialogs:
            if isinstance(dialog, InviteDialog):
                dialog.look_again()
        if event.check_digits is not None:
            compare = self._show_digits if joined else self._compare_digits
            self._tasks.start(compare(event, event.check_digits), name="dialog: digits")

    def _found_contact(self, contact: ContactId) -> None:
        self._page.contacts.search.clear()
        self._page.contacts.choose(contact)
        self._page.chat.composer.setFocus()

    def _agree(self) -> None:
        if self.conversation is not None:
            self.roster.agree(self.conversation.contact)

    def _mark_read(self) -> None:
        """What is in sight of an active window counts as read."""
        in_sight = self._window.isActiveWindow() and self._page.chat.shows_newest
        self.roster.open_contact = self.conversation.contact if in_sight and self.conversation is not None else None
        if in_sight and self.conversation is not None:
            self.conversation.mark_read()

    def _read(self) -> None:
        if self.conversation is not None:
            self.roster.model.tell_read(self.conversation.contact)

    async def _answered(self, dialog: QDialog, tasks: TaskOwner | None = None) -> bool:
        self._dialogs.append(dialog)
        try:
            return await opened(dialog, tasks)
        finally:
            self._dialogs.remove(dialog)

    async def _invite(self) -> None:
        tasks = self._tasks.child()
        await self._answered(InviteDialog(self._profile, tasks, self._window), tasks)

    async def _add(self, offer: str | Source | None) -> None:
        tasks = self._tasks.child()
        dialog = AddContactDialog(self._profile.bridge, self.roster, tasks, self._theme, self._window)
        if offer is not None:
            dialog.take(offer)
        if await self._answered(dialog, tasks):
            self._wanted = dialog.contact
            self.roster.refresh()

    async def _show_digits(self, event: ContactAdded, digits: str) -> None:
        if await self._answered(ShowDigitsDialog(event.name, digits, self._window)):
            self.roster.set_verified(event.contact)

    async def _compare_digits(self, event: ContactAdded, digits: str) -> None:
        if await self._answered(CheckDigitsDialog(event.name, digits, self._window)):
            self.roster.set_verified(event.contact)
        elif await self._answered(DifferentDigitsDialog(event.name, self._window)):
            self.roster.remove(event.contact)
