"""Before a store is opened: sound, suspect, damaged, or of a newer Kith."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.errors import ErrorKind, KithError
from app.storage.account import settings
from app.storage.checkup import check_up
from app.storage.connection import Connection
from app.storage.high_water_mark import HighWaterMark, Mark, read_mark
from app.storage.profile_folder import ProfileFolder
from app.storage.salvage.repair import UNSAID
from app.storage.unit_of_work import RecordedUnit
from app.storage.writer import write_transaction
from tests.support import samples
from tests.support.databases import STORE_KEY, connection_in


@pytest.fixture
def files(tmp_path: Path) -> ProfileFolder:
    """A profile with an account and a snapshot of it, closed."""
    connection = connection_in(tmp_path)
    unit = RecordedUnit(1)
    unit.put_account(samples.account("Ann"))
    unit.put_contact(samples.contact(1))
    unit.add_message(1, samples.message(1, text="hello"))
    write_transaction(connection, [unit])
    files = ProfileFolder(tmp_path)
    add_snapshot(files)
    connection.close()
    return files


def add_snapshot(files: ProfileFolder) -> Path:
    draft = files.snapshots.begin(files.database, STORE_KEY)
    draft.write()
    return files.snapshots.keep(draft)


def changed(files: ProfileFolder, change: Callable[[Connection], object]) -> None:
    connection = connection_in(files.database.parent)
    change(connection)
    connection.close()


def names(files: ProfileFolder) -> set[str]:
    return {path.name for path in files.database.parent.iterdir()}


def report(files: ProfileFolder) -> str | None:
    """What is to be said of a repair; None if there was none."""
    connection = connection_in(files.database.parent)
    unsaid = settings(connection).get(UNSAID)
    connection.close()
    return unsaid


def test_a_sound_store_is_left_alone(files: ProfileFolder) -> None:
    before = files.database.read_bytes()
    check_up(files, STORE_KEY)
    assert files.database.read_bytes() == before
    assert names(files) == {"kith.db", "snapshots"}


def test_a_damaged_one_is_replaced_and_kept_aside(files: ProfileFolder) -> None:
    files.database.write_bytes(b"x" * 20_000)
    check_up(files, STORE_KEY)
    said = report(files)
    assert said is not None
    assert "1 message and 1 contact were saved, 1 of the messages from a snapshot" in said
    (aside,) = (name for name in names(files) if name.startswith("damaged-"))
    assert aside in said
    assert (files.database.parent / aside / "kith.db").read_bytes() == b"x" * 20_000
    check_up(files, STORE_KEY)
    assert names(files) == {"kith.db", "snapshots", aside}


def test_an_old_copy_put_back_is_told_from_the_newest_and_brings_no_session_back(files: ProfileFolder) -> None:
    unit = RecordedUnit(1)
    unit.put_session(samples.stored_session(1))
    changed(files, lambda connection: write_transaction(connection, [unit], after=1))
    HighWaterMark(files.mark).close(3)
    check_up(files, STORE_KEY)
    said = report(files)
    assert said is not None
    assert "session with 1 contact was lost" in said
    assert not files.mark.exists()


def test_a_log_that_is_gone_is_missed(files: ProfileFolder) -> None:
    HighWaterMark(files.mark).raise_to(1)
    check_up(files, STORE_KEY)
    assert report(files) is not None


def test_a_suspect_that_turns_out_sound_is_cleared(files: ProfileFolder) -> None:
    HighWaterMark(files.mark).raise_to(1)
    connection = connection_in(files.database.parent)
    write_transaction(connection, [RecordedUnit(1)], after=1)
    files.mark_suspect()
    check_up(files, STORE_KEY)
    connection.close()
    assert report(files) is None
    assert not files.suspect.exists()
    assert read_mark(files.mark) == Mark(2, is_running=False)


@pytest.mark.parametrize(
    "change",
    [
        lambda connection: connection.execute("UPDATE contacts SET identity = x'00'"),
        lambda connection: connection.execute("DELETE FROM account"),
    ],
    ids=["a contact that does not decode", "no account"],
)
def test_a_suspect_whose_rows_are_wrong_is_repaired(
    files: ProfileFolder, change: Callable[[Connection], object]
) -> None:
    changed(files, change)
    check_up(files, STORE_KEY)
    assert report(files) is None, "nothing looks wrong from outside"
    files.mark_suspect()
    check_up(files, STORE_KEY)
    assert "1 message and 1 contact were saved" in (report(files) or "")
    assert not files.suspect.exists()


def test_a_newer_store_is_refused_untouched_though_it_be_damaged(files: ProfileFolder) -> None:
    changed(files, lambda connection: connection.execute("PRAGMA user_version = 1000"))
    content = bytearray(files.database.read_bytes())
    content[-4096:] = bytes(4096)
    files.database.write_bytes(content)
    with pytest.raises(KithError) as refused:
        check_up(files, STORE_KEY)
    assert refused.value.kind is ErrorKind.PROFILE_NEWER
    assert files.database.read_bytes() == content
    assert names(files) == {"kith.db", "snapshots"}


def test_a_newer_snapshot_shows_that_a_lost_store_was_newer(files: ProfileFolder) -> None:
    (snapshot,) = files.snapshots.newest_first()
    copy = snapshot.parent / "kith.db"
    snapshot.rename(copy)
    connection = connection_in(copy.parent)
    connection.execute("PRAGMA user_version = 1000")
    connection.close()
    copy.rename(snapshot)
    files.database.write_bytes(b"")
    with pytest.raises(KithError) as refused:
        check_up(files, STORE_KEY)
    assert refused.value.kind is ErrorKind.PROFILE_NEWER
    assert files.database.read_bytes() == b""
    assert names(files) == {"kith.db", "snapshots"}


def test_with_a_damaged_snapshot_the_one_before_it_serves(
    files: ProfileFolder, caplog: pytest.LogCaptureFixture
) -> None:
    newest = add_snapshot(files)
    newest.write_bytes(b"x" * newest.stat().st_size)
    files.database.unlink()
    check_up(files, STORE_KEY)
    assert "1 message and 1 contact" in (report(files) or "")
    assert caplog.messages == ["snapshot 2 is damaged too"]


@pytest.mark.parametrize("killed_before", ["kith.db-wal", "kith.db", "repaired"])
def test_killed_while_it_is_put_in_its_place_the_next_start_goes_on(
    files: ProfileFolder, monkeypatch: pytest.MonkeyPatch, killed_before: str
) -> None:
    files.database.write_bytes(b"x" * 20_000)
    files.database.with_name("kith.db-wal").write_bytes(b"y" * 5_000)
    rename = Path.rename

    def killed(path: Path, target: Path) -> Path:
        if path.name == killed_before or (killed_before == "repaired" and path.name.startswith("repaired")):
            raise KeyboardInterrupt
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            check_up(files, STORE_KEY)
    check_up(files, STORE_KEY)
    assert "1 message and 1 contact" in (report(files) or "")
    (aside,) = (path for path in files.database.parent.iterdir() if path.name.startswith("damaged-"))
    assert {path.name: path.read_bytes()[:1] for path in aside.iterdir()} == {"kith.db": b"x", "kith.db-wal": b"y"}


def test_a_repair_that_fails_leaves_everything_as_it_was(files: ProfileFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path) -> None:
        raise OSError(28, os.strerror(28))

    files.database.write_bytes(b"x" * 20_000)
    with monkeypatch.context() as patch:
        patch.setattr("app.storage.salvage.repair.sync_file", full)
        with pytest.raises(KithError) as failed:
            check_up(files, STORE_KEY)
    assert failed.value.kind is ErrorKind.STORAGE_FULL
    assert names(files) == {"kith.db", "snapshots"}
    check_up(files, STORE_KEY)
    assert report(files) is not None


def test_of_many_damaged_stores_the_newest_three_are_kept(files: ProfileFolder) -> None:
    for _ in range(5):
        files.database.write_bytes(b"x" * 20_000)
        check_up(files, STORE_KEY)
    assert sum(name.startswith("damaged-") for name in names(files)) == 3


def test_sqlite_that_makes_less_of_the_log_than_we_do_is_noticed(tmp_path: Path, files: ProfileFolder) -> None:
    connection = connection_in(tmp_path)
    mark = HighWaterMark(files.mark)
    for number in range(2, 8):
        unit = RecordedUnit(1)
        unit.add_message(1, samples.message(number))
        write_transaction(connection, [unit], after=number - 1)
        mark.raise_to(number)
    log_path = files.database.with_name("kith.db-wal")
    database, log = files.database.read_bytes(), bytearray(log_path.read_bytes())
    connection.close()
    log[32 + 16] ^= 1  # in the checksum of the first frame
    files.database.write_bytes(database)
    log_path.write_bytes(log)
    check_up(files, STORE_KEY)
    assert "7 messages and 1 contact were saved" in (report(files) or "")
