"""Edits, deletions and reactions: the outcome of each kind, whatever order they come in (:mod:`app.domain.annotation`).

What concerns a message that is not here waits for it, a bounded number a contact; what concerns one that was deleted
here is dropped.
"""

from collections.abc import Sequence

from app.domain.annotation import ReactionChange, Revision, Target
from app.domain.content import ContentType
from app.storage.bulk import Bulk, Values
from app.storage.connection import Connection

MAX_WAITING = 1_000
"""Annotations of each kind that wait for messages of one conversation; the oldest go.  An honest contact's come behind
their messages, but for a few after a lost envelope."""

_UNLESS_ERASED = "WHERE NOT (?3 = 0 AND EXISTS (SELECT 1 FROM erased WHERE message_id = ?2 AND contact = ?1))"

REVISE = (
    "INSERT INTO revisions (contact, message_id, mine, clock, revision_id, edited_at, deleted, text, waiting, kept_at)"
    f" SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9 {_UNLESS_ERASED}"
    " ON CONFLICT (contact, message_id, mine) DO UPDATE SET clock = excluded.clock, revision_id = excluded.revision_id,"
    " edited_at = excluded.edited_at, deleted = excluded.deleted, text = excluded.text, waiting = 1,"
    " kept_at = excluded.kept_at WHERE NOT revisions.deleted AND (excluded.deleted OR"
    " (excluded.clock, excluded.revision_id) > (revisions.clock, revisions.revision_id))"
)
"""Nothing happens where a later one is known."""

REACT = (
    "INSERT INTO reactions (contact, message_id, mine, by_me, emoji, clock, reaction_id, waiting, kept_at)"
    f" SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8 {_UNLESS_ERASED}"
    " ON CONFLICT (contact, message_id, mine, by_me) DO UPDATE SET emoji = excluded.emoji, clock = excluded.clock,"
    " reaction_id = excluded.reaction_id, waiting = 1, kept_at = excluded.kept_at"
    " WHERE (excluded.clock, excluded.reaction_id) > (reactions.clock, reactions.reaction_id)"
)

# The text of a message that this Kith cannot read is not a text.
APPLY = Bulk(
    head="UPDATE messages SET text = revisions.text FROM revisions WHERE revisions.waiting = 1"
    " AND revisions.contact = messages.contact AND revisions.message_id = messages.message_id"
    f" AND revisions.mine = messages.mine AND (messages.content_type = {int(ContentType.TEXT)} OR revisions.deleted)"
    " AND (messages.contact, messages.message_id, messages.mine) IN (VALUES",
    columns=3,
    tail=")",
)
SETTLE_REVISIONS, SETTLE_REACTIONS = (
    Bulk(
        head=f"UPDATE {table} SET waiting = 0{also} WHERE waiting = 1 AND EXISTS (SELECT 1 FROM messages"
        f" WHERE messages.contact = {table}.contact AND messages.message_id = {table}.message_id"
        f" AND messages.mine = {table}.mine) AND (contact, message_id, mine) IN (VALUES",
        columns=3,
        tail=")",
    )
    for table, also in (("revisions", ", text = ''"), ("reactions", ""))
)

CLEAR_REACTIONS = "UPDATE reactions SET emoji = '' WHERE contact = ? AND message_id = ? AND mine = ?"

WAITING = "SELECT contact FROM revisions WHERE waiting = 1 UNION SELECT contact FROM reactions WHERE waiting = 1"
IS_ANY_WAITING = (
    "SELECT EXISTS (SELECT 1 FROM revisions WHERE waiting = 1) OR EXISTS (SELECT 1 FROM reactions WHERE waiting = 1)"
)

_OF_MESSAGE = "WHERE contact = ?1 AND message_id = ?2 AND mine = ?3"
CLOCK = (
    f"SELECT max((SELECT coalesce(max(clock), 0) FROM revisions {_OF_MESSAGE}),"
    f" (SELECT coalesce(max(clock), 0) FROM reactions {_OF_MESSAGE} AND by_me = 1))"
)

FORGET_ONE = tuple(
    f"DELETE FROM {table} WHERE contact = ? AND message_id = ? AND mine = ?" for table in ("revisions", "reactions")
)
FORGET_ALL = tuple(f"DELETE FROM {table} WHERE contact = ?" for table in ("revisions", "reactions"))
PRUNE = tuple(f"DELETE FROM {table} WHERE waiting = 1 AND kept_at < ?" for table in ("revisions", "reactions"))
EVICT = tuple(
    f"DELETE FROM {table} WHERE waiting = 1 AND contact = ?1 AND kept_at < (SELECT kept_at FROM {table}"
    f" WHERE waiting = 1 AND contact = ?1 ORDER BY kept_at DESC LIMIT 1 OFFSET {MAX_WAITING - 1})"
    for table in ("revisions", "reactions")
)


def revise(connection: Connection, contact: int, revision: Revision, at: float) -> None:
    """Take an edit or a deletion, now or when its message comes."""
    key, deleted = _key(contact, revision.target), revision.text is None
    row = (*key, revision.clock, revision.revision_id, revision.at, int(deleted), revision.text or "", at)
    if connection.execute(REVISE, row).rowcount:
        if deleted:
            connection.execute(CLEAR_REACTIONS, key)
        _settle(connection, [key])
        connection.execute(EVICT[0], (contact,))


def react(connection: Connection, contact: int, change: ReactionChange, at: float) -> None:
    """Take a reaction."""
    key = _key(contact, change.target)
    row = (*key, int(change.by_me), change.emoji, change.clock, change.reaction_id, at)
    if connection.execute(REACT, row).rowcount:
        _settle(connection, [key])
        connection.execute(EVICT[1], (contact,))


def arrived(connection: Connection, keys: Sequence[Values]) -> None:
    """Messages are here now, by contact, id and whose they are: what waited for them does so no longer."""
    row = connection.execute(IS_ANY_WAITING).fetchone()
    if row and row[0]:
        _settle(connection, keys)


def _settle(connection: Connection, keys: Sequence[Values]) -> None:
    for statement in (APPLY, SETTLE_REVISIONS, SETTLE_REACTIONS):
        statement.run(connection, keys)


def waiting(connection: Connection) -> set[int]:
    """The contacts for whose messages something waits."""
    return {row[0] for row in connection.execute(WAITING).fetchall()}


def clock(connection: Connection, contact: int, target: Target) -> int:
    """The largest clock of what this user said of a message, or its author of it; 0 if nothing was said."""
    row = connection.execute(CLOCK, _key(contact, target)).fetchone()
    return row[0] if row else 0


def forget(connection: Connection, contact: int, target: Target) -> None:
    """Forget what was said of one message."""
    for statement in FORGET_ONE:
        connection.execute(statement, _key(contact, target))


def forget_all(connection: Connection, contact: int) -> None:
    """The same for all messages of a conversation."""
    for statement in FORGET_ALL:
        connection.execute(statement, (contact,))


def prune(connection: Connection, before: float) -> None:
    """Forget what has waited since before a time."""
    for statement in PRUNE:
        connection.execute(statement, (before,))


def _key(contact: int, target: Target) -> tuple[int, bytes, int]:
    return contact, bytes.fromhex(target.message), int(target.mine)
