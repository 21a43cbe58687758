"""Copies of the store: verified, three of them, without anything of a ratchet."""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.errors import StorageError
from app.ports.records import Answer, Attempt
from app.storage import contacts, messages, sessions
from app.storage import snapshots as snapshots_module
from app.storage.connection import DatabaseError, open_reading, open_writing
from app.storage.search import index_waiting
from app.storage.snapshots import KEPT, AbandonedError, NoRoomError, Snapshots, is_whole
from app.storage.unit_of_work import RecordedUnit
from app.storage.writer import write_transaction
from tests.support import samples
from tests.support.databases import STORE_KEY, connection_in, database_in

TABLES_OF_RATCHETS = ("sessions", "attempts", "answers", "outgoing")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with a row in each table."""
    unit = RecordedUnit(1)
    unit.put_account(samples.account("Ann"))
    unit.put_setting("receipts", "on")
    unit.put_contact(samples.contact(1))
    unit.put_invite(samples.posted_invite())
    unit.put_session(samples.stored_session(1))
    unit.add_attempt(Attempt(b"e" * 32, 1, b"m3", b"t" * 32, samples.NOW))
    unit.add_answer(Answer(b"e" * 32, 1, b"m4", samples.NOW))
    unit.add_message(1, samples.message(1, text="hello"))
    unit.add_outgoing(samples.outgoing(1, envelope=1))
    unit.add_received(1, samples.envelope_id(1), at=samples.NOW)
    connection = connection_in(tmp_path)
    write_transaction(connection, [unit])
    index_waiting(connection)
    connection.close()
    return database_in(tmp_path)


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "snapshots")


def made(snapshots: Snapshots, database: Path) -> Path:
    draft = snapshots.begin(database, STORE_KEY)
    draft.write()
    return snapshots.keep(draft)


def count(path: Path, table: str) -> int:
    connection = open_reading(path, STORE_KEY)
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    connection.close()
    assert row is not None
    return int(row[0])


def test_it_holds_everything_but_what_belongs_to_a_ratchet(snapshots: Snapshots, database: Path) -> None:
    path = made(snapshots, database)
    for table in ("account", "settings", "contacts", "invites", "messages", "received"):
        assert count(path, table) == 1, table
    for table in TABLES_OF_RATCHETS:
        assert count(path, table) == 0, table
    secret = samples.stored_session(1).session.pair.reveal()
    assert secret not in path.read_bytes()
    assert b"SQLite format" not in path.read_bytes()


def test_it_is_whole_private_and_of_the_moment(snapshots: Snapshots, database: Path) -> None:
    path = made(snapshots, database)
    assert is_whole(path, STORE_KEY)
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    connection = open_reading(path, STORE_KEY)
    assert [contact.number for contact in contacts.read_all(connection)] == [1]
    assert sessions.read_all(connection) == []
    (message,) = messages.page(connection, 1, limit=9, before=None)
    assert message == samples.message(1, text="hello")
    connection.close()


@pytest.mark.parametrize("more", [4, 5, 6])
def test_of_many_messages_it_holds_all(
    snapshots: Snapshots, database: Path, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    monkeypatch.setattr(snapshots_module, "COPIED_AT_ONCE", 3)
    unit = RecordedUnit(1)
    for number in range(2, 2 + more):
        unit.add_message(1, samples.message(number, text=f"text {number}"))
    connection = open_writing(database, STORE_KEY)
    write_transaction(connection, [unit])
    connection.execute("DELETE FROM messages WHERE row = 2")  # rows need not follow each other
    live = connection.execute("SELECT row, text FROM messages ORDER BY row").fetchall()
    connection.close()
    copied = open_reading(made(snapshots, database), STORE_KEY)
    assert copied.execute("SELECT row, text FROM messages ORDER BY row").fetchall() == live
    copied.close()


def test_the_newest_three_are_kept(snapshots: Snapshots, database: Path) -> None:
    paths = [made(snapshots, database) for _ in range(KEPT + 2)]
    assert snapshots.newest_first() == paths[:1:-1]
    assert [path.name for path in paths] == ["0001.db", "0002.db", "0003.db", "0004.db", "0005.db"]


def test_what_a_crash_left_is_no_snapshot_and_goes_with_the_next(snapshots: Snapshots, database: Path) -> None:
    draft = snapshots.begin(database, STORE_KEY)
    draft.path.write_bytes(b"half")
    assert snapshots.newest_first() == []
    made(snapshots, database)
    assert [path.name for path in draft.path.parent.iterdir()] == ["0001.db"]


def test_without_room_none_is_begun(snapshots: Snapshots, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(database.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10 << 20))
    with pytest.raises(NoRoomError):
        snapshots.begin(database, STORE_KEY)
    assert list((database.parent / "snapshots").iterdir()) == []


def test_all_are_forgotten_with_what_was_not_finished(snapshots: Snapshots, database: Path) -> None:
    snapshots.remove_all()
    made(snapshots, database)
    snapshots.begin(database, STORE_KEY)
    snapshots.remove_all()
    assert list((database.parent / "snapshots").iterdir()) == []


def test_an_abandoned_one_ends_as_such(snapshots: Snapshots, database: Path) -> None:
    draft = snapshots.begin(database, STORE_KEY)
    draft.abandon()
    with pytest.raises(AbandonedError):
        draft.write()
    draft.abandon()


def test_whoever_reads_or_writes_meanwhile_is_not_disturbed(snapshots: Snapshots, database: Path) -> None:
    writing = connection_in(database.parent)
    draft = snapshots.begin(database, STORE_KEY)
    writing.execute("BEGIN IMMEDIATE")
    writing.execute("INSERT INTO settings VALUES ('not', 'committed')")
    draft.write()
    writing.execute("COMMIT")
    writing.close()
    assert count(snapshots.keep(draft), "settings") == 1


def test_a_database_of_another_version_is_not_copied(snapshots: Snapshots, database: Path) -> None:
    connection = connection_in(database.parent)
    connection.execute("PRAGMA user_version = 1000")
    connection.close()
    with pytest.raises(StorageError):
        snapshots.begin(database, STORE_KEY).write()


def test_a_damaged_database_gives_none(snapshots: Snapshots, database: Path) -> None:
    content = bytearray(database.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    database.write_bytes(content)
    with pytest.raises(DatabaseError):
        snapshots.begin(database, STORE_KEY).write()


def flipped(content: bytearray) -> None:
    content[len(content) // 2] ^= 1


def cut(content: bytearray) -> None:
    del content[-4096:]


@pytest.mark.parametrize("harm", [flipped, cut, bytearray.clear])
def test_a_damaged_snapshot_is_not_whole(
    snapshots: Snapshots, database: Path, harm: Callable[[bytearray], None]
) -> None:
    path = made(snapshots, database)
    content = bytearray(path.read_bytes())
    harm(content)
    path.write_bytes(content)
    assert not is_whole(path, STORE_KEY)
