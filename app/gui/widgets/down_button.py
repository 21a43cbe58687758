"""The way back down, over the corner of the conversation: it counts what came meanwhile."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton, QWidget

from app.gui.theme.icons import Glyph, icon
from app.gui.theme.theme import Theme, scaled
from app.gui.theme.tokens import Size, Space


class DownButton(QPushButton):
    """A round button; a pill with words while something new is below."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._count = 0
        self.setProperty("look", "round")
        self.setAutoDefault(False)
        self.setIconSize(QSize(Size.ICON, Size.ICON))
        theme.changed.connect(self._show)
        self.show_count(0)
        self.hide()

    @property
    def count(self) -> int:
        return self._count

    def show_count(self, count: int) -> None:
        """So many messages came."""
        self._count = count
        self._show()

    def place(self, area: QSize) -> None:
        """Stand at the lower trailing corner of ``area``."""
        left = Space.L if self.isRightToLeft() else area.width() - self.width() - Space.L
        self.move(left, area.height() - self.height() - Space.M)

    def _show(self) -> None:
        words = self.tr("%Ln new messages", "", self._count) if self._count else ""
        self.setText(words)
        self.setProperty("look", "pill" if self._count else "round")
        self.style().polish(self)
        self.setIcon(icon(Glyph.DOWN, self._theme.colour("on_accent" if self._count else "muted")))
        self.setAccessibleName(words or self.tr("Go to the newest message"))
        self.setToolTip(self.tr("Go to the newest message"))
        side = scaled(Size.BUTTON) + 2 * Space.HAIR
        self.setFixedSize(QSize(self.sizeHint().width() if self._count else side, side))
