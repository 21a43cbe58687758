"""Where a message is written: Enter sends, Shift and Enter break the line."""

import math
from functools import partial

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from app.domain.message import MAX_TEXT_BYTES, Message
from app.gui.formatting import fitting, writable
from app.gui.theme.icons import Glyph, icon
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.emoji_picker import EmojiPicker
from app.gui.widgets.parts import button, column, row
from app.gui.widgets.reply_bar import ReplyBar


class TextBox(QPlainTextEdit):
    """Grows from one line to six; takes plain text, and not more than one message can hold."""

    submitted = Signal()
    shortened = Signal()
    """More was pasted than fits: only its beginning was taken."""
    escaped = Signal()
    last_wanted = Signal()
    """The Up key in an empty box."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "composer")
        self.setTabChangesFocus(True)
        self._hint = ""
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.document().setDocumentMargin(Space.XS)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:  # the document, measured in lines, tells nothing then
            self._fit()
            self._shorten_hint()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._shorten_hint()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.submitted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() == Qt.Key.Key_Up and not self.toPlainText():
            self.last_wanted.emit()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802 (Qt's name)
        text = source.text()
        room = max(0, MAX_TEXT_BYTES - len(self.toPlainText().encode(errors="replace")))
        wanted = writable(text[: room + 1])
        taken = fitting(wanted, room)
        if taken != wanted:
            self.shortened.emit()
        self.insertPlainText(taken)

    def show_hint(self, hint: str) -> None:
        """What is to be written here; on one line, while nothing is."""
        self._hint = hint
        self.setAccessibleName(hint)
        self._shorten_hint()

    def _shorten_hint(self) -> None:
        room = self.viewport().width() - 2 * Space.XS  # the margins of the document
        self.setPlaceholderText(self.fontMetrics().elidedText(self._hint, Qt.TextElideMode.ElideRight, room))
        self.viewport().update()  # Qt paints another hint only where none was shown

    def _fit(self) -> None:
        written = max(1, self.document().size().toSize().height())
        lines = min(written, Size.COMPOSER_LINES)
        bar = Qt.ScrollBarPolicy.ScrollBarAsNeeded if written > lines else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(bar)
        text = lines * math.ceil(QFontMetricsF(self.font()).lineSpacing())
        edges = 2 * (Space.XS + Space.XS + Space.HAIR)
        self.setFixedHeight(max(Size.BUTTON + 2 * Space.HAIR, text + edges))


class Composer(QFrame):
    """The text box and the button that sends; over them what is answered."""

    submitted = Signal(str, object)
    """The text, and the :class:`Message` that it answers, or None."""
    edited = Signal(object, str)
    """The :class:`Message` and its text from now on."""
    last_wanted = Signal()
    """The person wants to edit what was sent last."""
    written = Signal(str)
    """What is written now."""
    typed = Signal()
    """The person wrote something, and not nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "bar")
        self._theme = theme
        self._filling = False
        self._set_aside = ""
        """What was being written when an earlier message was taken up again."""
        self.box = TextBox()
        self.send_button = button("", "send", name=self.tr("Send"))
        self.send_button.setIconSize(QSize(Size.ICON, Size.ICON))
        self.reply = ReplyBar(theme)
        self.emoji_button = button("", "icon", name=self.tr("Emoji"))
        self.emoji_button.setIconSize(QSize(Size.ICON, Size.ICON))
        self.picker = EmojiPicker(theme, self)
        written = row(spacing=Space.S)
        written.addWidget(self.emoji_button, 0, Qt.AlignmentFlag.AlignBottom)
        written.addWidget(self.box, 1)
        written.addWidget(self.send_button, 0, Qt.AlignmentFlag.AlignBottom)
        content = column(self, spacing=Space.S)
        content.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        content.addWidget(self.reply)
        content.addLayout(written)
        self.box.submitted.connect(self._submit)
        self.send_button.clicked.connect(self._submit)
        self.box.textChanged.connect(self._changed)
        self.box.escaped.connect(self.end_reply)
        self.box.last_wanted.connect(self.last_wanted)
        self.reply.ended.connect(self.end_reply)
        self.emoji_button.clicked.connect(partial(self.picker.ask, self, self._insert))
        theme.changed.connect(self._enable)
        self._enable()

    def text(self) -> str:
        """What is written and not sent."""
        return self.box.toPlainText()

    def write_to(self, name: str) -> None:
        """Write to this person, from here on."""
        self.reply.show_message(None)
        self.box.clear()
        self.call_them(name)

    def call_them(self, name: str) -> None:
        """The person is called so, from now on."""
        self.box.show_hint(self.tr("Message {name}").format(name=name))

    def edit(self, message: Message) -> None:
        """Write the message anew; what was being written comes back afterwards."""
        if not self.reply.edits:
            self._set_aside = self.box.toPlainText()
        self.reply.show_message(message, edits=True)
        self._fill(message.text)
        self.box.setFocus()

    def reply_to(self, message: Message, author: str) -> None:
        """What is written next answers this message."""
        self.reply.show_message(message, author)
        self.box.setFocus()

    def end_reply(self) -> None:
        """Neither answer nor edit a message any more."""
        edits = self.reply.edits
        self.reply.show_message(None)
        if edits:
            self._fill(self._set_aside)
        self.box.setFocus()

    def give_back(self, text: str) -> None:
        """Put a text back that was not sent, unless something new is being written."""
        if not self.box.toPlainText():
            self._fill(text)

    def _submit(self) -> None:
        text, message = self.box.toPlainText().strip(), self.reply.message
        if not text:
            return
        if self.reply.edits and message is not None:
            self.end_reply()
            self.edited.emit(message, text)
        else:
            self.box.clear()
            self.reply.show_message(None)
            self.submitted.emit(text, message)

    def _fill(self, text: str) -> None:
        self._filling = True
        self.box.setPlainText(text)
        self.box.moveCursor(QTextCursor.MoveOperation.End)
        self._filling = False

    def _insert(self, text: str) -> None:
        self.box.insertPlainText(text)
        self.box.setFocus()

    def _changed(self) -> None:
        self._enable()
        text = self.box.toPlainText()
        if text and not self._filling:
            self.typed.emit()
        if not self.reply.edits:
            self.written.emit(text)

    def _enable(self) -> None:
        ready = bool(self.box.toPlainText().strip())
        self.send_button.setEnabled(ready)
        self.send_button.setIcon(icon(Glyph.SEND, self._theme.colour("on_accent" if ready else "muted")))
        self.emoji_button.setIcon(icon(Glyph.SMILE, self._theme.colour("muted")))
