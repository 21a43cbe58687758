"""Where a message is written: Enter sends, Shift and Enter break the line."""

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from app.gui.theme.icons import Glyph, icon
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.parts import button, row


class TextBox(QPlainTextEdit):
    """Grows from one line to six."""

    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "composer")
        self.setTabChangesFocus(True)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.document().setDocumentMargin(Space.XS)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.submitted.emit()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        written = max(1, self.document().size().toSize().height())
        lines = min(written, Size.COMPOSER_LINES)
        bar = Qt.ScrollBarPolicy.ScrollBarAsNeeded if written > lines else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(bar)
        text = lines * math.ceil(QFontMetricsF(self.font()).lineSpacing())
        edges = 2 * (Space.XS + Space.XS + Space.HAIR)
        self.setFixedHeight(max(Size.BUTTON + 2 * Space.HAIR, text + edges))


class Composer(QFrame):
    """The text box and the button that sends."""

    submitted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "bar")
        self._theme = theme
        self.box = TextBox()
        self.send_button = button("", "send", name=self.tr("Send"))
        self.send_button.setIconSize(QSize(Size.ICON, Size.ICON))
        content = row(self, spacing=Space.S)
        content.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        content.addWidget(self.box, 1)
        content.addWidget(self.send_button, 0, Qt.AlignmentFlag.AlignBottom)
        self.setFocusProxy(self.box)
        self.box.submitted.connect(self._submit)
        self.send_button.clicked.connect(self._submit)
        self.box.textChanged.connect(self._enable)
        theme.changed.connect(self._enable)
        self._enable()

    def text(self) -> str:
        """What is written and not sent."""
        return self.box.toPlainText()

    def write_to(self, name: str, draft: str) -> None:
        """Write to this person, from here on."""
        self.box.setPlainText(draft)
        self.box.moveCursor(QTextCursor.MoveOperation.End)
        hint = self.tr("Message {name}").format(name=name)
        self.box.setPlaceholderText(hint)
        self.box.setAccessibleName(hint)

    def give_back(self, text: str) -> None:
        """Put a text that could not be sent back, unless something new is being written."""
        if not self.box.toPlainText():
            self.box.setPlainText(text)

    def _submit(self) -> None:
        text = self.box.toPlainText().strip()
        if text:
            self.box.clear()
            self.submitted.emit(text)

    def _enable(self) -> None:
        ready = bool(self.box.toPlainText().strip())
        self.send_button.setEnabled(ready)
        self.send_button.setIcon(icon(Glyph.SEND, self._theme.colour("on_accent" if ready else "muted")))
