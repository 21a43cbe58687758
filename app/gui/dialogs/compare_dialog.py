"""Compare sixty digits with another person: read aloud, side by side, or by each other's code."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.domain.contact import ContactSummary
from app.domain.safety_code import digits_of, safety_code
from app.gui.bridge import Bridge
from app.gui.codes.code_drop import CodeDrop
from app.gui.codes.problem import CodeProblem, sentence
from app.gui.codes.reader import CodeKind
from app.gui.dialogs.dialog import Dialog
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.parts import button, label, row
from app.gui.widgets.qr_code import QrCode

_GROUP_DIGITS = 5
_GROUPS_A_LINE = 3


class CompareDialog(Dialog):
    """Accepted means: both have the same.  ``refused`` is told when a mark of verification is to be taken back."""

    refused = Signal()

    def __init__(
        self,
        bridge: Bridge,
        tasks: TaskOwner,
        theme: Theme,
        contact: ContactSummary,
        digits: str,
        parent: QWidget | None = None,
        *,
        after_reset: bool = False,
    ) -> None:
        super().__init__("", parent, width=Size.WIDE_DIALOG_WIDTH)
        self.set_title(self.tr("Compare with {name}").format(name=contact.name))
        self._digits = digits
        self._name = contact.name
        self.digits = label(grouped(digits), "number")
        self.digits.setAccessibleName(self.tr("Safety number: {digits}").format(digits=grouped(digits)))
        self.digits.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.code = QrCode(self.tr("QR code of the safety number"), side=Size.QR_SIDE_SMALL)
        self.code.show_text(safety_code(digits))
        self.drop = CodeDrop(bridge, tasks, CodeKind.SAFETY_NUMBER, theme)
        self.verdict = label("", "strong", wrap=True)
        self.verdict.hide()
        self.same_button = button(self.tr("They are the same"), "primary")
        self.refuse_button = button(self.tr("Mark as not verified"), "quiet")
        self.refuse_button.setVisible(contact.verified and not after_reset)
        self.close_button = button(self.tr("Close"))
        self._lay_out(after_reset=after_reset)
        self.drop.read.connect(self._read)
        self.drop.failed.connect(self._fail)
        self.same_button.clicked.connect(self.accept)
        self.close_button.clicked.connect(self.reject)
        self.refuse_button.clicked.connect(self.refused)
        self.refuse_button.clicked.connect(self.reject)

    def _lay_out(self, *, after_reset: bool) -> None:
        if after_reset:
            intro = self.tr(
                "The session with {name} was made anew, and nobody has vouched for it. Compare these digits by voice "
                "or side by side. If they are the same, it is {name}, and what waits goes out."
            )
        else:
            intro = self.tr(
                "Both of you see the same number if nobody is between you. Compare it by voice or side by side, or let "
                "Kith read the code on the other screen."
            )
        both = row(spacing=Space.XL)
        both.addWidget(self.code)
        both.addWidget(self.digits, 1)
        self.content.addWidget(label(intro.format(name=self._name), "muted", wrap=True))
        self.content.addLayout(both)
        self.content.addWidget(self.drop)
        self.content.addWidget(self.verdict)
        self.add_buttons(self.close_button, self.same_button, aside=self.refuse_button)

    def _read(self, text: str) -> None:
        digits = digits_of(text)
        if digits is None:
            self._fail(sentence(CodeProblem.INVITE))
        elif digits == self._digits:
            self._say(self.tr("The numbers are the same: this is {name}.").format(name=self._name), "good")
            self.same_button.setFocus()
        else:
            different = self.tr(
                "The numbers are NOT the same. Make sure that this is the code of {name}. If it is, somebody may be "
                "between you: write nothing secret here before you have found out why."
            )
            self._say(different.format(name=self._name), "error")
            self.same_button.setEnabled(False)

    def _fail(self, why: str) -> None:
        self._say(why, "error")

    def _say(self, words: str, look: str) -> None:
        self.verdict.setProperty("look", look)
        self.verdict.style().polish(self.verdict)
        self.verdict.setText(words)
        self.verdict.show()


def grouped(digits: str) -> str:
    """Five digits a group, three groups a line: what two people can read to each other."""
    groups = [digits[at : at + _GROUP_DIGITS] for at in range(0, len(digits), _GROUP_DIGITS)]
    lines = [groups[at : at + _GROUPS_A_LINE] for at in range(0, len(groups), _GROUPS_A_LINE)]
    return "\n".join("  ".join(line) for line in lines)
