"""The tables worth saving, and which row found loose in a file belongs to which of them.

With part of a tree lost, the pages below it say no longer whose they are.  But the tables are ``STRICT`` and of
different shapes, and where two come close, what is stored in them decodes as one thing only.  The search index and the
other indices are not saved: they follow from the rest.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import cast

from sqlcipher3 import dbapi2

from app.storage.connection import Connection, Value
from app.storage.migrations import migrate
from app.storage.salvage.b_tree import Row
from crypto.discovery_key import DiscoveryKey
from crypto.errors import CryptoError
from crypto.identity import Identity, PublicIdentity
from crypto.invite import Invite
from crypto.secret import Secret
from crypto.session import ENVELOPE_ID_BYTES
from crypto.stored_session import decode_session

SESSION_TABLES = ("sessions", "attempts", "answers")
"""What belongs to a ratchet: never in a snapshot, never restored unless it is the latest there was."""

TABLES = (
    "account",
    "settings",
    "contacts",
    "invites",
    "joinings",
    "messages",
    "outgoing",
    "received",
    "erased",
    "revisions",
    "reactions",
    *SESSION_TABLES,
)
"""In an order in which each refers to earlier ones only."""

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "INTEGER": int,
    "REAL": (int, float),  # a whole number is stored as such
    "TEXT": str,
    "BLOB": bytes,
}

_EARLIEST_S = 100_000_000
"""1973; no page of an index has such a number."""

Fields = dict[str, Value]
"""A row by the names of its columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    type: str
    may_be_null: bool
    is_number: bool
    """It is the row's number, and stored as such."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a schema."""

    name: str
    columns: tuple[Column, ...]
    has_numbers: bool
    """Its rows have numbers; the others are ``WITHOUT ROWID``."""

    def fields(self, row: Row) -> Fields | None:
        """The row by its columns, if it is one of this table."""
        if (row.number is not None) != self.has_numbers or len(row.values) != len(self.columns):
            return None
        fields: Fields = {}
        for column, value in zip(self.columns, row.values, strict=True):
            stored = row.number if column.is_number and value is None else value
            if not _fits(column, stored):
                return None
            fields[column.name] = stored
        return fields if _decodes(self.name, fields) else None


def tables_of(version: int) -> dict[str, Table]:
    """The tables of the schema of this version, by name."""
    with closing(cast(Connection, dbapi2.connect(":memory:", isolation_level=None))) as connection:
        migrate(connection, to_version=version)
        tables = (_table(connection, name) for name in TABLES)
        return {table.name: table for table in tables if table.columns}  # those of later versions have none


def _table(connection: Connection, name: str) -> Table:
    info = connection.execute(f"PRAGMA table_info ({name})").fetchall()
    listed = connection.execute("SELECT wr FROM pragma_table_list WHERE name = ?", (name,)).fetchone()
    has_numbers = listed is not None and not listed[0]
    keys = [column for _, column, _, _, _, key in info if key]
    columns = tuple(
        Column(
            column,
            type_,
            may_be_null=not not_null and not key,
            is_number=has_numbers and keys == [column] and type_ == "INTEGER",
        )
        for _, column, type_, not_null, _, key in info
    )
    return Table(name, columns, has_numbers)


def _fits(column: Column, value: Value) -> bool:
    return column.may_be_null if value is None else isinstance(value, _TYPES[column.type])


def _decodes(table: str, fields: Fields) -> bool:
    """Whether the store will be able to read the row."""
    try:
        return table not in _DECODERS or _DECODERS[table](fields)
    except CryptoError:
        return False


def _blob(fields: Fields, name: str) -> bytes:
    return cast(bytes, fields[name])


def _is_account(fields: Fields) -> bool:
    Identity.decode(Secret(_blob(fields, "identity")))
    DiscoveryKey.decode(Secret(_blob(fields, "discovery")))
    return fields["only_row"] == 1


def _is_contact(fields: Fields) -> bool:
    return PublicIdentity.decode(_blob(fields, "identity")).account_id == fields["contact_id"]


def _is_invite(fields: Fields) -> bool:
    return Invite.decode(_blob(fields, "invite")).invite_id == fields["invite_id"]


def _is_joining(fields: Fields) -> bool:
    return bool(Invite.decode(_blob(fields, "invite")))


def _is_session(fields: Fields) -> bool:
    return decode_session(_blob(fields, "session")).transcript == fields["transcript"]


def _is_received(fields: Fields) -> bool:
    """Not a word of the search index with a number that goes for a time."""
    return len(_blob(fields, "envelope_id")) == ENVELOPE_ID_BYTES and cast(float, fields["received_at"]) > _EARLIEST_S


_DECODERS: Mapping[str, Callable[[Fields], bool]] = {
    "account": _is_account,
    "contacts": _is_contact,
    "invites": _is_invite,
    "joinings": _is_joining,
    "received": _is_received,
    "sessions": _is_session,
}
