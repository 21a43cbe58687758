"""The theme in force: follows the system's colour scheme and tells everyone when it turns."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from app.gui.theme.style_sheet import style_sheet
from app.gui.theme.tokens import DARK, LIGHT, Colours, Type


class Theme(QObject):
    """Colours and fonts for whoever paints; one an application."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._application = application
        self.colours = LIGHT
        application.setStyle("Fusion")
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self.apply)
        self.apply(hints.colorScheme())

    def apply(self, scheme: Qt.ColorScheme) -> None:
        """Put the scheme into force; one that the system does not name is light."""
        self.colours = DARK if scheme is Qt.ColorScheme.Dark else LIGHT
        self._application.setPalette(palette(self.colours))
        self._application.setFont(font(Type.BODY))
        self._application.setStyleSheet(style_sheet(self.colours))
        self.changed.emit()

    def colour(self, name: str) -> QColor:
        """The token of that name, for painting."""
        return QColor(getattr(self.colours, name))


def font(size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The system's font in one of the sizes of :class:`Type`."""
    made = QFont(QApplication.font())
    made.setPixelSize(size)
    made.setWeight(weight)
    return made


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
