"""Compare four digits with somebody who used an invite meant for a screen.

Only the side that showed the code asks: whoever answers last could have tried many answers until four digits fit, so to
the side that scanned they prove nothing, and it only shows its digits.
"""

from PySide6.QtWidgets import QDialog, QWidget

from app.gui.theme.tokens import Size, Space
from app.gui.widgets.parts import button, buttons, column, label


class CheckDigitsDialog(QDialog):
    """Accepted means: the digits are the same."""

    def __init__(self, name: str, digits: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare four digits")
        self.setFixedWidth(Size.DIALOG_WIDTH)
        self.same_button = button("Yes, the same", "primary")
        self.other_button = button("No", "plain")
        content = column(self, margin=Space.XL, spacing=Space.M)
        content.addWidget(label(f"{name} used your invite", "title", wrap=True))
        content.addWidget(label(f"Does the other screen show {digits}?", wrap=True))
        content.addWidget(label(digits, "digits", centred=True))
        content.addWidget(label("Look at the screen itself. Only the same digits prove who it is.", "muted", wrap=True))
        content.addLayout(buttons(self.other_button, self.same_button))
        self.same_button.clicked.connect(self.accept)
        self.other_button.clicked.connect(self.reject)


class DifferentDigitsDialog(QDialog):
    """What to do with somebody whose digits were others.  Accepted means: remove."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("The digits differ")
        self.setFixedWidth(Size.DIALOG_WIDTH)
        self.remove_button = button("Remove", "danger")
        self.keep_button = button("Keep, not verified")
        content = column(self, margin=Space.XL, spacing=Space.M)
        content.addWidget(label("Somebody else may have been faster", "title", wrap=True))
        sentence = (
            f"The one who used your invite as {name} may not be the person in front of you. "
            "Remove this contact and make a new invite."
        )
        content.addWidget(label(sentence, "muted", wrap=True))
        content.addLayout(buttons(self.keep_button, self.remove_button))
        self.remove_button.clicked.connect(self.accept)
        self.keep_button.clicked.connect(self.reject)


class ShowDigitsDialog(QDialog):
    """The digits, for the other side to compare."""

    def __init__(self, name: str, digits: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Show four digits")
        self.setFixedWidth(Size.DIALOG_WIDTH)
        self.close_button = button("Close", "primary")
        content = column(self, margin=Space.XL, spacing=Space.M)
        content.addWidget(label(f"You are connected with {name}", "title", wrap=True))
        content.addWidget(label("Show them these digits. Their screen asks whether they are the same.", wrap=True))
        content.addWidget(label(digits, "digits", centred=True))
        content.addLayout(buttons(self.close_button))
        self.close_button.clicked.connect(self.accept)
