"""Messages, in the order of ``(clock, message_id)``.

A contact chooses the ids of its messages, so it may send one under an id of ours.  Both are kept, the key being
``(contact, message_id, mine)``: its message cannot replace ours, nor raise its state, and a lookup by id finds ours.
Where the same id even came with the same clock, the two share one place in the order, and a page that ends between
them leaves out the contact's: a liar's message, in a liar's conversation.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.annotation import Reaction, Target
from app.domain.identifiers import MessageId
from app.domain.message import Message, MessageState
from app.storage import annotations, erased
from app.storage.bulk import Bulk, Values, chunks
from app.storage.connection import Connection, Row
from app.storage.enumerations import member

# A second message under the same id is a repeat of the first, whatever it says.
_ADD = Bulk(
    head="INSERT INTO messages (contact, message_id, mine, content_type, text, clock, sent_at, received_at, state,"
    " reply_to, path) VALUES",
    columns=11,
    tail="ON CONFLICT (contact, message_id, mine) DO NOTHING",
)

_OLDER = Bulk(
    head="SELECT contact, message_id, row FROM messages WHERE mine = 0 AND (contact, message_id) IN (VALUES",
    columns=2,
    tail=")",
)

_TIME_COLUMNS = {
    MessageState.SENT: "transmitted_at",
    MessageState.DELIVERED: "delivered_at",
    MessageState.READ: "read_at",
    MessageState.FAILED: "failed_at",
}

RAISE = Bulk(
    head="UPDATE messages SET state = raised.column4, path = coalesce(raised.column6, path), "
    + ", ".join(
        f"{column} = CASE raised.column4 WHEN {state:d} THEN raised.column5 ELSE {column} END"
        for state, column in _TIME_COLUMNS.items()
    )
    + " FROM (VALUES",
    columns=6,
    tail=") AS raised WHERE contact = raised.column1 AND message_id = raised.column2 AND mine = raised.column3"
    " AND state < raised.column4",
)
"""By contact, message id, mine, state, time and path."""

RAISE_AND_TELL = replace(RAISE, tail=f"{RAISE.tail} RETURNING contact, message_id")
"""The same, with the messages that were raised."""


def _annotation(value: str, table: str, also: str = "") -> str:
    return (
        f"(SELECT {value} FROM {table} AS said WHERE said.contact = messages.contact"
        f" AND said.message_id = messages.message_id AND said.mine = messages.mine{also})"
    )


_SELECTED_COLUMNS = (
    "contact_id, message_id, mine, content_type, messages.text, messages.clock, sent_at, received_at, messages.state,"
    f" reply_to, path, {_annotation('edited_at', 'revisions')}, {_annotation('deleted', 'revisions')},"
    f" {_annotation('emoji', 'reactions', ' AND by_me = 1')}, {_annotation('emoji', 'reactions', ' AND by_me = 0')}"
)
SELECTED = f"SELECT {_SELECTED_COLUMNS} FROM messages JOIN contacts ON contacts.number = messages.contact"
"""What :func:`message_of` reads, up to the conditions."""

NEWEST_FIRST = "ORDER BY messages.clock DESC, message_id DESC, mine DESC"

CHOSEN = Bulk(head=f"{SELECTED} WHERE (contact, message_id, mine) IN (VALUES", columns=3, tail=")")

PAGE = f"{SELECTED} WHERE contact = ? {NEWEST_FIRST} LIMIT ?"
PAGE_BEFORE = f"{SELECTED} WHERE contact = ? AND (messages.clock, message_id) < (?, ?) {NEWEST_FIRST} LIMIT ?"
PAGE_AFTER = (
    f"{SELECTED} WHERE contact = ? AND (messages.clock, message_id) > (?, ?)"
    " ORDER BY messages.clock, message_id, mine LIMIT ?"
)
ONE = f"{SELECTED} WHERE contact = ? AND message_id = ? ORDER BY mine DESC LIMIT 1"
LATEST = (
    f"SELECT {_SELECTED_COLUMNS}, number FROM contacts JOIN messages ON row ="
    f" (SELECT row FROM messages WHERE contact = contacts.number {NEWEST_FIRST} LIMIT 1)"
)
UNREAD_UP_TO = (
    "SELECT message_id FROM messages WHERE mine = 0 AND state < 3 AND contact = ?"
    " AND (clock, message_id) <= (?, ?) ORDER BY clock, message_id LIMIT ?"
)
UNREAD = "SELECT contact, count(*) FROM messages WHERE mine = 0 AND state < 3 GROUP BY contact"


def values(contact: int, message: Message) -> Values:
    """The parameters of :func:`add`."""
    return (
        contact,
        bytes.fromhex(message.message_id),
        int(message.mine),  # the adapter that bool and IntEnum would pass through takes longer than the rest
        message.content_type,
        message.text,
        message.clock,
        message.sent_at,
        message.received_at,
        int(message.state),
        None if message.reply_to is None else bytes.fromhex(message.reply_to),
        message.path,
    )


def add(connection: Connection, rows: Sequence[Values]) -> set[tuple[int, MessageId]]:
    """Add messages, of which no two have one key; returns the received ones that were there before.

    Those deleted here were too, and are not added again.
    """
    repeated: set[tuple[int, MessageId]] = set()
    for chunk in chunks(rows):
        added = _ADD.execute(connection, chunk).rowcount
        annotations.arrived(connection, [values[:3] for values in chunk])
        if added < len(chunk):
            repeated |= _older(connection, chunk, added)
    return repeated


def _older(connection: Connection, rows: Sequence[Values], added: int) -> set[tuple[int, MessageId]]:
    """Which of the rows' received messages were stored before the last ``added`` ones; rows are numbered upwards."""
    last = connection.execute("SELECT coalesce(max(row), 0) FROM messages").fetchone()
    newest_before = (last[0] if last else 0) - added
    received = [values[:2] for values in rows if not values[2]]
    found = _OLDER.fetch(connection, received)
    older = {(contact, MessageId(message_id.hex())) for contact, message_id, row in found if row <= newest_before}
    return older | erased.find(connection, received)


def raised_values(
    contact: int,
    message_id: MessageId,
    mine: bool,  # noqa: FBT001 - a column like the others
    state: MessageState,
    at: float,
    path: str | None,
) -> Values:
    """The parameters of :data:`RAISE`."""
    return contact, bytes.fromhex(message_id), int(mine), int(state), at, path


def raise_and_tell(connection: Connection, rows: Sequence[Values]) -> list[tuple[int, MessageId]]:
    """Raise states by :func:`raised_values`; returns the messages that were lower, by contact and id."""
    found = RAISE_AND_TELL.fetch(connection, rows)
    return [(contact, MessageId(message_id.hex())) for contact, message_id in found]


def read_one(connection: Connection, contact: int, message_id: MessageId) -> Message | None:
    row = connection.execute(ONE, (contact, stored_id(message_id))).fetchone()
    return None if row is None else message_of(row)


def chosen(connection: Connection, contact: int, targets: Sequence[Target]) -> list[Message]:
    keys = [(contact, bytes.fromhex(target.message), int(target.mine)) for target in targets]
    return [message_of(row) for row in CHOSEN.fetch(connection, keys)]


def page(connection: Connection, contact: int, *, limit: int, before: tuple[int, MessageId] | None) -> list[Message]:
    if before is None:
        rows = connection.execute(PAGE, (contact, limit)).fetchall()
    else:
        clock, message_id = before
        rows = connection.execute(PAGE_BEFORE, (contact, clock, bytes.fromhex(message_id), limit)).fetchall()
    return [message_of(row) for row in rows]


def page_after(connection: Connection, contact: int, *, limit: int, after: tuple[int, MessageId]) -> list[Message]:
    """The ``limit`` oldest ones that are newer; newest first like every page."""
    clock, message_id = after
    rows = connection.execute(PAGE_AFTER, (contact, clock, bytes.fromhex(message_id), limit)).fetchall()
    return [message_of(row) for row in reversed(rows)]


def unread(connection: Connection) -> dict[int, int]:
    return dict(connection.execute(UNREAD).fetchall())


def unread_up_to(connection: Connection, contact: int, up_to: tuple[int, MessageId], *, limit: int) -> list[MessageId]:
    clock, message_id = up_to
    rows = connection.execute(UNREAD_UP_TO, (contact, clock, bytes.fromhex(message_id), limit)).fetchall()
    return [MessageId(row[0].hex()) for row in rows]


def latest(connection: Connection) -> dict[int, Message]:
    return {row[-1]: message_of(row[:-1]) for row in connection.execute(LATEST).fetchall()}


def state_times(connection: Connection, contact: int, message_id: MessageId) -> dict[MessageState, float]:
    """When the message came to the states that it went through; those skipped are absent."""
    row = connection.execute(
        f"SELECT {', '.join(_TIME_COLUMNS.values())} FROM messages WHERE contact = ? AND message_id = ?"
        " ORDER BY mine DESC LIMIT 1",
        (contact, stored_id(message_id)),
    ).fetchone()
    times = zip(_TIME_COLUMNS, row or (), strict=False)
    return {state: at for state, at in times if at is not None}


def stored_id(message_id: MessageId) -> bytes | None:
    """The blob of an id that a front-end passed on from outside; None, which equals nothing, if it is no id at all."""
    try:
        blob = bytes.fromhex(message_id)
    except ValueError:
        return None
    return blob if blob.hex() == message_id else None


def message_of(row: Row) -> Message:
    """The message in a row of :data:`SELECTED`."""
    contact_id, message_id, mine, content_type, text, clock, sent_at, received_at, state, reply_to, path, *said = row
    edited_at, deleted, my_emoji, their_emoji = said
    reactions = (Reaction(is_mine, emoji) for is_mine, emoji in ((True, my_emoji), (False, their_emoji)) if emoji)
    return Message(
        message_id=MessageId(message_id.hex()),
        contact=contact_id,
        mine=bool(mine),
        content_type=content_type,
        text=text,
        clock=clock,
        sent_at=sent_at,
        received_at=received_at,
        state=member(MessageState, state),
        reply_to=None if reply_to is None else MessageId(reply_to.hex()),
        path=path,
        edited_at=None if deleted else edited_at,
        deleted=bool(deleted),
        reactions=() if deleted else tuple(reactions),
    )
