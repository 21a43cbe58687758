"""The invites that still work, and a way to withdraw each."""

import time
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.identifiers import InviteId
from app.domain.invite import InviteSummary
from app.gui.dialogs.dialog import Dialog
from app.gui.formatting import full_time
from app.gui.profile import Profile
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import scaled
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.error_line import ErrorLine
from app.gui.widgets.parts import button, column, label, row, scrolled, set_margins


class InvitesDialog(Dialog):
    """One row an invite, newest first."""

    withdrawn = Signal()

    def __init__(self, profile: Profile, tasks: TaskOwner, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Your invites"))
        self._profile = profile
        self._tasks = tasks.child(self.fail)
        self.rows: list[QWidget] = []
        self.note = label("", "muted", wrap=True)
        self.error = ErrorLine()
        self.close_button = button(self.tr("Close"), "primary")
        listed = QWidget()
        self._list = column(listed, spacing=Space.S)
        self._list.addStretch()
        self._area = scrolled(listed)
        self.content.addWidget(self.note)
        self.content.addWidget(self._area)
        self.content.addWidget(self.error)
        self.add_buttons(self.close_button)
        self.close_button.clicked.connect(self.accept)
        self._tasks.start(self._read(), name="invites: read")

    def fail(self, sentence: str) -> None:
        self.error.tell(sentence)

    async def _read(self) -> None:
        known = await self._profile.bridge.call(self._profile.messenger.invites)
        now = time.time()
        self._show([each for each in known if not each.used and not each.revoked and each.expires_at > now])

    def _show(self, invites: list[InviteSummary]) -> None:
        for shown in self.rows:
            self._list.removeWidget(shown)
            shown.deleteLater()
        self.rows = [self._row(invite) for invite in invites]
        for number, shown in enumerate(self.rows):
            self._list.insertWidget(number, shown)
        needed, height = sum(shown.sizeHint().height() + Space.S for shown in self.rows), scaled(Size.LIST_HEIGHT)
        self._area.setFixedHeight(min(height, needed))
        set_margins(self._list, 0, 0, Space.M if needed > height else 0, 0)  # clear of the scroll bar
        self._area.setVisible(bool(invites))
        if invites:
            self.note.setText(self.tr("Whoever has one of these can become your contact, or ask to."))
        else:
            self.note.setText(self.tr("There is no invite that still works."))

    def _row(self, invite: InviteSummary) -> QWidget:
        shown = QWidget()
        withdraw = button(self.tr("Withdraw"), "danger")
        withdraw.setAccessibleName(self.tr("Withdraw: {invite}").format(invite=self._kind(invite)))
        withdraw.clicked.connect(partial(self._withdraw, invite.invite))
        words = column(spacing=0)
        words.addWidget(label(self._kind(invite)))
        until = self.tr("until {date}").format(date=full_time(invite.expires_at))
        words.addWidget(label(until, "caption"))
        content = row(shown, spacing=Space.M)
        content.addLayout(words, 1)
        content.addWidget(withdraw)
        return shown

    def _kind(self, invite: InviteSummary) -> str:
        if invite.reusable:
            return self.tr("For many")
        return self.tr("In person, once") if invite.in_person else self.tr("By a link, once")

    def _withdraw(self, invite: InviteId) -> None:
        self.error.hide()
        self._tasks.start(self._call_withdraw(invite), name="invite: withdraw", finish=True)

    async def _call_withdraw(self, invite: InviteId) -> None:
        await self._profile.bridge.call(self._profile.messenger.revoke_invite, invite)
        self.withdrawn.emit()
        await self._read()
