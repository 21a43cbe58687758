"""Add the person who sent a link."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.account import MAX_NAME_CHARACTERS
from app.domain.identifiers import ContactId
from app.gui.dialogs.dialog import Dialog
from app.gui.roster import Roster
from app.gui.tasks import TaskOwner
from app.gui.widgets.parts import button, label

_MAX_LINK_CHARACTERS = 4_096
"""More than any link; keeps a pasted book out."""


class AddContactDialog(Dialog):
    """Asks for the link and, if one likes, a name; stays open, and says why, while the link cannot be used."""

    added = Signal(str)

    def __init__(self, roster: Roster, tasks: TaskOwner, link: str = "", parent: QWidget | None = None) -> None:
        super().__init__("Add by link", parent)
        self._roster = roster
        self._tasks = tasks.child(self.fail)
        self.contact: ContactId | None = None
        self.link = QLineEdit(link)
        self.link.setMaxLength(_MAX_LINK_CHARACTERS)
        self.link.setPlaceholderText("kith:…")
        self.link.setAccessibleName("Link")
        self.name = QLineEdit()
        self.name.setMaxLength(MAX_NAME_CHARACTERS)
        self.name.setPlaceholderText("What you call them (they tell their own name, too)")
        self.name.setAccessibleName("Name")
        self.error = label(look="error", wrap=True)
        self.error.hide()
        self.cancel_button = button("Cancel")
        self.add_button = button("Add", "primary")
        self.add_button.setDefault(True)
        self.content.addWidget(label("Paste the whole link that you were sent.", "muted", wrap=True))
        for part in (self.link, self.name, self.error):
            self.content.addWidget(part)
        self.add_buttons(self.cancel_button, self.add_button)
        self.add_button.clicked.connect(self._add)
        self.cancel_button.clicked.connect(self.reject)
        self.link.textChanged.connect(self._enable)
        self.link.setFocus()
        self._enable()

    def fail(self, sentence: str) -> None:
        """The link cannot be used."""
        self.error.setText(sentence)
        self.error.show()
        self._enable()

    def _enable(self) -> None:
        self.add_button.setEnabled(bool(self.link.text().strip()))

    def _add(self) -> None:
        self.error.hide()
        self.add_button.setEnabled(False)
        self._tasks.start(self._call_add(), name="contact: add", finish=True)

    async def _call_add(self) -> None:
        name = self.name.text().strip() or None
        self.contact = await self._roster.add(self.link.text().strip(), name)
        self.added.emit(self.contact)
        self.accept()
