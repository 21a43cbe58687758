"""The store over SQLCipher: each read is one query on the reader's thread, each write part of a unit of work."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Self

from app.domain.account import Account
from app.domain.annotation import Target
from app.domain.contact import Contact
from app.domain.identifiers import MessageId
from app.domain.invite import PostedInvite
from app.domain.message import Message, MessageState
from app.ports.records import Answer, Attempt, Joining, Outgoing, StoredSession
from app.ports.store import UnitOfWork
from app.storage import account as account_table
from app.storage import annotations, contacts, invites, messages, outbox, sessions
from app.storage.caretaker import Caretaker
from app.storage.database import Database
from app.storage.search import search
from app.storage.unit_of_work import RecordedUnit
from crypto.secret import Secret

RECEIVED_KEPT_S = 60 * 24 * 3600.0
"""An envelope that comes again after 60 days meets a session whose key for it is long gone: it is asked for, and what
its sender seals anew is known by its message id."""

MAX_ROWS = 1_000
"""Messages or payloads one read returns at most, whatever limit it asked for."""


class SqlStore:
    """The profile's database.  Create with :meth:`open`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._on_closed = ExitStack()

    @classmethod
    async def open(cls, path: Path, key: Secret, caretaker: Caretaker | None = None) -> Self:
        """Open the database in an existing file; see :meth:`Database.open` for what it raises."""
        return cls(await Database.open(path, key, caretaker or Caretaker()))

    def begin(self) -> UnitOfWork:
        return self._database.writer.begin()

    def resume(self) -> None:
        self._database.writer.resume()

    def commit(self, unit: UnitOfWork) -> asyncio.Future[None]:
        if not isinstance(unit, RecordedUnit):
            raise TypeError("a unit of another store")
        return self._database.writer.commit(unit)

    def on_failure(self, callback: Callable[[], None]) -> None:
        self._database.writer.on_failure(callback)

    async def account(self) -> Account | None:
        return await self._database.read(account_table.read)

    async def settings(self) -> dict[str, str]:
        return await self._database.read(account_table.settings)

    async def contacts(self) -> list[Contact]:
        return await self._database.read(contacts.read_all)

    async def invites(self) -> list[PostedInvite]:
        return await self._database.read(invites.read_invites)

    async def joinings(self) -> list[Joining]:
        return await self._database.read(invites.read_joinings)

    async def attempts(self) -> list[Attempt]:
        return await self._database.read(invites.read_attempts)

    async def answer(self, ephemeral: bytes) -> Answer | None:
        return await self._database.read(partial(invites.read_answer, ephemeral=ephemeral))

    async def sessions(self) -> list[StoredSession]:
        return await self._database.read(sessions.read_all)

    async def message(self, contact: int, message_id: MessageId) -> Message | None:
        return await self._database.read(partial(messages.read_one, contact=contact, message_id=message_id))

    async def chosen(self, contact: int, targets: Sequence[Target]) -> list[Message]:
        return await self._database.read(partial(messages.chosen, contact=contact, targets=targets))

    async def annotation_clock(self, contact: int, target: Target) -> int:
        return await self._database.read(partial(annotations.clock, contact=contact, target=target))

    async def awaited(self) -> set[int]:
        return await self._database.read(annotations.waiting)

    async def state_times(self, contact: int, message_id: MessageId) -> dict[MessageState, float]:
        return await self._database.read(partial(messages.state_times, contact=contact, message_id=message_id))

    async def page(self, contact: int, *, limit: int, before: tuple[int, MessageId] | None = None) -> list[Message]:
        return await self._database.read(partial(messages.page, contact=contact, limit=_bounded(limit), before=before))

    async def page_after(self, contact: int, *, limit: int, after: tuple[int, MessageId]) -> list[Message]:
        query = partial(messages.page_after, contact=contact, limit=_bounded(limit), after=after)
        return await self._database.read(query)

    async def search(self, query: str, *, contact: int | None, limit: int) -> list[Message]:
        await self._database.writer.index()
        return await self._database.read(partial(search, query=query, contact=contact, limit=_bounded(limit)))

    async def unread(self) -> dict[int, int]:
        return await self._database.read(messages.unread)

    async def unread_up_to(self, contact: int, up_to: tuple[int, MessageId], *, limit: int) -> list[MessageId]:
        query = partial(messages.unread_up_to, contact=contact, up_to=up_to, limit=_bounded(limit))
        return await self._database.read(query)

    async def latest(self) -> dict[int, Message]:
        return await self._database.read(messages.latest)

    async def outgoing(self, contact: int, *, after: int, limit: int) -> list[Outgoing]:
        return await self._database.read(partial(outbox.page, contact=contact, after=after, limit=_bounded(limit)))

    async def outgoing_counts(self) -> tuple[int, int]:
        return await self._database.read(outbox.counts)

    async def received(self, contact: int, envelope_ids: Sequence[bytes]) -> set[bytes]:
        return await self._database.read(partial(outbox.received, contact=contact, envelope_ids=envelope_ids))

    async def prune(self, *, now: float) -> None:
        """Forget what is too old to matter.  Maintenance: once a day is plenty."""
        unit = self._database.writer.begin()
        unit.prune_received(before=now - RECEIVED_KEPT_S)
        unit.prune_erased(before=now - RECEIVED_KEPT_S)
        unit.prune_annotations(before=now - RECEIVED_KEPT_S)
        await self._database.writer.commit(unit)

    def on_closed(self, callback: Callable[[], None]) -> None:
        """Call back once, when the files are closed."""
        self._on_closed.callback(callback)

    async def close(self) -> None:
        """Finish what was committed, carry the log over, close the files.  May be called again."""
        await self._database.close()
        self._on_closed.close()


def _bounded(limit: int) -> int:
    return max(0, min(limit, MAX_ROWS))
