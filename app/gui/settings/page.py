"""What the pages of the settings are made of."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.settings import WAYS_BEYOND, Settings
from app.gui.preferences import Preferences
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.error_line import ErrorLine
from app.gui.widgets.parts import column, label, row, set_margins
from app.gui.widgets.switch import Switch


class SettingsPage(QWidget):
    """A title over sections."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.error = ErrorLine()
        self.content = column(self, spacing=Space.S)
        set_margins(self.content, 0, 0, Space.M, 0)
        self._heading = label(title, "title")
        self.content.addWidget(self._heading)

    def set_title(self, title: str) -> None:
        self.title = title
        self._heading.setText(title)

    def fail(self, sentence: str) -> None:
        """Something on this page could not be done."""
        self.error.tell(sentence)

    def add_section(self, title: str, words: str = "") -> None:
        """A heading within the page, and what it is about."""
        self.content.addSpacing(Space.M)
        self.content.addWidget(label(title, "strong"))
        if words:
            self.add_words(words)

    def add_words(self, words: str) -> None:
        """What the page is about."""
        self.content.addWidget(label(words, "muted", wrap=True))

    def add_captioned(self, switch: Switch, words: str) -> None:
        """A switch, and below it what it means."""
        switch.setAccessibleDescription(words)
        below = row()
        below.addSpacing(Size.SWITCH_WIDTH + Space.M)
        below.addWidget(label(words, "caption", wrap=True), 1)
        both = column()
        both.addWidget(switch)
        both.addLayout(below)
        self.content.addSpacing(Space.S)
        self.content.addLayout(both)

    def add_row(self, *parts: QWidget) -> QHBoxLayout:
        """Parts beside each other, the first one wide."""
        made = row(spacing=Space.S)
        for number, part in enumerate(parts):
            made.addWidget(part, 0 if number else 1)
        self.content.addLayout(made)
        return made

    def end(self) -> None:
        """Nothing more comes below."""
        self.content.addWidget(self.error)
        self.content.addStretch()

    def opened(self) -> None:
        """The page is shown: read what it shows."""


class ChoicesPage(SettingsPage):
    """A page of switches, each of which is one setting."""

    def __init__(self, title: str, preferences: Preferences, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.preferences = preferences
        self._theme = theme
        self.switches: dict[str, Switch] = {}
        preferences.changed.connect(self.show_settings)

    def add_switch(self, setting: str, text: str, consequence: str) -> None:
        """A switch for the setting of that name, and in words what it means."""
        switch = Switch(text, self._theme)
        fixed = setting in self.preferences.fixed
        words = self.tr("The command line decides this while Kith runs.") if fixed else consequence
        self.add_captioned(switch, words)
        self.switches[setting] = switch
        switch.clicked.connect(lambda checked: self.preferences.change(self.fail, **{setting: checked}))

    def show_settings(self, settings: Settings) -> None:
        """What is in force: where the command line decides, that is what it says."""
        fixed = self.preferences.fixed
        for name, switch in self.switches.items():
            switch.setChecked(settings.uses(name, fixed))
            switch.setDisabled(name in fixed or (settings.lan_only and name in WAYS_BEYOND))
