"""The passphrase: at every later start, and to show again what a lock hides."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.gui.theme.tokens import Space
from app.gui.widgets.error_line import ErrorLine
from app.gui.widgets.parts import button, centred_form, label, secret_field


class UnlockPage(QWidget):
    """Tells the passphrase; an empty one where none is asked."""

    submitted = Signal(str)

    def __init__(self, title: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.passphrase = secret_field(self.tr("Passphrase"))
        self.error = ErrorLine()
        self.open_button = button(self.tr("Unlock"), "primary")
        self.sentence = label(sentence, "muted", wrap=True)
        form = centred_form(self)
        form.addWidget(label(title, "hero"))
        form.addWidget(self.sentence)
        form.addSpacing(Space.M)
        form.addWidget(self.passphrase)
        form.addWidget(self.error)
        form.addSpacing(Space.S)
        form.addWidget(self.open_button)
        self.passphrase.returnPressed.connect(self._submit)
        self.open_button.clicked.connect(self._submit)
        self.setFocusProxy(self.passphrase)

    def fail(self, sentence: str) -> None:
        """The passphrase does not open."""
        self.set_busy(busy=False)
        self.error.tell(sentence)
        self.passphrase.selectAll()
        self.passphrase.setFocus()

    def set_busy(self, *, busy: bool) -> None:
        self.open_button.setDisabled(busy)
        self.open_button.setText(self.tr("Unlocking …") if busy else self.tr("Unlock"))

    def start_anew(self, sentence: str, *, asks: bool) -> None:
        """Forget what was typed; ``asks`` for a passphrase, or only for a click."""
        self.set_busy(busy=False)
        self.passphrase.clear()
        self.error.hide()
        self.sentence.setText(sentence)
        self.passphrase.setVisible(asks)
        self.setFocusProxy(self.passphrase if asks else self.open_button)
        if self.isVisible():
            self.setFocus()

    def _submit(self) -> None:
        if self.open_button.isEnabled() and (self.passphrase.text() or self.passphrase.isHidden()):
            self.error.hide()
            self.set_busy(busy=True)
            self.submitted.emit(self.passphrase.text())
