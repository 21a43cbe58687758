"""The dialogs of an open profile: which are open over the window, and what follows from their answers."""

import asyncio

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.domain.contact import ContactSummary
from app.domain.events import ContactAdded
from app.domain.identifiers import ContactId
from app.gui.codes.picture import Source
from app.gui.dialogs.add_contact_dialog import AddContactDialog
from app.gui.dialogs.check_digits_dialog import CheckDigitsDialog, DifferentDigitsDialog, ShowDigitsDialog
from app.gui.dialogs.contact_sheet import ContactSheet
from app.gui.dialogs.invite_dialog import InviteDialog
from app.gui.dialogs.opening import opened
from app.gui.dialogs.requests_dialog import RequestsDialog
from app.gui.profile import Profile
from app.gui.roster import Roster
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import Theme
from app.gui.window import Window


class Desk(QObject):
    """Opens dialogs as tasks, so that none stops what else goes on."""

    joined = Signal(str)
    """This contact was added by its link."""

    def __init__(self, profile: Profile, window: Window, roster: Roster, tasks: TaskOwner, theme: Theme) -> None:
        super().__init__()
        self._profile = profile
        self._window = window
        self._roster = roster
        self._requests: list[ContactSummary] = []
        self._tasks = tasks
        self._theme = theme
        self._open: list[QDialog] = []
        self._hidden: list[QDialog] = []
        self._may_open = asyncio.Event()
        self._may_open.set()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusWindowChanged.connect(self._hide_shown)
        roster.added.connect(self._contact_added)
        roster.changed.connect(self._contact_changed)
        roster.loaded.connect(self._roster_loaded)
        roster.requests.connect(self._show_requests)

    @property
    def dialog(self) -> QDialog | None:
        """The latest dialog that is open."""
        return self._open[-1] if self._open else None

    def show(self, dialog: QDialog, tasks: TaskOwner | None = None) -> None:
        """Open a dialog of which nothing follows; its ``tasks`` end with it."""
        self._tasks.start(self._shown(dialog, tasks), name="dialog")

    def invite(self) -> None:
        """Make an invite."""
        tasks = self._tasks.child()
        self._tasks.start(self._shown(InviteDialog(self._profile, tasks, self._window), tasks), name="dialog: invite")

    def add(self, offer: str | Source | None = None) -> None:
        """Add a contact, beginning with the link or picture."""
        self._tasks.start(self._add(offer), name="dialog: add")

    def show_requests(self) -> None:
        """List everybody who waits for a yes."""
        tasks = self._tasks.child()
        dialog = RequestsDialog(self._requests, tasks, self._window)
        dialog.accepted_one.connect(self._roster.accept)
        dialog.declined_one.connect(self._roster.decline)
        self._tasks.start(self._shown(dialog, tasks), name="dialog: requests")

    def show_contact(self, contact: ContactId) -> None:
        """Open the contact's sheet."""
        summary = self._roster.model.contact(contact)
        if summary is not None:
            tasks = self._tasks.child()
            sheet = ContactSheet(self._profile, tasks, self._theme, summary, self._window)
            self._tasks.start(self._shown(sheet, tasks), name="dialog: contact")

    async def answered(self, dialog: QDialog, tasks: TaskOwner | None = None) -> bool:
        """Show a dialog until it is answered; whether it was accepted."""
        await self._may_open.wait()
        self._open.append(dialog)
        try:
            return await opened(dialog, tasks)
        finally:
            self._open.remove(dialog)

    def hide(self) -> None:
        """Hide every dialog, unanswered, and hold back what would open, until :meth:`show_again`."""
        self._may_open.clear()
        self._hide_shown()

    def _hide_shown(self) -> None:
        """Also what a dialog opened over itself just after it was hidden."""
        if self._may_open.is_set():
            return
        shown = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
        for dialog in shown:
            if self._window in _below(dialog):
                self._hidden.append(dialog)
                dialog.hide()

    def show_again(self) -> None:
        """Show what was hidden, the outer ones first."""
        self._may_open.set()
        hidden, self._hidden = self._hidden, []
        for dialog in sorted(hidden, key=lambda dialog: len(_below(dialog))):
            dialog.show()

    def _contact_added(self, event: ContactAdded, joined: bool) -> None:  # noqa: FBT001 (a slot)
        for dialog in self._open:
            if isinstance(dialog, InviteDialog):
                dialog.look_again()
        if event.check_digits is not None:
            compare = self._show_digits if joined else self._compare_digits
            self._tasks.start(compare(event, event.check_digits), name="dialog: digits")

    def _contact_changed(self, contact: ContactId) -> None:
        for sheet in self._sheets():
            if sheet.contact.contact == contact:
                self._bring_up_to_date(sheet)

    def _roster_loaded(self) -> None:
        for sheet in self._sheets():
            self._bring_up_to_date(sheet)

    def _show_requests(self, requests: list[ContactSummary]) -> None:
        self._requests = requests
        for dialog in list(self._open):
            if isinstance(dialog, RequestsDialog):
                dialog.show_requests(requests)

    def _bring_up_to_date(self, sheet: ContactSheet) -> None:
        summary = self._roster.model.contact(sheet.contact.contact)
        if summary is None:
            sheet.reject()
        else:
            sheet.show_contact(summary)

    def _sheets(self) -> list[ContactSheet]:
        return [dialog for dialog in self._open if isinstance(dialog, ContactSheet)]

    async def _shown(self, dialog: QDialog, tasks: TaskOwner | None = None) -> None:
        await self.answered(dialog, tasks)

    async def _add(self, offer: str | Source | None) -> None:
        tasks = self._tasks.child()
        dialog = AddContactDialog(self._profile.bridge, self._roster, tasks, self._theme, self._window)
        if offer is not None:
            dialog.take(offer)
        if await self.answered(dialog, tasks):
            self.joined.emit(dialog.contact)

    async def _show_digits(self, event: ContactAdded, digits: str) -> None:
        if await self.answered(ShowDigitsDialog(event.name, digits, self._window)):
            self._roster.set_verified(event.contact)

    async def _compare_digits(self, event: ContactAdded, digits: str) -> None:
        if await self.answered(CheckDigitsDialog(event.name, digits, self._window)):
            self._roster.set_verified(event.contact)
        elif await self.answered(DifferentDigitsDialog(event.name, self._window)):
            self._roster.remove(event.contact)


def _below(dialog: QDialog) -> list[QWidget]:
    """What the dialog lies over, from its parent down to the window."""
    below: list[QWidget] = []
    parent = dialog.parentWidget()
    while isinstance(parent, QWidget):
        below.append(parent)
        parent = parent.parentWidget()
    return below
