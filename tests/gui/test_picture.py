import zlib
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter

from app.gui.codes.picture import KEPT_PIXELS, MAX_FILE_BYTES, grey_picture
from app.gui.codes.problem import CodeError, CodeProblem


def encoded(image: QImage, kind: str) -> QByteArray:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert QImageWriter(buffer, kind.encode()).write(image)
    return QByteArray(buffer.data().data())


def plain(width: int, height: int, depth: QImage.Format = QImage.Format.Format_RGB32) -> QImage:
    image = QImage(width, height, depth)
    image.fill(Qt.GlobalColor.white)
    return image


def png_head(width: int, height: int) -> QByteArray:
    """A PNG that claims this size: its bytes are a head and a few pixels."""
    data = bytearray(encoded(plain(8, 8), "PNG").data())
    data[16:20], data[20:24] = width.to_bytes(4, "big"), height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return QByteArray(bytes(data))


def problem(source: Path | QByteArray | QImage) -> CodeProblem:
    with pytest.raises(CodeError) as raised:
        grey_picture(source)
    return raised.value.problem


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "WEBP"])
def test_what_cameras_and_screens_write_is_read_as_grey(kind: str) -> None:
    grey = grey_picture(encoded(plain(60, 40), kind))
    assert (grey.width(), grey.height()) == (60, 40)
    assert grey.format() is QImage.Format.Format_Grayscale8


def test_the_name_of_a_file_does_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "photo.txt"
    file.write_bytes(encoded(plain(60, 40), "PNG").data())
    assert grey_picture(file).width() == 60


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (2**31 - 1, 2**31 - 1), (40_000, 4_000)])
def test_a_huge_picture_is_refused_by_its_head(width: int, height: int) -> None:
    assert problem(png_head(width, height)) in {CodeProblem.TOO_LARGE, CodeProblem.NO_PICTURE}


def test_a_picture_of_30_000_pixels_a_side_is_too_large() -> None:
    assert problem(png_head(30_000, 30_000)) is CodeProblem.TOO_LARGE


def test_a_large_photograph_is_made_smaller_while_it_is_decoded() -> None:
    grey = grey_picture(encoded(plain(6_000, 5_000), "JPEG"))
    assert grey.width() * grey.height() <= KEPT_PIXELS
    assert abs(grey.width() / grey.height() - 1.2) < 0.01


def test_a_large_picture_of_another_format_is_made_smaller_too() -> None:
    grey = grey_picture(encoded(plain(5_000, 4_000, QImage.Format.Format_Grayscale8), "PNG"))
    assert grey.width() * grey.height() <= KEPT_PIXELS


@pytest.mark.parametrize(
    "data",
    [b"", b"kith:", b"\x89PNG\r\n\x1a\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"/* XPM */\nstatic char"],
)
def test_what_is_no_picture_is_called_so(data: bytes) -> None:
    assert problem(QByteArray(data)) is CodeProblem.NO_PICTURE


def test_a_picture_that_breaks_off_is_no_picture_or_shows_what_is_there() -> None:
    data = encoded(plain(400, 400), "PNG").data()
    try:
        grey_picture(QByteArray(data[: len(data) // 2]))
    except CodeError as error:
        assert error.problem is CodeProblem.NO_PICTURE


def test_a_file_that_is_not_there_or_no_file_cannot_be_read(tmp_path: Path) -> None:
    assert problem(tmp_path / "missing.png") is CodeProblem.FILE_UNREADABLE
    assert problem(tmp_path) is CodeProblem.FILE_UNREADABLE


def test_a_file_of_too_many_bytes_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "disk.png"
    with file.open("wb") as sparse:
        sparse.truncate(MAX_FILE_BYTES + 1)
    assert problem(file) is CodeProblem.TOO_LARGE


def test_a_clipboard_without_pixels_is_no_picture() -> None:
    assert problem(QImage()) is CodeProblem.NO_PICTURE
