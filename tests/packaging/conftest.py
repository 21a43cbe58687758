"""What a package is made of here: a small bundle (the real one takes minutes) and the icons."""

import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.support.tree import ROOT

sys.path[:0] = [str(ROOT / "packaging" / folder) for folder in ("", "debian", "appimage")]

from draw_icons import draw  # type: ignore[import-not-found] # noqa: E402 - packaging/ is no package


@pytest.fixture(scope="session")
def icons(tmp_path_factory: pytest.TempPathFactory, qapp: QApplication) -> Path:
    folder = tmp_path_factory.mktemp("icons")
    draw(folder)
    return folder


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "kith"
    (folder / "_internal").mkdir(parents=True)
    (folder / "kith").write_text('#!/bin/sh\necho kith "$@"\n', encoding="utf-8")
    (folder / "kith").chmod(0o755)
    (folder / "_internal" / "library.so").write_bytes(b"\x7fELF")
    return folder
