"""Another passphrase for the profile, or a first one where only the keyring opened it."""

from PySide6.QtWidgets import QLineEdit, QWidget

from app.gui.dialogs.dialog import Dialog
from app.gui.new_passphrase import objection
from app.gui.profile import Profile
from app.gui.tasks import TaskOwner
from app.gui.widgets.error_line import ErrorLine
from app.gui.widgets.parts import button, label, secret_field


class PassphraseDialog(Dialog):
    """Stays open, and says why, while the passphrase is not changed."""

    def __init__(self, profile: Profile, tasks: TaskOwner, parent: QWidget | None = None, *, has_one: bool) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Change the passphrase") if has_one else self.tr("Set a passphrase"))
        self._profile = profile
        self._tasks = tasks.child(self.fail)
        self.old: QLineEdit | None = secret_field(self.tr("Current passphrase")) if has_one else None
        self.new = secret_field(self.tr("New passphrase"))
        self.again = secret_field(self.tr("New passphrase, once more"))
        self.error = ErrorLine()
        self.cancel_button = button(self.tr("Cancel"))
        self.change_button = button(self.tr("Change") if has_one else self.tr("Set"), "primary")
        self.change_button.setDefault(True)
        fields = [self.new, self.again] if self.old is None else [self.old, self.new, self.again]
        for field in fields:
            self.content.addWidget(field)
        warning = self.tr(
            "Nobody can reset a lost passphrase: without it, what is in this profile is lost for good. Copies of the "
            "profile that were made before still open with the old one."
        )
        self.content.addWidget(label(warning, "caption", wrap=True))
        self.content.addWidget(self.error)
        self.add_buttons(self.cancel_button, self.change_button)
        self.cancel_button.clicked.connect(self.reject)
        self.change_button.clicked.connect(self._change)
        fields[0].setFocus()

    def fail(self, sentence: str) -> None:
        self.change_button.setEnabled(True)
        self.error.tell(sentence)

    def _change(self) -> None:
        self.error.hide()
        if problem := objection(self.new.text(), self.again.text()):
            self.fail(problem)
            return
        self.change_button.setEnabled(False)
        old = None if self.old is None else self.old.text()
        self._tasks.start(self._call(old, self.new.text()), name="passphrase: change", finish=True)

    async def _call(self, old: str | None, new: str) -> None:
        await self._profile.bridge.call(self._profile.messenger.change_passphrase, old, new)
        self.accept()
