"""Records and tells the state "sent" of messages, a little late and many at once.

Most messages are delivered before, and never need it.  A message is told "sent" once in a life of the engine, however
often links change and its envelope goes out again.
"""

import logging

from app.domain.errors import StorageError
from app.domain.events import MessageStateChanged
from app.domain.identifiers import MessageId
from app.domain.message import MessageState
from app.services.surroundings import Surroundings
from app.services.task_owner import TaskOwner

logger = logging.getLogger(__name__)

SENT_DELAY_S = 0.05
"""How long "sent" may wait to be recorded: under load many share one commit, or "delivered" overtakes it."""

_Entries = dict[tuple[int, MessageId], int]


class SentLedger:
    """Messages handed to a link, by contact and id, with their sequence in the outbox."""

    def __init__(self, around: Surroundings, *, tasks: TaskOwner) -> None:
        self._book = around.book
        self._store = around.store
        self._clock = around.clock
        self._announcer = around.announcer
        self._tasks = tasks
        self._paths = around.paths
        self._new: _Entries = {}
        self._under_way: _Entries = {}
        """Being recorded, without those that were delivered or read meanwhile."""
        self._recorded: dict[int, int] = {}
        """By contact the largest sequence that is durable and told."""
        self._is_due = False

    def add(self, contact: int, message: MessageId, sequence: int) -> None:
        """A message was handed to a link, maybe not for the first time."""
        if sequence > self._recorded.get(contact, 0) and (contact, message) not in self._under_way:
            self._new[contact, message] = sequence
            self._record_later()

    def discard(self, contact: int, message: MessageId) -> None:
        """A message has come further than "sent", which is not to be told after that."""
        self._new.pop((contact, message), None)
        self._under_way.pop((contact, message), None)

    def forget(self, contact: int) -> None:
        """The contact is gone, or blocked."""
        self._recorded.pop(contact, None)
        for entries in (self._new, self._under_way):
            for key in [key for key in entries if key[0] == contact]:
                del entries[key]

    def clear(self) -> None:
        """What was to be recorded is not; it is told when the envelopes go out on another link."""
        self._new.clear()
        self._under_way.clear()

    def _record_later(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._tasks.start_later(SENT_DELAY_S, self._record, name="record sent")

    async def _record(self) -> None:
        self._under_way, self._new = self._new, {}
        try:
            await self._commit()
        except StorageError as error:
            logger.warning("the state of messages was not kept: %s", error.kind)
            self._under_way.clear()
        at = self._clock()
        for (contact, message), sequence in self._under_way.items():
            self._recorded[contact] = max(sequence, self._recorded.get(contact, 0))
            contact_id = self._book.contact_id(contact)
            self._announcer.publish(MessageStateChanged(message, contact_id, MessageState.SENT, at))
        self._under_way = {}
        self._is_due = False
        if self._new:
            self._record_later()

    async def _commit(self) -> None:
        by_contact: dict[int, list[MessageId]] = {}
        for contact, message in self._under_way:
            by_contact.setdefault(contact, []).append(message)
        if not by_contact:
            return
        unit = self._store.begin()
        for contact, messages in by_contact.items():
            unit.raise_states(contact, messages, MessageState.SENT, at=self._clock(), path=self._paths.get(contact))
        await self._store.commit(unit)
