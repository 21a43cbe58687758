"""What contacts learn of us, and when the window locks itself."""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from app.domain.settings import Settings
from app.gui.desktop.idleness import LOCK_KEYS
from app.gui.preferences import Preferences
from app.gui.settings.page import ChoicesPage
from app.gui.theme.theme import Theme
from app.gui.widgets.segments import Segments

LOCK_MINUTES = (0, 1, 5, 15, 60)


class PrivacyPage(ChoicesPage):
    """Switches, each with both of its sides said."""

    def __init__(self, preferences: Preferences, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", preferences, theme, parent)
        self.set_title(self.tr("Privacy"))
        self.add_switch(
            "read_receipts",
            self.tr("Read receipts"),
            self.tr(
                "Contacts see when you have read their messages. Switched off, you do not see when they read yours."
            ),
        )
        self.add_switch(
            "typing_notices",
            self.tr("Typing notices"),
            self.tr("Contacts see when you are writing to them. Switched off, you do not see when they are."),
        )
        self.add_section(
            self.tr("Lock"),
            self.tr(
                "While locked, Kith shows nothing until the passphrase is entered, and goes on receiving. "
                "{keys} locks at once."
            ).format(keys=QKeySequence(LOCK_KEYS).toString(QKeySequence.SequenceFormat.NativeText)),
        )
        times = [self.tr("Never"), *(self.tr("{count} min").format(count=minutes) for minutes in LOCK_MINUTES[1:])]
        self.lock_after = Segments(times, self.tr("Lock when Kith is not used for"))
        self.content.addWidget(self.lock_after)
        self.lock_after.chosen.connect(self._choose_lock)
        self.end()
        self.show_settings(preferences.settings)

    def show_settings(self, settings: Settings) -> None:
        super().show_settings(settings)
        minutes = settings.lock_after_minutes
        self.lock_after.choose(max(at for at, offered in enumerate(LOCK_MINUTES) if offered <= minutes))

    def _choose_lock(self, number: int) -> None:
        self.preferences.change(self.fail, lock_after_minutes=LOCK_MINUTES[number])
