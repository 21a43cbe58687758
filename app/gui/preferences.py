"""The settings as the window holds them: read once, changed through the engine, told to whoever goes by them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.domain.events import Event, SettingsChanged
from app.domain.settings import Settings
from app.gui.profile import Profile
from app.gui.tasks import TaskOwner


class Preferences(QObject):
    """One an open profile."""

    changed = Signal(object)
    """The :class:`Settings` now; also after a change that failed, so that what shows them shows the truth."""

    def __init__(self, profile: Profile, settings: Settings, fixed: Mapping[str, bool], tasks: TaskOwner) -> None:
        super().__init__()
        self.settings = settings
        self.fixed = fixed
        """What the command line decides, by the name of the setting."""
        self._profile = profile
        self._tasks = tasks
        self._turn = asyncio.Lock()

    def change(self, report: Callable[[str], None] | None = None, **changes: Any) -> None:
        """Change settings by name; a failure goes to ``report``."""
        tasks = self._tasks if report is None else self._tasks.child(report)
        tasks.start(self._change(changes), name="settings: change", finish=True)

    def take(self, events: Sequence[Event]) -> None:
        """Hear of changes, our own among them."""
        for event in events:
            if isinstance(event, SettingsChanged):
                self.settings = event.settings
                self.changed.emit(event.settings)

    async def _change(self, changes: dict[str, Any]) -> None:
        async with self._turn:
            try:
                wanted = replace(self.settings, **changes)
                await self._profile.bridge.call(self._profile.messenger.change_settings, wanted)
                self.settings = wanted
            finally:
                self.changed.emit(self.settings)
