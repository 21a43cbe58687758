"""One conversation that is open on the screen: pages of it in a model, sending, reading."""

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.domain.contact import ContactSummary
from app.domain.errors import ErrorKind, KithError
from app.domain.events import ChatCleared, Event, MessageChanged, MessageReceived, MessageRemoved, MessageStateChanged
from app.domain.identifiers import MessageId
from app.domain.message import Message, MessageState
from app.gui.draft import Draft
from app.gui.models.message_list import PAGE, MessageListModel, key
from app.gui.profile import Profile
from app.gui.tasks import TaskOwner


class Conversation(QObject):
    """Feeds a :class:`MessageListModel`; each page is fetched by the id of the message beside it."""

    loaded = Signal()
    """A page is in the model."""
    arrived = Signal(int)
    """So many messages were received."""
    found = Signal(str)
    """The message that was jumped to is in the model."""
    sent = Signal(object)
    """The :class:`Message` just sent is in the model."""
    refused = Signal(str)
    """This text was not sent; the reason has been reported."""
    read = Signal()
    """Everything up to the newest message was marked as read."""

    def __init__(self, profile: Profile, contact: ContactSummary, tasks: TaskOwner) -> None:
        super().__init__()
        self.contact = contact.contact
        self.model = MessageListModel(contact.name, self)
        self.draft = Draft(profile, contact.contact, tasks)
        self.at_end = True
        """Whether the newest message is in sight."""
        self._profile = profile
        self._tasks = tasks
        self._turn = asyncio.Lock()
        self._sending = asyncio.Lock()
        self._fetching = False
        self._stale = False
        self._skipped = False
        self._marked: MessageId | None = None
        self.model.quote_wanted.connect(self._fetch_quoted)

    def open(self) -> None:
        """Fetch the newest page and what had been written."""
        self.draft.load()
        self._refresh()

    def load_older(self) -> None:
        """Fetch the page before the first row."""
        if self.model.has_older and self.model.oldest() is not None and not self._turn.locked():
            self._tasks.start(self._load_older(), name="messages: older page")

    def load_newer(self) -> None:
        """Fetch the page behind the last row, where there is one."""
        if self.model.has_newer and not self._turn.locked():
            self._tasks.start(self._load_newer(), name="messages: newer page")

    def jump_to_newest(self) -> None:
        """Forget where the person was and show the newest page."""
        self._tasks.start(self._jump(), name="messages: jump to newest")

    def jump_to(self, message: MessageId) -> None:
        """Show the message and what stands around it, wherever in the conversation it is."""
        self._tasks.start(self._jump_to(message), name="messages: jump")

    def send(self, text: str, reply_to: MessageId | None = None) -> None:
        """Send; texts go out in the order of the calls, and closing the window waits for them."""
        self._tasks.start(self._send(text, reply_to), name="send", finish=True)

    def delete(self, message: MessageId, *, for_both: bool) -> None:
        """Delete the message for good: here, or one of ours on both sides."""
        self._tasks.start(self._delete(message, for_both=for_both), name="message: delete", finish=True)

    def edit(self, message: MessageId, text: str) -> None:
        """Give a text of ours another wording, on both sides."""
        self._tasks.start(self._edit(message, text), name="message: edit", finish=True)

    def react(self, message: MessageId, emoji: str | None) -> None:
        """Answer with an emoji in place of the one before; None takes it back."""
        self._tasks.start(self._react(message, emoji), name="message: react", finish=True)

    def tell_typing(self) -> None:
        """The person is writing."""
        self._tasks.start(self._tell_typing(), name="typing")

    def mark_read(self) -> None:
        """Mark everything up to the newest message as read, unless it is."""
        newest = self.model.newest()
        if newest is not None and not self.model.has_newer and newest.message_id != self._marked:
            self._marked = newest.message_id
            self._tasks.start(self._mark_read(newest.message_id), name="mark read")

    def take(self, events: Sequence[Event]) -> None:
        """Show what the engine tells about this conversation."""
        received: list[Message] = []
        changed = [event.message for event in events if isinstance(event, MessageChanged)]
        for event in events:
            match event:
                case MessageReceived(message=message) if message.contact == self.contact:
                    received.append(message)
                case MessageStateChanged(message=sent, contact=self.contact, state=state):
                    self.model.set_state(sent, state)
                case MessageRemoved(message=removed, contact=self.contact):
                    self.model.remove(removed)
                case ChatCleared(contact=self.contact):
                    self.model.replace_all([], has_older=False)
                case _:
                    pass
        self.model.change_all([message for message in changed if message.contact == self.contact])
        if received:
            self.arrived.emit(len(received))
        if len(received) > PAGE:
            self._skip()
        elif received:
            self._stale = True
            self.model.add_all(received)

    async def _messages(self, limit: int, before: MessageId | None = None) -> list[Message]:
        return await self._profile.bridge.call(
            self._profile.messenger.messages, self.contact, limit=limit, before=before
        )

    async def _messages_after(self, after: MessageId, limit: int) -> list[Message]:
        return await self._profile.bridge.call(self._profile.messenger.messages_after, self.contact, after, limit=limit)

    def _fetch_quoted(self, message: MessageId) -> None:
        self._tasks.start(self._tell_quoted(message), name="messages: quoted")

    async def _tell_quoted(self, message: MessageId) -> None:
        try:
            quoted = await self._profile.bridge.call(self._profile.messenger.message, self.contact, message)
        except KithError as error:
            if error.kind is not ErrorKind.UNKNOWN_MESSAGE:
                raise
            self.model.tell_quoted(message, None)
        else:
            self.model.tell_quoted(message, quoted)

    def _skip(self) -> None:
        """More came at once than is worth placing row by row, for nobody reads as fast: go on with the newest page.

        To one who reads further up it is as if the page had been forgotten.
        """
        if self.at_end:
            self._stale = self._skipped = True
            self._fetch_newest()
        else:
            self.model.has_newer = True

    def _refresh(self) -> None:
        self._stale = True
        self._fetch_newest()

    def _fetch_newest(self) -> None:
        if not self._fetching:
            self._fetching = True
            self._tasks.start(self._follow_newest(), name="messages: newest page")

    async def _follow_newest(self) -> None:
        """Fetch until no message came while fetching: a page may have been read just before it was stored."""
        try:
            while self._stale:
                self._stale = False
                async with self._turn:
                    skipped, self._skipped = self._skipped, False
                    page = await self._messages(PAGE)
                    if skipped:
                        self._show_only(page)
                    else:
                        self._merge(page)
        finally:
            self._fetching = False
        self.loaded.emit()

    def _merge(self, page: Sequence[Message]) -> None:
        newest = self.model.newest()
        joins = newest is not None and (len(page) < PAGE or key(page[-1]) <= key(newest))
        if joins and not self.model.has_newer:
            self.model.add_all(page)
        elif newest is None:
            unread = [message for message in page if not message.mine and message.state < MessageState.READ]
            self.model.unread_from = unread[-1] if unread else None
            self.model.replace_all(page, has_older=len(page) == PAGE)
        elif not self.model.has_newer:
            self._show_only(page)

    def _show_only(self, page: Sequence[Message]) -> None:
        self.model.replace_all(page, has_older=len(page) == PAGE)

    async def _jump(self) -> None:
        async with self._turn:
            self._show_only(await self._messages(PAGE))
        self.loaded.emit()

    async def _jump_to(self, message: MessageId) -> None:
        """Half a page after it, and what is before that with itself."""
        async with self._turn:
            half = PAGE // 2
            if self.model.row_of(message) is None:
                newer = await self._messages_after(message, half)
                older = await self._messages(half + 1, newer[-1].message_id if newer else None)
                self.model.replace_all([*newer, *older], has_older=len(older) > half, has_newer=len(newer) == half)
        self.found.emit(message)
        self.loaded.emit()

    async def _load_older(self) -> None:
        async with self._turn:
            first = self.model.oldest()
            if first is None:
                return
            page = await self._messages(PAGE, first.message_id)
            self.model.add_older(page, has_older=len(page) == PAGE)
        self.loaded.emit()

    async def _load_newer(self) -> None:
        async with self._turn:
            last = self.model.newest()
            if last is None:
                return
            page = await self._messages_after(last.message_id, PAGE + 1)
            self.model.add_newer(page[-PAGE:], has_newer=len(page) > PAGE)
        self.loaded.emit()
        if not self.model.has_newer:
            self._refresh()

    async def _send(self, text: str, reply_to: MessageId | None) -> None:
        async with self._sending:
            messenger = self._profile.messenger
            try:
                sent = await self._profile.bridge.call(messenger.send_text, self.contact, text, reply_to=reply_to)
            except KithError:
                self.refused.emit(text)
                raise
        async with self._turn:
            page = await self._messages(PAGE)
            if self.model.has_newer:
                self._show_only(page)
            else:
                self._merge(page)
        message = next((message for message in page if message.message_id == sent.message), None)
        if message is not None:
            self.sent.emit(message)

    async def _delete(self, message: MessageId, *, for_both: bool) -> None:
        messenger = self._profile.messenger
        await self._profile.bridge.call(messenger.delete_message, self.contact, message, for_both=for_both)

    async def _edit(self, message: MessageId, text: str) -> None:
        await self._profile.bridge.call(self._profile.messenger.edit_message, self.contact, message, text)

    async def _react(self, message: MessageId, emoji: str | None) -> None:
        await self._profile.bridge.call(self._profile.messenger.react, self.contact, message, emoji)

    async def _tell_typing(self) -> None:
        await self._profile.bridge.call(self._profile.messenger.typing, self.contact)

    async def _mark_read(self, up_to: MessageId) -> None:
        await self._profile.bridge.call(self._profile.messenger.mark_read, self.contact, up_to)
        self.read.emit()
