"""Version, licence, and what Kith is made of."""

from PySide6.QtWidgets import QWidget

from app import VERSION
from app.gui.settings.libraries import LIBRARIES, installed
from app.gui.settings.page import SettingsPage
from app.gui.widgets.parts import label


class AboutPage(SettingsPage):
    """Nothing to choose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("About Kith"))
        self.content.addWidget(label(self.tr("Version {version}").format(version=VERSION), "muted"))
        self.content.addWidget(
            label(
                self.tr(
                    "Private conversations from computer to computer, without a server. No independent audit has "
                    "been made yet: do not stake your safety on it."
                ),
                wrap=True,
            )
        )
        self.add_section(
            self.tr("Licence"),
            self.tr(
                "Kith is free software under the GNU General Public License, version 3 or later, without warranty."
            ),
        )
        self.add_section(self.tr("Made with"))
        lines = "\n".join(f"{name} {installed(name)}  ({licence})" for name, licence in LIBRARIES)
        self.libraries = label(lines, "caption")
        self.content.addWidget(self.libraries)
        self.end()
