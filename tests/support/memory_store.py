"""A store in memory for tests of what stands on the store; it passes the same contract suite as the real one.

Units commit in their order, on a later turn of the loop, as with the real store.  :meth:`MemoryStore.fail_next` makes
the next transaction fail.
"""

import asyncio
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import dataclass, field, fields, replace
from typing import TypeVar

from app.domain.account import Account
from app.domain.annotation import Reaction, ReactionChange, Revision, Target
from app.domain.contact import Contact
from app.domain.content import ContentType
from app.domain.errors import ErrorKind, StorageError
from app.domain.identifiers import MessageId
from app.domain.invite import PostedInvite
from app.domain.message import Message, MessageState
from app.ports.records import Answer, Attempt, Joining, Outgoing, StoredSession
from app.ports.store import UnitOfWork

RECEIVED_KEPT_S = 60 * 24 * 3600.0
MAX_ROWS = 1_000
MAX_QUERY_CHARACTERS = 1_000
MAX_WORDS = 32
MAX_WAITING = 1_000

Key = tuple[int, MessageId, bool]
K = TypeVar("K")
V = TypeVar("V")


@dataclass
class Tables:
    """What is stored; every field is a dict, in the order of storing."""

    account: dict[int, Account] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    contacts: dict[int, Contact] = field(default_factory=dict)
    invites: dict[bytes, PostedInvite] = field(default_factory=dict)
    joinings: dict[int, Joining] = field(default_factory=dict)
    attempts: dict[bytes, Attempt] = field(default_factory=dict)
    answers: dict[bytes, Answer] = field(default_factory=dict)
    sessions: dict[bytes, StoredSession] = field(default_factory=dict)
    messages: dict[Key, Message] = field(default_factory=dict)
    state_times: dict[Key, dict[MessageState, float]] = field(default_factory=dict)
    outgoing: dict[int, Outgoing] = field(default_factory=dict)
    received: dict[tuple[int, bytes], float] = field(default_factory=dict)
    erased: dict[tuple[int, MessageId], float] = field(default_factory=dict)
    revisions: dict[Key, tuple[Revision, float]] = field(default_factory=dict)
    """With the time of keeping it, as for reactions; of the latter the last part of the key is whose they are."""
    reactions: dict[tuple[int, MessageId, bool, bool], tuple[ReactionChange, float]] = field(default_factory=dict)

    def copied(self) -> "Tables":
        return Tables(**{table.name: copy(getattr(self, table.name)) for table in fields(self)})

    def require(self, contact: int) -> None:
        """What belongs to a contact needs the contact."""
        if contact not in self.contacts:
            raise StorageError(ErrorKind.UNEXPECTED)

    def remove_contact(self, number: int) -> None:
        self.contacts.pop(number, None)
        self.joinings.pop(number, None)
        _drop(self.attempts, lambda _, attempt: attempt.contact == number)
        _drop(self.answers, lambda _, answer: answer.contact == number)
        _drop(self.sessions, lambda _, stored: stored.contact == number)
        _drop(self.outgoing, lambda _, outgoing: outgoing.contact == number)
        _drop(self.messages, lambda key, _: key[0] == number)
        _drop(self.state_times, lambda key, _: key[0] == number)
        _drop(self.received, lambda key, _: key[0] == number)
        _drop(self.erased, lambda key, _: key[0] == number)
        self.forget_annotations(lambda key: key[0] == number)

    def forget_annotations(self, is_meant: Callable[[Key], bool]) -> None:
        _drop(self.revisions, lambda key, _: is_meant(key))
        _drop(self.reactions, lambda key, _: is_meant(key[:3]))

    def revise(self, key: Key, revision: Revision, at: float) -> None:
        known, _ = self.revisions.get(key, (None, 0.0))
        if key[:2] in self.erased and not key[2]:
            return
        if known is None or (known.text is not None and (revision.text is None or _rank(revision) > _rank(known))):
            self.revisions[key] = revision, at
            self._evict(self.revisions, key[0])

    def react(self, key: tuple[int, MessageId, bool, bool], change: ReactionChange, at: float) -> None:
        known, _ = self.reactions.get(key, (None, 0.0))
        if key[:2] in self.erased and not key[2]:
            return
        if known is None or (change.clock, change.reaction_id) > (known.clock, known.reaction_id):
            self.reactions[key] = change, at
            self._evict(self.reactions, key[0])

    def _evict(self, table: dict[K, tuple[V, float]], contact: int) -> None:
        waiting = [key for key in table if key[0] == contact and key[:3] not in self.messages]  # type: ignore[index]
        for key in sorted(waiting, key=lambda key: table[key][1], reverse=True)[MAX_WAITING:]:
            del table[key]

    def shown(self, key: Key) -> Message:
        """A message in the light of what was said of it."""
        message, (revision, _) = self.messages[key], self.revisions.get(key, (None, 0.0))
        if revision is not None and revision.text is None:
            return replace(message, text="", deleted=True)
        if revision is not None and revision.text is not None:
            text = revision.text if message.content_type == ContentType.TEXT else message.text
            message = replace(message, text=text, edited_at=revision.at)
        said = [(by_me, self.reactions.get((*key, by_me))) for by_me in (True, False)]
        reactions = (Reaction(by_me, kept[0].emoji) for by_me, kept in said if kept is not None and kept[0].emoji)
        return replace(message, reactions=tuple(reactions))


class MemoryUnit:
    """Writes as closures over the tables."""

    def __init__(self, generation: int) -> None:
        self.generation = generation
        self.writes: list[Callable[[Tables], object]] = []
        self._added: set[Key] = set()
        self._repeated: set[tuple[int, MessageId]] = set()
        self._became_read: set[tuple[int, MessageId]] = set()

    def put_account(self, account: Account) -> None:
        self.writes.append(lambda tables: tables.account.update({1: account}))

    def put_setting(self, key: str, value: str) -> None:
        self.writes.append(lambda tables: tables.settings.update({key: value}))

    def put_contact(self, contact: Contact) -> None:
        self.writes.append(lambda tables: tables.contacts.update({contact.number: contact}))

    def remove_contact(self, contact: int) -> None:
        self.writes.append(lambda tables: tables.remove_contact(contact))

    def put_invite(self, posted: PostedInvite) -> None:
        self.writes.append(lambda tables: tables.invites.update({posted.invite.invite_id: posted}))

    def remove_invite(self, posted: PostedInvite) -> None:
        self.writes.append(lambda tables: _drop(tables.invites, lambda key, _: key == posted.invite.invite_id))

    def put_joining(self, joining: Joining) -> None:
        self._write_for(joining.contact, lambda tables: tables.joinings.update({joining.contact: joining}))

    def remove_joining(self, contact: int) -> None:
        self.writes.append(lambda tables: _drop(tables.joinings, lambda key, _: key == contact))

    def add_attempt(self, attempt: Attempt) -> None:
        self._write_for(attempt.contact, lambda tables: tables.attempts.update({attempt.ephemeral: attempt}))

    def remove_attempts(self, contact: int, *, keep: bytes | None = None) -> None:
        self.writes.append(
            lambda tables: _drop(tables.attempts, lambda key, attempt: attempt.contact == contact and key != keep)
        )

    def add_answer(self, answer: Answer) -> None:
        self._write_for(answer.contact, lambda tables: tables.answers.update({answer.ephemeral: answer}))

    def remove_answers(self, contact: int) -> None:
        self.writes.append(lambda tables: _drop(tables.answers, lambda _, answer: answer.contact == contact))

    def put_session(self, stored: StoredSession) -> None:
        self._write_for(stored.contact, lambda tables: tables.sessions.update({stored.session.transcript: stored}))

    def remove_session(self, transcript: bytes) -> None:
        self.writes.append(lambda tables: _drop(tables.sessions, lambda key, _: key == transcript))

    def add_message(self, contact: int, message: Message) -> None:
        key = (contact, message.message_id, message.mine)

        def write(tables: Tables) -> None:
            if not message.mine and key[:2] in tables.erased:
                self._repeated.add(key[:2])
            elif key not in tables.messages:
                tables.messages[key] = message
                self._added.add(key)
            elif key not in self._added and not message.mine:
                self._repeated.add(key[:2])

        self._write_for(contact, write)

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
        def write(tables: Tables) -> None:
            for message_id in messages:
                key = (contact, message_id, mine)
                stored = tables.messages.get(key)
                if stored is not None and stored.state < state:
                    tables.messages[key] = replace(stored, state=state, path=path or stored.path)
                    tables.state_times[key] = tables.state_times.get(key, {}) | {state: at}
                    if mine and state is MessageState.READ:
                        self._became_read.add((contact, message_id))

        self.writes.append(write)

    def became_read(self) -> set[tuple[int, MessageId]]:
        return self._became_read

    def revise(self, contact: int, revision: Revision, *, at: float, erases: bool = False) -> None:
        key = (contact, revision.target.message, revision.target.mine)
        self._write_for(contact, lambda tables: tables.revise(key, revision, at))

    def react(self, contact: int, change: ReactionChange, *, at: float) -> None:
        key = (contact, change.target.message, change.target.mine, change.by_me)
        self._write_for(contact, lambda tables: tables.react(key, change, at))

    def erase_message(self, contact: int, message_id: MessageId, *, mine: bool, at: float) -> None:
        def write(tables: Tables) -> None:
            tables.messages.pop((contact, message_id, mine), None)
            tables.state_times.pop((contact, message_id, mine), None)
            tables.forget_annotations(lambda key: key == (contact, message_id, mine))
            if not mine:
                tables.erased.setdefault((contact, message_id), at)

        self._write_for(contact, write)

    def erase_messages(self, contact: int, *, at: float) -> None:
        def write(tables: Tables) -> None:
            for key in [key for key in tables.messages if key[0] == contact]:
                if not key[2]:
                    tables.erased.setdefault(key[:2], at)
                del tables.messages[key]
                tables.state_times.pop(key, None)
            tables.forget_annotations(lambda key: key[0] == contact)

        self._write_for(contact, write)

    def add_outgoing(self, outgoing: Outgoing) -> None:
        self._write_for(outgoing.contact, lambda tables: tables.outgoing.update({outgoing.sequence: outgoing}))

    def seal_outgoing(self, outgoing: Outgoing) -> None:
        def write(tables: Tables) -> None:
            if stored := tables.outgoing.get(outgoing.sequence):
                tables.outgoing[outgoing.sequence] = replace(
                    stored,
                    content_type=outgoing.content_type,
                    content=outgoing.content,
                    transcript=outgoing.transcript,
                    envelope_id=outgoing.envelope_id,
                    envelope=outgoing.envelope,
                )

        self.writes.append(write)

    def remove_outgoing(self, contact: int, envelope_ids: Sequence[bytes]) -> None:
        self.writes.append(
            lambda tables: _drop(
                tables.outgoing, lambda _, stored: stored.contact == contact and stored.envelope_id in envelope_ids
            )
        )

    def withdraw_outgoing(self, contact: int, message_id: MessageId) -> None:
        withdrawn = (contact, bytes.fromhex(message_id), None)
        self.writes.append(
            lambda tables: _drop(
                tables.outgoing, lambda _, stored: (stored.contact, stored.message_id, stored.envelope) == withdrawn
            )
        )

    def remove_outgoing_of(self, contact: int, content_types: Collection[int] | None = None) -> None:
        def is_dropped(_: int, stored: Outgoing) -> bool:
            return stored.contact == contact and (content_types is None or stored.content_type in content_types)

        self.writes.append(lambda tables: _drop(tables.outgoing, is_dropped))

    def add_received(self, contact: int, envelope_id: bytes, *, at: float) -> None:
        self._write_for(contact, lambda tables: tables.received.setdefault((contact, envelope_id), at))

    def _write_for(self, contact: int, write: Callable[[Tables], object]) -> None:
        self.writes.append(lambda tables: tables.require(contact))
        self.writes.append(write)


class MemoryStore:
    """:class:`app.ports.store.Store` in dicts."""

    def __init__(self) -> None:
        self.tables = Tables()
        self._queue: list[tuple[MemoryUnit, asyncio.Future[None]]] = []
        self._callbacks: list[Callable[[], None]] = []
        self._generation = 1
        self._suspended = False
        self._failure = ErrorKind.UNEXPECTED
        self._fail_next: ErrorKind | None = None
        self._closed = False

    def fail_next(self, kind: ErrorKind = ErrorKind.STORAGE_FULL) -> None:
        """Let the next transaction fail."""
        self._fail_next = kind

    def begin(self) -> UnitOfWork:
        if self._suspended:
            raise StorageError(self._failure)
        return MemoryUnit(self._generation)

    def resume(self) -> None:
        self._suspended = False

    def commit(self, unit: UnitOfWork) -> "asyncio.Future[None]":
        assert isinstance(unit, MemoryUnit)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        if self._closed:
            done.set_exception(StorageError(ErrorKind.UNEXPECTED))
        elif unit.generation != self._generation:
            done.set_exception(StorageError(self._failure))
        else:
            if not self._queue:
                loop.call_soon(self._transact)
            self._queue.append((unit, done))
        return done

    def on_failure(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    async def account(self) -> Account | None:
        return self._read().account.get(1)

    async def settings(self) -> dict[str, str]:
        return dict(self._read().settings)

    async def contacts(self) -> list[Contact]:
        return sorted(self._read().contacts.values(), key=lambda contact: contact.number)

    async def invites(self) -> list[PostedInvite]:
        return list(self._read().invites.values())

    async def joinings(self) -> list[Joining]:
        return sorted(self._read().joinings.values(), key=lambda joining: joining.contact)

    async def attempts(self) -> list[Attempt]:
        return list(self._read().attempts.values())

    async def answer(self, ephemeral: bytes) -> Answer | None:
        return self._read().answers.get(ephemeral)

    async def sessions(self) -> list[StoredSession]:
        return list(self._read().sessions.values())

    async def message(self, contact: int, message_id: MessageId) -> Message | None:
        tables = self._read()
        keys = [key for mine in (True, False) if (key := (contact, message_id, mine)) in tables.messages]
        return tables.shown(keys[0]) if keys else None

    async def chosen(self, contact: int, targets: Sequence[Target]) -> list[Message]:
        keys = {(contact, target.message, target.mine) for target in targets}
        return [self.tables.shown(key) for key in keys if key in self._read().messages]

    async def annotation_clock(self, contact: int, target: Target) -> int:
        tables, key = self._read(), (contact, target.message, target.mine)
        said = (tables.revisions.get(key), tables.reactions.get((*key, True)))
        return max(0, *(kept[0].clock for kept in said if kept is not None)) if any(said) else 0

    async def awaited(self) -> set[int]:
        tables = self._read()
        keys: list[Key] = [*tables.revisions, *(key[:3] for key in tables.reactions)]
        return {key[0] for key in keys if key not in tables.messages}

    async def state_times(self, contact: int, message_id: MessageId) -> dict[MessageState, float]:
        tables = self._read()
        mine = (contact, message_id, True) in tables.messages
        return dict(tables.state_times.get((contact, message_id, mine), {}))

    async def page(self, contact: int, *, limit: int, before: tuple[int, MessageId] | None = None) -> list[Message]:
        older = [message for message in self._of(contact) if before is None or _place(message) < before]
        return sorted(older, key=lambda message: (*_place(message), message.mine), reverse=True)[: _bounded(limit)]

    async def page_after(self, contact: int, *, limit: int, after: tuple[int, MessageId]) -> list[Message]:
        newer = [message for message in self._of(contact) if _place(message) > after]
        return sorted(newer, key=lambda message: (*_place(message), message.mine))[: _bounded(limit)][::-1]

    async def search(self, query: str, *, contact: int | None, limit: int) -> list[Message]:
        words = query.split()
        if not words or len(query) > MAX_QUERY_CHARACTERS or len(words) > MAX_WORDS:
            return []
        phrases = [phrase for word in words if (phrase := _tokens(word))]
        is_prefix = len(words[-1]) > 1 or not words[-1].isascii()
        found = [
            message
            for (number, _, _), message in reversed(self._shown())
            if contact in {None, number} and _matches(_tokens(message.text), phrases, is_prefix=is_prefix)
        ]
        return sorted(found[: _bounded(limit)], key=_place, reverse=True)

    async def unread(self) -> dict[int, int]:
        counts: dict[int, int] = {}
        for (contact, _, mine), message in self._read().messages.items():
            if not mine and message.state < MessageState.READ:
                counts[contact] = counts.get(contact, 0) + 1
        return counts

    async def unread_up_to(self, contact: int, up_to: tuple[int, MessageId], *, limit: int) -> list[MessageId]:
        unread = [message for message in self._of(contact) if not message.mine and message.state < MessageState.READ]
        places = sorted(place for message in unread if (place := _place(message)) <= up_to)
        return [message_id for _, message_id in places[: _bounded(limit)]]

    async def latest(self) -> dict[int, Message]:
        pages = {contact: await self.page(contact, limit=1) for contact in self._read().contacts}
        return {contact: page[0] for contact, page in pages.items() if page}

    async def outgoing(self, contact: int, *, after: int, limit: int) -> list[Outgoing]:
        rows = [row for row in self._read().outgoing.values() if row.contact == contact and row.sequence > after]
        return sorted(rows, key=lambda row: row.sequence)[: _bounded(limit)]

    async def outgoing_counts(self) -> tuple[int, int]:
        outgoing = self._read().outgoing
        return len(outgoing), max(outgoing, default=0)

    async def received(self, contact: int, envelope_ids: Sequence[bytes]) -> set[bytes]:
        return {envelope_id for envelope_id in envelope_ids if (contact, envelope_id) in self._read().received}

    async def prune(self, *, now: float) -> None:
        _drop(self._read().received, lambda _, at: at < now - RECEIVED_KEPT_S)
        tables, before = self._read(), now - RECEIVED_KEPT_S
        _drop(tables.erased, lambda _, at: at < before)
        _drop(tables.revisions, lambda key, kept: key not in tables.messages and kept[1] < before)
        _drop(tables.reactions, lambda key, kept: key[:3] not in tables.messages and kept[1] < before)

    async def close(self) -> None:
        self._transact()
        self._closed = True

    def _read(self) -> Tables:
        if self._closed:
            raise StorageError(ErrorKind.UNEXPECTED)
        return self.tables

    def _of(self, contact: int) -> list[Message]:
        return [message for (number, _, _), message in self._shown() if number == contact]

    def _shown(self) -> list[tuple[Key, Message]]:
        tables = self._read()
        return [(key, tables.shown(key)) for key in tables.messages]

    def _transact(self) -> None:
        queue, self._queue = self._queue, []
        before = self.tables.copied()
        try:
            for unit, _ in queue:
                self._apply(unit)
        except StorageError as error:
            self.tables = before
            self._end_generation(error.kind)
        for unit, done in queue:
            if done.done():
                continue
            if unit.generation == self._generation:
                done.set_result(None)
            else:
                done.set_exception(StorageError(self._failure))

    def _apply(self, unit: MemoryUnit) -> None:
        if failure := self._fail_next:
            self._fail_next = None
            raise StorageError(failure)
        for write in unit.writes:
            write(self.tables)

    def _end_generation(self, kind: ErrorKind) -> None:
        self._generation += 1
        self._failure = kind
        self._suspended = True
        for callback in self._callbacks:
            callback()


def _rank(revision: Revision) -> tuple[int, bytes]:
    return revision.clock, revision.revision_id


def _place(message: Message) -> tuple[int, MessageId]:
    return message.clock, message.message_id


def _bounded(limit: int) -> int:
    return max(0, min(limit, MAX_ROWS))


def _tokens(text: str) -> list[str]:
    """Words without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return re.findall(r"[^\W_]+", plain.casefold())


def _matches(tokens: list[str], phrases: list[list[str]], *, is_prefix: bool) -> bool:
    whole, last = phrases[:-1], phrases[-1:]
    return bool(phrases) and all(
        any(_begins(tokens[start:], phrase, is_prefix=prefix) for start in range(len(tokens)))
        for prefix, group in ((False, whole), (is_prefix, last))
        for phrase in group
    )


def _begins(tokens: list[str], phrase: list[str], *, is_prefix: bool) -> bool:
    *whole, last = phrase
    if len(tokens) < len(phrase) or tokens[: len(whole)] != whole:
        return False
    token = tokens[len(whole)]
    return token.startswith(last) if is_prefix else token == last


def _drop(table: dict[K, V], is_dropped: Callable[[K, V], bool]) -> None:
    for key in [key for key, value in table.items() if is_dropped(key, value)]:
        del table[key]
