"""What the network does now, and what the doctor finds."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.domain.finding import Finding
from app.domain.network_status import NetworkStatus
from app.gui.models.finding_words import seen, todo
from app.gui.profile import Profile
from app.gui.settings.page import SettingsPage
from app.gui.tasks import TaskOwner
from app.gui.theme.icons import Glyph, icon
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.parts import button, column, label, row

_ALL_ADDRESSES = frozenset({"0.0.0.0", "[::]"})  # noqa: S104 (only compared)


class NetworkPage(SettingsPage):
    """Read when it is shown, and when that is asked for."""

    def __init__(self, profile: Profile, tasks: TaskOwner, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Network"))
        self._profile = profile
        self._tasks = tasks.child(self.fail)
        self._theme = theme
        self.status = label("", "muted", wrap=True)
        self.check_button = button(self.tr("Check again"))
        self._findings = QWidget()
        self._listed = column(self._findings, spacing=Space.M)
        self.rows: list[QWidget] = []
        self.content.addWidget(self.status)
        self.add_section(self.tr("Check-up"))
        self.content.addWidget(self._findings)
        self.add_row(QWidget(), self.check_button)
        self.end()
        self.check_button.clicked.connect(self.opened)

    def opened(self) -> None:
        self.error.hide()
        self.check_button.setEnabled(False)
        self.check_button.setText(self.tr("Checking …"))
        self._tasks.start(self._read(), name="network: read")

    async def _read(self) -> None:
        try:
            bridge, messenger = self._profile.bridge, self._profile.messenger
            self._show_status(await bridge.call(messenger.network_status))
            self._show_findings(await bridge.call(messenger.doctor))
        finally:
            self.check_button.setEnabled(True)
            self.check_button.setText(self.tr("Check again"))

    def _show_status(self, status: NetworkStatus) -> None:
        lines = [
            self._listening(status.listen),
            self.tr("Looks for contacts on the local network")
            if status.lan_running
            else self.tr("Does not look for contacts on the local network"),
            self.tr("Looks for contacts across the internet: knows {count} nodes of the DHT").format(
                count=status.dht_nodes
            )
            if status.dht_running
            else self.tr("Does not look for contacts across the internet"),
            self.tr("%Ln contacts connected", "", len(status.links)),
        ]
        if status.external:
            seen_at = self.tr("Seen on the internet at {addresses}")
            lines.insert(1, seen_at.format(addresses=", ".join(status.external)))
        self.status.setText("\n".join(lines))

    def _listening(self, endpoints: Sequence[str]) -> str:
        """Where connections are accepted; of all addresses at once the port says enough."""
        if not endpoints:
            return self.tr("Not reachable")
        hosts, ports = zip(*(each.rsplit(":", 1) for each in endpoints), strict=True)
        if set(hosts) <= _ALL_ADDRESSES and len(set(ports)) == 1:
            return self.tr("Accepts connections on port {port}").format(port=ports[0])
        return self.tr("Reachable at {addresses}").format(addresses=", ".join(endpoints))

    def _show_findings(self, findings: Sequence[Finding]) -> None:
        for shown in self.rows:
            self._listed.removeWidget(shown)
            shown.deleteLater()
        self.rows = [self._row(finding) for finding in findings]
        for shown in self.rows:
            self._listed.addWidget(shown)

    def _row(self, finding: Finding) -> QWidget:
        shown = QWidget()
        words = column(spacing=Space.XS)
        words.addWidget(label(seen(finding), wrap=True))
        if finding.todo is not None:
            words.addWidget(label(todo(finding), "muted", wrap=True))
        both = row(shown, spacing=Space.M)
        both.addWidget(self._mark(finding), 0, Qt.AlignmentFlag.AlignTop)
        both.addLayout(words, 1)
        return shown

    def _mark(self, finding: Finding) -> QLabel:
        """Says at a glance whether something has to be done: green or red, or neither where nothing is wrong."""
        if finding.is_neutral:
            glyph, colour, name = Glyph.INFO, "muted", self.tr("For your information")
        elif finding.ok:
            glyph, colour, name = Glyph.CHECK, "accent", self.tr("Good")
        else:
            glyph, colour, name = Glyph.ALERT, "danger", self.tr("Needs attention")
        mark = label()
        side = Size.STATE_ICON
        mark.setPixmap(icon(glyph, self._theme.colour(colour), side).pixmap(side, side))
        mark.setAccessibleName(name)
        mark.setFixedSize(side, mark.fontMetrics().height())  # beside the first line, whatever the size of text
        return mark
