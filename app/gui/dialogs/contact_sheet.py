"""Everything about one contact: who it is, how it stands, and what can be done about it."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import replace

from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.account import MAX_NAME_CHARACTERS
from app.domain.contact import ContactNotice, ContactProblem, ContactState, ContactSummary
from app.gui.dialogs.compare_dialog import CompareDialog
from app.gui.dialogs.confirm_dialog import ConfirmDialog
from app.gui.dialogs.dialog import Dialog
from app.gui.dialogs.opening import opened
from app.gui.formatting import full_time
from app.gui.models.contact_words import notice_sentence, problem_sentence, standing
from app.gui.profile import Profile
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.avatar import Avatar
from app.gui.widgets.error_line import ErrorLine
from app.gui.widgets.parts import button, column, frame, label, line, row
from app.gui.widgets.switch import Switch


class ContactSheet(Dialog):
    """Stays open while things change; :meth:`show_contact` brings it up to date."""

    def __init__(
        self, profile: Profile, tasks: TaskOwner, theme: Theme, contact: ContactSummary, parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent)
        self._profile = profile
        self._tasks = tasks.child(self.fail)
        self._theme = theme
        self._contact = contact
        self.avatar = Avatar(Size.AVATAR_LARGE)
        self.standing = label(look="muted", wrap=True)
        self.problem = label(wrap=True)
        self.problem_button = button(self.tr("Compare digits"), "primary")
        self.name = QLineEdit()
        self.name.setMaxLength(MAX_NAME_CHARACTERS)
        self.name.setAccessibleName(self.tr("Name"))
        self.rename_button = button(self.tr("Rename"))
        self.verification = label(wrap=True)
        self.compare_button = button(self.tr("Safety number"))
        self.mute = Switch(self.tr("No notifications from this contact"), theme)
        self.facts = label(look="caption", wrap=True)
        self.error = ErrorLine()
        self.block_button = button(self.tr("Block"), "danger")
        self.remove_button = button(self.tr("Remove"), "danger")
        self.close_button = button(self.tr("Close"), "primary")
        self._lay_out()
        self._connect()
        self.show_contact(contact)
        self.name.setText(contact.name)
        self.close_button.setFocus()

    @property
    def contact(self) -> ContactSummary:
        return self._contact

    def show_contact(self, contact: ContactSummary) -> None:
        """The contact stands otherwise than before."""
        renamed = contact.name != self._contact.name
        self._contact = contact
        self.set_title(contact.name)
        self.avatar.show_account(contact.contact, contact.name)
        self.standing.setText(standing(replace(contact, problem=ContactProblem.NONE)))  # which stands below
        if renamed:
            self.name.setText(contact.name)
        self._show_problem()
        known = contact.state is ContactState.ESTABLISHED
        self.verification.setText(self._verification())
        self.compare_button.setEnabled(known)
        self.mute.setChecked(contact.muted_until is not None)
        self.facts.setText("\n".join(self._facts()))
        self.block_button.setText(self.tr("Unblock") if contact.blocked else self.tr("Block"))
        self._enable()

    def fail(self, sentence: str) -> None:
        self.error.tell(sentence)
        self.show_contact(self._contact)

    def _lay_out(self) -> None:
        """The title of all dialogs moves beside the avatar."""
        self.content.removeWidget(self.title)
        who = column(spacing=Space.XS)
        who.addWidget(self.title)
        who.addWidget(self.standing)
        head = row(spacing=Space.L)
        head.addWidget(self.avatar)
        head.addLayout(who, 1)
        self._notice = frame("alert")
        said = column(self._notice, margin=Space.M, spacing=Space.S)
        said.addWidget(self.problem)
        said.addWidget(self.problem_button)
        naming, safety, ends = row(spacing=Space.S), row(spacing=Space.S), row(spacing=Space.S)
        naming.addWidget(self.name, 1)
        naming.addWidget(self.rename_button)
        safety.addWidget(self.verification, 1)
        safety.addWidget(self.compare_button)
        ends.addWidget(self.block_button)
        ends.addWidget(self.remove_button)
        ends.addStretch()
        ends.addWidget(self.close_button)
        self.content.addLayout(head)
        self.content.addWidget(self._notice)
        self.content.addLayout(naming)
        self.content.addLayout(safety)
        self.content.addWidget(self.mute)
        self.content.addWidget(line())
        self.content.addWidget(self.facts)
        self.content.addWidget(self.error)
        self.content.addSpacing(Space.S)
        self.content.addLayout(ends)

    def _connect(self) -> None:
        self.name.textChanged.connect(self._enable)
        self.name.returnPressed.connect(self._rename)
        self.rename_button.clicked.connect(self._rename)
        self.compare_button.clicked.connect(self._compare)
        self.problem_button.clicked.connect(self._answer_reset)
        self.mute.clicked.connect(self._mute)
        self.block_button.clicked.connect(self._block)
        self.remove_button.clicked.connect(self._remove)
        self.close_button.clicked.connect(self.accept)

    # --- what is shown

    def _show_problem(self) -> None:
        held = self._contact.problem is ContactProblem.RESET
        words = [
            problem_sentence(self._contact.problem),
            notice_sentence(self._contact.notice) if self._contact.notice is not ContactNotice.NONE else "",
        ]
        self.problem.setText("\n\n".join(word for word in words if word))
        self._notice.setVisible(any(words))
        self.problem_button.setVisible(held)
        self.problem_button.setEnabled(self._contact.check_digits is not None)

    def _verification(self) -> str:
        if self._contact.state is not ContactState.ESTABLISHED:
            return self.tr("There is a number to compare after the first connection.")
        if self._contact.verified:
            return self.tr("Verified: you know who this is.")
        return self.tr("Not verified: the invite alone does not prove who this is.")

    def _facts(self) -> list[str]:
        contact = self._contact
        facts = []
        if contact.added_at is not None:
            facts.append(self.tr("Contact since {date}").format(date=full_time(contact.added_at)))
        if not contact.online and contact.last_seen_at is not None:
            facts.append(self.tr("Last connected {date}").format(date=full_time(contact.last_seen_at)))
        if contact.muted_until is not None and not math.isinf(contact.muted_until):
            facts.append(self.tr("Muted until {date}").format(date=full_time(contact.muted_until)))
        facts.append(self.tr("ID {id}").format(id=contact.contact))
        return facts

    def _enable(self) -> None:
        name = self.name.text().strip()
        self.rename_button.setEnabled(bool(name) and name != self._contact.name)

    # --- what can be done

    def _do(self, name: str, call: Callable[[], Awaitable[None]]) -> None:
        self.error.hide()
        self._tasks.start(self._done(call), name=f"contact: {name}", finish=True)

    async def _done(self, call: Callable[[], Awaitable[None]]) -> None:
        await self._profile.bridge.call(call)

    def _rename(self) -> None:
        if self.rename_button.isEnabled():
            name, contact = self.name.text().strip(), self._contact.contact
            self._do("rename", lambda: self._profile.messenger.rename_contact(contact, name))

    def _mute(self) -> None:
        contact, messenger = self._contact.contact, self._profile.messenger
        if self.mute.isChecked():
            self._do("mute", lambda: messenger.mute_contact(contact))
        else:
            self._do("unmute", lambda: messenger.unmute_contact(contact))

    def _compare(self) -> None:
        self._tasks.start(self._ask_same(), name="contact: compare")

    async def _ask_same(self) -> None:
        contact, messenger = self._contact.contact, self._profile.messenger
        digits, _ = await self._profile.bridge.call(messenger.safety_number, contact)
        tasks = self._tasks.child()
        dialog = CompareDialog(self._profile.bridge, tasks, self._theme, self._contact, digits, self)
        dialog.refused.connect(
            lambda: self._do("unverify", lambda: messenger.set_verified(contact, verified=False)),
        )
        if await opened(dialog, tasks):
            self._do("verify", lambda: messenger.set_verified(contact, verified=True))

    def _answer_reset(self) -> None:
        self._tasks.start(self._ask_reset(), name="contact: reset")

    async def _ask_reset(self) -> None:
        contact, digits = self._contact.contact, self._contact.check_digits
        if digits is None:
            return
        tasks = self._tasks.child()
        dialog = CompareDialog(self._profile.bridge, tasks, self._theme, self._contact, digits, self, after_reset=True)
        if await opened(dialog, tasks):
            self._do("accept", lambda: self._profile.messenger.accept_reset(contact, digits))

    def _block(self) -> None:
        contact, messenger = self._contact.contact, self._profile.messenger
        if self._contact.blocked:
            self._do("unblock", lambda: messenger.unblock_contact(contact))
            return
        title = self.tr("Block {name}?").format(name=self._contact.name)
        sentence = self.tr(
            "Kith then answers them with silence: they cannot reach you or see that you are there, and are not told. "
            "What waits for them is given up. You can unblock them here at any time."
        )
        self._confirm(title, sentence, self.tr("Block"), "block", lambda: messenger.block_contact(contact))

    def _remove(self) -> None:
        contact, messenger = self._contact.contact, self._profile.messenger
        title = self.tr("Remove {name}?").format(name=self._contact.name)
        sentence = self.tr(
            "The contact and all messages of this conversation are deleted from this computer, and nobody can bring "
            "them back. They are not told, and keep their copy. To talk again you need a new invite."
        )
        self._confirm(title, sentence, self.tr("Remove"), "remove", lambda: messenger.remove_contact(contact))

    def _confirm(self, title: str, sentence: str, action: str, name: str, call: Callable[[], Awaitable[None]]) -> None:
        self._tasks.start(
            self._confirmed(ConfirmDialog(title, sentence, action, self), name, call), name=f"contact: confirm {name}"
        )

    async def _confirmed(self, dialog: ConfirmDialog, name: str, call: Callable[[], Awaitable[None]]) -> None:
        if await opened(dialog):
            self._do(name, call)
