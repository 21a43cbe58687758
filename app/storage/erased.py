"""Deleting messages here, and remembering which received ones: when their sender seals one anew, it does not come back.

The text goes from the pages of the database and from the search index (``secure_delete``), and whoever records this
removes the snapshots that hold it.
"""

from collections.abc import Sequence

from app.domain.annotation import Target
from app.domain.identifiers import MessageId
from app.storage import annotations
from app.storage.bulk import Bulk, Values
from app.storage.connection import Connection
from app.storage.unindexing import unindex_many

ERASE_ONE = "DELETE FROM messages WHERE contact = ? AND message_id = ? AND mine = ?"
ERASE_ALL = "DELETE FROM messages WHERE contact = ?"
REMEMBER_ONE = "INSERT INTO erased (message_id, contact, erased_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
REMEMBER_ALL = (
    "INSERT INTO erased (message_id, contact, erased_at) SELECT message_id, contact, ? FROM messages"
    " WHERE contact = ? AND mine = 0 ON CONFLICT DO NOTHING"
)
FIND = Bulk(head="SELECT contact, message_id FROM erased WHERE (message_id, contact) IN (VALUES", columns=2, tail=")")
PRUNE = "DELETE FROM erased WHERE erased_at < ?"


def erase(connection: Connection, contact: int, message_id: MessageId, mine: bool, at: float) -> None:  # noqa: FBT001
    """Delete one message."""
    blob = bytes.fromhex(message_id)
    connection.execute(ERASE_ONE, (contact, blob, int(mine)))
    annotations.forget(connection, contact, Target(message_id, mine))
    if not mine:
        connection.execute(REMEMBER_ONE, (blob, contact, at))


def erase_all(connection: Connection, contact: int, at: float) -> None:
    """Delete a whole conversation."""
    unindex_many(connection, contact)
    connection.execute(REMEMBER_ALL, (at, contact))
    connection.execute(ERASE_ALL, (contact,))
    annotations.forget_all(connection, contact)


def find(connection: Connection, messages: Sequence[Values]) -> set[tuple[int, MessageId]]:
    """Which of these received messages, by contact and id, were deleted here."""
    rows = FIND.fetch(connection, [(message_id, contact) for contact, message_id in messages])
    return {(contact, MessageId(message_id.hex())) for contact, message_id in rows}


def prune(connection: Connection, before: float) -> None:
    """Forget what was deleted before a time."""
    connection.execute(PRUNE, (before,))
