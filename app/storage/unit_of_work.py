"""What a service wants written, recorded as plain values: no encoding, no I/O, some hundred nanoseconds a write.

A record is a method of :class:`app.storage.batch.Batch` with its arguments; the writer thread plays it.
"""

from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from app.domain.account import Account
from app.domain.annotation import ReactionChange, Revision
from app.domain.contact import Contact
from app.domain.identifiers import MessageId
from app.domain.invite import PostedInvite
from app.domain.message import Message, MessageState
from app.ports.records import Answer, Attempt, Joining, Outgoing, StoredSession
from app.storage import account as account_table
from app.storage import annotations, contacts, erased, invites, outbox, sessions
from app.storage.batch import Batch, StateRaise

Write: TypeAlias = tuple[Callable[..., None], tuple[object, ...]]
"""A method of the batch, and its arguments after the batch itself."""


class RecordedUnit:
    """:class:`app.ports.store.UnitOfWork` for the real store."""

    __slots__ = ("_became_read", "_repeated", "_writes", "erases", "generation")

    def __init__(self, generation: int) -> None:
        self.generation = generation
        """Counts the failures of the store before this unit was begun."""
        self.erases = False
        """It removes what its owner does not want to be anywhere any more."""
        self._writes: list[Write] = []
        self._repeated: set[tuple[int, MessageId]] = set()
        self._became_read: set[tuple[int, MessageId]] = set()

    def play(self, batch: Batch) -> None:
        """Do everything that was recorded, in its order."""
        for write, arguments in self._writes:
            write(batch, *arguments)

    def put_account(self, account: Account) -> None:
        self._perform(account_table.put, account)

    def put_setting(self, key: str, value: str) -> None:
        self._perform(account_table.put_setting, key, value)

    def put_contact(self, contact: Contact) -> None:
        self._writes.append((Batch.put_contact, (contact,)))

    def remove_contact(self, contact: int) -> None:
        self.erases = True
        self._perform(contacts.remove, contact)

    def put_invite(self, posted: PostedInvite) -> None:
        self._perform(invites.put_invite, posted)

    def remove_invite(self, posted: PostedInvite) -> None:
        self._perform(invites.remove_invite, posted)

    def put_joining(self, joining: Joining) -> None:
        self._perform(invites.put_joining, joining)

    def remove_joining(self, contact: int) -> None:
        self._perform(invites.remove_joining, contact)

    def add_attempt(self, attempt: Attempt) -> None:
        self._perform(invites.add_attempt, attempt)

    def remove_attempts(self, contact: int, *, keep: bytes | None = None) -> None:
        self._perform(invites.remove_attempts, contact, keep)

    def add_answer(self, answer: Answer) -> None:
        self._perform(invites.add_answer, answer)

    def remove_answers(self, contact: int) -> None:
        self._perform(invites.remove_answers, contact)

    def put_session(self, stored: StoredSession) -> None:
        self._writes.append((Batch.put_session, (stored,)))

    def remove_session(self, transcript: bytes) -> None:
        self._perform(sessions.remove, transcript)

    def add_message(self, contact: int, message: Message) -> None:
        self._writes.append((Batch.add_message, (contact, message, self._repeated)))

    def repeated(self) -> set[tuple[int, MessageId]]:
        return self._repeated

    def raise_states(
        self,
        contact: int,
        messages: Sequence[MessageId],
        state: MessageState,
        *,
        at: float,
        mine: bool = True,
        path: str | None = None,
    ) -> None:
        raised = StateRaise(state, at, path, self._became_read)
        self._writes.append((Batch.raise_states, (contact, messages, mine, raised)))

    def became_read(self) -> set[tuple[int, MessageId]]:
        return self._became_read

    def add_outgoing(self, outgoing: Outgoing) -> None:
        self._writes.append((Batch.add_outgoing, (outgoing,)))

    def seal_outgoing(self, outgoing: Outgoing) -> None:
        self._writes.append((Batch.seal_outgoing, (outgoing,)))

    def remove_outgoing(self, contact: int, envelope_ids: Sequence[bytes]) -> None:
        self._writes.append((Batch.remove_outgoing, (contact, envelope_ids)))

    def withdraw_outgoing(self, contact: int, message_id: MessageId) -> None:
        self._perform(outbox.withdraw, contact, message_id)

    def remove_outgoing_of(self, contact: int, content_types: Collection[int] | None = None) -> None:
        if content_types is None:
            self._perform(outbox.remove_of, contact)
        else:
            self._perform(outbox.remove_of_types, contact, tuple(content_types))

    def add_received(self, contact: int, envelope_id: bytes, *, at: float) -> None:
        self._writes.append((Batch.add_received, (contact, envelope_id, at)))

    def revise(self, contact: int, revision: Revision, *, at: float, erases: bool = False) -> None:
        self.erases = self.erases or erases
        self._perform(annotations.revise, contact, revision, at)

    def react(self, contact: int, change: ReactionChange, *, at: float) -> None:
        self._perform(annotations.react, contact, change, at)

    def prune_annotations(self, *, before: float) -> None:
        """Forget what has waited for messages since before a time in Unix seconds."""
        self._perform(annotations.prune, before)

    def erase_message(self, contact: int, message_id: MessageId, *, mine: bool, at: float) -> None:
        self.erases = True
        self._perform(erased.erase, contact, message_id, mine, at)

    def erase_messages(self, contact: int, *, at: float) -> None:
        self.erases = True
        self._perform(erased.erase_all, contact, at)

    def prune_erased(self, *, before: float) -> None:
        """Forget messages that were deleted before a time in Unix seconds."""
        self._perform(erased.prune, before)

    def prune_received(self, *, before: float) -> None:
        """Forget envelopes that came before a time in Unix seconds."""
        self._perform(outbox.prune_received, before)

    def _perform(self, statement: Callable[..., object], *arguments: object) -> None:
        """Record a write that is rare, and goes to the database by itself."""
        self._writes.append((Batch.perform, (statement, *arguments)))
