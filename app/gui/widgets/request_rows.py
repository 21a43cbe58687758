"""People who came by a printed invite and wait for a yes."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.domain.contact import ContactSummary
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.avatar import Avatar
from app.gui.widgets.parts import button, column, frame, label, row

_MOST_SHOWN = 3
"""The others come up as these are answered: a hundred may wait."""


class RequestRows(QFrame):
    """One row a request, hidden when there is none."""

    accepted = Signal(str)
    declined = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "column")
        self.title = label(look="caption")
        self._rows: list[QWidget] = []
        self._content = column(self, spacing=Space.S)
        self._content.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        self._content.addWidget(self.title)
        self.hide()

    def show_requests(self, requests: Sequence[ContactSummary]) -> None:
        for shown in self._rows:
            self._content.removeWidget(shown)
            shown.deleteLater()
        self._rows = [self._row(request) for request in requests[:_MOST_SHOWN]]
        for shown in self._rows:
            self._content.addWidget(shown)
        self.title.setText(self.tr("%Ln requests", "", len(requests)))
        self.setVisible(bool(requests))

    def _row(self, request: ContactSummary) -> QWidget:
        shown = frame("tint")
        avatar = Avatar(Size.AVATAR_SMALL)
        avatar.show_account(request.contact, request.name)
        accept, decline = button(self.tr("Accept"), "primary"), button(self.tr("Decline"), "plain")
        accept.setAccessibleName(self.tr("Accept {name}").format(name=request.name))
        decline.setAccessibleName(self.tr("Decline {name}").format(name=request.name))
        accept.clicked.connect(lambda: self.accepted.emit(request.contact))
        decline.clicked.connect(lambda: self.declined.emit(request.contact))
        who = row(spacing=Space.S)
        who.addWidget(avatar)
        who.addWidget(label(self.tr("{name} wants to talk with you").format(name=request.name), wrap=True), 1)
        answers = row(spacing=Space.S)
        answers.addWidget(accept, 1)
        answers.addWidget(decline, 1)
        content = column(shown, margin=Space.M, spacing=Space.S)
        content.addLayout(who)
        content.addLayout(answers)
        return shown
