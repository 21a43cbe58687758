"""Long conversations go out of the search index at once."""

from pathlib import Path

import pytest

from app.storage import unindexing
from app.storage.search import index_waiting
from app.storage.unindexing import unindex_many
from app.storage.unit_of_work import RecordedUnit
from app.storage.writer import write_transaction
from tests.support import samples
from tests.support.databases import connection_in


@pytest.mark.parametrize(("most", "left"), [(2, 0), (3, 4)])
def test_the_index_begins_anew_only_where_more_goes_than_is_taken_out_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, left: int
) -> None:
    monkeypatch.setattr(unindexing, "MAX_UNINDEXED", most)
    unit = RecordedUnit(1)
    for contact, count in ((1, 3), (2, 1)):
        unit.put_contact(samples.contact(contact))
        for number in range(count):
            unit.add_message(contact, samples.message(number, contact=contact))
    connection = connection_in(tmp_path)
    write_transaction(connection, [unit])
    assert index_waiting(connection) == 4
    unindex_many(connection, 1)
    assert connection.execute("SELECT count(*) FROM message_texts_docsize").fetchone() == (left,)
    removal = RecordedUnit(1)
    removal.erase_messages(1, at=samples.NOW)
    write_transaction(connection, [removal])
    index_waiting(connection)
    connection.execute("INSERT INTO message_texts (message_texts, rank) VALUES ('integrity-check', 1)")
    assert connection.execute("SELECT v FROM message_texts_config WHERE k = 'secure-delete'").fetchone() == (1,)
    connection.close()
