"""Connections: encrypted, durable, silent."""

from pathlib import Path

import pytest

from app.domain.errors import ErrorKind
from app.storage.connection import DatabaseError, open_reading, open_writing, storage_error
from crypto.secret import Secret
from tests.support.databases import STORE_KEY, connection_in, database_in


def test_the_settings_that_durability_and_erasure_rest_on_are_in_force(tmp_path: Path) -> None:
    connection = connection_in(tmp_path)

    def pragma(name: str) -> object:
        row = connection.execute(f"PRAGMA {name}").fetchone()
        return row and row[0]

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2
    assert pragma("secure_delete") == 1
    assert pragma("foreign_keys") == 1
    assert pragma("temp_store") == 2
    assert pragma("cipher_use_hmac") == "1"
    connection.close()


def test_a_wrong_key_is_damage_and_says_nothing_on_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = database_in(tmp_path)
    with pytest.raises(DatabaseError) as refused:
        open_writing(path, Secret(bytes(32)))
    assert storage_error(refused.value, path).kind is ErrorKind.STORAGE_DAMAGED
    assert capfd.readouterr() == ("", "")


def test_a_missing_file_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError):
        open_writing(tmp_path / "absent.db", STORE_KEY)
    assert list(tmp_path.iterdir()) == []


def test_the_reading_connection_cannot_write(tmp_path: Path) -> None:
    connection = open_reading(database_in(tmp_path), STORE_KEY)
    with pytest.raises(DatabaseError):
        connection.execute("DELETE FROM messages")
    connection.close()


def test_a_path_with_odd_characters_opens(tmp_path: Path) -> None:
    folder = tmp_path / "100% ?mode=ro#ä"
    folder.mkdir()
    connection = connection_in(folder)
    connection.execute("INSERT INTO settings VALUES ('key', 'value')")
    connection.close()


def test_a_full_disk_a_broken_rule_and_a_bug_are_told_apart(tmp_path: Path) -> None:
    connection = connection_in(tmp_path)
    connection.execute("PRAGMA max_page_count = 1")
    kinds = []
    for statement in (
        "INSERT INTO settings VALUES ('key', hex(randomblob(100000)))",
        "INSERT INTO joinings VALUES (7, x'00')",
        "SELECT nothing FROM nowhere",
    ):
        with pytest.raises(DatabaseError) as failed:
            connection.execute(statement)
        kinds.append(storage_error(failed.value, tmp_path / "kith.db").kind)
    assert kinds == [ErrorKind.STORAGE_FULL, ErrorKind.UNEXPECTED, ErrorKind.UNEXPECTED]
    assert storage_error(ValueError(), tmp_path / "kith.db").kind is ErrorKind.UNEXPECTED
    connection.close()
