"""The open profile on the main page: which conversation is shown, who is told what."""

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut

from app.domain.events import Event
from app.domain.identifiers import ContactId, MessageId
from app.gui.conversation import Conversation
from app.gui.desk import Desk
from app.gui.emoji_names import load
from app.gui.finder import Finder
from app.gui.message_dialogs import MessageDialogs
from app.gui.profile import Profile
from app.gui.roster import Roster
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import Theme
from app.gui.widgets.emoji_picker import language
from app.gui.window import Window


class Home(QObject):
    """Wires roster, conversation and dialogs to the window."""

    def __init__(self, profile: Profile, window: Window, tasks: TaskOwner, theme: Theme) -> None:
        super().__init__()
        self.profile = profile
        self._window = window
        self._page = window.main
        self._tasks = tasks
        self._conversation_tasks = tasks.child()
        self.roster = Roster(profile, tasks)
        self.desk = Desk(profile, window, self.roster, tasks, theme)
        self.finder = Finder(profile, self.roster.model, tasks)
        self.message_dialogs = MessageDialogs(
            profile,
            tasks,
            ask=self.desk.answered,
            conversation=lambda: self.conversation,
            add=self.desk.add,
            window=window,
        )
        self.conversation: Conversation | None = None
        """The one on the screen."""
        self._wanted: ContactId | None = None
        self._page.contacts.show_account(profile.account)
        self._page.contacts.show_contacts(self.roster.model)
        self._page.contacts.results.show_model(self.finder.model)
        self._connect()

    def open(self, link: str | None) -> None:
        """Begin: read who is there; ``link`` is one that Kith was started with."""
        self.roster.refresh()
        if link is not None:
            self.desk.add(link)

    def show_conversation(self, contact: ContactId) -> None:
        """Open the conversation with this contact."""
        summary = self.roster.model.contact(contact)
        if summary is None or (self.conversation is not None and self.conversation.contact == contact):
            return
        self.conversation = Conversation(self.profile, summary, self._conversation_tasks)
        self.conversation.sent.connect(self.roster.sent)
        self.conversation.read.connect(self._read)
        self.conversation.draft.saved.connect(self.roster.model.tell_draft)
        self._page.chat.show_conversation(self.conversation, summary)
        self._page.chat.header.show_typing(typing=self.roster.model.is_typing(contact))
        self._page.show_chat()
        self._page.chat.composer.box.setFocus()
        self.conversation.open()

    def show_message(self, contact: ContactId, message: MessageId) -> None:
        """Open the conversation where this message stands."""
        self._page.contacts.choose(contact)
        self.show_conversation(contact)
        if self.conversation is not None and self.conversation.contact == contact:
            self._page.chat.show_message(message)

    def search(self) -> None:
        """Put the cursor where one searches."""
        self._page.contacts.search.setFocus()
        self._page.contacts.search.selectAll()

    def _connect(self) -> None:
        page = self._page
        self.profile.bridge.events.connect(self._take)
        self.roster.requests.connect(page.contacts.requests.show_requests)
        self.roster.changed.connect(self._contact_changed)
        self.desk.joined.connect(self._joined)
        self.roster.loaded.connect(self._roster_loaded)
        for invite_button in (page.invite_button, page.contacts.invite_button):
            invite_button.clicked.connect(self.desk.invite)
        for add_button in (page.add_button, page.contacts.add_button):
            add_button.clicked.connect(lambda _: self.desk.add())
        page.contacts.chosen.connect(self.show_conversation)
        page.contacts.look_for.connect(self.finder.look_for)
        self.finder.found.connect(page.contacts.show_results)
        page.contacts.results.contact_chosen.connect(self._found_contact)
        page.contacts.results.message_chosen.connect(self.show_message)
        page.contacts.search.ended.connect(page.chat.composer.box.setFocus)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), page, self.search)
        page.contacts.requests.accepted.connect(self.roster.accept)
        page.contacts.requests.declined.connect(self.roster.decline)
        page.contacts.requests.all_wanted.connect(self.desk.show_requests)
        page.chat.seen.connect(self._mark_read)
        page.chat.composer.box.shortened.connect(self._tell_shortened)
        page.chat.composer.picker.opened.connect(self._load_emoji_names)
        page.chat.trouble.contact_wanted.connect(self._show_contact)
        page.chat.trouble.agreed.connect(self._agree)
        self.message_dialogs.follow(page.chat.view.message_actions)
        self._window.activated.connect(self._mark_read)
        self._window.dropped.connect(self.desk.add)
        page.chat.header.details_wanted.connect(self._show_contact)

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
            self._page.chat.header.show_typing(typing=self.roster.model.is_typing(contact))
        else:
            self.conversation = None
            self.roster.open_contact = None
            self._page.chat.forget_conversation()
            self._page.show_nothing(alone=self.roster.model.rowCount() == 0)

    def _show_contact(self) -> None:
        if self.conversation is not None:
            self.desk.show_contact(self.conversation.contact)

    def _found_contact(self, contact: ContactId) -> None:
        self._page.contacts.search.clear()
        self._page.contacts.choose(contact)
        self.show_conversation(contact)
        self._page.chat.composer.box.setFocus()

    def _tell_shortened(self) -> None:
        self._window.banner.say(self.tr("That was longer than a message can be. Only its beginning was pasted."))

    def _load_emoji_names(self) -> None:
        if self._page.chat.composer.picker.model.names is None:
            self._tasks.start(self._tell_emoji_names(), name="emoji: names")

    async def _tell_emoji_names(self) -> None:
        names = await self.profile.bridge.call(asyncio.to_thread, load, language())
        self._page.chat.composer.picker.take_names(names)

    def _agree(self) -> None:
        if self.conversation is not None:
            self.roster.agree(self.conversation.contact)

    def look(self) -> None:
        """What is in sight may be other now."""
        self._mark_read()

    def _mark_read(self) -> None:
        """What is in sight of an active window counts as read."""
        in_sight = self._window.isActiveWindow() and self._page.chat.shows_newest
        self.roster.open_contact = self.conversation.contact if in_sight and self.conversation is not None else None
        if in_sight and self.conversation is not None:
            self.conversation.mark_read()

    def _read(self) -> None:
        if self.conversation is not None:
            self.roster.model.tell_read(self.conversation.contact)

    def _joined(self, contact: ContactId) -> None:
        self._wanted = contact
        self.roster.refresh()
