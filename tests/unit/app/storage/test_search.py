"""From what people type to FTS5's language: nothing typed is an operator."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.storage.connection import Connection
from app.storage.search import INDEX, MAX_QUERY_CHARACTERS, MAX_WORDS, index_waiting, match_expression, search
from app.storage.unit_of_work import RecordedUnit
from app.storage.writer import write_transaction
from tests.support import samples
from tests.support.databases import connection_in

TEXTS = ["hello world", "don't panic", "Zoë's café", "你好 世界", 'say "cheese" OR NOT', "number 42"]


@pytest.fixture
def connection(tmp_path: Path) -> Connection:
    connection = connection_in(tmp_path)
    unit = RecordedUnit(1)
    unit.put_contact(samples.contact(1))
    for number, text in enumerate(TEXTS):
        unit.add_message(1, samples.message(number, text=text))
    write_transaction(connection, [unit])
    index_waiting(connection)
    return connection


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("hel", ["hello world"]),
        ("don't", ["don't panic"]),
        ("pan dont", []),
        ("zoe cafe", ["Zoë's café"]),
        ("CAFÉ", ["Zoë's café"]),
        ("世", ["你好 世界"]),
        ("OR", ['say "cheese" OR NOT']),
        ('"cheese', ['say "cheese" OR NOT']),
        ("NOT say", ['say "cheese" OR NOT']),
        ("hello 👋", ["hello world"]),
        ("4", []),
        ("42", ["number 42"]),
        ("1", []),
    ],
)
def test_words_are_found_as_people_mean_them(connection: Connection, query: str, found: list[str]) -> None:
    assert [message.text for message in search(connection, query, contact=None, limit=9)] == found


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(), st.text(alphabet="\"'()*:^+-{}\\ aANDORNET\0\ud800é😀", max_size=40)))
def test_nothing_typed_ever_raises(connection: Connection, query: str) -> None:
    for contact in (None, 1, 2):
        search(connection, query, contact=contact, limit=9)


def test_what_is_too_long_to_be_typed_finds_nothing() -> None:
    assert match_expression("a" * MAX_QUERY_CHARACTERS, contact=None) is not None
    assert match_expression("a" * (MAX_QUERY_CHARACTERS + 1), contact=None) is None
    assert match_expression("a " * MAX_WORDS, contact=None) is not None
    assert match_expression("a " * (MAX_WORDS + 1), contact=None) is None


def test_the_last_word_is_a_prefix_unless_it_is_one_latin_letter() -> None:
    assert match_expression("ab cd", contact=None) == '{text} : ("ab" "cd"*)'
    assert match_expression("ab c", contact=None) == '{text} : ("ab" "c")'
    assert match_expression("ab 你", contact=None) == '{text} : ("ab" "你"*)'
    assert match_expression('a"b', contact=3) == '{contact} : "3" AND {text} : ("a""b"*)'


def test_texts_are_indexed_once_in_the_order_of_rows(connection: Connection) -> None:
    unit = RecordedUnit(1)
    for number in range(10, 15):
        unit.add_message(1, samples.message(number, text="" if number == 12 else "later words"))
    write_transaction(connection, [unit])
    assert search(connection, "later", contact=None, limit=9) == []
    assert [index_waiting(connection, 3), index_waiting(connection, 3), index_waiting(connection, 3)] == [3, 1, 0]
    assert len(search(connection, "later", contact=None, limit=9)) == 4


def test_deleting_indexed_and_unindexed_messages_leaves_a_sound_index(connection: Connection) -> None:
    for number in (2, 3):
        unit = RecordedUnit(1)
        unit.put_contact(samples.contact(number))
        for count in range(20):
            unit.add_message(number, samples.message(count, contact=number, text="some words"))
        write_transaction(connection, [unit])
        index_waiting(connection, 10)
    for removed in (3, 2):
        unit = RecordedUnit(1)
        unit.remove_contact(removed)
        unit.add_message(1, samples.message(50 + removed, text="words again"))
        write_transaction(connection, [unit])
    index_waiting(connection)
    connection.execute("INSERT INTO message_texts (message_texts, rank) VALUES ('integrity-check', 1)")
    found = search(connection, "words", contact=None, limit=99)
    assert [message.text for message in found] == ["words again", "words again"]


def test_indexing_goes_by_rows_and_sorts_nothing(connection: Connection) -> None:
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {INDEX}", [9]).fetchall()]
    assert "SEARCH messages USING INTEGER PRIMARY KEY (rowid>?)" in plan
    assert not any("TEMP B-TREE" in step for step in plan)
