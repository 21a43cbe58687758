"""Payloads on their way out until they are acknowledged, and envelopes that came in, so that a repeat is known."""

from collections.abc import Sequence

from app.domain.identifiers import MessageId
from app.ports.records import Outgoing
from app.storage.bulk import Bulk, Values
from app.storage.connection import Connection

_COLUMNS = "sequence, contact, content_type, message_id, content, transcript, envelope_id, envelope"

ADD = Bulk(head=f"INSERT INTO outgoing ({_COLUMNS}) VALUES", columns=8)

SEAL = Bulk(
    head="UPDATE outgoing SET content_type = sealed.column2, content = sealed.column3, transcript = sealed.column4,"
    " envelope_id = sealed.column5, envelope = sealed.column6 FROM (VALUES",
    columns=6,
    tail=") AS sealed WHERE sequence = sealed.column1",
)

REMOVE = Bulk(head="DELETE FROM outgoing WHERE (envelope_id, contact) IN (VALUES", columns=2, tail=")")

ADD_RECEIVED = Bulk(
    head="INSERT INTO received (contact, envelope_id, received_at) VALUES",
    columns=3,
    tail="ON CONFLICT (contact, envelope_id) DO NOTHING",
)

PAGE = f"SELECT {_COLUMNS} FROM outgoing WHERE contact = ? AND sequence > ? ORDER BY sequence LIMIT ?"
WITHDRAW = "DELETE FROM outgoing WHERE contact = ? AND message_id = ? AND envelope IS NULL"
COUNTS = "SELECT count(*), coalesce(max(sequence), 0) FROM outgoing"
RECEIVED = Bulk(head="SELECT envelope_id FROM received WHERE (contact, envelope_id) IN (VALUES", columns=2, tail=")")
REMOVE_OF_TYPE = "DELETE FROM outgoing WHERE contact = ? AND content_type = ?"
PRUNE_RECEIVED = "DELETE FROM received WHERE received_at < ?"


def values(outgoing: Outgoing) -> Values:
    """The parameters of :data:`ADD`."""
    return (
        outgoing.sequence,
        outgoing.contact,
        outgoing.content_type,
        outgoing.message_id,
        outgoing.content,
        outgoing.transcript,
        outgoing.envelope_id,
        outgoing.envelope,
    )


def sealed_values(outgoing: Outgoing) -> Values:
    """The parameters of :data:`SEAL`."""
    return (
        outgoing.sequence,
        outgoing.content_type,
        outgoing.content,
        outgoing.transcript,
        outgoing.envelope_id,
        outgoing.envelope,
    )


def page(connection: Connection, contact: int, *, after: int, limit: int) -> list[Outgoing]:
    return [Outgoing(*row) for row in connection.execute(PAGE, (contact, after, limit)).fetchall()]


def counts(connection: Connection) -> tuple[int, int]:
    row = connection.execute(COUNTS).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def received(connection: Connection, contact: int, envelope_ids: Sequence[bytes]) -> set[bytes]:
    rows = RECEIVED.fetch(connection, [(contact, envelope_id) for envelope_id in envelope_ids])
    return {row[0] for row in rows}


def remove_of(connection: Connection, contact: int) -> None:
    connection.execute("DELETE FROM outgoing WHERE contact = ?", (contact,))


def remove_of_types(connection: Connection, contact: int, content_types: Sequence[int]) -> None:
    connection.executemany(REMOVE_OF_TYPE, [(contact, content_type) for content_type in content_types])


def withdraw(connection: Connection, contact: int, message_id: MessageId) -> None:
    """Drop what was never sealed."""
    connection.execute(WITHDRAW, (contact, bytes.fromhex(message_id)))


def prune_received(connection: Connection, before: float) -> None:
    """Forget envelopes that came before a time."""
    connection.execute(PRUNE_RECEIVED, (before,))
