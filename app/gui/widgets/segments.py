"""A row of alternatives, of which one is chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QWidget

from app.gui.theme.tokens import Space
from app.gui.widgets.parts import button, row


class Segments(QFrame):
    """Tells the number of the alternative that was chosen; arrow keys walk through them."""

    chosen = Signal(int)

    def __init__(
        self, texts: Sequence[str], name: str, parent: QWidget | None = None, *, names: Sequence[str] = ()
    ) -> None:
        """``names`` say what the texts stand for, where these are symbols."""
        super().__init__(parent)
        self.setProperty("look", "segments")
        self.setAccessibleName(name)
        self.buttons: list[QPushButton] = []
        self._group = QButtonGroup(self)
        content = row(self, margin=Space.XS, spacing=Space.XS)
        for number, text in enumerate(texts):
            each = button(text, "symbol", name=names[number]) if names else button(text, "segment")
            each.setCheckable(True)
            self._group.addButton(each, number)
            self.buttons.append(each)
            content.addWidget(each, 1)
        self.choose(0)
        self._group.idClicked.connect(self.chosen)

    @property
    def number(self) -> int:
        """The alternative that is chosen, from 0."""
        return self._group.checkedId()

    def choose(self, number: int) -> None:
        """Choose without telling."""
        self.buttons[number].setChecked(True)
