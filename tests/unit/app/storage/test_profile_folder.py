"""The files of a profile: put in their place wholly or not at all."""

import errno
import os
from pathlib import Path

import pytest

from app.domain.errors import ErrorKind, KithError
from app.storage.profile_folder import ProfileFolder, worded_os_errors


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, ErrorKind.STORAGE_FULL),
        (errno.EDQUOT, ErrorKind.STORAGE_FULL),
        (errno.EACCES, ErrorKind.STORAGE_DAMAGED),
        (errno.EIO, ErrorKind.STORAGE_DAMAGED),
    ],
)
def test_errors_of_the_system_come_in_words(number: int, kind: ErrorKind) -> None:
    with pytest.raises(KithError) as failed, worded_os_errors():
        raise OSError(number, os.strerror(number), "/home/ann/secret-place")
    assert failed.value.kind is kind
    assert "secret-place" not in failed.value.sentence


def test_a_vault_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ProfileFolder(tmp_path)
    folder.put_vault(b"old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(KithError) as failed:
        folder.put_vault(b"new")
    assert failed.value.kind is ErrorKind.STORAGE_FULL
    assert folder.read_vault() == b"old"


def test_the_file_and_its_name_are_synced_before_the_vault_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    sync, replace = os.fsync, Path.replace

    def traced_sync(descriptor: int) -> None:
        order.append("sync")
        sync(descriptor)

    def traced_replace(path: Path, target: Path) -> Path:
        order.append("replace")
        return replace(path, target)

    monkeypatch.setattr("os.fsync", traced_sync)
    monkeypatch.setattr(Path, "replace", traced_replace)
    ProfileFolder(tmp_path).put_vault(b"vault")
    assert order == (["sync", "replace", "sync"] if os.name == "posix" else ["sync", "replace"])


def test_leftovers_of_an_aborted_account_are_removed(tmp_path: Path) -> None:
    folder = ProfileFolder(tmp_path)
    folder.begin_database()
    folder.database.write_bytes(b"half")
    folder.database.with_name("kith.db-wal").write_bytes(b"half")
    folder.begin_database()
    assert {path.name: path.stat().st_size for path in tmp_path.iterdir()} == {"kith.db": 0, "unfinished": 0}
    folder.remove_draft()
    assert list(tmp_path.iterdir()) == []
