"""People who came by an invite for many and wait for a yes."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.domain.contact import ContactSummary
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.avatar import Avatar
from app.gui.widgets.parts import button, column, label, row


class RequestRow(QFrame):
    """One of them, and the two answers."""

    accepted = Signal(str)
    declined = Signal(str)

    def __init__(self, request: ContactSummary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "tint")
        avatar = Avatar(Size.AVATAR_SMALL)
        avatar.show_account(request.contact, request.name)
        self.accept_button = button(self.tr("Accept"), "primary")
        self.decline_button = button(self.tr("Decline"))
        self.accept_button.setAccessibleName(self.tr("Accept {name}").format(name=request.name))
        self.decline_button.setAccessibleName(self.tr("Decline {name}").format(name=request.name))
        self.accept_button.clicked.connect(lambda: self.accepted.emit(request.contact))
        self.decline_button.clicked.connect(lambda: self.declined.emit(request.contact))
        who = row(spacing=Space.S)
        who.addWidget(avatar)
        who.addWidget(label(self.tr("{name} wants to talk with you").format(name=request.name), wrap=True), 1)
        answers = row(spacing=Space.S)
        answers.addWidget(self.accept_button, 1)
        answers.addWidget(self.decline_button, 1)
        content = column(self, margin=Space.M, spacing=Space.S)
        content.addLayout(who)
        content.addLayout(answers)


class RequestRows(QFrame):
    """Over the conversations: the first one, and a way to all; hidden when there is none."""

    accepted = Signal(str)
    declined = Signal(str)
    all_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "column")
        self.title = label(look="caption")
        self.all_button = button(self.tr("Show all"), "quiet")
        self._row: RequestRow | None = None
        head = row()
        head.addWidget(self.title, 1)
        head.addWidget(self.all_button)
        self._content = column(self, spacing=Space.XS)
        self._content.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        self._content.addLayout(head)
        self.all_button.clicked.connect(self.all_wanted)
        self.hide()

    def show_requests(self, requests: Sequence[ContactSummary]) -> None:
        if self._row is not None:
            self._content.removeWidget(self._row)
            self._row.deleteLater()
            self._row = None
        if requests:
            self._row = RequestRow(requests[0])
            self._row.accepted.connect(self.accepted)
            self._row.declined.connect(self.declined)
            self._content.addWidget(self._row)
        self.title.setText(self.tr("%Ln requests", "", len(requests)))
        self.all_button.setVisible(len(requests) > 1)
        self.setVisible(bool(requests))
