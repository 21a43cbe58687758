"""End-to-end sessions, one row each; encoded on the writer thread, once a batch."""

from app.ports.records import StoredSession
from app.storage.bulk import Bulk, Values
from app.storage.connection import Connection
from crypto.stored_session import decode_session, encode

PUT = Bulk(
    head="INSERT INTO sessions (transcript, contact, session, created_at, confirmed, retired, used_at) VALUES",
    columns=7,
    tail="ON CONFLICT (transcript) DO UPDATE SET contact = excluded.contact, session = excluded.session,"
    " created_at = excluded.created_at, confirmed = excluded.confirmed, retired = excluded.retired,"
    " used_at = excluded.used_at",
)


def values(stored: StoredSession) -> Values:
    """The parameters of :data:`PUT`."""
    session = stored.session
    return (
        session.transcript,
        stored.contact,
        encode(session),
        stored.created_at,
        stored.confirmed,
        stored.retired,
        stored.used_at,
    )


def remove(connection: Connection, transcript: bytes) -> None:
    connection.execute("DELETE FROM sessions WHERE transcript = ?", (transcript,))


def read_all(connection: Connection) -> list[StoredSession]:
    """In the order in which they were made."""
    rows = connection.execute(
        "SELECT contact, session, created_at, confirmed, retired, used_at FROM sessions ORDER BY rowid"
    ).fetchall()
    return [
        StoredSession(contact, decode_session(session), created_at, bool(confirmed), bool(retired), used_at)
        for contact, session, created_at, confirmed, retired, used_at in rows
    ]
