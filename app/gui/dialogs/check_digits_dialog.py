"""Compare four digits with somebody who used an invite meant for a screen.

Only the side that showed the code asks about the digits: whoever answers last could have tried many answers until four
digits fit, so to the side that scanned they prove nothing.  That side may have something better, the other's keys
as it read them off the screen (``docs/protocol.md``, section 1, In person), and so it is asked whether it did.
"""

from PySide6.QtWidgets import QWidget

from app.gui.dialogs.dialog import Dialog
from app.gui.widgets.parts import button, label


class CheckDigitsDialog(Dialog):
    """Accepted means: the digits are the same."""

    def __init__(self, name: str, digits: str, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("{name} used your invite").format(name=name))
        self.digits = digits
        self.same_button = button(self.tr("Yes, the same"), "primary")
        self.other_button = button(self.tr("No"), "plain")
        question = self.tr("Does the other screen show {digits}?").format(digits=digits)
        self.content.addWidget(label(question, wrap=True))
        self.content.addWidget(label(digits, "digits", centred=True))
        warning = self.tr("Look for yourself: only the same digits prove who it is.")
        self.content.addWidget(label(warning, "muted", wrap=True))
        self.add_buttons(self.other_button, self.same_button)
        self.same_button.clicked.connect(self.accept)
        self.other_button.clicked.connect(self.reject)


class DifferentDigitsDialog(Dialog):
    """What to do with somebody whose digits were others.  Accepted means: remove."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Somebody else may have been faster"))
        self.remove_button = button(self.tr("Remove"), "danger")
        self.keep_button = button(self.tr("Keep, not verified"))
        sentence = self.tr(
            "The one who used your invite as {name} may not be the person in front of you. "
            "Remove this contact and make a new invite."
        ).format(name=name)
        self.content.addWidget(label(sentence, "muted", wrap=True))
        self.add_buttons(self.keep_button, self.remove_button)
        self.remove_button.clicked.connect(self.accept)
        self.keep_button.clicked.connect(self.reject)


class ShowDigitsDialog(Dialog):
    """The digits, for the other side to compare.  Accepted means: this side scanned the other's screen itself."""

    def __init__(self, name: str, digits: str, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("You are connected with {name}").format(name=name))
        self.digits = digits
        self.scanned_button = button(self.tr("Yes, from the screen"), "primary")
        self.close_button = button(self.tr("No"))
        sentence = self.tr("Show them these digits. Their screen asks whether they are the same.")
        question = self.tr(
            "Did you scan the code yourself, from the screen of {name}? Then you know for certain who this is."
        ).format(name=name)
        self.content.addWidget(label(sentence, wrap=True))
        self.content.addWidget(label(digits, "digits", centred=True))
        self.content.addWidget(label(question, "muted", wrap=True))
        self.add_buttons(self.close_button, self.scanned_button)
        self.scanned_button.clicked.connect(self.accept)
        self.close_button.clicked.connect(self.reject)
