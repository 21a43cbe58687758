"""Conversations: sending, paging, searching, reading."""

import asyncio

from app.domain.contact import Contact
from app.domain.content import MAX_LISTED_IDS, ContentType, TextContent, encode_ids
from app.domain.errors import ErrorKind, KithError
from app.domain.hybrid_clock import next_clock
from app.domain.identifiers import MESSAGE_ID_BYTES, ContactId, MessageId
from app.domain.message import Message, MessageState, SentMessage, sendable
from app.domain.message_details import MessageDetails
from app.services.outbox import Outbox
from app.services.surroundings import Surroundings

MAX_LIMIT = 1_000
"""Messages in one answer."""


class Conversations:
    """The messages with each contact."""

    def __init__(self, around: Surroundings, *, outbox: Outbox) -> None:
        self._book = around.book
        self._outbox = outbox
        self._store = around.store
        self._clock = around.clock
        self._random = around.random
        self._reading = asyncio.Lock()

    async def send_text(self, contact_id: ContactId, text: str, reply_to: MessageId | None) -> SentMessage:
        """Send a text: message, outbox and ratchet become durable in one commit; then it leaves.

        Everything before the commit happens without a pause, so calls keep their order.

        Raises:
            KithError: ``text_empty``, ``text_too_long``, ``contact_blocked``, ``unknown_message``, ``limit_reached``,
                ``storage_full``; nothing is stored then.
        """
        text = sendable(text)
        if reply_to is not None:
            await self._find(self._book.contact(contact_id), reply_to)
        contact = self._book.writable(contact_id)
        now = self._clock()
        message = self._compose(contact, text, reply_to, now)
        unit = self._store.begin()
        content = TextContent(message.clock, now, text, reply_to).encode()
        message_id = bytes.fromhex(message.message_id)
        outgoing = self._outbox.queue(contact, ContentType.TEXT, content, unit, message_id=message_id)
        unit.add_message(contact.number, message)
        self._book.saw_clock(contact.number, message.clock)
        if self._book.drafts.get(contact.number) == text:  # it is sent, and no draft any more
            self._book.put_draft(contact.number, "", unit)
        await self._store.commit(unit)
        self._outbox.committed(outgoing)
        return SentMessage(message.message_id, now, MessageState.QUEUED)

    async def one(self, contact_id: ContactId, message: MessageId) -> Message:
        """The message of that id.

        Raises:
            KithError: ``unknown_contact``, ``unknown_message``.
        """
        return await self._find(self._book.contact(contact_id), message)

    async def details(self, contact_id: ContactId, message_id: MessageId) -> MessageDetails:
        """The message of that id, and its times.

        Raises:
            KithError: ``unknown_contact``, ``unknown_message``.
        """
        contact = self._book.contact(contact_id)
        message = await self._find(contact, message_id)
        return MessageDetails(message, await self._store.state_times(contact.number, message_id))

    async def page(self, contact_id: ContactId, limit: int, before: MessageId | None) -> list[Message]:
        """Newest first, strictly older than ``before``.

        Raises:
            KithError: ``unknown_contact``, ``unknown_message``.
        """
        contact = self._book.contact(contact_id)
        place = None
        if before is not None:
            message = await self._find(contact, before)
            place = (message.clock, message.message_id)
        return await self._store.page(contact.number, limit=_clamped(limit), before=place)

    async def page_after(self, contact_id: ContactId, limit: int, after: MessageId) -> list[Message]:
        """The oldest ones strictly newer than ``after``; newest first.

        Raises:
            KithError: ``unknown_contact``, ``unknown_message``.
        """
        contact = self._book.contact(contact_id)
        message = await self._find(contact, after)
        place = (message.clock, message.message_id)
        return await self._store.page_after(contact.number, limit=_clamped(limit), after=place)

    async def search(self, query: str, contact_id: ContactId | None, limit: int) -> list[Message]:
        number = None if contact_id is None else self._book.contact(contact_id).number
        return await self._store.search(query, contact=number, limit=_clamped(limit))

    async def mark_read(self, contact_id: ContactId, up_to: MessageId) -> None:
        """Everything up to and with this message is read; the contact is told, unless the settings say no.

        Raises:
            KithError: ``unknown_contact``, ``unknown_message``.
        """
        message = await self._find(self._book.contact(contact_id), up_to)
        place = (message.clock, message.message_id)
        async with self._reading:  # two at once would count the same messages twice
            number = self._book.contact(contact_id).number
            while read := await self._store.unread_up_to(number, place, limit=MAX_LISTED_IDS):
                await self._mark_read(self._book.contact(contact_id), read)

    # --- parts

    async def _mark_read(self, contact: Contact, read: list[MessageId]) -> None:
        number, unit = contact.number, self._store.begin()
        unit.raise_states(number, read, MessageState.READ, at=self._clock(), mine=False)
        queued = []
        if self._book.settings.read_receipts and not contact.blocked:
            receipt = encode_ids([bytes.fromhex(identifier) for identifier in read])
            queued.append(self._outbox.queue(contact, ContentType.READ, receipt, unit))
        await self._store.commit(unit)
        self._book.saw_read(number, len(read))
        for outgoing in queued:
            self._outbox.committed(outgoing)

    async def _find(self, contact: Contact, message_id: MessageId) -> Message:
        message = await self._store.message(contact.number, message_id)
        if message is None:
            raise KithError(ErrorKind.UNKNOWN_MESSAGE)
        return message

    def _compose(self, contact: Contact, text: str, reply_to: MessageId | None, now: float) -> Message:
        return Message(
            message_id=MessageId(self._random(MESSAGE_ID_BYTES).hex()),
            contact=self._book.contact_id(contact.number),
            mine=True,
            content_type=ContentType.TEXT,
            text=text,
            clock=next_clock(now, self._book.clocks.get(contact.number, 0)),
            sent_at=now,
            received_at=None,
            state=MessageState.QUEUED,
            reply_to=reply_to,
        )


def _clamped(limit: int) -> int:
    return min(max(limit, 0), MAX_LIMIT)
