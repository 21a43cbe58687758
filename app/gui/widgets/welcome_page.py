"""The first start: a name, and what guards the profile."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Space
from app.gui.widgets.parts import button, centred_form, field, label, secret_field
from app.gui.widgets.switch import Switch


class WelcomePage(QWidget):
    """Tells the name and the passphrase; None stands for the system's keyring."""

    submitted = Signal(str, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = field(self.tr("Your name, as your contacts will see it"))
        self.passphrase = secret_field(self.tr("Passphrase"))
        self.again = secret_field(self.tr("Passphrase, once more"))
        self.keyring = Switch(self.tr("Use the system's keyring instead"), theme)
        self.warning = label(self._warning(), "caption", wrap=True)
        self.error = label(look="error", wrap=True)
        self.error.hide()
        self.create_button = button(self.tr("Create account"), "primary")
        form = centred_form(self)
        form.addWidget(label(self.tr("Welcome to Kith"), "hero"))
        form.addWidget(label(self.tr("Private conversations, from computer to computer."), "muted", wrap=True))
        form.addSpacing(Space.M)
        for part in (self.name, self.passphrase, self.again, self.warning, self.keyring, self.error):
            form.addWidget(part)
        form.addSpacing(Space.S)
        form.addWidget(self.create_button)
        self.keyring.toggled.connect(self._choose_guard)
        self.create_button.clicked.connect(self._submit)
        for each in (self.name, self.passphrase, self.again):
            each.returnPressed.connect(self._submit)
        self.setFocusProxy(self.name)

    def fail(self, sentence: str) -> None:
        """The account could not be made."""
        self.set_busy(busy=False)
        self.error.setText(sentence)
        self.error.show()

    def set_busy(self, *, busy: bool) -> None:
        self.create_button.setDisabled(busy)
        self.create_button.setText(self.tr("Creating the account …") if busy else self.tr("Create account"))

    def _choose_guard(self, keyring: bool) -> None:  # noqa: FBT001 (a slot)
        self.passphrase.setVisible(not keyring)
        self.again.setVisible(not keyring)
        self.warning.setText(self._warning())

    def _warning(self) -> str:
        if self.keyring.isChecked():
            return self.tr("Whoever can log in to your session on this computer can then open Kith.")
        return self.tr(
            "There is nobody who could reset a lost passphrase: without it, what is in this profile is lost for good."
        )

    def _submit(self) -> None:
        if not self.create_button.isEnabled():
            return
        self.error.hide()
        problem = self._problem()
        if problem:
            self.fail(problem)
            return
        self.set_busy(busy=True)
        self.submitted.emit(self.name.text(), None if self.keyring.isChecked() else self.passphrase.text())

    def _problem(self) -> str:
        if not self.name.text().strip():
            return self.tr("What should your contacts call you?")
        if self.keyring.isChecked():
            return ""
        if not self.passphrase.text():
            return self.tr("Choose a passphrase: several words that only you know.")
        if self.passphrase.text() != self.again.text():
            return self.tr("The two passphrases are not the same.")
        return ""
