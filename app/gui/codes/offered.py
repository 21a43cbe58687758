"""What somebody dropped or copied: a link, or a picture with a code in it.

Only what the mime data says is looked at here, on the GUI's thread; decoding is :mod:`app.gui.codes.reader`'s.
"""

from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QImage

from app.gui.codes.picture import MAX_FILE_BYTES, Source
from app.gui.codes.problem import CodeError, CodeProblem
from app.gui.codes.reader import kind_of

MAX_LINK_CHARACTERS = 4_096
"""More than any link; keeps a pasted book out."""

_ENCODED = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/gif")
"""Bytes that can be looked at before they are decoded; what Qt has decoded itself comes last."""


def is_offered(mime: QMimeData) -> bool:
    """Whether something in it may be ours, for the cursor while it is dragged."""
    return mime.hasUrls() or mime.hasImage() or _text(mime) is not None


def offered(mime: QMimeData | None) -> str | Source:
    """A link as text, or a picture to be read; an empty clipboard is None.

    Raises:
        CodeError: ``nothing_copied``, ``several_files``, ``not_local``, ``too_large``.
    """
    if mime is None:
        raise CodeError(CodeProblem.NOTHING_COPIED)
    link = _text(mime)
    if link is not None:
        return link
    picture = _picture(mime)
    if picture is not None:
        return picture
    if mime.hasUrls():
        return _file(mime)
    raise CodeError(CodeProblem.NOTHING_COPIED)


def _text(mime: QMimeData) -> str | None:
    """The text, if it is a link or a code of Kith."""
    if not mime.hasText():
        return None
    text = mime.text()
    if len(text) > MAX_LINK_CHARACTERS:
        return None
    return text.strip() if kind_of(text.strip()) is not None else None


def _picture(mime: QMimeData) -> QByteArray | QImage | None:
    for kind in _ENCODED:
        if mime.hasFormat(kind):
            data = mime.data(kind)
            if data.size() > MAX_FILE_BYTES:
                raise CodeError(CodeProblem.TOO_LARGE)
            return data
    image = mime.imageData() if mime.hasImage() else None
    return image if isinstance(image, QImage) else None


def _file(mime: QMimeData) -> Path:
    urls = mime.urls()
    if len(urls) != 1:
        raise CodeError(CodeProblem.SEVERAL_FILES)
    if not urls[0].isLocalFile():
        raise CodeError(CodeProblem.NOT_LOCAL)
    return Path(urls[0].toLocalFile())
