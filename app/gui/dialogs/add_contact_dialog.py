"""Add the person whose code or link this is."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.account import MAX_NAME_CHARACTERS
from app.domain.identifiers import ContactId
from app.gui.bridge import Bridge
from app.gui.codes.code_drop import CodeDrop
from app.gui.codes.offered import MAX_LINK_CHARACTERS
from app.gui.codes.picture import Source
from app.gui.codes.problem import CodeProblem, sentence
from app.gui.codes.reader import CodeKind, kind_of
from app.gui.dialogs.dialog import Dialog
from app.gui.roster import Roster
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import Theme
from app.gui.widgets.error_line import ErrorLine
from app.gui.widgets.parts import button, label


class AddContactDialog(Dialog):
    """Takes a code or a link and, if one likes, a name; stays open, and says why, while that cannot be used."""

    added = Signal(str)

    def __init__(
        self, bridge: Bridge, roster: Roster, tasks: TaskOwner, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Add a contact"))
        self._roster = roster
        self._tasks = tasks.child(self.fail)
        self.contact: ContactId | None = None
        self.code = CodeDrop(bridge, self._tasks, CodeKind.INVITE, theme)
        self.link = QLineEdit()
        self.link.setMaxLength(MAX_LINK_CHARACTERS)
        self.link.setPlaceholderText(self.tr("Or paste the link: kith:…"))
        self.link.setAccessibleName(self.tr("Link"))
        self.name = QLineEdit()
        self.name.setMaxLength(MAX_NAME_CHARACTERS)
        self.name.setPlaceholderText(self.tr("Your name for them (they tell their own, too)"))
        self.name.setAccessibleName(self.tr("Name"))
        self.note = label(look="caption", wrap=True)
        self.note.hide()
        self.error = ErrorLine()
        self.cancel_button = button(self.tr("Cancel"))
        self.add_button = button(self.tr("Add"), "primary")
        self.add_button.setDefault(True)
        for part in (self.code, self.link, self.name, self.note, self.error):
            self.content.addWidget(part)
        self.add_buttons(self.cancel_button, self.add_button)
        self._connect()
        self.link.setFocus()
        self._enable()

    def take(self, offer: str | Source) -> None:
        """Begin with this link or picture."""
        self.code.take(offer)

    def fail(self, why: str) -> None:
        """The code or link cannot be used."""
        self.note.hide()
        self.error.tell(why)
        self._enable()
        self.link.setFocus()

    def _connect(self) -> None:
        self.code.read.connect(self._read)
        self.code.failed.connect(self.fail)
        self.add_button.clicked.connect(self._add)
        self.cancel_button.clicked.connect(self.reject)
        self.link.textChanged.connect(self._enable)

    def _read(self, text: str) -> None:
        if kind_of(text) is CodeKind.SAFETY_NUMBER:
            self.fail(sentence(CodeProblem.SAFETY_NUMBER))
            return
        self.link.setText(text)
        self.link.setCursorPosition(0)
        self.error.hide()
        self.note.setText(self.tr("This is an invite. Give the person a name if you like, then choose Add."))
        self.note.show()
        self.name.setFocus()

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
