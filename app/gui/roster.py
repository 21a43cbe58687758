"""Who is there: contacts and requests, kept in step with the engine."""

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.domain.contact import ContactState
from app.domain.events import (
    ChatCleared,
    ContactAdded,
    ContactChanged,
    ContactRequested,
    Event,
    MessageChanged,
    MessageReceived,
    MessageRemoved,
    PathChanged,
    TypingChanged,
)
from app.domain.identifiers import ContactId
from app.domain.message import Message
from app.gui.models.contact_list import ContactListModel
from app.gui.models.contact_words import named
from app.gui.profile import Profile
from app.gui.tasks import TaskOwner

_PAUSE_S = 0.1
"""Between two whole readings of the contacts, when events come without end."""


class Roster(QObject):
    """The contacts' model and the requests.

    Small changes are applied as they are told; what needs more than the event says makes the whole list be read again.
    """

    requests = Signal(object)
    """The waiting requests, as ``list[ContactSummary]``."""
    changed = Signal(str)
    """Something about this contact was told."""
    added = Signal(object, bool)
    """The :class:`ContactAdded`, and whether it was this side that followed the other's link."""
    loaded = Signal()

    def __init__(self, profile: Profile, tasks: TaskOwner) -> None:
        super().__init__()
        self.model = ContactListModel(self)
        self.open_contact: ContactId | None = None
        """The conversation on the screen: what comes there is not counted as unread."""
        self._profile = profile
        self._tasks = tasks
        self._stale = False
        self._reading = False
        self._joined: set[ContactId] = set()
        self._adding = 0
        self._held: list[ContactAdded] = []

    def refresh(self) -> None:
        """Read everything anew."""
        self._stale = True
        if not self._reading:
            self._reading = True
            self._tasks.start(self._read(), name="contacts: read")

    def take(self, events: Sequence[Event]) -> None:
        """Apply what the engine tells; many messages of one conversation change its row once."""
        received: dict[ContactId, list[Message]] = {}
        for event in events:
            if isinstance(event, MessageReceived):
                received.setdefault(event.message.contact, []).append(event.message)
            else:
                self._take(event)
        for contact, messages in received.items():
            self._received(contact, messages)
        self._stale = self._stale or self._reading

    def _take(self, event: Event) -> None:
        match event:
            case PathChanged(contact=contact):
                self.model.tell_path(event)
                self.changed.emit(contact)
            case ContactChanged(contact=contact):
                self.model.tell_changed(event)
                self.changed.emit(contact)
                if event.muted is not None:  # the event does not say until when
                    self.refresh()
            case ContactAdded():
                self._held.append(event)
                self._announce()
                self.refresh()
            case ContactRequested() | ChatCleared() | MessageRemoved():
                self.refresh()
            case MessageChanged(message=message):
                self._message_changed(message)
            case TypingChanged(contact=contact, typing=typing):
                self.model.tell_typing(contact, typing=typing)
                self.changed.emit(contact)
            case _:
                pass

    async def add(self, link: str, name: str | None) -> ContactId:
        """Add the person behind the link.

        Raises:
            KithError: why the link cannot be used.
        """
        self._adding += 1
        try:
            contact = await self._profile.bridge.call(self._profile.messenger.add_contact, link, name)
            self._joined.add(contact)
            return contact
        finally:
            self._adding -= 1
            self._announce()
            self.refresh()

    def sent(self, message: Message) -> None:
        """One of our own messages is in a conversation."""
        self.model.tell_last(message)

    def accept(self, request: ContactId) -> None:
        self._tasks.start(self._accept(request), name="request: accept", finish=True)

    def decline(self, request: ContactId) -> None:
        self._tasks.start(self._decline(request), name="request: decline", finish=True)

    def set_verified(self, contact: ContactId) -> None:
        self._tasks.start(self._set_verified(contact), name="contact: verified", finish=True)

    def agree(self, contact: ContactId) -> None:
        """The person knows what happened to the contact's sessions, and goes on."""
        self._tasks.start(self._agree(contact), name="contact: agree", finish=True)

    def remove(self, contact: ContactId) -> None:
        self._tasks.start(self._remove(contact), name="contact: remove", finish=True)

    def _announce(self) -> None:
        """Announce who was added, once it is certain which side followed the link: digits prove nothing to it."""
        while self._held and not self._adding:
            event = self._held.pop(0)
            known = self.model.contact(event.contact)
            pending = known is not None and known.state is ContactState.PENDING
            self.added.emit(event, pending or event.contact in self._joined)

    def _received(self, contact: ContactId, messages: Sequence[Message]) -> None:
        if self.model.contact(contact) is None:
            self.refresh()
            return
        last = max(messages, key=lambda message: message.clock)
        unread = 0 if contact == self.open_contact else len(messages)
        self.model.tell_last(last, unread=unread)

    def _message_changed(self, message: Message) -> None:
        known = self.model.contact(message.contact)
        if known is not None and known.last is not None and known.last.message_id == message.message_id:
            self.model.tell_last(message)

    async def _read(self) -> None:
        """Read until nothing was told while reading: an answer may be older than what was told meanwhile."""
        bridge, messenger = self._profile.bridge, self._profile.messenger
        try:
            while self._stale:
                self._stale = False
                self.model.show([named(contact) for contact in await bridge.call(messenger.contacts)])
                self.requests.emit([named(contact) for contact in await bridge.call(messenger.requests)])
                self.loaded.emit()
                if self._stale:
                    await asyncio.sleep(_PAUSE_S)
        finally:
            self._reading = False

    async def _accept(self, request: ContactId) -> None:
        await self._profile.bridge.call(self._profile.messenger.accept_request, request)
        self.refresh()

    async def _decline(self, request: ContactId) -> None:
        await self._profile.bridge.call(self._profile.messenger.decline_request, request)
        self.refresh()

    async def _set_verified(self, contact: ContactId) -> None:
        await self._profile.bridge.call(self._profile.messenger.set_verified, contact, verified=True)
        self.refresh()

    async def _agree(self, contact: ContactId) -> None:
        await self._profile.bridge.call(self._profile.messenger.accept_reset, contact)
        self.refresh()

    async def _remove(self, contact: ContactId) -> None:
        await self._profile.bridge.call(self._profile.messenger.remove_contact, contact)
        self.refresh()
