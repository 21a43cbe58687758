"""Before a link is opened: where it leads, letter by letter."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.gui.dialogs.dialog import Dialog
from app.gui.links import spelled_out
from app.gui.translation import translate
from app.gui.widgets.parts import button, label, text_area


class LinkDialog(Dialog):
    """Accepted means: open."""

    def __init__(self, url: str, parent: QWidget | None = None) -> None:
        super().__init__(translate("LinkDialog", "Open this link?"), parent)
        self._url = spelled_out(url)
        self.text = text_area(self._url, name=self.tr("Link"), lines=3)
        self.open_button = button(self.tr("Open"), "primary")
        self.copy_button = button(self.tr("Copy link"))
        self.cancel_button = button(self.tr("Cancel"))
        sentence = self.tr("It opens in another program. Whoever runs the page sees your internet address.")
        self.content.addWidget(label(sentence, "muted", wrap=True))
        self.content.addWidget(self.text)
        self.add_buttons(self.cancel_button, self.copy_button, self.open_button)
        self.open_button.clicked.connect(self.accept)
        self.copy_button.clicked.connect(self._copy)
        self.cancel_button.clicked.connect(self.reject)
        self.cancel_button.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._url)
        self.reject()
