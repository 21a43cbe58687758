"""Ask before something that cannot be taken back."""

from PySide6.QtWidgets import QWidget

from app.gui.dialogs.dialog import Dialog
from app.gui.widgets.parts import button, label


class ConfirmDialog(Dialog):
    """Accepted means: do it.  The safe answer is the one that Enter gives."""

    def __init__(self, title: str, sentence: str, action: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.confirm_button = button(action, "danger")
        self.cancel_button = button(self.tr("Cancel"))
        self.cancel_button.setDefault(True)
        self.content.addWidget(label(sentence, "muted", wrap=True))
        self.add_buttons(self.cancel_button, self.confirm_button)
        self.confirm_button.clicked.connect(self.accept)
        self.cancel_button.clicked.connect(self.reject)
        self.cancel_button.setFocus()
