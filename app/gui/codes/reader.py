"""Read the QR code that is wanted out of a picture.  A worker's job: mostly some hundredths of a second."""

from enum import Enum, auto

from PySide6.QtGui import QImage

from app.domain.safety_code import digits_of
from app.gui.codes.picture import Source, grey_picture
from app.gui.codes.problem import CodeError, CodeProblem

INVITE_SCHEME = "kith:"
MAX_CODE_CHARACTERS = 4_300
"""A QR code holds 4,296 at the most."""


class CodeKind(Enum):
    """What Kith puts into its codes."""

    INVITE = auto()
    SAFETY_NUMBER = auto()


def read_code(source: Source, wanted: CodeKind) -> str:
    """The content of the one code of that kind in the picture.

    Raises:
        CodeError: there is none, or more than one, or the picture cannot be read.
    """
    return chosen(*contents(grey_picture(source)), wanted=wanted)


def contents(grey: QImage) -> tuple[set[str], bool]:
    """What the codes in the picture say, and whether there is one that cannot be made out."""
    import zxingcpp  # noqa: PLC0415 - a start has no code to read

    pixels = memoryview(grey.constBits()).cast("B", [grey.height(), grey.bytesPerLine()])
    found = zxingcpp.read_barcodes(
        pixels, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode), return_errors=True
    )
    texts = {str(code.text)[:MAX_CODE_CHARACTERS].strip() for code in found if code.valid}
    return texts, any(not code.valid for code in found)


def chosen(texts: set[str], unclear: bool, *, wanted: CodeKind) -> str:  # noqa: FBT001 (what :func:`contents` answers)
    """The one that is wanted; others beside it do not matter.

    Raises:
        CodeError: there is none, or more than one.
    """
    fitting = [text for text in texts if kind_of(text) is wanted]
    if len(fitting) == 1:
        return fitting[0]
    raise CodeError(_problem(texts, unclear=unclear, fitting=len(fitting)))


def kind_of(text: str) -> CodeKind | None:
    """What a code or a pasted text is; None when it is not Kith's."""
    if text[: len(INVITE_SCHEME)].lower() == INVITE_SCHEME:
        return CodeKind.INVITE
    return None if digits_of(text) is None else CodeKind.SAFETY_NUMBER


def _problem(texts: set[str], *, unclear: bool, fitting: int) -> CodeProblem:
    kinds = {kind_of(text) for text in texts}
    if fitting or (len(texts) > 1 and kinds == {None}):
        return CodeProblem.SEVERAL
    if CodeKind.INVITE in kinds:
        return CodeProblem.INVITE
    if CodeKind.SAFETY_NUMBER in kinds:
        return CodeProblem.SAFETY_NUMBER
    if texts:
        return CodeProblem.FOREIGN
    return CodeProblem.UNCLEAR if unclear else CodeProblem.NO_CODE
