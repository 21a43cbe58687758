"""Which row belongs to which table."""

from pathlib import Path

import pytest

from app.ports.records import Answer, Attempt, Joining
from app.storage.connection import Connection
from app.storage.migrations import CURRENT_VERSION
from app.storage.salvage.b_tree import Row
from app.storage.salvage.tables import SESSION_TABLES, TABLES, Table, tables_of
from app.storage.search import index_waiting
from app.storage.unit_of_work import RecordedUnit
from app.storage.writer import write_transaction
from tests.support import samples
from tests.support.databases import connection_in

WITHOUT_NUMBERS = {"settings", "received", "erased", "revisions", "reactions"}


@pytest.fixture
def connection(tmp_path: Path) -> Connection:
    """A database with a row in each table."""
    unit = RecordedUnit(1)
    unit.put_account(samples.account("Ann"))
    unit.put_setting("receipts", "on")
    unit.put_contact(samples.contact(1))
    unit.put_invite(samples.posted_invite())
    unit.put_joining(Joining(1, samples.invite()))
    unit.put_session(samples.stored_session(1))
    unit.add_attempt(Attempt(b"e" * 32, 1, b"m3", b"t" * 32, samples.NOW))
    unit.add_answer(Answer(b"e" * 32, 1, b"m4", samples.NOW))
    unit.add_message(1, samples.message(1))
    unit.add_outgoing(samples.outgoing(1, envelope=1))
    unit.add_received(1, samples.envelope_id(1), at=samples.NOW)
    unit.revise(1, samples.revision(1), at=samples.NOW)
    unit.react(1, samples.reaction(1), at=samples.NOW)
    unit.erase_message(1, samples.message_id(2), mine=False, at=samples.NOW)
    connection = connection_in(tmp_path)
    write_transaction(connection, [unit])
    index_waiting(connection)
    return connection


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    return tables_of(CURRENT_VERSION)


def stored(connection: Connection, table: Table) -> Row:
    """The one row of a table as it stands in the file: a column that is the row's number is stored as NULL."""
    names = [column.name for column in table.columns]
    found = connection.execute(f"SELECT {', '.join(names)} FROM {table.name}").fetchone()
    assert found is not None
    values = [None if column.is_number else value for column, value in zip(table.columns, found, strict=True)]
    return Row(1 if table.has_numbers else None, tuple(values))


def test_every_table_of_the_schema_is_known_or_follows_from_others(connection: Connection) -> None:
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    assert {name for (name,) in rows if not name.startswith("message_texts")} == set(TABLES)
    assert set(SESSION_TABLES) < set(TABLES)


def test_each_row_is_of_its_own_table_and_of_no_other(connection: Connection, tables: dict[str, Table]) -> None:
    for owner in tables.values():
        row = stored(connection, owner)
        assert [name for name, table in tables.items() if table.fields(row) is not None] == [owner.name]


def test_rows_without_a_number_are_of_tables_without(tables: dict[str, Table]) -> None:
    assert {name for name, table in tables.items() if not table.has_numbers} == WITHOUT_NUMBERS


def test_rows_of_the_search_index_and_other_indices_are_of_none(
    connection: Connection, tables: dict[str, Table]
) -> None:
    for name in ("message_texts_data", "message_texts_docsize", "message_texts_idx", "message_texts_config"):
        for values in connection.execute(f"SELECT * FROM {name}").fetchall():
            for row in (Row(1, (None, *values[1:])), Row(None, values)):
                assert not any(table.fields(row) for table in tables.values())


@pytest.mark.parametrize(
    ("table", "column"),
    [("account", "identity"), ("contacts", "identity"), ("invites", "invite"), ("joinings", "invite"),
     ("sessions", "session")],
)  # fmt: skip
def test_a_row_that_the_store_could_not_read_is_of_none(
    connection: Connection, tables: dict[str, Table], table: str, column: str
) -> None:
    row = stored(connection, tables[table])
    values = list(row.values)
    place = [each.name for each in tables[table].columns].index(column)
    values[place] = b"\0"
    assert tables[table].fields(Row(row.number, tuple(values))) is None


def test_a_missing_value_is_taken_only_where_there_may_be_none(
    connection: Connection, tables: dict[str, Table]
) -> None:
    row = stored(connection, tables["messages"])
    names = [column.name for column in tables["messages"].columns]

    def without(name: str) -> Row:
        return Row(row.number, tuple(None if each == name else value for each, value in zip(names, row.values)))  # noqa: B905

    assert tables["messages"].fields(without("reply_to")) is not None
    assert tables["messages"].fields(without("text")) is None
