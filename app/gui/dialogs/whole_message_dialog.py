"""A message that is too long for a bubble, whole."""

from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from app.domain.message import Message
from app.gui.formatting import full_time
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.parts import button, buttons, column, label


class WholeMessageDialog(QDialog):
    """Read-only plain text."""

    def __init__(self, message: Message, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Message")
        self.resize(Size.WINDOW_MIN_WIDTH, Size.WINDOW_MIN_HEIGHT)
        self.text = QPlainTextEdit(message.text)
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Text of the message")
        self.close_button = button("Close")
        content = column(self, margin=Space.XL, spacing=Space.M)
        content.addWidget(label(full_time(message.sent_at), "caption"))
        content.addWidget(self.text, 1)
        content.addLayout(buttons(self.close_button))
        self.close_button.clicked.connect(self.accept)
