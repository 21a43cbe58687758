"""Over the text box: the message that will be answered, or that is being edited."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.domain.message import Message
from app.gui.formatting import one_line
from app.gui.models.message_row import text_of
from app.gui.theme.icons import Glyph, icon
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.bubble_layout import elided
from app.gui.widgets.parts import button, column, frame, label, row


class ReplyBar(QFrame):
    """Hidden while nothing is answered or edited."""

    ended = Signal()
    """The person does not want to answer it any more."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._line = ""
        self.message: Message | None = None
        self.edits = False
        """Whether the message is being edited, not answered."""
        self.author = label(look="quoted")
        self.text = label(look="caption")
        self.text.setMinimumWidth(0)
        self.end_button = button("", "icon", name=self.tr("Cancel"))
        self.end_button.setIconSize(QSize(Size.STATE_ICON, Size.STATE_ICON))
        words = column()
        for part in (self.author, self.text):
            leading = row()
            leading.addWidget(part)
            leading.addStretch()
            words.addLayout(leading)
        bar = frame("accent")
        bar.setFixedWidth(Size.QUOTE_BAR)
        content = row(self, spacing=Space.S)
        content.addWidget(bar)
        content.addLayout(words, 1)
        content.addWidget(self.end_button)
        self.end_button.clicked.connect(self.ended)
        theme.changed.connect(self._colour)
        self._colour()
        self.hide()

    def show_message(self, message: Message | None, author: str = "", *, edits: bool = False) -> None:
        """Answer this one, or edit it; None for none."""
        self.message, self.edits = message, edits
        self._line = "" if message is None else one_line(text_of(message))
        title = self.tr("Edit message") if edits else author
        self.author.setText(title)
        spoken = "{name}: {text}" if edits else self.tr("Reply to {name}: {text}")
        self.setAccessibleName(spoken.format(name=title, text=self._line))
        self.setVisible(message is not None)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = self.width() - Size.QUOTE_BAR - Size.BUTTON - 3 * Space.S
        self.text.setText(elided(self._line, self.text.font(), max(0, room)))

    def _colour(self) -> None:
        self.end_button.setIcon(icon(Glyph.CLOSE, self._theme.colour("muted")))
