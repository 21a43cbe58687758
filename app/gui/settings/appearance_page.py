"""Colours, size of text, language."""

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QWidget

from app.domain.settings import Appearance, Settings
from app.gui.preferences import Preferences
from app.gui.settings.page import SettingsPage
from app.gui.widgets.parts import label
from app.gui.widgets.segments import Segments

TEXT_SIZES_PERCENT = (85, 100, 115, 130, 150)
_APPEARANCES = (Appearance.SYSTEM, Appearance.LIGHT, Appearance.DARK)
LANGUAGES = ("", "en", "de")


class AppearancePage(SettingsPage):
    """Applied at once, but for the language."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Appearance"))
        self._preferences = preferences
        self.add_section(self.tr("Colours"))
        self.colours = Segments((self.tr("System"), self.tr("Light"), self.tr("Dark")), self.tr("Colours"))
        self.content.addWidget(self.colours)
        self.add_section(self.tr("Text size"))
        sizes = [self.tr("{percent} %").format(percent=percent) for percent in TEXT_SIZES_PERCENT]
        self.sizes = Segments(sizes, self.tr("Text size"))
        self.content.addWidget(self.sizes)
        self.add_section(self.tr("Language"))
        self.languages = Segments((self.tr("System"), *own_names()), self.tr("Language"))
        self.content.addWidget(self.languages)
        self.note = label(self.tr("A new language applies from the next start."), "caption", wrap=True)
        self.content.addWidget(self.note)
        self.end()
        self.colours.chosen.connect(lambda number: self._change(appearance=_APPEARANCES[number]))
        self.sizes.chosen.connect(lambda number: self._change(text_size_percent=TEXT_SIZES_PERCENT[number]))
        self.languages.chosen.connect(lambda number: self._change(language=LANGUAGES[number]))
        preferences.changed.connect(self.show_settings)
        self.show_settings(preferences.settings)

    def show_settings(self, settings: Settings) -> None:
        self.colours.choose(_APPEARANCES.index(settings.appearance))
        percent = settings.text_size_percent
        self.sizes.choose(min(range(len(TEXT_SIZES_PERCENT)), key=lambda at: abs(TEXT_SIZES_PERCENT[at] - percent)))
        self.languages.choose(LANGUAGES.index(settings.language) if settings.language in LANGUAGES else 0)

    def _change(self, **changes: object) -> None:
        self._preferences.change(self.fail, **changes)


def own_names() -> tuple[str, ...]:
    """Each language as its speakers call it, in the order of :data:`LANGUAGES` without the first."""
    return tuple(QLocale(tag).nativeLanguageName().rpartition(" ")[2] for tag in LANGUAGES[1:])
