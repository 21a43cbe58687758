import stat
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.settings import Appearance, Settings
from app.gui.desktop.window_state import FILE, WindowState

LOOK = Settings(appearance=Appearance.DARK, text_size_percent=130, language="de")


def test_the_look_is_there_before_the_profile_is(tmp_path: Path) -> None:
    WindowState(tmp_path).keep_look(LOOK)
    state = WindowState(tmp_path)
    assert (state.appearance, state.text_size_percent, state.language) == (Appearance.DARK, 130, "de")


def test_the_window_comes_back_where_it_was(tmp_path: Path, qapp: QApplication) -> None:
    window = QWidget()
    window.setGeometry(QRect(40, 50, 500, 400))
    WindowState(tmp_path).keep_place(window)
    other = QWidget()
    WindowState(tmp_path).restore(other)
    assert other.size() == window.size()


def test_the_tray_is_told_of_once(tmp_path: Path) -> None:
    state = WindowState(tmp_path)
    assert not state.told_of_tray
    state.keep_told_of_tray()
    assert WindowState(tmp_path).told_of_tray


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x01",
        "[General]\nappearance=purple\ntext_size_percent=100000000000\nlanguage=" + "x" * 10_000 + "\ngeometry=7",
    ],
)
def test_a_damaged_file_reads_as_the_defaults(tmp_path: Path, qapp: QApplication, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    state = WindowState(tmp_path)
    assert (state.appearance, state.text_size_percent) == (Appearance.SYSTEM, 100)
    assert len(state.language) <= 35
    state.restore(QWidget())


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    WindowState(tmp_path).keep_look(LOOK)
    assert "dark" in (tmp_path / FILE).read_text()
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_nothing_is_written_before_there_is_a_folder(tmp_path: Path) -> None:
    state = WindowState(tmp_path / "none")
    state.keep_look(LOOK)
    assert not (tmp_path / "none").exists()


def test_without_a_folder_nothing_is_kept() -> None:
    state = WindowState()
    state.keep_look(LOOK)
    assert state.appearance is Appearance.SYSTEM
