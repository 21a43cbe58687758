"""Write the profile to one encrypted file, to keep it or to take it to another computer."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.gui.dialogs.dialog import Dialog
from app.gui.new_passphrase import objection
from app.gui.profile import Profile
from app.gui.tasks import TaskOwner
from app.gui.widgets.error_line import ErrorLine
from app.gui.widgets.parts import button, label, secret_field


class ExportDialog(Dialog):
    """Accepted means: the file is written.  Stays open, and says why, while it is not."""

    def __init__(self, profile: Profile, tasks: TaskOwner, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Export the profile"))
        self._profile = profile
        self._tasks = tasks.child(self.fail)
        self.file: Path | None = None
        """Where it was written."""
        self.passphrase = secret_field(self.tr("Passphrase of the file"))
        self.again = secret_field(self.tr("Passphrase of the file, once more"))
        self.error = ErrorLine()
        self.cancel_button = button(self.tr("Cancel"))
        self.export_button = button(self.tr("Choose where"), "primary")
        self.export_button.setDefault(True)
        intro = self.tr(
            "The file holds your identity, contacts, messages and settings, encrypted under a passphrase of its own. "
            "Without that passphrase nobody can read it, and nobody can reset it."
        )
        warning = self.tr(
            "Sessions are not in it: after an import they are made anew with every contact. Use a profile on one "
            "computer at a time."
        )
        self.content.addWidget(label(intro, "muted", wrap=True))
        for part in (self.passphrase, self.again, label(warning, "caption", wrap=True), self.error):
            self.content.addWidget(part)
        self.add_buttons(self.cancel_button, self.export_button)
        self.cancel_button.clicked.connect(self.reject)
        self.export_button.clicked.connect(self._choose)
        self.passphrase.setFocus()

    def fail(self, sentence: str) -> None:
        self.export_button.setEnabled(True)
        self.error.tell(sentence)

    def _choose(self) -> None:
        self.error.hide()
        if problem := objection(self.passphrase.text(), self.again.text()):
            self.fail(problem)
            return
        dialog = QFileDialog(self, self.tr("Export the profile"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("kith")
        dialog.selectFile("profile.kith")
        dialog.fileSelected.connect(self._export)
        dialog.open()

    def _export(self, chosen: str) -> None:
        self.export_button.setEnabled(False)
        self._tasks.start(self._call_export(Path(chosen)), name="profile: export", finish=True)

    async def _call_export(self, path: Path) -> None:
        """The system's dialog has asked already whether a file that is there may be replaced."""
        export = self._profile.messenger.export_profile
        await self._profile.bridge.call(export, path, self.passphrase.text(), overwrite=True)
        self.file = path
        self.accept()
