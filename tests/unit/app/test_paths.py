from pathlib import Path

import pytest

from app import paths


@pytest.mark.skipif("sys.platform != 'linux'")
def test_the_default_profile_follows_the_user_s_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert paths.default_profile() == tmp_path / "kith"
    assert not paths.default_profile().exists()
