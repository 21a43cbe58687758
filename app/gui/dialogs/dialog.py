"""What all dialogs have in common: a title, a width, and as much height as their words need."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from app.gui.theme.theme import scaled
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.parts import column, label, row


class Dialog(QDialog):
    """A column of parts under a title; add them to :attr:`content`."""

    def __init__(self, title: str, parent: QWidget | None = None, *, width: int = Size.DIALOG_WIDTH) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setFixedWidth(scaled(width))
        self.content = column(self, margin=Space.XL, spacing=Space.M)
        self.title = label(title, "title", wrap=True)
        self.content.addWidget(self.title)

    def set_title(self, title: str) -> None:
        """What the dialog is about, on its frame and in it."""
        self.setWindowTitle(title)
        self.title.setText(title)

    def add_buttons(self, *shown: QPushButton, aside: QPushButton | None = None) -> None:
        """Put the buttons below everything, at the right; ``aside``, which leads elsewhere, at the left."""
        last = row(spacing=Space.S)
        if aside is not None:
            last.addWidget(aside)
        last.addStretch()
        for each in shown:
            last.addWidget(each)
        self.content.addSpacing(Space.S)
        self.content.addLayout(last)

    def event(self, event: QEvent) -> bool:
        """Follow what the layout asks for: a sentence that appears makes room for itself."""
        handled = super().event(event)
        if event.type() in {QEvent.Type.LayoutRequest, QEvent.Type.Polish}:
            self.setFixedHeight(self.content.totalHeightForWidth(self.width()))
        return handled
