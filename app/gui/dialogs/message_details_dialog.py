"""What is known of one message beside its text: when it came to its states, and how it travelled."""

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.domain.message import MessageState
from app.domain.message_details import MessageDetails
from app.gui.dialogs.dialog import Dialog
from app.gui.formatting import exact_time
from app.gui.models.message_words import state_words, travel_words
from app.gui.sizes import size
from app.gui.theme.tokens import Space
from app.gui.translation import translate
from app.gui.widgets.parts import button, label


class MessageDetailsDialog(Dialog):
    """A table of words and times."""

    def __init__(self, details: MessageDetails, sender: str, parent: QWidget | None = None) -> None:
        super().__init__(translate("MessageDetailsDialog", "Details"), parent)
        self._table = QGridLayout()
        self._table.setHorizontalSpacing(Space.XL)
        self._table.setVerticalSpacing(Space.S)
        self._table.setColumnStretch(1, 1)
        message = details.message
        self._add(self.tr("From"), sender)
        self._add(self.tr("Written"), exact_time(message.sent_at))
        if message.received_at is not None:
            self._add(self.tr("Received"), exact_time(message.received_at))
        for state, at in sorted(details.times.items()):
            if message.mine or state is MessageState.READ:
                self._add(_title(state_words(state)), exact_time(at))
        if message.mine and message.state not in details.times:
            self._add(self.tr("State"), _title(state_words(message.state)))
        if message.path is not None:
            self._add(self.tr("Way"), _title(travel_words(message.path)))
        self._add(self.tr("Size"), size(len(message.text.encode(errors="replace"))))
        self.close_button = button(self.tr("Close"), "primary")
        self.content.addLayout(self._table)
        self.add_buttons(self.close_button)
        self.close_button.clicked.connect(self.accept)

    def lines(self) -> list[tuple[str, str]]:
        """The words and values, for a test and a screen reader."""
        return [(self._text(row, 0), self._text(row, 1)) for row in range(1, self._table.rowCount())]

    def _add(self, word: str, value: str) -> None:
        row = self._table.rowCount()
        self._table.addWidget(label(word, "muted"), row, 0)
        shown = label(value, wrap=True)
        shown.setAccessibleName(f"{word}: {value}")
        self._table.addWidget(shown, row, 1)

    def _text(self, row: int, column: int) -> str:
        item = self._table.itemAtPosition(row, column)
        shown = item.widget() if item is not None else None
        return shown.text() if isinstance(shown, QLabel) else ""


def _title(words: str) -> str:
    """The words as they stand at the beginning of a line."""
    return words[:1].upper() + words[1:]
