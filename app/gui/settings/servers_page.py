"""Servers of one's own: relays for contacts that cannot be reached otherwise, and STUN servers."""

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from app.domain.errors import KithError
from app.domain.own_servers import MAX_SERVERS, OwnServers, server_address
from app.domain.settings import Settings
from app.gui.dialogs.opening import opened
from app.gui.dialogs.relay_dialog import RelayDialog
from app.gui.preferences import Preferences
from app.gui.settings.page import SettingsPage
from app.gui.settings.server_list import ServerList
from app.gui.tasks import TaskOwner
from app.gui.widgets.parts import button, field


class ServersPage(SettingsPage):
    """Both lists in the order in which they are asked; a change is used from the next attempt on."""

    def __init__(self, preferences: Preferences, tasks: TaskOwner, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Servers"))
        self._preferences = preferences
        self._tasks = tasks.child(self.fail)
        self.relays = ServerList()
        self.add_relay_button = button(self.tr("Add a relay"))
        self.stun = ServerList()
        self.address = field(self.tr("Server and port, such as stun.example.org:3478"))
        self.add_stun_button = button(self.tr("Add"))
        self._lay_out()
        self.relays.removed.connect(self._remove_relay)
        self.add_relay_button.clicked.connect(self._add_relay)
        self.stun.removed.connect(self._remove_stun)
        self.add_stun_button.clicked.connect(self._add_stun)
        self.address.returnPressed.connect(self._add_stun)
        self.address.textChanged.connect(self._enable)
        preferences.changed.connect(self.show_settings)
        self.show_settings(preferences.settings)

    def _lay_out(self) -> None:
        self.add_words(self.tr("Kith runs no servers. Your own can help where two routers let nothing through."))
        self.add_section(
            self.tr("Relays (TURN)"),
            self.tr(
                "Where there is no other way, what you and a contact send goes through a relay, encrypted. It is "
                "enough that one of you names one."
            ),
        )
        self.content.addWidget(self.relays)
        self.add_row(QWidget(), self.add_relay_button)
        self.add_section(
            self.tr("Address servers (STUN)"),
            self.tr("They tell this computer its address on the internet, in place of the public ones."),
        )
        self.content.addWidget(self.stun)
        self.add_row(self.address, self.add_stun_button)
        self.end()

    def show_settings(self, settings: Settings) -> None:
        servers = settings.servers
        relays = [f"{each.address}, {each.transport.name}, {each.username}" for each in servers.turn]
        self.relays.show_servers(relays, self._relay_note(settings))
        self.stun.show_servers([str(each) for each in servers.stun], self._stun_note(settings))
        self.relays.setEnabled(True)
        self.stun.setEnabled(True)
        self.add_relay_button.setEnabled(len(servers.turn) < MAX_SERVERS)
        self._enable()

    def _relay_note(self, settings: Settings) -> str:
        if not settings.uses("relay", self._preferences.fixed):
            return self.tr("Not used: relays are switched off, see Connections.")
        if "turn_servers" in self._preferences.fixed:
            return self.tr("The command line names others while Kith runs.")
        return "" if settings.servers.turn else self.tr("No relay is named.")

    def _stun_note(self, settings: Settings) -> str:
        if not settings.uses("stun", self._preferences.fixed):
            return self.tr("Not used: STUN servers are switched off, see Connections.")
        if "stun_servers" in self._preferences.fixed:
            return self.tr("The command line names others while Kith runs.")
        return "" if settings.servers.stun else self.tr("Those of Cloudflare, Nextcloud and Google are asked.")

    @property
    def _servers(self) -> OwnServers:
        return self._preferences.settings.servers

    def _enable(self) -> None:
        may_add = bool(self.address.text().strip()) and len(self._servers.stun) < MAX_SERVERS
        self.add_stun_button.setEnabled(may_add)

    def _add_relay(self) -> None:
        self.error.hide()
        self._tasks.start(self._ask_relay(), name="relay: ask")

    async def _ask_relay(self) -> None:
        dialog = RelayDialog(self._servers.turn, self.window())
        if await opened(dialog) and dialog.relay is not None:
            self._change(turn=(*self._servers.turn, dialog.relay))

    def _remove_relay(self, place: int) -> None:
        known = self._servers.turn
        self._change(turn=known[:place] + known[place + 1 :])

    def _add_stun(self) -> None:
        if not self.add_stun_button.isEnabled():
            return
        try:
            server = server_address(self.address.text().strip())
        except KithError:
            self.fail(self.tr("Write the server with its port, such as stun.example.org:3478."))
            return
        self.address.clear()
        if server not in self._servers.stun:
            self._change(stun=(*self._servers.stun, server))

    def _remove_stun(self, place: int) -> None:
        known = self._servers.stun
        self._change(stun=known[:place] + known[place + 1 :])

    def _change(self, **servers: object) -> None:
        self.error.hide()
        self.relays.setEnabled(False)  # until the lists show what came of it: the next change goes by them
        self.stun.setEnabled(False)
        self._preferences.change(self.fail, servers=replace(self._servers, **servers))  # type: ignore[arg-type]
