"""A message that is too long for a bubble, whole."""

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.domain.message import Message
from app.gui.dialogs.dialog import Dialog
from app.gui.formatting import full_time
from app.gui.theme.tokens import Size
from app.gui.translation import translate
from app.gui.widgets.parts import button, label


class WholeMessageDialog(Dialog):
    """Read-only plain text."""

    def __init__(self, message: Message, parent: QWidget | None = None) -> None:
        super().__init__(translate("WholeMessageDialog", "Message"), parent, width=Size.WINDOW_MIN_WIDTH)
        self.text = QPlainTextEdit(message.text)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Text of the message"))
        self.text.setFixedHeight(Size.WINDOW_MIN_HEIGHT)
        self.close_button = button(self.tr("Close"))
        self.content.addWidget(label(full_time(message.sent_at), "caption"))
        self.content.addWidget(self.text)
        self.add_buttons(self.close_button)
        self.close_button.clicked.connect(self.accept)
