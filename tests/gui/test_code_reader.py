import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from app.domain.safety_code import safety_code
from app.gui.codes.problem import CodeError, CodeProblem, sentence
from app.gui.codes.reader import CodeKind, kind_of, read_code
from app.gui.widgets.qr_code import qr_image

INVITE = "KITH:" + "ABCDEFGH234567" * 15
OTHER_INVITE = "KITH:" + "HGFEDCBA765432" * 15
SAFETY = safety_code("12345" * 12)
FOREIGN = "https://example.org/somewhere"


def picture(*texts: str, module: int = 4) -> QImage:
    """The codes beside each other on a white sheet."""
    codes = [qr_image(text) for text in texts]
    codes = [code.scaled(code.size() * module) for code in codes]
    sheet = QImage(40 + sum(code.width() + 40 for code in codes), 500, QImage.Format.Format_RGB32)
    sheet.fill(Qt.GlobalColor.white)
    painter = QPainter(sheet)
    left = 40
    for code in codes:
        painter.drawImage(left, 40, code)
        left += code.width() + 40
    painter.end()
    return sheet


def problem(image: QImage, wanted: CodeKind = CodeKind.INVITE) -> CodeProblem:
    with pytest.raises(CodeError) as raised:
        read_code(image, wanted)
    return raised.value.problem


def test_an_invite_is_read() -> None:
    assert read_code(picture(INVITE), CodeKind.INVITE) == INVITE


@pytest.mark.parametrize("degrees", [90, 180, 20])
def test_a_turned_photograph_is_read(degrees: int) -> None:
    turned = picture(INVITE).transformed(QTransform().rotate(degrees), Qt.TransformationMode.SmoothTransformation)
    assert read_code(turned, CodeKind.INVITE) == INVITE


def test_a_light_code_on_a_dark_screen_is_read() -> None:
    inverted = picture(INVITE)
    inverted.invertPixels()
    assert read_code(inverted, CodeKind.INVITE) == INVITE


def test_the_same_code_twice_is_one() -> None:
    assert read_code(picture(INVITE, INVITE), CodeKind.INVITE) == INVITE


def test_the_code_that_is_wanted_is_found_among_others() -> None:
    sheet = picture(FOREIGN, INVITE, SAFETY)
    assert read_code(sheet, CodeKind.INVITE) == INVITE
    assert read_code(sheet, CodeKind.SAFETY_NUMBER) == SAFETY


def test_no_code_several_and_foreign_ones_are_told_apart() -> None:
    blank = QImage(300, 300, QImage.Format.Format_RGB32)
    blank.fill(QColor("white"))
    assert problem(blank) is CodeProblem.NO_CODE
    assert problem(picture(INVITE, OTHER_INVITE)) is CodeProblem.SEVERAL
    assert problem(picture(FOREIGN)) is CodeProblem.FOREIGN
    assert problem(picture(FOREIGN, "mailto:somebody@example.org")) is CodeProblem.SEVERAL
    assert problem(picture(SAFETY)) is CodeProblem.SAFETY_NUMBER
    assert problem(picture(INVITE), CodeKind.SAFETY_NUMBER) is CodeProblem.INVITE


def test_a_code_under_a_stain_is_unclear_rather_than_absent() -> None:
    stained = picture(INVITE)
    painter = QPainter(stained)
    painter.fillRect(QRect(110, 110, 150, 80), Qt.GlobalColor.black)
    painter.end()
    assert problem(stained) is CodeProblem.UNCLEAR


def test_a_code_is_ours_by_its_scheme_in_any_case() -> None:
    assert kind_of("kith:abc") is kind_of("KITH:ABC") is CodeKind.INVITE
    assert kind_of(SAFETY) is CodeKind.SAFETY_NUMBER
    assert kind_of("kithx:abc") is None
    assert kind_of("") is None


def test_every_problem_has_a_sentence_of_its_own() -> None:
    sentences = [sentence(each) for each in CodeProblem]
    assert len(set(sentences)) == len(CodeProblem)
    assert all(each.endswith(".") for each in sentences)
