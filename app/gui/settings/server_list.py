"""Servers that are named, each with a way to take it from the list."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.gui.theme.tokens import Space
from app.gui.widgets.parts import button, column, label, row


class ServerList(QWidget):
    """Rows under a note that is there only where there is something to say."""

    removed = Signal(int)
    """The place of a server in the list, from 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = label("", "muted", wrap=True)
        self.names: list[str] = []
        self.remove_buttons: list[QPushButton] = []
        self._rows: list[QWidget] = []
        self._content = column(self, spacing=Space.S)
        self._content.addWidget(self.note)

    def show_servers(self, names: Sequence[str], note: str) -> None:
        """Show these in place of what was shown."""
        self.note.setText(note)
        self.note.setVisible(bool(note))
        for shown in self._rows:
            self._content.removeWidget(shown)
            shown.deleteLater()
        self.names = list(names)
        self.remove_buttons = []
        self._rows = [self._row(place, name) for place, name in enumerate(names)]
        for shown in self._rows:
            self._content.addWidget(shown)

    def _row(self, place: int, name: str) -> QWidget:
        shown = QWidget()
        remove = button(self.tr("Remove"), "danger")
        remove.setAccessibleName(self.tr("Remove {server}").format(server=name))
        remove.clicked.connect(partial(self.removed.emit, place))
        self.remove_buttons.append(remove)
        content = row(shown, spacing=Space.M)
        content.addWidget(label(name, wrap=True), 1)
        content.addWidget(remove)
        return shown
