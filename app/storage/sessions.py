"""End-to-end sessions, one row each; encoded on the writer thread, once a batch."""

from app.ports import StoredSession
from app.storage.bulk import Bulk, Values
from app.storage.connection import Connection
from crypto.stored_session import decode_session, encode

PUT = Bulk(
    head="INSERT INTO sessions (transcript, contact, session, created_at, confirmed) VALUES",
    columns=5,
    tail="ON CONFLICT (transcript) DO UPDATE SET contact = excluded.contact, session = excluded.session,"
    " created_at = excluded.created_at, confirmed = excluded.confirmed",
)


def values(stored: StoredSession) -> Values:
    """The parameters of :data:`PUT`."""
    session = stored.session
    return session.transcript, stored.contact, encode(session), stored.created_at, stored.confirmed


def remove(connection: Connection, transcript: bytes) -> None:
    connection.execute("DELETE FROM sessions WHERE transcript = ?", (transcript,))


def read_all(connection: Connection) -> list[StoredSession]:
    """In the order in which they were made."""
    rows = connection.execute("SELECT contact, session, created_at, confirmed FROM sessions ORDER BY rowid").fetchall()
    return [
        StoredSession(
            contact=contact, session=decode_session(session), created_at=created_at, confirmed=bool(confirmed)
        )
        for contact, session, created_at, confirmed in rows
    ]
