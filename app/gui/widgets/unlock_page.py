"""Every later start: the passphrase."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.gui.theme.tokens import Space
from app.gui.widgets.parts import button, centred_form, label


class UnlockPage(QWidget):
    """Tells the passphrase."""

    submitted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.passphrase = QLineEdit()
        self.passphrase.setPlaceholderText("Passphrase")
        self.passphrase.setAccessibleName("Passphrase")
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.error = label(look="error", wrap=True)
        self.error.hide()
        self.open_button = button("Unlock", "primary")
        form = centred_form(self)
        form.addWidget(label("Welcome back", "hero"))
        form.addWidget(label("Your profile is locked.", "muted"))
        form.addSpacing(Space.M)
        form.addWidget(self.passphrase)
        form.addWidget(self.error)
        form.addSpacing(Space.S)
        form.addWidget(self.open_button)
        self.passphrase.returnPressed.connect(self._submit)
        self.open_button.clicked.connect(self._submit)
        self.setFocusProxy(self.passphrase)

    def fail(self, sentence: str) -> None:
        """The profile could not be opened."""
        self.set_busy(busy=False)
        self.error.setText(sentence)
        self.error.show()
        self.passphrase.selectAll()
        self.passphrase.setFocus()

    def set_busy(self, *, busy: bool) -> None:
        self.open_button.setDisabled(busy)
        self.open_button.setText("Unlocking …" if busy else "Unlock")

    def _submit(self) -> None:
        if self.open_button.isEnabled() and self.passphrase.text():
            self.error.hide()
            self.set_busy(busy=True)
            self.submitted.emit(self.passphrase.text())
