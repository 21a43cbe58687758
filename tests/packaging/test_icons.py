"""One icon, drawn twice: as SVG for desktops, by code for the window."""

from pathlib import Path

import pytest
from draw_icons import ICO_SIZES, SIZES  # type: ignore[import-not-found]
from PySide6.QtGui import QImage, QImageReader

from app.gui.theme.app_icon import app_icon

MAX_DIFFERENCE = 24
"""Of a channel, in the mean: edges are smoothed a little differently."""


def test_there_is_one_for_every_size(icons: Path) -> None:
    for size in SIZES:
        image = QImage(str(icons / f"{size}.png"))
        assert (image.width(), image.height()) == (size, size)
        assert image.pixelColor(0, 0).alpha() == 0  # the corners are round
        assert image.pixelColor(size // 2, 1).alpha() > 0


@pytest.mark.parametrize("size", [16, 48, 256])
def test_the_window_shows_the_same(icons: Path, size: int) -> None:
    drawn = app_icon().pixmap(size, size).toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    rendered = QImage(str(icons / f"{size}.png")).convertToFormat(QImage.Format.Format_RGBA8888)
    pairs = zip(bytes(drawn.constBits()), bytes(rendered.constBits()), strict=True)
    assert sum(abs(one - other) for one, other in pairs) / (4 * size * size) < MAX_DIFFERENCE / 4


def test_the_containers_can_be_read(icons: Path) -> None:
    reader = QImageReader(str(icons / "kith.ico"))
    assert reader.imageCount() == len(ICO_SIZES)
    assert (icons / "kith.icns").read_bytes()[:4] == b"icns"
    assert int.from_bytes((icons / "kith.icns").read_bytes()[4:8], "big") == (icons / "kith.icns").stat().st_size
