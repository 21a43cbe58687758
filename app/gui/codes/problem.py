"""Why a code could not be had, each with its own sentence and the next step."""

from enum import Enum, auto

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication


class CodeProblem(Enum):
    """What was wrong with a picture or with the code in it."""

    NO_CODE = auto()
    UNCLEAR = auto()
    """There is a code, and its error correction cannot mend it."""
    SEVERAL = auto()
    """More than one of the codes that were wanted."""
    FOREIGN = auto()
    """A code, of somebody else's scheme."""
    INVITE = auto()
    """An invite where a safety number was wanted."""
    SAFETY_NUMBER = auto()
    """A safety number where an invite was wanted."""
    NO_PICTURE = auto()
    TOO_LARGE = auto()
    FILE_UNREADABLE = auto()
    SEVERAL_FILES = auto()
    NOT_LOCAL = auto()
    """An address on the web instead of a picture: Kith fetches nothing."""
    NOTHING_COPIED = auto()


_SENTENCES = {
    CodeProblem.NO_CODE: QT_TRANSLATE_NOOP(
        "CodeProblem", "There is no QR code in this picture. Take one that shows the whole code."
    ),
    CodeProblem.UNCLEAR: QT_TRANSLATE_NOOP(
        "CodeProblem", "The code in this picture cannot be made out. Take a sharper one, or ask for the link."
    ),
    CodeProblem.SEVERAL: QT_TRANSLATE_NOOP(
        "CodeProblem", "There are several codes in this picture. Cut out the one that you want."
    ),
    CodeProblem.FOREIGN: QT_TRANSLATE_NOOP(
        "CodeProblem", "This code was not made by Kith. Ask for the code that Kith shows."
    ),
    CodeProblem.INVITE: QT_TRANSLATE_NOOP(
        "CodeProblem", "This is an invite. Ask for the code beside the safety number."
    ),
    CodeProblem.SAFETY_NUMBER: QT_TRANSLATE_NOOP(
        "CodeProblem", "This is a safety number, which adds nobody. Ask for the code of an invite."
    ),
    CodeProblem.NO_PICTURE: QT_TRANSLATE_NOOP(
        "CodeProblem", "This is not a picture that Kith can read. Save it as PNG or JPEG."
    ),
    CodeProblem.TOO_LARGE: QT_TRANSLATE_NOOP(
        "CodeProblem", "This picture is too large. Cut out the part with the code."
    ),
    CodeProblem.FILE_UNREADABLE: QT_TRANSLATE_NOOP(
        "CodeProblem", "This file cannot be read. Copy it to your own folder and try again."
    ),
    CodeProblem.SEVERAL_FILES: QT_TRANSLATE_NOOP("CodeProblem", "These are several files. Choose one picture."),
    CodeProblem.NOT_LOCAL: QT_TRANSLATE_NOOP(
        "CodeProblem", "Kith loads nothing from the web. Save the picture first, then choose the file."
    ),
    CodeProblem.NOTHING_COPIED: QT_TRANSLATE_NOOP(
        "CodeProblem", "Neither a picture nor a link was copied. Copy one and try again."
    ),
}


class CodeError(Exception):
    """No code; ``sentence`` says why and what to do."""

    def __init__(self, problem: CodeProblem) -> None:
        self.problem = problem
        super().__init__(problem.name)

    @property
    def sentence(self) -> str:
        return sentence(self.problem)


def sentence(problem: CodeProblem) -> str:
    """For people, in the language of the window."""
    return QCoreApplication.translate("CodeProblem", str(_SENTENCES[problem]))
