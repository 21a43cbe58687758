"""What opens the profile: the passphrase, the system's keyring, or either."""

from PySide6.QtWidgets import QWidget

from app.domain.unlock_ways import UnlockWays
from app.gui.dialogs.opening import opened
from app.gui.dialogs.passphrase_dialog import PassphraseDialog
from app.gui.profile import Profile
from app.gui.settings.page import SettingsPage
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Space
from app.gui.widgets.parts import button, label
from app.gui.widgets.switch import Switch


class AccessPage(SettingsPage):
    """Read when it is shown."""

    def __init__(self, profile: Profile, tasks: TaskOwner, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Passphrase"))
        self._profile = profile
        self._tasks = tasks.child(self.fail)
        self._ways = UnlockWays(passphrase=True, keyring=False)
        self.state = label("", "muted", wrap=True)
        self.change_button = button("")
        self.keyring = Switch(self.tr("Open Kith with the system's keyring, too"), theme)
        consequence = self.tr("Kith then opens without a passphrase for whoever is logged in as you on this computer.")
        self.content.addWidget(self.state)
        self.add_row(QWidget(), self.change_button)
        self.content.addSpacing(Space.M)
        self.add_captioned(self.keyring, consequence)
        self.end()
        self.change_button.clicked.connect(self._change)
        self.keyring.clicked.connect(self._switch_keyring)
        self._show(self._ways)

    def opened(self) -> None:
        self._tasks.start(self._read(), name="passphrase: ways")

    async def _read(self) -> None:
        self._show(await self._profile.bridge.call(self._profile.messenger.unlock_ways))

    def _show(self, ways: UnlockWays) -> None:
        self._ways = ways
        self.keyring.setChecked(ways.keyring)
        self.change_button.setText(self.tr("Change the passphrase") if ways.passphrase else self.tr("Set a passphrase"))
        self.state.setText(
            self.tr("A passphrase opens this profile, on any computer.")
            if ways.passphrase
            else self.tr("Only the system's keyring opens this profile: without it, on another computer, nothing does.")
        )

    def _change(self) -> None:
        self.error.hide()
        self._tasks.start(self._ask(), name="passphrase: ask")

    async def _ask(self) -> None:
        tasks = self._tasks.child()
        dialog = PassphraseDialog(self._profile, tasks, self.window(), has_one=self._ways.passphrase)
        if await opened(dialog, tasks):
            await self._read()
            self.state.setText(self.tr("The passphrase was changed."))

    def _switch_keyring(self, wanted: bool) -> None:  # noqa: FBT001 (a slot)
        self.error.hide()
        self._tasks.start(self._call_keyring(wanted=wanted), name="keyring: switch", finish=True)

    async def _call_keyring(self, *, wanted: bool) -> None:
        try:
            await self._profile.bridge.call(self._profile.messenger.set_keyring, enabled=wanted)
        finally:
            await self._read()
