"""The theme in force: the chosen colours or the system's, the chosen size of text, told to everyone when they turn.

The size of text is that of the application's font: everything else that depends on it asks :func:`scaled`.
"""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from app.domain.settings import Appearance
from app.gui.theme.style_sheet import style_sheet
from app.gui.theme.tokens import DARK, LIGHT, Colours, Type


class Theme(QObject):
    """Colours and fonts for whoever paints; one an application."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._application = application
        self._appearance = Appearance.SYSTEM
        self._text_size = Type.BODY
        self.colours = LIGHT
        application.setStyle("Fusion")
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self.apply)
        self.apply(hints.colorScheme())

    def choose(self, appearance: Appearance, text_size_percent: int) -> None:
        """Go by the settings from now on."""
        text_size = round(Type.BODY * text_size_percent / 100)
        if (appearance, text_size) != (self._appearance, self._text_size):
            self._appearance, self._text_size = appearance, text_size
            self.apply(self._application.styleHints().colorScheme())

    def apply(self, scheme: Qt.ColorScheme) -> None:
        """Put the system's scheme into force where nothing else was chosen; one that it does not name is light."""
        dark = scheme is Qt.ColorScheme.Dark if self._appearance is Appearance.SYSTEM else self._is_chosen_dark
        self.colours = DARK if dark else LIGHT
        body = QFont(self._application.font())
        body.setPixelSize(self._text_size)
        self._application.setPalette(palette(self.colours))
        self._application.setFont(body)
        self._application.setStyleSheet(style_sheet(self.colours, text_scale()))
        self.changed.emit()

    @property
    def _is_chosen_dark(self) -> bool:
        return self._appearance is Appearance.DARK

    def colour(self, name: str) -> QColor:
        """The token of that name, for painting."""
        return QColor(getattr(self.colours, name))


def font(size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The system's font in one of the sizes of :class:`Type`."""
    made = QFont(QApplication.font())
    made.setPixelSize(scaled(size))
    made.setWeight(weight)
    return made


def scaled(length: int) -> int:
    """A type size, or a length that holds text, at the chosen size of text."""
    return round(length * text_scale())


def stretched(length: int) -> int:
    """A width that is wide for its text already: it takes half of what the text grows by."""
    return round(length * (1 + (text_scale() - 1) / 2))


def text_scale() -> float:
    """The chosen size of text, 1.0 being that of the tokens."""
    chosen = QApplication.font().pixelSize()
    return chosen / Type.BODY if chosen > 0 else 1.0


def palette(colours: Colours) -> QPalette:
    """Qt's palette of the tokens, for what Fusion draws itself."""
    role = QPalette.ColorRole
    made = QPalette()
    for name, colour in (
        (role.Window, colours.window),
        (role.Base, colours.surface),
        (role.AlternateBase, colours.window),
        (role.Button, colours.surface),
        (role.ToolTipBase, colours.surface),
        (role.WindowText, colours.text),
        (role.Text, colours.text),
        (role.ButtonText, colours.text),
        (role.ToolTipText, colours.text),
        (role.PlaceholderText, colours.muted),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.Accent, colours.accent),
        (role.Link, colours.accent),
        (role.Mid, colours.border),
        (role.Dark, colours.border),
        (role.Light, colours.surface),
        (role.Midlight, colours.hover),
        (role.Shadow, colours.border),
    ):
        made.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(colours.muted))
    return made
