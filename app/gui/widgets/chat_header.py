"""Who the conversation is with, and how that person stands, in words."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.domain.contact import ContactSummary
from app.gui.models.contact_words import is_writing, presence
from app.gui.plain_text import plain
from app.gui.theme.icons import Glyph, icon
from app.gui.theme.theme import Theme, scaled
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.avatar import Avatar
from app.gui.widgets.elided_label import ElidedLabel
from app.gui.widgets.parts import button, column, label, row


class ChatHeader(QFrame):
    """Avatar, name, mark of verification, presence; a click anywhere asks for the contact's sheet."""

    details_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "bar")
        self._theme = theme
        self.avatar = Avatar()
        self.name = ElidedLabel("strong")
        self.mark = label()
        self.mark.setAccessibleName(self.tr("Verified"))
        self.mark.setToolTip(self.tr("Verified: you compared digits with this person"))
        self._presence = ""
        self.standing = label(look="caption")
        first = row(spacing=Space.XS)
        first.addWidget(self.name)
        first.addWidget(self.mark)
        first.addStretch()
        lines = column()
        lines.addStretch()
        lines.addLayout(first)
        second = row()
        second.addWidget(self.standing)
        second.addStretch()
        lines.addLayout(second)
        lines.addStretch()
        content = row(self, spacing=Space.M)
        content.setContentsMargins(Space.L, 0, Space.L, 0)
        content.addWidget(self.avatar)
        content.addLayout(lines, 1)
        self.details_button = button("", "icon", name=self.tr("About this contact"))
        self.details_button.setIconSize(QSize(Size.ICON, Size.ICON))
        self.details_button.clicked.connect(self.details_wanted)
        content.addWidget(self.details_button)
        theme.changed.connect(self._colour)
        self._colour()

    def show_contact(self, contact: ContactSummary) -> None:
        self.avatar.show_account(contact.contact, contact.name)
        self.name.setText(plain(contact.name))
        self.mark.setVisible(contact.verified)
        self._presence = presence(contact)
        self.show_typing(typing=False)

    def show_typing(self, *, typing: bool) -> None:
        """The contact is writing, or no longer."""
        self.standing.setText(is_writing() if typing else self._presence)
        self.standing.setProperty("look", "quoted" if typing else "caption")
        self.standing.style().polish(self.standing)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.details_wanted.emit()

    def _colour(self) -> None:
        self.setFixedHeight(scaled(Size.HEADER_HEIGHT))
        self.details_button.setIcon(icon(Glyph.INFO, self._theme.colour("accent")))
        side = Size.STATE_ICON
        self.mark.setPixmap(icon(Glyph.VERIFIED, self._theme.colour("accent"), side).pixmap(side, side))
