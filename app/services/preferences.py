"""What the user chose, and what of it the command line decides for this run."""

from app.domain.events import SettingsChanged
from app.domain.settings import Settings
from app.services.surroundings import Surroundings
from app.services.typing_notices import TypingNotices


class Preferences:
    """The settings in force; ``lan`` is what the command line says, if it says anything."""

    def __init__(self, around: Surroundings, *, typing: TypingNotices, lan: bool | None = None) -> None:
        self._book = around.book
        self._store = around.store
        self._network = around.network
        self._announcer = around.announcer
        self._typing = typing
        self._lan = lan

    def fixed(self) -> frozenset[str]:
        """The settings that change nothing in this run, since the command line decides."""
        return frozenset() if self._lan is None else frozenset({"lan"})

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
        self._network.seek_on_lan(wanted=self._book.settings.lan if self._lan is None else self._lan)
