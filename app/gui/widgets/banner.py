"""A sentence across the top of the window that something went wrong; it blocks nothing and goes by itself."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QWidget

from app.gui.theme.icons import Glyph, icon
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Space
from app.gui.widgets.parts import button, label, row, set_margins

_SHOWN_MS = 10_000


class Banner(QFrame):
    """Hidden until there is something to say."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "notice")
        self._theme = theme
        self.text = label(wrap=True)
        self.close_button = button("", "icon", name=self.tr("Dismiss"))
        self.close_button.clicked.connect(self.hide)
        content = row(self, spacing=Space.S)
        set_margins(content, Space.L, Space.XS, Space.S, Space.XS)
        content.addWidget(self.text, 1)
        content.addWidget(self.close_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        theme.changed.connect(self._colour)
        self._colour()
        self.hide()

    def say(self, sentence: str) -> None:
        """Show the sentence for ten seconds."""
        self.text.setText(sentence)
        self.show()
        self._timer.start(_SHOWN_MS)

    def _colour(self) -> None:
        self.close_button.setIcon(icon(Glyph.CLOSE, self._theme.colour("danger")))
