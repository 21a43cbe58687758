"""Invite someone: a code to be scanned or a link to be sent, which works once."""

import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.invite import InviteSummary
from app.gui.dialogs.dialog import Dialog
from app.gui.formatting import duration, full_time
from app.gui.profile import Profile
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Space
from app.gui.widgets.parts import button, label, row
from app.gui.widgets.qr_code import QrCode
from app.gui.widgets.switch import Switch

_TICK_MS = 1_000


class InviteDialog(Dialog):
    """Makes an invite when it opens, and one for a meeting in person when that is asked for."""

    def __init__(self, profile: Profile, tasks: TaskOwner, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Invite someone", parent)
        self._profile = profile
        self._tasks = tasks.child(self.fail)
        self._invites: dict[bool, InviteSummary] = {}
        self.code = QrCode()
        self.link = QLineEdit()
        self.link.setReadOnly(True)
        self.link.setAccessibleName("Link of the invite")
        self.copy_button = button("Copy link", "primary")
        self.copy_button.setDefault(True)
        self.expiry = label(look="caption", wrap=True)
        self.error = label(look="error", wrap=True)
        self.error.hide()
        self.in_person = Switch("We are together: they scan this screen", theme)
        self.close_button = button("Close")
        self._lay_out()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_expiry)
        self._tick.start()
        self.copy_button.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.accept)
        self.in_person.toggled.connect(self._want)
        self.copy_button.setFocus()
        self._want(in_person=False)

    def fail(self, sentence: str) -> None:
        """No invite could be made."""
        self.error.setText(sentence)
        self.error.show()

    def look_again(self) -> None:
        """Somebody was added: the invites may have been used."""
        self._tasks.start(self._look_again(), name="invite: look again")

    def _lay_out(self) -> None:
        intro = "Let them scan this code with Kith, or send them the link by a channel that you trust."
        content = self.content
        content.addWidget(label(intro, "muted", wrap=True))
        content.addWidget(self.code, 0, Qt.AlignmentFlag.AlignHCenter)
        copied = row(spacing=Space.S)
        copied.addWidget(self.link, 1)
        copied.addWidget(self.copy_button)
        content.addLayout(copied)
        content.addWidget(self.expiry)
        content.addWidget(self.in_person)
        content.addWidget(self.error)
        self.add_buttons(self.close_button)

    def _want(self, in_person: bool) -> None:  # noqa: FBT001 (a slot)
        self.error.hide()
        if in_person in self._invites:
            self._show(self._invites[in_person])
        else:
            self._tasks.start(self._create(in_person=in_person), name="invite: create")

    async def _create(self, *, in_person: bool) -> None:
        invite = await self._profile.bridge.call(self._profile.messenger.create_invite, in_person=in_person)
        self._invites[in_person] = invite
        if self.in_person.isChecked() == in_person:
            self._show(invite)

    async def _look_again(self) -> None:
        known = {invite.invite: invite for invite in await self._profile.bridge.call(self._profile.messenger.invites)}
        self._invites = {kind: known.get(invite.invite, invite) for kind, invite in self._invites.items()}
        shown = self._invites.get(self.in_person.isChecked())
        if shown is not None:
            self._show(shown)

    def _show(self, invite: InviteSummary) -> None:
        self.code.show_text("" if invite.used else invite.qr_text)
        self.link.setText("" if invite.used else invite.link)
        self.link.setCursorPosition(0)
        self.copy_button.setText("Copy link")
        self.copy_button.setDisabled(invite.used)
        self._show_expiry()

    def _show_expiry(self) -> None:
        invite = self._invites.get(self.in_person.isChecked())
        if invite is None:
            return
        left_s = invite.expires_at - time.time()
        if invite.used:
            self.expiry.setText("This invite has been used. Close this window and make a new one.")
        elif left_s <= 0:
            self.expiry.setText("This invite has expired. Close this window and make a new one.")
        elif invite.in_person:
            sentence = f"Works once, for {duration(left_s)}. When it was scanned, Kith asks you to compare four digits."
            self.expiry.setText(sentence)
        else:
            until = full_time(invite.expires_at)
            self.expiry.setText(f"Works once. Expires in {duration(left_s)}, on {until}.")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.link.text())
        self.copy_button.setText("Copied")
