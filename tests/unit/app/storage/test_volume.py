"""The disk under a profile, which need not exist."""

import os
from pathlib import Path

import pytest

from app.domain.errors import ErrorKind
from app.storage.profile_folder import ProfileFolder
from app.storage.volume import ProfileVolume

FUTURE = 4_000_000_000.0


def test_a_profile_to_be_has_the_room_of_the_folder_above(tmp_path: Path) -> None:
    volume = ProfileVolume(tmp_path / "not" / "yet")
    assert volume.free_bytes()
    assert volume.write_error() is None
    assert not volume.is_in_use()


def test_the_newest_file_is_one_of_the_profile_or_of_kith(tmp_path: Path) -> None:
    own = ProfileVolume(tmp_path / "none").newest_file_at()
    assert own is not None
    (tmp_path / "vault").touch()
    os.utime(tmp_path / "vault", (FUTURE, FUTURE))
    assert ProfileVolume(tmp_path).newest_file_at() == FUTURE


@pytest.mark.parametrize("what", ["disk_usage", "stat"])
def test_a_system_that_does_not_say_is_survived(tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError

    volume = ProfileVolume(tmp_path)
    if what == "disk_usage":
        monkeypatch.setattr("shutil.disk_usage", fail)
        assert volume.free_bytes() is None
    else:
        monkeypatch.setattr("pathlib.Path.stat", fail)
        assert volume.newest_file_at() is None


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    error = ProfileVolume(tmp_path).write_error()
    assert error is not None
    assert error.kind is ErrorKind.STORAGE_DAMAGED


def test_a_profile_is_in_use_while_its_lock_is_held(tmp_path: Path) -> None:
    folder, volume = ProfileFolder(tmp_path), ProfileVolume(tmp_path)
    assert not volume.is_in_use()
    assert not (tmp_path / "lock").exists(), "looking leaves nothing behind"
    lock = folder.lock()
    assert volume.is_in_use()
    lock.release()
    assert not volume.is_in_use()
