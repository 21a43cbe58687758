"""``dev.py screenshots`` draws every screen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.support.tree import ROOT


@pytest.mark.slow
def test_every_screen_is_drawn(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.gui.screenshots", str(tmp_path), "plain"]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "1"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=100, capture_output=True)
    pictures = {path.stem.removesuffix("-plain"): QImage(str(path)) for path in tmp_path.glob("*-plain.png")}
    assert {"first-start", "chat", "invite", "compare", "requests", "settings-network"} <= pictures.keys()
    assert [name for name, picture in pictures.items() if is_of_one_colour(picture)] == []


def is_of_one_colour(picture: QImage) -> bool:
    sampled = {picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)}
    return len(sampled) < 2
