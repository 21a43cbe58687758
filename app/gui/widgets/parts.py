"""Small pieces that every page is made of: labels, buttons, rows and columns in the looks of the style sheet."""

from typing import TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.gui.theme.theme import scaled
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.wrapped_label import WrappedLabel

L = TypeVar("L", bound=QBoxLayout)


def label(text: str = "", look: str = "", *, wrap: bool = False, centred: bool = False) -> QLabel:
    """A label of plain text: what peers wrote must never be read as markup."""
    made = WrappedLabel() if wrap else QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    if look:
        made.setProperty("look", look)
    made.setAlignment(Qt.AlignmentFlag.AlignCenter if centred else leading())
    return made


def leading() -> Qt.AlignmentFlag:
    """Where lines begin in this window.  By itself Qt goes by the text: a Hebrew name would leave its avatar."""
    backwards = QGuiApplication.isRightToLeft()
    side = Qt.AlignmentFlag.AlignRight if backwards else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter


def set_margins(layout: QBoxLayout, leading: int, top: int, trailing: int, bottom: int) -> None:
    """Margins where lines begin and end, which Qt's do not follow."""
    left, right = (trailing, leading) if QGuiApplication.isRightToLeft() else (leading, trailing)
    layout.setContentsMargins(left, top, right, bottom)


class Button(QPushButton):
    """Pressed by Enter as by Space.  Qt passes Enter on, to the default button of a dialog, whichever has the focus."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()


def button(text: str, look: str = "plain", *, name: str = "") -> QPushButton:
    """A button; ``name`` is what a screen reader says where there is no text."""
    made = Button(text)
    made.setProperty("look", look)
    made.setAutoDefault(False)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if name:
        made.setAccessibleName(name)
        made.setToolTip(name)
    return made


def text_area(text: str, *, name: str, lines: int) -> QPlainTextEdit:
    """Plain text to read and copy, as high as so many lines."""
    made = QPlainTextEdit(text)
    made.setReadOnly(True)
    made.setTabChangesFocus(True)
    made.setAccessibleName(name)
    made.setFixedHeight(lines * scaled(Size.LINE_HEIGHT) + 2 * Space.S)
    return made


def field(hint: str) -> QLineEdit:
    """A field to write in; the hint is its name for a screen reader, too."""
    made = QLineEdit()
    made.setPlaceholderText(hint)
    made.setAccessibleName(hint)
    return made


def secret_field(hint: str) -> QLineEdit:
    """A field that shows dots."""
    made = field(hint)
    made.setEchoMode(QLineEdit.EchoMode.Password)
    return made


def frame(look: str, parent: QWidget | None = None) -> QFrame:
    made = QFrame(parent)
    made.setProperty("look", look)
    return made


def line(*, vertical: bool = False) -> QFrame:
    """A hairline between two areas."""
    made = frame("line")
    if vertical:
        made.setFixedWidth(Space.HAIR)
    else:
        made.setFixedHeight(Space.HAIR)
    return made


def column(parent: QWidget | None = None, *, margin: int = 0, spacing: int = 0) -> QVBoxLayout:
    made = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    return _laid(made, margin, spacing)


def row(parent: QWidget | None = None, *, margin: int = 0, spacing: int = 0) -> QHBoxLayout:
    made = QHBoxLayout(parent) if parent is not None else QHBoxLayout()
    return _laid(made, margin, spacing)


class Card(QFrame):
    """A narrow card that is as high as its words need, whatever their size."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "card")

    def event(self, event: QEvent) -> bool:
        """Follow what the layout asks for, as wrapped words have no least height of their own.

        Before the card is shown for the first time, its layout may count nothing as there.
        """
        handled = super().event(event)
        layout = self.layout()
        if event.type() in {QEvent.Type.LayoutRequest, QEvent.Type.Polish, QEvent.Type.Show} and layout is not None:
            self.setFixedWidth(scaled(Size.FORM_WIDTH) + 2 * Space.XXL)
            self.setFixedHeight(layout.totalHeightForWidth(self.width()))
        return handled


def centred_form(page: QWidget) -> QVBoxLayout:
    """The layout of a narrow form in the middle of ``page``, which scrolls where the window is too low."""
    card = Card()
    middle = QWidget()
    area = scrolled(middle, by_key=False)  # the fields in it come into sight with the keyboard
    column(page).addWidget(area)
    outer = column(middle, margin=Space.XL)
    outer.addStretch(2)
    outer.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
    outer.addStretch(3)
    return column(card, margin=Space.XXL, spacing=Space.M)


class Scrolled(QScrollArea):
    """A stop on the way of the keyboard, which scrolls it, where there is something to scroll."""

    def follow_height(self) -> None:
        self.verticalScrollBar().rangeChanged.connect(self._offer)

    def _offer(self, _least: int, most: int) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if most else Qt.FocusPolicy.NoFocus)


def scrolled(content: QWidget, *, by_key: bool = True) -> QScrollArea:
    """A view on something that may be too high; ``by_key`` if what is in it takes no key that would scroll it."""
    area = Scrolled()
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    if by_key:
        area.follow_height()
    return area


def _laid(made: L, margin: int, spacing: int) -> L:
    made.setContentsMargins(margin, margin, margin, margin)
    made.setSpacing(spacing)
    return made
