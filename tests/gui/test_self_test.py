"""The window's parts of the self-test, where they work and where they do not."""

from pathlib import Path

import pytest
from PySide6.QtGui import QImageReader
from pytestqt.qtbot import QtBot

from app.gui import self_test


def test_every_part_answers(qtbot: QtBot) -> None:
    for name, check in self_test.parts():
        assert check(), name


def test_a_missing_plugin_is_noticed(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QImageReader, "supportedImageFormats", list)
    with pytest.raises(self_test.PartError, match="jpeg"):
        self_test.pictures()


def test_missing_catalogues_are_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(self_test, "CATALOGUES", tmp_path)
    with pytest.raises(self_test.PartError):
        self_test.translations()


def test_a_code_that_reads_otherwise_is_noticed(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_test, "contents", lambda _: (set(), False))
    with pytest.raises(self_test.PartError):
        self_test.codes()
