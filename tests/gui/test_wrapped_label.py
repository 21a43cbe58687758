import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel

from app.gui.widgets.wrapped_label import WrappedLabel

WIDTH = 120


def inked_columns(label: QLabel) -> list[int]:
    """Where something is painted, from the left."""
    picture = label.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    ground = picture.pixel(0, 0)
    rows = range(picture.height())
    return [x for x in range(picture.width()) if any(picture.pixel(x, y) != ground for y in rows)]


def label_of(text: str) -> WrappedLabel:
    label = WrappedLabel()
    label.setText(text)
    label.setFixedWidth(WIDTH)
    label.setFixedHeight(label.heightForWidth(WIDTH))
    return label


@pytest.mark.usefixtures("qapp")
def test_a_word_that_is_too_long_for_the_line_goes_on_in_the_next_and_none_of_it_is_cut() -> None:
    label = label_of("W" * 64)
    line, letter = label.fontMetrics().height(), label.fontMetrics().horizontalAdvance("W")
    assert label.heightForWidth(WIDTH) >= line * (64 // (WIDTH // letter))
    assert max(inked_columns(label)) < WIDTH
    assert label.minimumSizeHint().width() == 0
    assert label.text() == "W" * 64


def test_what_fits_is_laid_out_and_painted_as_by_qt(qapp: QApplication) -> None:
    text = "some words that wrap\nand a line"
    label, plain = label_of(text), QLabel(text)
    plain.setWordWrap(True)
    plain.setFixedSize(label.size())
    assert label.heightForWidth(WIDTH) == plain.heightForWidth(WIDTH)
    assert label.grab().toImage() == plain.grab().toImage()


@pytest.mark.usefixtures("qapp")
def test_a_long_word_in_the_middle_or_mirrored_stays_on_its_side() -> None:
    label = label_of("W" * 17 + "\n" + "i")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    centred = inked_columns(label)
    assert abs(centred[0] - (WIDTH - 1 - centred[-1])) <= label.fontMetrics().horizontalAdvance("W")
    label = label_of("W" * 17)
    label.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert max(inked_columns(label)) > WIDTH - label.fontMetrics().horizontalAdvance("W")


@pytest.mark.usefixtures("qapp")
def test_the_colour_of_the_style_is_kept() -> None:
    label = label_of("W" * 64)
    label.setStyleSheet("color: #ff0000; background: #ffffff")
    picture = label.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
    assert QColor("#ff0000").name() in colours
