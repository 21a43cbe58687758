"""The rows of a damaged file by table, and what is known to be complete."""

from collections import defaultdict
from pathlib import Path

import pytest

from app.storage.migrations import CURRENT_VERSION
from app.storage.salvage.page_cipher import PAGE_BYTES
from app.storage.salvage.page_file import PageFile
from app.storage.salvage.rescue import Rescue
from app.storage.salvage.tables import SESSION_TABLES, TABLES, Fields, tables_of
from app.storage.unit_of_work import RecordedUnit
from app.storage.writer import write_transaction
from tests.support import samples
from tests.support.databases import STORE_KEY, connection_in

MESSAGES = 200
CONTACTS = 30


@pytest.fixture
def path(tmp_path: Path) -> Path:
    connection = connection_in(tmp_path)
    unit = RecordedUnit(1)
    unit.put_account(samples.account("Ann"))
    for number in range(1, CONTACTS + 1):
        unit.put_contact(samples.contact(number))
        unit.put_session(samples.stored_session(number))
    for number in range(MESSAGES):
        unit.add_message(1 + number % CONTACTS, samples.message(number, text="a text " * 30))
        unit.add_received(1, samples.envelope_id(number), at=samples.NOW)
    write_transaction(connection, [unit])
    connection.close()
    return tmp_path / "kith.db"


def rescued(path: Path, *, is_suspect: bool = False) -> tuple[Rescue, dict[str, list[Fields]]]:
    found: dict[str, list[Fields]] = defaultdict(list)
    with PageFile(path, STORE_KEY, None) as file:
        rescue = Rescue(file, tables_of(CURRENT_VERSION), is_suspect=is_suspect)
        for table, fields in rescue.rows():
            found[table.name].append(fields)
    return rescue, found


def lose(path: Path, *pages: int) -> None:
    with path.open("r+b") as file:
        for number in pages:
            file.seek((number - 1) * PAGE_BYTES)
            file.write(bytes(PAGE_BYTES))


def tree_of(path: Path, table: str) -> list[int]:
    with PageFile(path, STORE_KEY, None) as file:
        rescue = Rescue(file, {}, is_suspect=False)
        return rescue._tree(rescue._find_roots()[table]) or []


def test_of_a_whole_file_every_table_is_complete(path: Path) -> None:
    rescue, found = rescued(path)
    assert rescue.complete == set(TABLES)
    assert {name: len(rows) for name, rows in found.items()} == {
        "account": 1,
        "contacts": CONTACTS,
        "sessions": CONTACTS,
        "messages": MESSAGES,
        "received": MESSAGES,
    }
    assert rescue.may_keep_sessions()


def test_a_lost_leaf_costs_its_rows_and_leaves_the_other_tables_complete(path: Path) -> None:
    lose(path, tree_of(path, "messages")[-1])
    rescue, found = rescued(path)
    assert rescue.complete == set(TABLES) - {"messages"}
    assert MESSAGES - 20 < len(found["messages"]) < MESSAGES
    assert rescue.may_keep_sessions()


def test_below_a_lost_root_the_rows_are_found_all_the_same(path: Path) -> None:
    lose(path, tree_of(path, "messages")[0])
    rescue, found = rescued(path)
    assert len(found["messages"]) == MESSAGES
    assert "messages" not in rescue.complete


def test_without_the_schema_all_rows_are_found_by_their_shape(path: Path) -> None:
    _, before = rescued(path)
    lose(path, 1)
    rescue, found = rescued(path)
    assert {name: len(rows) for name, rows in found.items()} == {name: len(rows) for name, rows in before.items()}
    assert rescue.complete == set()
    assert not rescue.may_keep_sessions()


@pytest.mark.parametrize("table", [*SESSION_TABLES, "contacts"])
def test_sessions_are_kept_only_with_all_that_belongs_to_them(path: Path, table: str) -> None:
    lose(path, tree_of(path, table)[-1])
    rescue, _ = rescued(path)
    assert not rescue.may_keep_sessions()


def test_of_a_truncated_file_no_session_is_kept(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-PAGE_BYTES])
    rescue, _ = rescued(path)
    assert not rescue.may_keep_sessions()


def test_in_a_suspect_file_no_tree_and_no_session_is_relied_on(path: Path) -> None:
    rescue, found = rescued(path, is_suspect=True)
    assert rescue.complete == set()
    assert not rescue.may_keep_sessions()
    assert len(found["messages"]) == MESSAGES
