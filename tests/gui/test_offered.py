from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from app.gui.codes.offered import is_offered, offered
from app.gui.codes.problem import CodeError, CodeProblem


def mime(*, text: str | None = None, urls: tuple[str, ...] = ()) -> QMimeData:
    made = QMimeData()
    if text is not None:
        made.setText(text)
    if urls:
        made.setUrls([QUrl(url) for url in urls])
    return made


def problem(data: QMimeData) -> CodeProblem:
    with pytest.raises(CodeError) as raised:
        offered(data)
    return raised.value.problem


def test_a_link_is_taken_as_it_is() -> None:
    assert offered(mime(text=" kith:abc\n")) == "kith:abc"


def test_a_file_is_a_path() -> None:
    data = mime(text="/tmp/a picture.png", urls=("file:///tmp/a%20picture.png",))
    assert is_offered(data)
    assert offered(data) == Path("/tmp/a picture.png")


def test_a_picture_is_taken_before_the_address_that_it_came_from() -> None:
    data = mime(urls=("https://example.org/code.png",))
    data.setImageData(QImage(10, 10, QImage.Format.Format_RGB32))
    assert isinstance(offered(data), QImage)


def test_encoded_bytes_are_taken_before_decoded_pixels() -> None:
    data = mime()
    data.setData("image/png", b"\x89PNG")
    assert bytes(offered(data).data()) == b"\x89PNG"  # type: ignore[union-attr]


def test_what_cannot_be_used_is_told_apart() -> None:
    assert problem(mime()) is CodeProblem.NOTHING_COPIED
    assert problem(mime(text="a shopping list")) is CodeProblem.NOTHING_COPIED
    assert problem(mime(text="kith:" + "A" * 10_000_000)) is CodeProblem.NOTHING_COPIED
    assert problem(mime(urls=("file:///a.png", "file:///b.png"))) is CodeProblem.SEVERAL_FILES
    assert problem(mime(urls=("https://example.org/code.png",))) is CodeProblem.NOT_LOCAL


def test_only_what_may_be_ours_is_accepted_while_it_is_dragged() -> None:
    assert not is_offered(mime(text="a shopping list"))
    assert is_offered(mime(text="kith:abc"))
