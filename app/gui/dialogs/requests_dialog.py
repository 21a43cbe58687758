"""Everybody who came by an invite for many and waits for a yes."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.contact import ContactSummary
from app.gui.dialogs.confirm_dialog import ConfirmDialog
from app.gui.dialogs.dialog import Dialog
from app.gui.dialogs.opening import opened
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import scaled
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.parts import button, column, label, scrolled
from app.gui.widgets.request_rows import RequestRow


class RequestsDialog(Dialog):
    """Closes itself when everybody is answered."""

    accepted_one = Signal(str)
    declined_one = Signal(str)

    def __init__(self, requests: Sequence[ContactSummary], tasks: TaskOwner, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._tasks = tasks
        self._requests: list[ContactSummary] = []
        self.rows: list[RequestRow] = []
        words = self.tr(
            "They used an invite that you made for many. Nobody is told when you decline, and whoever you accept is "
            "not verified: anybody can use any name."
        )
        listed = QWidget()
        self._list = column(listed, spacing=Space.S)
        self._list.addStretch()
        area = scrolled(listed)
        area.setFixedHeight(scaled(Size.LIST_HEIGHT))
        self.decline_all_button = button(self.tr("Decline all"), "danger")
        self.close_button = button(self.tr("Close"), "primary")
        self.content.addWidget(label(words, "muted", wrap=True))
        self.content.addWidget(area)
        self.add_buttons(self.close_button, aside=self.decline_all_button)
        self.close_button.clicked.connect(self.accept)
        self.decline_all_button.clicked.connect(self._decline_all)
        self.show_requests(requests)

    def show_requests(self, requests: Sequence[ContactSummary]) -> None:
        """These wait now."""
        self._requests = list(requests)
        for shown in self.rows:
            self._list.removeWidget(shown)
            shown.deleteLater()
        self.rows = [RequestRow(request) for request in requests]
        for number, shown in enumerate(self.rows):
            shown.accepted.connect(self.accepted_one)
            shown.declined.connect(self.declined_one)
            self._list.insertWidget(number, shown)
        self.set_title(self.tr("%Ln requests", "", len(requests)))
        if not requests:
            self.accept()

    def _decline_all(self) -> None:
        self._tasks.start(self._ask_decline_all(), name="requests: decline all")

    async def _ask_decline_all(self) -> None:
        title = self.tr("Decline %Ln requests?", "", len(self._requests))
        sentence = self.tr("They are forgotten and not told. With the same invite they may ask again.")
        asked = list(self._requests)  # and not those who come meanwhile
        if await opened(ConfirmDialog(title, sentence, self.tr("Decline all"), self)):
            for request in asked:
                self.declined_one.emit(request.contact)
