"""The store, as the services use it."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Protocol

from app.domain.account import Account
from app.domain.annotation import ReactionChange, Revision, Target
from app.domain.contact import Contact
from app.domain.identifiers import MessageId
from app.domain.invite import PostedInvite
from app.domain.message import Message, MessageState
from app.ports.records import Answer, Attempt, Joining, Outgoing, StoredSession


class UnitOfWork(Protocol):
    """Writes that become durable together or not at all.  Recording one is cheap and does no I/O."""

    def put_account(self, account: Account) -> None: ...

    def put_setting(self, key: str, value: str) -> None: ...

    def put_contact(self, contact: Contact) -> None: ...

    def remove_contact(self, contact: int) -> None:
        """Remove the contact and everything that belongs to it: messages, sessions, outbox, attempts."""

    def put_invite(self, posted: PostedInvite) -> None: ...

    def remove_invite(self, posted: PostedInvite) -> None: ...

    def put_joining(self, joining: Joining) -> None: ...

    def remove_joining(self, contact: int) -> None: ...

    def add_attempt(self, attempt: Attempt) -> None: ...

    def remove_attempts(self, contact: int, *, keep: bytes | None = None) -> None:
        """Remove all attempts with this contact but the one whose ephemeral key is ``keep``."""

    def add_answer(self, answer: Answer) -> None: ...

    def remove_answers(self, contact: int) -> None:
        """Remove all answers to this contact."""

    def put_session(self, stored: StoredSession) -> None: ...

    def remove_session(self, transcript: bytes) -> None: ...

    def add_message(self, contact: int, message: Message) -> None:
        """Add a message; a received one that is stored already stays as it is, see :meth:`repeated`."""

    def repeated(self) -> set[tuple[int, MessageId]]:
        """After the commit: the received messages, by contact and id, that were stored before."""

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
        """Raise the state of messages, never lower it; those raised travelled by ``path``, if it is said."""

    def became_read(self) -> set[tuple[int, MessageId]]:
        """After the commit: the messages of ours, by contact and id, that became READ by this very unit."""

    def add_outgoing(self, outgoing: Outgoing) -> None: ...

    def seal_outgoing(self, outgoing: Outgoing) -> None:
        """Give a stored payload its envelope, or a new one, with the content that is sealed in it."""

    def remove_outgoing(self, contact: int, envelope_ids: Sequence[bytes]) -> None: ...

    def withdraw_outgoing(self, contact: int, message_id: MessageId) -> None:
        """Drop a payload that was never sealed, and so never left; one that may have stays."""

    def remove_outgoing_of(self, contact: int, content_types: Collection[int] | None = None) -> None:
        """Drop everything that waits for a contact, or only what is of these types."""

    def revise(self, contact: int, revision: Revision, *, at: float, erases: bool = False) -> None:
        """Take an edit or a deletion of a message, as :mod:`app.domain.annotation` says, or keep it until the message
        comes.

        With ``erases`` the text that it had is to be nowhere any more, old copies of the store included.
        """

    def react(self, contact: int, change: ReactionChange, *, at: float) -> None:
        """The same for a reaction."""

    def erase_message(self, contact: int, message_id: MessageId, *, mine: bool, at: float) -> None:
        """Delete a message here; a received one does not come back, and counts as repeated."""

    def erase_messages(self, contact: int, *, at: float) -> None:
        """The same for all messages of a conversation."""

    def add_received(self, contact: int, envelope_id: bytes, *, at: float) -> None:
        """Remember an envelope, so that a repeat is acknowledged and dropped."""


class Store(Protocol):
    """The profile on disk.  Reads see what is committed; writes go through units."""

    def begin(self) -> UnitOfWork:
        """A new unit.

        Raises:
            StorageError: a commit failed and :meth:`resume` was not called since: what memory holds was built on what
                was lost, and must be read anew before anything is written.
        """

    def resume(self) -> None:
        """Memory was read anew after a failed commit; units begun before stay refused."""

    def commit(self, unit: UnitOfWork) -> Awaitable[None]:
        """Queue the unit, in order of the calls; the awaitable ends when it is durable.

        Units that wait together are committed together.  When a commit fails, all units queued behind it fail too and
        ``on_failure`` is called before any of the awaitables ends, so that what memory holds can be read anew.

        Raises (from the awaitable):
            StorageError: ``storage_full`` or ``storage_damaged``; nothing of the unit was kept.
        """

    def on_failure(self, callback: Callable[[], None]) -> None: ...

    async def account(self) -> Account | None: ...

    async def contacts(self) -> list[Contact]: ...

    async def invites(self) -> list[PostedInvite]: ...

    async def joinings(self) -> list[Joining]: ...

    async def attempts(self) -> list[Attempt]: ...

    async def answer(self, ephemeral: bytes) -> Answer | None: ...

    async def sessions(self) -> list[StoredSession]:
        """All live sessions of all contacts."""

    async def message(self, contact: int, message_id: MessageId) -> Message | None: ...

    async def state_times(self, contact: int, message_id: MessageId) -> dict[MessageState, float]:
        """When the message came to its states; those that it skipped, and the first, are absent."""

    async def chosen(self, contact: int, targets: Sequence[Target]) -> list[Message]:
        """Those of these messages that are here, in any order."""

    async def annotation_clock(self, contact: int, target: Target) -> int:
        """The largest clock of a message's edits and of the user's own reaction; 0 without any."""

    async def awaited(self) -> set[int]:
        """The contacts of whose conversations something waits for a message that is not here."""

    async def page(self, contact: int, *, limit: int, before: tuple[int, MessageId] | None = None) -> list[Message]:
        """Newest first, strictly older than ``before`` in (clock, message_id)."""

    async def page_after(self, contact: int, *, limit: int, after: tuple[int, MessageId]) -> list[Message]:
        """The ``limit`` oldest messages strictly newer than ``after`` in (clock, message_id); newest first."""

    async def search(self, query: str, *, contact: int | None, limit: int) -> list[Message]:
        """Messages with all the words of ``query`` (the last one as a prefix), newest first."""

    async def unread(self) -> dict[int, int]:
        """Received messages not read yet, by contact number; contacts without any are absent."""

    async def unread_up_to(self, contact: int, up_to: tuple[int, MessageId], *, limit: int) -> list[MessageId]:
        """Received messages not read yet and not after ``(clock, message_id)``, oldest first."""

    async def latest(self) -> dict[int, Message]:
        """The newest message of each conversation."""

    async def outgoing(self, contact: int, *, after: int, limit: int) -> list[Outgoing]:
        """Unacknowledged payloads with a sequence above ``after``, in order."""

    async def outgoing_counts(self) -> tuple[int, int]:
        """How many payloads wait, and the largest sequence ever used among them (0 when none)."""

    async def received(self, contact: int, envelope_ids: Sequence[bytes]) -> set[bytes]:
        """Which of these envelopes were received before."""

    async def settings(self) -> dict[str, str]:
        """Small values kept by name."""

    async def prune(self, *, now: float) -> None:
        """Forget envelope ids that are too old to come again."""

    async def close(self) -> None: ...
