"""The first start: a new account or one that was exported, and what guards the profile."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.gui.new_passphrase import objection
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Space
from app.gui.widgets.error_line import ErrorLine
from app.gui.widgets.parts import button, centred_form, field, label, secret_field
from app.gui.widgets.switch import Switch


class WelcomePage(QWidget):
    """Tells what was filled in; of the passphrase, None stands for the system's keyring."""

    submitted = Signal(str, object)
    """A new account: its name, the passphrase."""
    import_submitted = Signal(object, str, object)
    """An exported one: its file, the passphrase of the file, the passphrase of the new profile."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file: Path | None = None
        self.title = label("", "hero")
        self.intro = label("", "muted", wrap=True)
        self.name = field(self.tr("Your name, as your contacts will see it"))
        self.file_passphrase = secret_field(self.tr("Passphrase of the file"))
        self.passphrase = secret_field(self.tr("Passphrase"))
        self.again = secret_field(self.tr("Passphrase, once more"))
        self.keyring = Switch(self.tr("Use the system's keyring instead"), theme)
        self.warning = label("", "caption", wrap=True)
        self.error = ErrorLine()
        self.create_button = button("", "primary")
        self.import_button = button("", "quiet")
        self._lay_out()
        self.keyring.toggled.connect(self._show_guard)
        self.create_button.clicked.connect(self._submit)
        self.import_button.clicked.connect(self._turn)
        for each in (self.name, self.file_passphrase, self.passphrase, self.again):
            each.returnPressed.connect(self._submit)
        self.choose_file(None)

    def choose_file(self, file: Path | None) -> None:
        """Take the account from this file; None makes a new one."""
        self._file = file
        self.error.hide()
        if file is None:
            self.title.setText(self.tr("Welcome to Kith"))
            self.intro.setText(self.tr("Private conversations, from computer to computer."))
            self.import_button.setText(self.tr("Import an exported profile"))
        else:
            self.title.setText(self.tr("Import a profile"))
            words = self.tr(
                "From {file}. Use a profile on one computer at a time: do not open it any more where it comes from."
            )
            self.intro.setText(words.format(file=file.name))
            self.import_button.setText(self.tr("Create a new profile instead"))
        self.name.setVisible(file is None)
        self.file_passphrase.setVisible(file is not None)
        self.setFocusProxy(self.name if file is None else self.file_passphrase)
        self.set_busy(busy=False)
        self._show_guard()

    def fail(self, sentence: str) -> None:
        """The account could not be made."""
        self.set_busy(busy=False)
        self.error.tell(sentence)

    def set_busy(self, *, busy: bool) -> None:
        self.create_button.setDisabled(busy)
        self.import_button.setDisabled(busy)
        if self._file is None:
            self.create_button.setText(self.tr("Creating the profile …") if busy else self.tr("Create profile"))
        else:
            self.create_button.setText(self.tr("Importing …") if busy else self.tr("Import"))

    def _lay_out(self) -> None:
        form = centred_form(self)
        form.addWidget(self.title)
        form.addWidget(self.intro)
        form.addSpacing(Space.M)
        for part in (self.name, self.file_passphrase, self.passphrase, self.again, self.warning, self.keyring):
            form.addWidget(part)
        form.addWidget(self.error)
        form.addSpacing(Space.S)
        form.addWidget(self.create_button)
        form.addWidget(self.import_button, 0, Qt.AlignmentFlag.AlignHCenter)

    def _show_guard(self) -> None:
        by_keyring = self.keyring.isChecked()
        self.passphrase.setVisible(not by_keyring)
        self.again.setVisible(not by_keyring)
        if by_keyring:
            words = self.tr("Whoever can log in to your session on this computer can then open Kith.")
        else:
            words = self.tr("Nobody can reset a lost passphrase: without it, what is in this profile is lost for good.")
        self.warning.setText(words)

    def _turn(self) -> None:
        """Between a new account and an exported one."""
        if self._file is not None:
            self.choose_file(None)
            return
        dialog = QFileDialog(self, self.tr("Choose the exported profile"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda chosen: self.choose_file(Path(chosen)))
        dialog.open()

    def _submit(self) -> None:
        if not self.create_button.isEnabled():
            return
        self.error.hide()
        problem = self._problem()
        if problem:
            self.fail(problem)
            return
        self.set_busy(busy=True)
        passphrase = None if self.keyring.isChecked() else self.passphrase.text()
        if self._file is None:
            self.submitted.emit(self.name.text(), passphrase)
        else:
            self.import_submitted.emit(self._file, self.file_passphrase.text(), passphrase)

    def _problem(self) -> str:
        if self._file is None and not self.name.text().strip():
            return self.tr("What should your contacts call you?")
        if self._file is not None and not self.file_passphrase.text():
            return self.tr("The file opens with the passphrase that was chosen when it was exported.")
        return "" if self.keyring.isChecked() else objection(self.passphrase.text(), self.again.text())
