"""Before a message is deleted."""

from PySide6.QtWidgets import QWidget

from app.gui.dialogs.dialog import Dialog
from app.gui.translation import translate
from app.gui.widgets.parts import button, label


class DeleteMessageDialog(Dialog):
    """Accepted means: delete it here."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(translate("DeleteMessageDialog", "Delete this message here?"), parent)
        self.delete_button = button(self.tr("Delete"), "danger")
        self.cancel_button = button(self.tr("Cancel"))
        sentence = self.tr("It vanishes from this computer for good. {name} keeps it.").format(name=name)
        self.content.addWidget(label(sentence, "muted", wrap=True))
        self.add_buttons(self.cancel_button, self.delete_button)
        self.delete_button.clicked.connect(self.accept)
        self.cancel_button.clicked.connect(self.reject)
        self.cancel_button.setFocus()
