"""Statements for many rows."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.storage.bulk import MAX_ROWS, Bulk, chunks
from tests.support.databases import connection_in

PUT = Bulk(
    head="INSERT INTO settings (key, value) VALUES",
    columns=2,
    tail="ON CONFLICT (key) DO UPDATE SET value = excluded.value",
)
GET = Bulk(head="SELECT key FROM settings WHERE (key, value) IN (VALUES", columns=2, tail=")")


@given(st.integers(min_value=0, max_value=3 * MAX_ROWS))
def test_chunks_are_powers_of_two_and_hold_every_row_once_in_order(count: int) -> None:
    rows = [(number,) for number in range(count)]
    pieces = list(chunks(rows))
    assert [row for piece in pieces for row in piece] == rows
    assert all(len(piece) & (len(piece) - 1) == 0 and 0 < len(piece) <= MAX_ROWS for piece in pieces)


def test_all_rows_are_written_and_found(tmp_path: Path) -> None:
    connection = connection_in(tmp_path)
    rows = [(f"{number:03}", str(number)) for number in range(300)]
    PUT.run(connection, rows)
    assert connection.execute("SELECT key, value FROM settings ORDER BY key").fetchall() == rows
    assert sorted(GET.fetch(connection, [*rows[5:200], ("absent", "1")])) == [(key,) for key, _ in rows[5:200]]
    connection.close()


def test_no_rows_are_no_statement(tmp_path: Path) -> None:
    connection = connection_in(tmp_path)
    PUT.run(connection, [])
    assert GET.fetch(connection, []) == []
    connection.close()
