"""What is told while one looks elsewhere, and what closing the window means."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.gui.desktop.autostart import Autostart
from app.gui.preferences import Preferences
from app.gui.settings.page import ChoicesPage
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Space
from app.gui.widgets.switch import Switch


class NotificationsPage(ChoicesPage):
    """Switches; autostart is read from the system, which may have changed it."""

    def __init__(
        self,
        preferences: Preferences,
        theme: Theme,
        autostart: Autostart,
        command: Sequence[str],
        parent: QWidget | None = None,
        *,
        has_tray: bool,
    ) -> None:
        super().__init__("", preferences, theme, parent)
        self._autostart = autostart
        self._command = command
        self.set_title(self.tr("Notifications"))
        self._add_switches(has_tray=has_tray)
        self.autostart = Switch(self.tr("Start Kith when you log in"), theme)
        self.content.addSpacing(Space.S)
        self.content.addWidget(self.autostart)
        self.end()
        self.autostart.clicked.connect(self._switch_autostart)
        self.show_settings(preferences.settings)

    def opened(self) -> None:
        self.autostart.setChecked(self._autostart.is_on())

    def _add_switches(self, *, has_tray: bool) -> None:
        self.add_switch(
            "notifications",
            self.tr("Notifications"),
            self.tr("Tells you of new messages while the window is not in front.")
            if has_tray
            else self.tr("This desktop has no tray: the window asks for attention instead."),
        )
        self.add_switch(
            "notification_content",
            self.tr("Show name and text in notifications"),
            self.tr("Whoever sees your screen can read them, even while it is locked."),
        )
        if has_tray:
            self.add_switch(
                "keep_in_tray",
                self.tr("Keep running when the window is closed"),
                self.tr("Kith stays in the tray and receives messages. Switched off, closing the window ends Kith."),
            )

    def _switch_autostart(self, wanted: bool) -> None:  # noqa: FBT001 (a slot)
        try:
            if wanted:
                self._autostart.switch_on(self._command)
            else:
                self._autostart.switch_off()
        except OSError:
            self.fail(self.tr("The system does not let Kith change what starts when you log in."))
            self.opened()
        else:
            self.preferences.change(self.fail, autostart=wanted)
