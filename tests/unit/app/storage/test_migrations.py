"""The schema and its version."""

from pathlib import Path

import pytest

from app.domain.errors import ErrorKind, KithError
from app.storage import messages
from app.storage.caretaker import Caretaker
from app.storage.connection import open_writing
from app.storage.database import Database
from app.storage.migrations import CURRENT_VERSION, migrate, version_of
from app.storage.salvage.page_file import PageFile
from app.storage.salvage.rescue import Rescue
from app.storage.salvage.tables import tables_of
from crypto.stored_session import encode
from tests.support import samples
from tests.support.aio import run
from tests.support.databases import STORE_KEY, connection_in, database_in


def test_an_empty_file_gets_the_present_schema(tmp_path: Path) -> None:
    path = tmp_path / "kith.db"
    path.touch()
    connection = open_writing(path, STORE_KEY)
    assert version_of(connection) == 0
    migrate(connection)
    assert version_of(connection) == CURRENT_VERSION
    migrate(connection)
    assert connection.execute("SELECT count(*) FROM messages").fetchone() == (0,)
    connection.close()


def test_a_step_that_fails_leaves_the_version_before(tmp_path: Path) -> None:
    path = tmp_path / "kith.db"
    path.touch()
    connection = open_writing(path, STORE_KEY)
    connection.execute("CREATE TABLE received (stands_in_the_way)")
    with pytest.raises(Exception, match="received"):
        migrate(connection)
    assert version_of(connection) == 0
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    assert tables == [("received",)]
    connection.close()


def test_a_newer_schema_is_refused_untouched(tmp_path: Path) -> None:
    connection = connection_in(tmp_path)
    connection.execute(f"PRAGMA user_version = {CURRENT_VERSION + 1}")
    files = {path: path.read_bytes() for path in tmp_path.iterdir() if not path.name.endswith("-shm")}
    assert any(path.name.endswith("-wal") for path in files)
    with pytest.raises(KithError) as refused:
        run(Database.open(database_in(tmp_path), STORE_KEY, Caretaker()))
    assert refused.value.kind is ErrorKind.PROFILE_NEWER
    assert {path: path.read_bytes() for path in files} == files
    connection.close()


def test_rows_of_an_older_schema_are_whole_after_the_step(tmp_path: Path) -> None:
    """An added column is missing in a row until the row is written again; a repair would not know such a row."""
    path = tmp_path / "kith.db"
    path.touch()
    connection = open_writing(path, STORE_KEY)
    migrate(connection, to_version=1)
    session, contact = samples.session(), samples.contact(1)
    put = "INSERT INTO contacts VALUES (1, ?, ?, 2, 5.0, NULL, NULL, 0, 0, 0, 0, 0, '', '', x'', 6.0)"
    connection.execute(put, (contact.contact_id, contact.identity.encode()))
    connection.execute("INSERT INTO sessions VALUES (?, 1, ?, 3.0, 1)", (session.transcript, encode(session)))
    connection.execute("INSERT INTO attempts VALUES (x'01', 1, x'02', x'03', 4.0)")
    connection.execute(
        "INSERT INTO messages (contact, message_id, mine, content_type, text, clock, sent_at, state)"
        " VALUES (1, ?, 0, 32, 'hello', 1, 1.0, 2)",
        (bytes(16),),
    )
    migrate(connection)
    (message,) = messages.page(connection, 1, limit=9, before=None)
    assert (message.text, message.path, message.edited_at, message.reactions) == ("hello", None, None, ())
    connection.close()
    with PageFile(path, STORE_KEY, None) as file:
        found = [table.name for table, _ in Rescue(file, tables_of(CURRENT_VERSION), is_suspect=False).rows()]
    assert found == ["contacts", "messages", "sessions", "attempts"]
