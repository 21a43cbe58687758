"""Compare four digits with somebody who used an invite meant for a screen.

Only the side that showed the code asks: whoever answers last could have tried many answers until four digits fit, so to
the side that scanned they prove nothing, and it only shows its digits.
"""

from PySide6.QtWidgets import QWidget

from app.gui.dialogs.dialog import Dialog
from app.gui.widgets.parts import button, label


class CheckDigitsDialog(Dialog):
    """Accepted means: the digits are the same."""

    def __init__(self, name: str, digits: str, parent: QWidget | None = None) -> None:
        super().__init__(f"{name} used your invite", parent)
        self.digits = digits
        self.same_button = button("Yes, the same", "primary")
        self.other_button = button("No", "plain")
        self.content.addWidget(label(f"Does the other screen show {digits}?", wrap=True))
        self.content.addWidget(label(digits, "digits", centred=True))
        self.content.addWidget(label("Look at it yourself: only the same digits prove who it is.", "muted", wrap=True))
        self.add_buttons(self.other_button, self.same_button)
        self.same_button.clicked.connect(self.accept)
        self.other_button.clicked.connect(self.reject)


class DifferentDigitsDialog(Dialog):
    """What to do with somebody whose digits were others.  Accepted means: remove."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__("Somebody else may have been faster", parent)
        self.remove_button = button("Remove", "danger")
        self.keep_button = button("Keep, not verified")
        sentence = (
            f"The one who used your invite as {name} may not be the person in front of you. "
            "Remove this contact and make a new invite."
        )
        self.content.addWidget(label(sentence, "muted", wrap=True))
        self.add_buttons(self.keep_button, self.remove_button)
        self.remove_button.clicked.connect(self.accept)
        self.keep_button.clicked.connect(self.reject)


class ShowDigitsDialog(Dialog):
    """The digits, for the other side to compare."""

    def __init__(self, name: str, digits: str, parent: QWidget | None = None) -> None:
        super().__init__(f"You are connected with {name}", parent)
        self.digits = digits
        self.close_button = button("Close", "primary")
        sentence = "Show them these digits. Their screen asks whether they are the same."
        self.content.addWidget(label(sentence, wrap=True))
        self.content.addWidget(label(digits, "digits", centred=True))
        self.add_buttons(self.close_button)
        self.close_button.clicked.connect(self.accept)
