"""Invite someone: a code to be scanned or a link to be sent, each with what it is good for said beside it."""

import time
from enum import IntEnum

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from app.domain.invite import InviteSummary
from app.gui.dialogs.dialog import Dialog
from app.gui.dialogs.invites_dialog import InvitesDialog
from app.gui.dialogs.opening import open_over
from app.gui.durations import duration
from app.gui.formatting import full_time
from app.gui.profile import Profile
from app.gui.tasks import TaskOwner
from app.gui.theme.tokens import Space
from app.gui.widgets.error_line import ErrorLine
from app.gui.widgets.parts import button, label, row
from app.gui.widgets.qr_code import QrCode, qr_image
from app.gui.widgets.segments import Segments

_TICK_MS = 1_000
_PRINTED_LIFETIME_S = 30 * 86_400
_PRINTED_DOTS_A_MODULE = 16


class InviteKind(IntEnum):
    """What an invite is made for, in the order of the segments."""

    LINK = 0
    IN_PERSON = 1
    PRINTED = 2
    """Reusable: whoever comes by it becomes a request."""


class InviteDialog(Dialog):
    """Makes an invite when it opens, and one of another kind when that is chosen; a reusable one after a warning."""

    def __init__(self, profile: Profile, tasks: TaskOwner, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Invite someone"))
        self._profile = profile
        self._tasks = tasks.child(self.fail)
        self._invites: dict[InviteKind, InviteSummary] = {}
        self._making: set[InviteKind] = set()
        kinds = (self.tr("By a link"), self.tr("In person"), self.tr("For many"))
        self.kinds = Segments(kinds, self.tr("Kind of invite"))
        self.intro = label(look="muted", wrap=True)
        self.make_button = button(self.tr("Make a reusable invite"), "primary")
        self.code = QrCode(self.tr("QR code of the invite"))
        self.link = QLineEdit()
        self.link.setReadOnly(True)
        self.link.setAccessibleName(self.tr("Link of the invite"))
        self.copy_button = button(self.tr("Copy link"), "primary")
        self.copy_button.setDefault(True)
        self.save_button = button(self.tr("Save as a picture"))
        self.expiry = label(look="caption", wrap=True)
        self.error = ErrorLine()
        self.list_button = button(self.tr("Your invites"), "quiet")
        self.close_button = button(self.tr("Close"))
        self._lay_out()
        self._connect()
        self.copy_button.setFocus()
        self.choose(InviteKind.LINK)

    @property
    def kind(self) -> InviteKind:
        """What is shown."""
        return InviteKind(self.kinds.number)

    def choose(self, kind: InviteKind) -> None:
        """Show an invite of that kind, and make it unless there is one or it needs to be asked for."""
        self.kinds.choose(kind)
        self.error.hide()
        self.intro.setText(self._words())
        self._show()
        if kind is not InviteKind.PRINTED and kind not in self._invites:
            self._make()

    def fail(self, sentence: str) -> None:
        """No invite could be made."""
        self.error.tell(sentence)

    def look_again(self) -> None:
        """Somebody was added: the invites may have been used."""
        self._tasks.start(self._look_again(), name="invite: look again")

    def _lay_out(self) -> None:
        copied = row(spacing=Space.S)
        copied.addWidget(self.link, 1)
        copied.addWidget(self.copy_button)
        middle = Qt.AlignmentFlag.AlignHCenter
        self.content.addWidget(self.kinds)
        self.content.addWidget(self.intro)
        self.content.addWidget(self.make_button)
        self.content.addWidget(self.code, 0, middle)
        self.content.addLayout(copied)
        self.content.addWidget(self.save_button)
        self.content.addWidget(self.expiry)
        self.content.addWidget(self.error)
        self.add_buttons(self.close_button, aside=self.list_button)

    def _connect(self) -> None:
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_expiry)
        self._tick.start()
        self.kinds.chosen.connect(lambda number: self.choose(InviteKind(number)))
        self.make_button.clicked.connect(self._make)
        self.copy_button.clicked.connect(self._copy)
        self.save_button.clicked.connect(self._save)
        self.list_button.clicked.connect(self._open_list)
        self.close_button.clicked.connect(self.accept)

    def _words(self) -> str:
        match self.kind:
            case InviteKind.LINK:
                return self.tr("Send them the link by a channel that you trust, or let them read this code with Kith.")
            case InviteKind.IN_PERSON:
                return self.tr("You are together: let them scan this screen with Kith.")
            case InviteKind.PRINTED:
                return self.tr(
                    "A code to print, or a link to post: whoever comes by it becomes a request, and you say yes or no. "
                    "It tells everybody who has it your computer's address for as long as it lives, and first "
                    "contacts by it are not protected against quantum computers."
                )

    def _make(self) -> None:
        kind = self.kind
        if kind not in self._making:
            self._making.add(kind)
            self._show()
            self._tasks.start(self._create(kind), name="invite: create")

    async def _create(self, kind: InviteKind) -> None:
        create = self._profile.messenger.create_invite
        try:
            if kind is InviteKind.PRINTED:
                invite = await self._profile.bridge.call(create, reusable=True, expires_in_s=_PRINTED_LIFETIME_S)
            else:
                invite = await self._profile.bridge.call(create, in_person=kind is InviteKind.IN_PERSON)
            self._invites[kind] = invite
        finally:
            self._making.discard(kind)
            self._show()
            if self.focusWidget() is self.list_button:  # where the focus went while there was nothing to copy
                self.copy_button.setFocus()

    async def _look_again(self) -> None:
        known = {invite.invite: invite for invite in await self._profile.bridge.call(self._profile.messenger.invites)}
        self._invites = {kind: known.get(invite.invite, invite) for kind, invite in self._invites.items()}
        self._show()

    def _show(self) -> None:
        invite = self._invites.get(self.kind)
        usable = invite is not None and not invite.used and not invite.revoked
        asked = self.kind is not InviteKind.PRINTED or invite is not None
        self.code.show_text(invite.qr_text if invite is not None and usable else "")
        self.link.setText(invite.link if invite is not None and usable else "")
        self.link.setCursorPosition(0)
        self.copy_button.setText(self.tr("Copy link"))
        self.copy_button.setEnabled(usable)
        self.make_button.setVisible(not asked)
        self.make_button.setEnabled(self.kind not in self._making)
        for part in (self.code, self.link, self.copy_button, self.expiry):
            part.setVisible(asked)
        self.save_button.setVisible(usable and self.kind is not InviteKind.LINK)
        self._show_expiry()

    def _show_expiry(self) -> None:
        invite = self._invites.get(self.kind)
        self.expiry.setText("" if invite is None else self._fate(invite))

    def _fate(self, invite: InviteSummary) -> str:
        left_s = invite.expires_at - time.time()
        if invite.used:
            return self.tr("This invite has been used. Close this window and make a new one.")
        if invite.revoked:
            return self.tr("This invite was withdrawn. Close this window and make a new one.")
        if left_s <= 0:
            return self.tr("This invite has expired. Close this window and make a new one.")
        left, until = duration(left_s), full_time(invite.expires_at)
        if invite.in_person:
            words = self.tr("Works once, for {time}. When it is scanned, Kith asks you to compare four digits.")
        elif invite.reusable:
            words = self.tr("Works any number of times, until {date} or until you withdraw it under Your invites.")
        else:
            words = self.tr("Works once. Expires in {time}, on {date}.")
        return words.format(time=left, date=until)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.link.text())
        self.copy_button.setText(self.tr("Copied"))

    def _save(self) -> None:
        dialog = QFileDialog(self, self.tr("Save the code as a picture"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.selectFile("kith.png")
        dialog.fileSelected.connect(self._write_picture)
        dialog.open()

    def _write_picture(self, path: str) -> None:
        image = qr_image(self._invites[self.kind].qr_text)
        if not image.scaled(image.size() * _PRINTED_DOTS_A_MODULE).save(path):
            self.fail(self.tr("The picture could not be saved there. Choose another folder."))

    def _open_list(self) -> None:
        tasks = self._tasks.child()
        dialog = InvitesDialog(self._profile, tasks, self)
        dialog.withdrawn.connect(self.look_again)
        open_over(self._tasks, dialog, tasks)
