"""How far the store has come, beside it."""

from pathlib import Path

import pytest

from app.storage.connection import open_reading
from app.storage.high_water_mark import HighWaterMark, Mark, count_transaction, read_mark, transaction_of
from tests.support.databases import STORE_KEY, connection_in, database_in

LAST = 2**32 - 1


def test_it_goes_up_with_each_transaction_and_tells_how_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "mark"
    mark = HighWaterMark(path)
    assert read_mark(path) is None
    mark.raise_to(1)
    mark.raise_to(2)
    assert read_mark(path) == Mark(2, is_running=True)
    mark.close(3)
    assert read_mark(path) == Mark(3, is_running=False)
    assert path.stat().st_size == 16


def test_a_store_that_wrote_nothing_is_closed_in_order_too(tmp_path: Path) -> None:
    HighWaterMark(tmp_path / "mark").raise_to(7)
    HighWaterMark(tmp_path / "mark").close(7)
    assert read_mark(tmp_path / "mark") == Mark(7, is_running=False)


@pytest.mark.parametrize(
    ("mark", "transaction", "is_ahead"),
    [(5, 4, True), (5, 5, False), (5, 6, False), (0, LAST, True), (LAST, 0, False), (2**31, 0, False)],
)
def test_later_is_told_from_earlier_even_where_numbers_begin_anew(
    mark: int, transaction: int, *, is_ahead: bool
) -> None:
    assert Mark(mark, is_running=True).is_ahead_of(transaction) is is_ahead


@pytest.mark.parametrize("place", range(16))
def test_a_damaged_mark_is_none(tmp_path: Path, place: int) -> None:
    path = tmp_path / "mark"
    HighWaterMark(path).raise_to(1000)
    content = bytearray(path.read_bytes())
    content[place] ^= 4
    path.write_bytes(content)
    assert read_mark(path) is None
    path.write_bytes(content[:place])
    assert read_mark(path) is None


def test_a_mark_that_cannot_be_written_harms_nobody(tmp_path: Path) -> None:
    mark = HighWaterMark(tmp_path / "absent" / "mark")
    mark.raise_to(1)
    mark.close(2)


def test_transactions_are_counted_in_the_database_round_and_round(tmp_path: Path) -> None:
    connection = connection_in(tmp_path)
    assert transaction_of(connection) == 0
    for before, after in ((0, 1), (2**31 - 1, 2**31), (2**31, 2**31 + 1), (LAST, 0)):
        assert count_transaction(connection, before) == after
        assert transaction_of(connection) == after
    connection.execute("BEGIN")
    count_transaction(connection, 41)
    connection.execute("ROLLBACK")
    assert transaction_of(connection) == 0
    connection.close()
    reading = open_reading(database_in(tmp_path), STORE_KEY)
    assert transaction_of(reading) == 0
    reading.close()
