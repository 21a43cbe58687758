"""Rows saved from a damaged database, put together with those of a snapshot into a new one.

The damaged file goes first, for it is newer.  Only tables of which something is lost take rows from the snapshot:
what a whole table does not hold was deleted.  Then what refers to nothing any more is mended:

    sessions    only from the damaged file, and only if they are the latest committed (see rescue)
    contacts    without a session where there was one are marked: nothing is sent to them, and everybody sees why
    outgoing    never in a snapshot; unsealed unless its session is there; a message that waits gets its payload again
    invites     of a snapshot are withdrawn, since somebody may have used them after it
"""

from collections.abc import Collection
from contextlib import suppress
from functools import cache
from pathlib import Path

from app.domain.contact import ContactProblem, ContactState
from app.domain.content import ContentType, TextContent
from app.domain.identifiers import MessageId
from app.domain.message import MessageState
from app.storage.connection import Connection, attach_reading
from app.storage.salvage.rescue import Rescue
from app.storage.salvage.tables import SESSION_TABLES
from crypto.errors import RemoteError
from crypto.secret import Secret

_OF_CONTACTS = ("joinings", "messages", "outgoing", "received", "erased", "revisions", "reactions", *SESSION_TABLES)
"""Tables whose rows belong to a contact."""

# A number names the same contact in both, or the rows of the snapshot are somebody else's.
_SAME_CONTACTS = (
    "(SELECT number FROM main.contacts AS ours JOIN saved.contacts AS theirs USING (number)"
    " WHERE ours.contact_id = theirs.contact_id)"
)

_FROM_SNAPSHOT = {
    "account": "SELECT * FROM saved.account",
    "settings": "SELECT * FROM saved.settings",
    "contacts": "SELECT * FROM saved.contacts",
    "invites": "SELECT invite_id, invite, rendezvous_key, created_at, 1, used_by FROM saved.invites",
    "joinings": f"SELECT * FROM saved.joinings WHERE contact IN {_SAME_CONTACTS}",
    "received": f"SELECT * FROM saved.received WHERE contact IN {_SAME_CONTACTS}",
    "erased": f"SELECT * FROM saved.erased WHERE contact IN {_SAME_CONTACTS}",
    "revisions": f"SELECT * FROM saved.revisions WHERE contact IN {_SAME_CONTACTS}",
    "reactions": f"SELECT * FROM saved.reactions WHERE contact IN {_SAME_CONTACTS}",
}

_DROP_OLDER_MESSAGES = (
    "DELETE FROM main.messages WHERE (contact, message_id, mine) IN"
    " (SELECT contact, message_id, mine FROM saved.messages)"
)

_ADD_MESSAGES = (
    f"INSERT OR IGNORE INTO main.messages SELECT * FROM saved.messages WHERE contact IN {_SAME_CONTACTS}",
    # Those whose row is taken get another one, now that all the others have theirs.
    (
        "INSERT OR IGNORE INTO main.messages SELECT NULL, contact, message_id, mine, content_type, text, clock,"
        " sent_at, received_at, state, reply_to, transmitted_at, delivered_at, read_at, failed_at, path"
        " FROM saved.messages"
        f" WHERE contact IN {_SAME_CONTACTS} AND row IN (SELECT row FROM main.messages)"
    ),
)

_UNSEAL = (
    "UPDATE outgoing SET transcript = NULL, envelope_id = NULL, envelope = NULL"
    " WHERE transcript NOT IN (SELECT transcript FROM sessions)"
)

_DROP_ARRIVED = (
    "DELETE FROM outgoing WHERE (contact, message_id) IN"
    " (SELECT contact, message_id FROM messages WHERE mine = 1 AND state >= ?)"
)

_WITHOUT_MESSAGE = (
    "SELECT contact, message_id, content FROM outgoing WHERE content_type = ?"
    " AND (contact, message_id) NOT IN (SELECT contact, message_id FROM messages WHERE mine = 1)"
)

_ADD_MESSAGE = (
    "INSERT INTO messages (contact, message_id, mine, content_type, text, clock, sent_at, state, reply_to)"
    " VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)"
)

_WITHOUT_PAYLOAD = (
    "SELECT contact, message_id, text, clock, sent_at, reply_to FROM messages"
    " WHERE mine = 1 AND state < ? AND content_type = ? AND text <> ''"
    " AND (contact, message_id) NOT IN (SELECT contact, message_id FROM outgoing) ORDER BY clock, message_id"
)

_EMPTY_DELETED = (
    "UPDATE messages SET text = '' WHERE (contact, message_id, mine) IN"
    " (SELECT contact, message_id, mine FROM revisions WHERE deleted)"
)

_ADD_PAYLOAD = (
    "INSERT INTO outgoing (sequence, contact, content_type, message_id, content)"
    " VALUES ((SELECT coalesce(max(sequence), 0) + 1 FROM outgoing), ?, ?, ?, ?)"
)

_MARK_LOST_SESSIONS = (
    "UPDATE contacts SET problem = ? WHERE number NOT IN (SELECT contact FROM sessions)"
    " AND (state <> ? OR problem = 0 AND number NOT IN (SELECT contact FROM joinings))"
)


def merge(connection: Connection, rescue: Rescue) -> None:
    """Fill a new database with what was rescued; foreign keys are off."""
    for table, fields in rescue.rows():
        connection.execute(_insert(table.name, tuple(fields)), tuple(fields.values()))
    if not rescue.may_keep_sessions():
        for name in SESSION_TABLES:
            connection.execute(f"DELETE FROM {name}")


def add_snapshot(connection: Connection, path: Path, key: Secret, *, complete: Collection[str], is_newer: bool) -> int:
    """Add from a snapshot what is missing in tables that are not complete; returns how many messages that were.

    Rows that both have are taken from the snapshot only if it is newer than all that is left of the file.
    """
    attach_reading(connection, path, key, "saved")
    for name, select in _FROM_SNAPSHOT.items():
        if name == "account" or name not in complete:
            connection.execute(f"INSERT OR {'REPLACE' if is_newer else 'IGNORE'} INTO main.{name} {select}")
    if "messages" in complete:
        return 0
    if is_newer:
        connection.execute(_DROP_OLDER_MESSAGES)
    return sum(connection.execute(statement).rowcount for statement in _ADD_MESSAGES)


def mend(connection: Connection) -> None:
    """Drop what belongs to nobody, and bring contacts, messages and what waits for them in line again."""
    for name in _OF_CONTACTS:
        connection.execute(f"DELETE FROM {name} WHERE contact NOT IN (SELECT number FROM contacts)")
    connection.execute(_EMPTY_DELETED)
    connection.execute(_UNSEAL)
    connection.execute(_DROP_ARRIVED, (int(MessageState.DELIVERED),))
    _add_messages(connection)
    _add_payloads(connection)
    connection.execute(_MARK_LOST_SESSIONS, (int(ContactProblem.SESSION_LOST), int(ContactState.PENDING)))


def _add_messages(connection: Connection) -> None:
    """What waits for a contact stands in the conversation too."""
    text = int(ContentType.TEXT)
    for contact, message_id, payload in connection.execute(_WITHOUT_MESSAGE, (text,)).fetchall():
        with suppress(RemoteError):
            said = TextContent.decode(payload)
            reply_to = None if said.reply_to is None else bytes.fromhex(said.reply_to)
            state = int(MessageState.QUEUED)
            row = (contact, message_id, text, said.text, said.clock, said.sent_at, state, reply_to)
            connection.execute(_ADD_MESSAGE, row)


def _add_payloads(connection: Connection) -> None:
    """What stands in the conversation and did not arrive waits for the contact."""
    text = int(ContentType.TEXT)
    waiting = connection.execute(_WITHOUT_PAYLOAD, (int(MessageState.DELIVERED), text)).fetchall()
    for contact, message_id, said, clock, sent_at, reply_to in waiting:
        content = TextContent(clock, sent_at, said, None if reply_to is None else MessageId(reply_to.hex()))
        connection.execute(_ADD_PAYLOAD, (contact, text, message_id, content.encode()))


@cache
def _insert(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
