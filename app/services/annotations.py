"""Editing and deleting one's own messages on both sides, and reacting to any: what users say of messages.

Each is a payload of its own, durable with what it changes here in one commit; what meets on both sides comes out the
same (:mod:`app.domain.annotation`).
"""

from collections.abc import Collection

from app.domain.annotation import ReactionChange, Revision, Target, checked_emoji
from app.domain.annotation_content import DeletionContent, EditContent, ReactionContent
from app.domain.contact import Contact
from app.domain.content import ContentType
from app.domain.errors import ErrorKind, KithError
from app.domain.events import MessageChanged
from app.domain.hybrid_clock import next_clock
from app.domain.identifiers import MESSAGE_ID_BYTES, ContactId, MessageId
from app.domain.message import Message, sendable
from app.ports.records import Outgoing
from app.ports.store import UnitOfWork
from app.services.outbox import Outbox
from app.services.surroundings import Surroundings
from crypto.session import Payload


class Annotations:
    """Says and hears what is said of messages."""

    def __init__(self, around: Surroundings, *, outbox: Outbox) -> None:
        self._book = around.book
        self._outbox = outbox
        self._store = around.store
        self._clock = around.clock
        self._random = around.random
        self._announcer = around.announcer
        self._awaited: set[int] = set()

    async def load(self) -> None:
        """Learn from the store where something waits for messages."""
        self._awaited = await self._store.awaited()

    # --- What we say

    async def edit(self, contact_id: ContactId, message_id: MessageId, text: str) -> None:
        """Give a message of ours another text, on both sides.

        Raises:
            KithError: ``text_empty``, ``text_too_long``, ``unknown_message``, ``not_yours``, ``message_deleted``,
                ``contact_blocked``, ``limit_reached``, ``storage_full``; nothing is changed then.
        """
        text = sendable(text)
        target = await self._own(contact_id, message_id)
        clock = await self._next_clock(contact_id, target)
        contact = self._book.writable(contact_id)
        now = round(self._clock(), 3)  # as the other side will read it
        content = EditContent(clock, now, message_id, text).encode()
        unit = self._store.begin()
        outgoing = self._queue(contact, ContentType.EDIT, content, unit)
        unit.revise(contact.number, Revision(target, clock, outgoing.message_id, now, text), at=now)
        await self._commit(outgoing, unit, target)

    async def delete(self, contact_id: ContactId, message_id: MessageId) -> None:
        """Delete a message of ours on both sides, for good; one that has not left yet never does.

        Raises:
            KithError: as :meth:`edit`, but for the text.
        """
        target = await self._own(contact_id, message_id)
        contact, now = self._book.writable(contact_id), self._clock()
        unit = self._store.begin()
        outgoing = self._queue(contact, ContentType.DELETION, DeletionContent(message_id).encode(), unit)
        unit.revise(contact.number, Revision(target, 0, outgoing.message_id, now, None), at=now, erases=True)
        unit.withdraw_outgoing(contact.number, message_id)
        await self._commit(outgoing, unit, target)
        await self._outbox.recount()

    async def react(self, contact_id: ContactId, message_id: MessageId, emoji: str | None) -> None:
        """React to a message with an emoji, in place of the one before, or no longer.

        Raises:
            KithError: ``emoji_invalid``, ``unknown_message``, ``message_deleted``, ``contact_blocked``,
                ``limit_reached``, ``storage_full``; nothing is changed then.
        """
        emoji = "" if emoji is None else checked_emoji(emoji)
        message = await self._find(contact_id, message_id)
        target = Target(message_id, message.mine)
        clock = await self._next_clock(contact_id, target)
        contact = self._book.writable(contact_id)
        content = ReactionContent(clock, not message.mine, message_id, emoji).encode()
        unit = self._store.begin()
        outgoing = self._queue(contact, ContentType.REACTION, content, unit)
        change = ReactionChange(target, by_me=True, clock=clock, reaction_id=outgoing.message_id, emoji=emoji)
        unit.react(contact.number, change, at=self._clock())
        await self._commit(outgoing, unit, target)

    # --- What contacts say

    def take(self, number: int, payload: Payload, unit: UnitOfWork) -> Target:
        """Record what a contact says, in the unit of what was received; the message that it means.

        A contact can mean messages of its own conversation only, and change its own ones only.

        Raises:
            RemoteError: it is malformed.
        """
        now = self._clock()
        if payload.type == ContentType.REACTION:
            reaction = ReactionContent.decode(payload.content)
            target = Target(reaction.message, mine=reaction.of_receiver)
            by_contact = ReactionChange(
                target, by_me=False, clock=reaction.clock, reaction_id=payload.message_id, emoji=reaction.emoji
            )
            unit.react(number, by_contact, at=now)
            return target
        if payload.type == ContentType.EDIT:
            edit = EditContent.decode(payload.content)
            revision = Revision(
                Target(edit.message, mine=False), edit.clock, payload.message_id, edit.edited_at, edit.text
            )
        else:
            deleted = DeletionContent.decode(payload.content).message
            revision = Revision(Target(deleted, mine=False), 0, payload.message_id, now, None)
        unit.revise(number, revision, at=now)
        return revision.target

    async def arrived(self, number: int, messages: list[Message], targets: Collection[Target]) -> list[Message]:
        """After the commit: tell what is said of earlier messages; received ones as they are, with what is said."""
        received = [Target(message.message_id, mine=False) for message in messages]
        others = [target for target in dict.fromkeys(targets) if target not in set(received)]
        if others:
            changed = await self._store.chosen(number, others)
            if self._book.numbered(number) is None:
                return []  # removed meanwhile
            if len(changed) < len(others):
                self._awaited.add(number)
            for message in changed:
                self._announcer.publish(MessageChanged(message))
        if not messages or (number not in self._awaited and not targets):
            return messages
        now = {message.message_id: message for message in await self._store.chosen(number, received)}
        return [now.get(message.message_id, message) for message in messages]

    # --- Parts

    async def _find(self, contact_id: ContactId, message_id: MessageId) -> Message:
        message = await self._store.message(self._book.contact(contact_id).number, message_id)
        if message is None:
            raise KithError(ErrorKind.UNKNOWN_MESSAGE)
        if message.deleted or message.content_type != ContentType.TEXT:
            raise KithError(ErrorKind.MESSAGE_DELETED)
        return message

    async def _own(self, contact_id: ContactId, message_id: MessageId) -> Target:
        if not (await self._find(contact_id, message_id)).mine:
            raise KithError(ErrorKind.NOT_YOURS)
        return Target(message_id, mine=True)

    async def _next_clock(self, contact_id: ContactId, target: Target) -> int:
        """Later than all that was said of the message before, even if our clock was ahead then."""
        number = self._book.contact(contact_id).number
        said = await self._store.annotation_clock(number, target)
        clock = next_clock(self._clock(), max(said, self._book.clocks.get(number, 0)))
        self._book.saw_clock(number, clock)
        return clock

    def _queue(self, contact: Contact, content_type: ContentType, content: bytes, unit: UnitOfWork) -> Outgoing:
        message_id = self._random(MESSAGE_ID_BYTES)
        return self._outbox.queue(contact, content_type, content, unit, message_id=message_id)

    async def _commit(self, outgoing: Outgoing, unit: UnitOfWork, target: Target) -> None:
        await self._store.commit(unit)
        self._outbox.committed(outgoing)
        if self._book.numbered(outgoing.contact) is not None:
            for message in await self._store.chosen(outgoing.contact, [target]):
                self._announcer.publish(MessageChanged(message))
