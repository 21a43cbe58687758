"""Who the conversation is with, and how that person stands, in words."""

from PySide6.QtWidgets import QFrame, QWidget

from app.domain.contact import ContactSummary
from app.gui.models.contact_words import presence
from app.gui.plain_text import plain
from app.gui.theme.icons import Glyph, icon
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.avatar import Avatar
from app.gui.widgets.parts import column, label, row


class ChatHeader(QFrame):
    """Avatar, name, mark of verification, presence."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "bar")
        self.setFixedHeight(Size.HEADER_HEIGHT)
        self._theme = theme
        self.avatar = Avatar()
        self.name = label(look="strong")
        self.mark = label()
        self.mark.setAccessibleName(self.tr("Verified"))
        self.mark.setToolTip(self.tr("Verified: you compared digits with this person"))
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
        theme.changed.connect(self._colour)
        self._colour()

    def show_contact(self, contact: ContactSummary) -> None:
        self.avatar.show_account(contact.contact, contact.name)
        self.name.setText(plain(contact.name))
        self.mark.setVisible(contact.verified)
        self.standing.setText(presence(contact))

    def _colour(self) -> None:
        side = Size.STATE_ICON
        self.mark.setPixmap(icon(Glyph.VERIFIED, self._theme.colour("accent"), side).pixmap(side, side))
