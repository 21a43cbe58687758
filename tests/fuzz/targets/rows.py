"""Rows of the store that hold what they should not: written by a failing disk, or by somebody who has the key."""

import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from app.domain.contact import Contact
from app.ports.records import Answer, Attempt, Joining
from app.storage import account, contacts, invites, messages, outbox, sessions
from app.storage.connection import Connection, DatabaseError, Row, Value
from app.storage.unit_of_work import RecordedUnit
from app.storage.writer import write_transaction
from crypto.errors import CryptoError
from net.errors import LocalError
from tests.fuzz.target import Check, Target
from tests.support import samples
from tests.support.databases import connection_in

_TABLES = (
    "account",
    "settings",
    "contacts",
    "invites",
    "joinings",
    "attempts",
    "answers",
    "sessions",
    "messages",
    "outgoing",
    "received",
    "erased",
    "revisions",
    "reactions",
)
_EPHEMERAL = bytes(32)

_WORDED = (DatabaseError, CryptoError, LocalError)
"""What the store's reader takes for damage; anything else would be a bug of ours."""

_QUERIES: Sequence[Callable[[Connection], object]] = (
    account.read,
    account.settings,
    contacts.read_all,
    invites.read_invites,
    invites.read_joinings,
    invites.read_attempts,
    partial(invites.read_answer, ephemeral=_EPHEMERAL),
    sessions.read_all,
    messages.latest,
    messages.unread,
    partial(messages.page, contact=1, limit=10, before=None),
    partial(messages.unread_up_to, contact=1, up_to=(1 << 62, samples.message_id(9)), limit=10),
    partial(outbox.page, contact=1, after=-1, limit=10),
    outbox.counts,
)


def full_unit() -> RecordedUnit:
    """Something in every table."""
    unit = RecordedUnit(1)
    endpoints = (samples.endpoint(1), samples.endpoint(2))
    contact: Contact = replace(samples.contact(1), given_name="Ben", petname="B", last_seen_at=1.0)
    unit.put_account(samples.account())
    unit.put_setting("port", "1")
    unit.put_contact(replace(contact, endpoints=endpoints, announced=endpoints, discovery=bytes(64)))
    unit.put_invite(samples.posted_invite())
    unit.put_joining(Joining(1, samples.invite()))
    unit.add_attempt(Attempt(_EPHEMERAL, 1, b"m3", bytes(32), 1.0))
    unit.add_answer(Answer(_EPHEMERAL, 1, b"m4", 1.0))
    unit.put_session(samples.stored_session())
    unit.add_message(1, samples.message(1, reply_to=samples.message_id(2)))
    unit.revise(1, samples.revision(1), at=1.0)
    unit.react(1, samples.reaction(1), at=1.0)
    unit.erase_message(1, samples.message_id(3), mine=False, at=1.0)
    unit.add_outgoing(samples.outgoing(1, envelope=1))
    unit.add_received(1, samples.envelope_id(2), at=1.0)
    return unit


class Store:
    """A database with a row in every table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        write_transaction(connection, [full_unit()])
        self._columns = [
            (table, row[1], row[2])
            for table in _TABLES
            for row in connection.execute(f"PRAGMA table_info({table})").fetchall()
        ]

    def check(self, data: bytes) -> None:
        """One value of one row is another: what is read is read, or the store says that it is damaged."""
        if not data:
            return
        table, column, kind = self._columns[data[0] % len(self._columns)]
        placeholder = "CAST(? AS TEXT)" if kind == "TEXT" else "?"
        self._connection.execute("BEGIN")
        try:
            value = _value(kind, data[1:])
            self._connection.execute(f"UPDATE {table} SET {column} = {placeholder}", (value,))
            for query in _QUERIES:
                self._check_query(query)
        except DatabaseError:
            return  # the schema refuses the value, so no row can hold it
        finally:
            self._connection.execute("ROLLBACK")

    def samples(self) -> Sequence[bytes]:
        """Each column of each table with its own value."""
        return [
            bytes([number]) + _encoded(self._connection.execute(f"SELECT {column} FROM {table}").fetchone())
            for number, (table, column, _) in enumerate(self._columns)
        ]

    def _check_query(self, query: Callable[[Connection], object]) -> None:
        with suppress(*_WORDED):
            query(self._connection)


def _value(kind: str, data: bytes) -> Value:
    if data == b"":
        return None
    match kind:
        case "INTEGER":
            return int.from_bytes(data[:8], "little", signed=True)
        case "REAL":
            return float(struct.unpack("<d", data[:8].ljust(8, b"\0"))[0])
        case _:
            return data


def _encoded(row: Row | None) -> bytes:
    value: Value = row[0] if row else None
    match value:
        case int():
            return value.to_bytes(8, "little", signed=True)
        case float():
            return struct.pack("<d", value)
        case str():
            return value.encode()
        case _:
            return value or b""


@contextmanager
def opened() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder, closing(connection_in(Path(folder))) as connection:
        yield Store(connection)


def rows() -> Sequence[bytes]:
    with opened() as store:
        return store.samples()


@contextmanager
def prepared() -> Iterator[Check]:
    with opened() as store:
        yield store.check


TARGETS = [Target("stored-row", rows, prepared, words=[b"\xff", b"[::1]:1 ", bytes(32)], max_bytes=2_048)]
