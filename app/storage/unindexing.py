"""Taking a whole conversation out of the search index before its messages are deleted."""

from app.storage.connection import Connection

MAX_UNINDEXED = 2_000
"""Texts taken out one by one: each takes ten times as long as putting one in, and with ``secure-delete`` 100,000 took
24 s.  Where more go, the index begins anew, and what stays is indexed as time allows (:mod:`app.storage.search`)."""

COUNT = "SELECT count(*) FROM messages WHERE contact = ?"


def unindex_many(connection: Connection, contact: int) -> None:
    """To be called before the messages go; the trigger of each takes out what this has not."""
    row = connection.execute(COUNT, (contact,)).fetchone()
    if row and row[0] > MAX_UNINDEXED:
        connection.execute("INSERT INTO message_texts (message_texts) VALUES ('delete-all')")
