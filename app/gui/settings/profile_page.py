"""Who we are to others."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.account import MAX_NAME_CHARACTERS, AccountInfo
from app.gui.dialogs.export_dialog import ExportDialog
from app.gui.dialogs.opening import opened
from app.gui.profile import Profile
from app.gui.settings.page import SettingsPage
from app.gui.tasks import TaskOwner
from app.gui.theme.tokens import Size
from app.gui.widgets.avatar import Avatar
from app.gui.widgets.parts import button, label


class ProfilePage(SettingsPage):
    """Name and id."""

    renamed = Signal(object)
    """The :class:`AccountInfo` under its new name."""

    def __init__(self, profile: Profile, tasks: TaskOwner, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Profile"))
        self._profile = profile
        self._account = profile.account
        self._tasks = tasks.child(self.fail)
        self.avatar = Avatar(Size.AVATAR_LARGE)
        self.name = QLineEdit()
        self.name.setMaxLength(MAX_NAME_CHARACTERS)
        self.name.setAccessibleName(self.tr("Your name"))
        self.rename_button = button(self.tr("Rename"))
        self.id = QLineEdit(profile.account.id)
        self.id.setReadOnly(True)
        self.id.setCursorPosition(0)
        self.id.setAccessibleName(self.tr("Your ID"))
        self.copy_button = button(self.tr("Copy"))
        self.export_button = button(self.tr("Export the profile"))
        self.exported = label("", "muted", wrap=True)
        self._lay_out()
        self.name.textChanged.connect(self._enable)
        self.name.returnPressed.connect(self._rename)
        self.rename_button.clicked.connect(self._rename)
        self.copy_button.clicked.connect(self._copy)
        self.export_button.clicked.connect(self._export)

    def opened(self) -> None:
        self._tasks.start(self._read(), name="account: read")

    def _lay_out(self) -> None:
        self.content.addWidget(self.avatar)
        self.add_section(
            self.tr("Your name"), self.tr("As your contacts see it. If you change it, all of them are told.")
        )
        self.add_row(self.name, self.rename_button)
        self.add_section(
            self.tr("Your ID"),
            self.tr("It stays the same for life and tells nobody how to reach you: that takes an invite."),
        )
        self.add_row(self.id, self.copy_button)
        self.add_section(
            self.tr("Back it up, or move it"),
            self.tr(
                "An encrypted file with everything in this profile. Kith can import it on another computer, "
                "when it first starts."
            ),
        )
        self.add_row(self.exported, self.export_button)
        self.end()

    async def _read(self) -> None:
        self._show(await self._profile.bridge.call_plain(self._profile.messenger.account_info))

    def _show(self, account: AccountInfo) -> None:
        self._account = account
        self.avatar.show_account(account.id, account.name)
        self.name.setText(account.name)
        self._enable()

    def _enable(self) -> None:
        name = self.name.text().strip()
        self.rename_button.setEnabled(bool(name) and name != self._account.name)

    def _rename(self) -> None:
        if self.rename_button.isEnabled():
            self.error.hide()
            self._tasks.start(self._call_rename(self.name.text().strip()), name="account: rename", finish=True)

    async def _call_rename(self, name: str) -> None:
        await self._profile.bridge.call(self._profile.messenger.rename_account, name)
        await self._read()
        self.renamed.emit(self._account)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.id.text())
        self.copy_button.setText(self.tr("Copied"))

    def _export(self) -> None:
        self._tasks.start(self._ask_export(), name="profile: export")

    async def _ask_export(self) -> None:
        tasks = self._tasks.child()
        dialog = ExportDialog(self._profile, tasks, self.window())
        if await opened(dialog, tasks) and dialog.file is not None:
            self.exported.setText(self.tr("Written to {file}").format(file=dialog.file.name))
