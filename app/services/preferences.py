"""What the user chose, and what of it the command line decides for this run."""

from collections.abc import Mapping, Sequence

from app.domain.events import SettingsChanged
from app.domain.settings import Settings
from app.services.overrides import Overrides
from app.services.surroundings import Surroundings
from app.services.typing_notices import TypingNotices
from net.discovery.dht_settings import PUBLIC_BOOTSTRAP, DhtSettings
from net.ice_servers import IceServers
from net.server import PUBLIC_STUN, ServerAddress


class Preferences:
    """The settings in force."""

    def __init__(self, around: Surroundings, *, typing: TypingNotices, overrides: Overrides) -> None:
        self._book = around.book
        self._store = around.store
        self._network = around.network
        self._announcer = around.announcer
        self._typing = typing
        self._overrides = overrides

    def fixed(self) -> Mapping[str, bool]:
        """What the command line decides, by the name of the setting that changes nothing in this run."""
        return self._overrides.fixed()

    async def change(self, settings: Settings) -> None:
        """Keep other settings, and go by them.

        Raises:
            KithError: ``setting_invalid``; ``storage_full``, and nothing has changed.
        """
        unit = self._store.begin()
        self._book.put_settings(settings.checked(), unit)
        await self._store.commit(unit)
        self.apply()
        self._announcer.publish(SettingsChanged(settings))

    def apply(self) -> None:
        """Let everything go by the settings that does not look at them itself."""
        if not self._book.settings.typing_notices:
            self._typing.end_all()
        self._network.seek_on_lan(wanted=self._uses("lan"))
        self._network.stay_near(wanted=self._book.settings.lan_only)
        self._network.map_port(wanted=self._uses("port_mapping"))
        stun = self._stun_servers() if self._uses("stun") else ()
        self._network.use_stun(stun)
        self._network.use_ice(None if self._book.settings.lan_only else self._ice_servers(stun))
        is_wanted = self._uses("dht")
        if is_wanted != self._network.dht_wanted():
            self._network.seek_on_dht(self._dht() if is_wanted else None)

    def _uses(self, way: str) -> bool:
        """Whether a way is to be used: as the command line says, else as the settings do."""
        return self._book.settings.uses(way, self.fixed())

    def _stun_servers(self) -> Sequence[ServerAddress]:
        return self._overrides.stun_servers or self._book.settings.servers.stun or PUBLIC_STUN

    def _ice_servers(self, stun: Sequence[ServerAddress]) -> IceServers:
        relays = self._uses("relay")
        turn = self._overrides.turn or self._book.settings.servers.turn
        return IceServers(tuple(stun), turn if relays else (), relays=relays)

    def _dht(self) -> DhtSettings:
        return DhtSettings(bootstrap=self._overrides.dht_bootstrap or PUBLIC_BOOTSTRAP, nodes=self._book.dht_nodes)
