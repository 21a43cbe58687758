"""A quiet page that says the one next thing."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from app.gui.theme.tokens import Size, Space
from app.gui.widgets.elided_label import ElidedLabel
from app.gui.widgets.parts import column, label, row


class EmptyState(QFrame):
    """A title, a sentence, and what can be done about it."""

    def __init__(self, *actions: QPushButton, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "chat")
        self.title = ElidedLabel("title")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence = label(look="muted", wrap=True, centred=True)
        self.sentence.setFixedWidth(Size.FORM_WIDTH)
        self._actions = QWidget()
        shown = row(self._actions, spacing=Space.M)
        for action in actions:
            shown.addWidget(action)
        content = column(self, margin=Space.XL, spacing=Space.M)
        content.addStretch(2)
        content.addWidget(self.title)
        middle = row()
        middle.addStretch()
        middle.addWidget(self.sentence)
        middle.addStretch()
        content.addLayout(middle)
        content.addSpacing(Space.S)
        content.addWidget(self._actions, 0, Qt.AlignmentFlag.AlignHCenter)
        content.addStretch(3)

    def say(self, title: str, sentence: str, *, actions: bool) -> None:
        self.title.setText(title)
        self.sentence.setText(sentence)
        self._actions.setVisible(actions)
