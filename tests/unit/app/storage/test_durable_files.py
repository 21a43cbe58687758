"""Files that are there wholly or not at all."""

import os
import stat
import sys
from pathlib import Path

import pytest

from app.storage.durable_files import make_private_folder, remove_durably, sync_file, write_durably

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")


@posix
def test_folders_and_files_are_their_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(mode=0o755, parents=True)
    make_private_folder(folder)
    write_durably(folder / "file", b"content")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "file").stat().st_mode) == 0o600


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    write_durably(tmp_path / "file", b"a longer content")
    write_durably(tmp_path / "file", b"short")
    assert (tmp_path / "file").read_bytes() == b"short"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_failed_write_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_durably(tmp_path / "file", b"old")

    def fail(_descriptor: int) -> None:
        raise OSError

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError):
        write_durably(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"


def test_removing_is_made_durable_and_may_be_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    sync_file(tmp_path / "file")
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    remove_durably(tmp_path / "file")
    assert list(tmp_path.iterdir()) == []
    assert len(synced) == (1 if os.name == "posix" else 0)
    remove_durably(tmp_path / "file")
    assert len(synced) == (1 if os.name == "posix" else 0)
