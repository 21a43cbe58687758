"""Pictures from outside, as grey pixels within bounds: whoever sends one chooses its size and its bytes.

Size and depth are read from the head of the file first; what would take more memory than we give is refused without
being decoded.  JPEG can be decoded smaller than it is, so a photograph may be larger.  Runs on a worker thread.
"""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QFile, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from app.gui.codes.problem import CodeError, CodeProblem

MAX_FILE_BYTES: Final = 64 * 2**20
"""More than any photograph."""

MAX_DECODED_BYTES: Final = 128 * 2**20
"""Of one picture, decoded: 33 million pixels in four bytes each."""

MAX_PHOTOGRAPH_PIXELS: Final = 256 * 10**6
"""A JPEG may have these; of more than :data:`KEPT_PIXELS` it is made smaller while it is decoded."""

KEPT_PIXELS: Final = 12 * 10**6
"""A code that cannot be read in these is too small to be read at all."""

_FORMATS: Final = frozenset({b"png", b"jpeg", b"gif", b"bmp", b"webp"})
"""What cameras, screens and browsers write.  Not SVG and XPM, which are more programs than pixels, nor TIFF."""

_BITS_A_PIXEL: Final = 32
"""Where the head does not tell the depth."""

Source = Path | QByteArray | QImage
"""A file, its bytes, or what the clipboard has decoded already."""


def grey_picture(source: Source) -> QImage:
    """The picture, at most :data:`KEPT_PIXELS` large, one byte a pixel.

    Raises:
        CodeError: ``file_unreadable``, ``no_picture``, ``too_large``.
    """
    if isinstance(source, QImage):
        image = source
    else:
        device = _device(source)  # which has to outlive the reader: a decoder may look back when it ends
        image = _decoded(device)
    if image.isNull():
        raise CodeError(CodeProblem.NO_PICTURE)
    size = image.size()
    if _pixels(size) > KEPT_PIXELS:
        image = image.scaled(
            _kept(size), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


def _device(source: Path | QByteArray) -> QIODevice:
    device: QIODevice
    if isinstance(source, QByteArray):
        device = QBuffer(source)
    elif source.is_file():  # and not a pipe, which would never end
        device = QFile(str(source))
    else:
        raise CodeError(CodeProblem.FILE_UNREADABLE)
    if not device.open(QIODevice.OpenModeFlag.ReadOnly):
        raise CodeError(CodeProblem.FILE_UNREADABLE)
    if device.size() > MAX_FILE_BYTES:
        raise CodeError(CodeProblem.TOO_LARGE)
    return device


def _decoded(device: QIODevice) -> QImage:
    reader = QImageReader(device)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(False)  # a code is read from every side
    if reader.format().data() not in _FORMATS:
        raise CodeError(CodeProblem.NO_PICTURE)
    size = reader.size()
    if not size.isValid() or not size.width() or not size.height():
        raise CodeError(CodeProblem.NO_PICTURE)
    if reader.format().data() == b"jpeg" and KEPT_PIXELS < _pixels(size) <= MAX_PHOTOGRAPH_PIXELS:
        reader.setScaledSize(_kept(size))
    elif _decoded_bytes(reader, size) > MAX_DECODED_BYTES:
        raise CodeError(CodeProblem.TOO_LARGE)
    return reader.read()


def _decoded_bytes(reader: QImageReader, size: QSize) -> int:
    depth = QImage.toPixelFormat(reader.imageFormat()).bitsPerPixel()
    return _pixels(size) * (depth or _BITS_A_PIXEL) // 8


def _pixels(size: QSize) -> int:
    return size.width() * size.height()


def _kept(size: QSize) -> QSize:
    share = (KEPT_PIXELS / _pixels(size)) ** 0.5
    return QSize(max(1, int(size.width() * share)), max(1, int(size.height() * share)))
