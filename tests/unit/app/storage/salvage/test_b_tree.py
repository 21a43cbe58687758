"""Rows read from pages: the same as SQLite reads, and nothing but a loss where a page is wrong."""

import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlcipher3 import dbapi2

from app.storage.connection import Value
from app.storage.salvage.b_tree import Kind, LostError, Node, Row, nodes_of
from app.storage.salvage.page_cipher import USABLE_BYTES
from app.storage.salvage.page_file import PageFile
from tests.support.databases import STORE_KEY, connection_in

VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([0, 1, -1, 127, 128, -129, 2**15, 2**23, 2**31, 2**47, -(2**47) - 1]),
    st.floats(allow_nan=False),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60),
    st.binary(max_size=60),
)
NUMBERED = "CREATE TABLE subject (a, b, c)"
UNNUMBERED = "CREATE TABLE subject (a PRIMARY KEY, b, c) WITHOUT ROWID"


def read(folder: Path, lost: int | None = None) -> list[Row | None]:
    """All rows of the table, without SQLite; one page may be lost."""
    root = root_of(folder)
    with PageFile(folder / "kith.db", STORE_KEY, None) as file:

        def pages(number: int) -> bytes | None:
            return None if number == lost else file.page(number)

        return [row for node in nodes_of(pages, root) for row in node.rows(pages)]


def root_of(folder: Path) -> int:
    connection = connection_in(folder)
    row = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'subject'").fetchone()
    connection.close()
    assert row is not None
    return int(row[0])


def written(folder: Path, schema: str, rows: Iterable[tuple[Value, ...]]) -> list[tuple[Value, ...]]:
    """What SQLite makes of these rows."""
    connection = connection_in(folder)
    connection.execute(schema)
    connection.execute("BEGIN")
    connection.executemany("INSERT OR IGNORE INTO subject VALUES (?, ?, ?)", rows)
    connection.execute("COMMIT")
    found = connection.execute("SELECT * FROM subject").fetchall()
    connection.close()
    return found


def in_order(rows: list[tuple[Value, ...]]) -> list[str]:
    return sorted(map(repr, rows))


@pytest.mark.parametrize("schema", [NUMBERED, UNNUMBERED], ids=["numbered", "unnumbered"])
def test_many_rows_of_all_sizes_are_read_as_sqlite_reads_them(tmp_path: Path, schema: str) -> None:
    sizes = [*range(0, 9_000, 37), *range(3_900, 4_100), *range(980, 1_060), 100_000]
    rows: list[tuple[Value, ...]] = [(number, "x" * size, b"y" * (number % 5)) for number, size in enumerate(sizes)]
    expected = written(tmp_path, schema, rows)
    found = [row.values for row in read(tmp_path) if row is not None]
    assert in_order(found) == in_order(expected)


def test_rows_come_with_their_numbers(tmp_path: Path) -> None:
    connection = connection_in(tmp_path)
    connection.execute("CREATE TABLE subject (a, b, c)")
    numbers = [1, 2, 127, 128, 2**31, 2**62, -1, -(2**63)]
    for number in numbers:
        connection.execute("INSERT INTO subject (rowid, a) VALUES (?, ?)", (number, number))
    connection.close()
    assert sorted(row.number or 0 for row in read(tmp_path) if row is not None) == sorted(numbers)


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=30))
@example([(2**63 - 1, -0.0, ""), (None, b"", "é" * 2_000)])
def test_values_of_all_types_are_read_as_sqlite_reads_them(rows: list[tuple[Value, ...]]) -> None:
    memory = dbapi2.connect(":memory:", isolation_level=None)
    memory.execute(NUMBERED)
    memory.executemany("INSERT INTO subject VALUES (?, ?, ?)", rows)
    expected = memory.execute("SELECT * FROM subject").fetchall()
    memory.close()
    found = [record(row) for row in expected]
    assert in_order(found) == in_order(expected)


def record(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """The values, by way of a page with one cell that this test writes."""
    types, body = b"", b""
    for value in values:
        kind, content = encoded(value)
        types, body = types + varint(kind), body + content
    head = varint(len(types) + 1) if len(types) < 127 else b""
    payload = head + types + body
    page = bytearray(USABLE_BYTES)
    cell = varint(len(payload)) + varint(1) + payload
    if len(cell) > 3_000:
        return values
    start = USABLE_BYTES - len(cell)
    page[0], page[3:5], page[8:10] = Kind.TABLE_LEAF, (1).to_bytes(2, "big"), start.to_bytes(2, "big")
    page[start:] = cell
    node = Node.of(2, bytes(page))
    assert node is not None
    (row,) = node.rows(lambda _: None)
    assert row is not None
    return row.values


def encoded(value: Value) -> tuple[int, bytes]:
    """The type and the bytes of a value in a record, in the longest form."""
    match value:
        case None:
            return 0, b""
        case int():
            return 6, value.to_bytes(8, "big", signed=True)
        case float():
            return 7, struct.pack(">d", value)
        case str():
            return 13 + 2 * len(value.encode()), value.encode()
        case bytes():
            return 12 + 2 * len(value), value


def varint(value: int) -> bytes:
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))


def test_a_lost_page_of_the_tree_is_told(tmp_path: Path) -> None:
    written(tmp_path, NUMBERED, [(number, "x" * 500, None) for number in range(100)])
    root = root_of(tmp_path)
    with pytest.raises(LostError):
        read(tmp_path, lost=root)
    with PageFile(tmp_path / "kith.db", STORE_KEY, None) as file:
        children = [node.number for node in nodes_of(file.page, root)][1:]
    with pytest.raises(LostError):
        read(tmp_path, lost=children[3])


def test_a_lost_rest_costs_its_row_only(tmp_path: Path) -> None:
    written(tmp_path, NUMBERED, [(number, "x" * 100, None) for number in range(5)] + [(9, "x" * 20_000, None)])
    root = root_of(tmp_path)
    with PageFile(tmp_path / "kith.db", STORE_KEY, None) as file:
        rests = set(range(root, file.page_count + 1)) - {node.number for node in nodes_of(file.page, root)}
    rows = read(tmp_path, lost=max(rests))
    assert rows.count(None) == 1
    assert {row.values[0] for row in rows if row is not None} == set(range(5))


def test_a_circle_of_pages_ends(tmp_path: Path) -> None:
    page = bytearray(USABLE_BYTES)
    page[0], page[8:12] = Kind.TABLE_INTERIOR, (2).to_bytes(4, "big")
    with pytest.raises(LostError):
        list(nodes_of(lambda _: bytes(page), 2))


@given(
    st.sampled_from(list(Kind)),
    st.integers(0, 30),
    st.binary(min_size=64, max_size=512),
    st.sampled_from([1, 2]),
)
def test_no_page_whatever_is_on_it_raises_anything_else(kind: Kind, cells: int, noise: bytes, number: int) -> None:
    page = bytearray((noise * (USABLE_BYTES // len(noise) + 1))[:USABLE_BYTES])
    head = 100 if number == 1 else 0
    page[head], page[head + 3 : head + 5] = kind, cells.to_bytes(2, "big")
    for pages in (lambda _: None, lambda _: bytes(page)):
        node = Node.of(number, bytes(page))
        assert node is not None
        with suppress(LostError):
            for row in node.rows(pages):
                assert row is None or isinstance(row.values, tuple)
        with suppress(LostError):
            list(nodes_of(pages, number))


def test_pages_of_other_kinds_hold_no_rows() -> None:
    assert Node.of(2, bytes(USABLE_BYTES)) is None
    assert Node.of(1, b"SQLite format 3\0" + bytes(USABLE_BYTES - 16)) is None
