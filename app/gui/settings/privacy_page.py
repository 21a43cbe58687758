"""What others learn of us, and how we find each other."""

from PySide6.QtWidgets import QWidget

from app.gui.preferences import Preferences
from app.gui.settings.page import ChoicesPage
from app.gui.theme.theme import Theme


class PrivacyPage(ChoicesPage):
    """Switches, each with both of its sides said."""

    def __init__(self, preferences: Preferences, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", preferences, theme, parent)
        self.set_title(self.tr("Privacy"))
        self.add_switch(
            "read_receipts",
            self.tr("Read receipts"),
            self.tr("Contacts see when you have read their messages. Switched off, you do not see it of them either."),
        )
        self.add_switch(
            "typing_notices",
            self.tr("Typing notices"),
            self.tr("Contacts see while you write to them. Switched off, you do not see it of them either."),
        )
        self.add_switch(
            "lan",
            self.tr("Find contacts on the local network"),
            self.tr(
                "Kith announces itself on networks that you join, under a name that changes and that only your "
                "contacts can tell. Switched off, contacts near by are found by their last addresses only."
            ),
        )
        self.end()
        self.show_settings(preferences.settings)
