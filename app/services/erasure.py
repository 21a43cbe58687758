"""Deleting messages here, and nowhere else: what still waits for the contact goes out all the same."""

from app.domain.errors import ErrorKind, KithError
from app.domain.events import ChatCleared, MessageRemoved
from app.domain.identifiers import ContactId, MessageId
from app.domain.message import MessageState
from app.services.surroundings import Surroundings


class Erasure:
    """Removes messages from the store for good."""

    def __init__(self, around: Surroundings) -> None:
        self._book = around.book
        self._store = around.store
        self._clock = around.clock
        self._announcer = around.announcer

    async def delete(self, contact_id: ContactId, message_id: MessageId) -> None:
        """Delete one message here.

        Raises:
            KithError: ``unknown_contact``, ``unknown_message``; ``storage_full``, and it is still there.
        """
        message = await self._store.message(self._book.contact(contact_id).number, message_id)
        if message is None:
            raise KithError(ErrorKind.UNKNOWN_MESSAGE)
        number = self._book.contact(contact_id).number
        unit = self._store.begin()
        unit.erase_message(number, message_id, mine=message.mine, at=self._clock())
        self._book.keep_clock(number, unit)
        await self._store.commit(unit)
        if not message.mine and message.state < MessageState.READ:
            self._book.saw_read(number, 1)
        self._announcer.publish(MessageRemoved(contact_id, message_id))

    async def clear(self, contact_id: ContactId) -> None:
        """Delete every message of a conversation here.

        Raises:
            KithError: ``unknown_contact``; ``storage_full``, and everything is still there.
        """
        number = self._book.contact(contact_id).number
        unit = self._store.begin()
        unit.erase_messages(number, at=self._clock())
        self._book.keep_clock(number, unit)
        unread = self._book.unread.get(number, 0)
        await self._store.commit(unit)
        self._book.saw_read(number, unread)
        self._announcer.publish(ChatCleared(contact_id))
