"""Before a message is deleted: here, or one of ours on both sides."""

from PySide6.QtWidgets import QWidget

from app.gui.dialogs.dialog import Dialog
from app.gui.translation import translate
from app.gui.widgets.parts import button, label


class DeleteMessageDialog(Dialog):
    """Accepted means: delete it.  ``name`` is the other person's; one's own can be deleted ``for_both``."""

    def __init__(self, name: str, *, for_both: bool, parent: QWidget | None = None) -> None:
        super().__init__(translate("DeleteMessageDialog", "Delete this message?"), parent)
        self.for_both = False
        """Whether it shall vanish on the other side too."""
        self.here_button = button(self.tr("Delete here"), "danger")
        self.both_button = button(self.tr("Delete for both"), "danger")
        self.cancel_button = button(self.tr("Cancel"))
        here = self.tr("Deleted here, it is gone from this computer for good, and {name} keeps it.")
        both = self.tr("Deleted for both, its text is gone for {name} as well, who may have read or copied it before.")
        self.content.addWidget(label(here.format(name=name), "muted", wrap=True))
        if for_both:
            self.content.addWidget(label(both.format(name=name), "muted", wrap=True))
            self.add_buttons(self.cancel_button, self.here_button, self.both_button)
        else:
            self.add_buttons(self.cancel_button, self.here_button)
        self.here_button.clicked.connect(self.accept)
        self.both_button.clicked.connect(self._accept_for_both)
        self.cancel_button.clicked.connect(self.reject)
        self.cancel_button.setFocus()

    def _accept_for_both(self) -> None:
        self.for_both = True
        self.accept()
