"""Tells the person what comes while they look elsewhere: hidden by default, bundled, and never about the open chat.

However fast messages come, at most one notification is shown in :data:`PAUSE_MS`; what comes meanwhile is counted into
the next one.
"""

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.events import ContactRequested, Event, MessageReceived
from app.domain.identifiers import ContactId
from app.domain.message import Message
from app.gui.formatting import MAX_LAST_LINE_CHARACTERS, one_line
from app.gui.plain_text import plain
from app.gui.preferences import Preferences
from app.gui.roster import Roster

PAUSE_MS = 2_000


class Notifier(QObject):
    """Chooses what is told; ``show`` tells it and says whether it could."""

    unheard = Signal()
    """There was no way to tell: the window may ask for attention instead."""

    def __init__(self, preferences: Preferences, roster: Roster, show: Callable[[str, str], bool]) -> None:
        super().__init__()
        self.locked = False
        """Whether the window hides its texts; then nothing here shows one."""
        self.told: ContactId | None = None
        """Whom the latest notification was about, if about one."""
        self._preferences = preferences
        self._roster = roster
        self._show = show
        self._waiting: list[Message] = []
        self._requests = 0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._tell)

    def take(self, events: Sequence[Event]) -> None:
        """Look at what the engine tells."""
        if not self._preferences.settings.notifications:
            return
        self._waiting += [
            event.message for event in events if isinstance(event, MessageReceived) and self._is_news(event.message)
        ]
        self._requests += sum(isinstance(event, ContactRequested) for event in events)
        if not self._pause.isActive():
            self._tell()

    def close(self) -> None:
        """Tell nothing more."""
        self._pause.stop()
        self._waiting.clear()

    def _is_news(self, message: Message) -> bool:
        contact = self._roster.model.contact(message.contact)
        muted = contact is not None and contact.muted_until is not None and contact.muted_until > time.time()
        return not muted and message.contact != self._roster.open_contact

    def _tell(self) -> None:
        messages, requests = self._waiting, self._requests
        self._waiting, self._requests = [], 0
        if not messages and not requests:
            return
        self._pause.start()
        senders = {message.contact for message in messages}
        self.told = next(iter(senders)) if len(senders) == 1 else None
        title, text = self._words(messages, requests)
        if not self._show(title, text):
            self.unheard.emit()

    def _words(self, messages: Sequence[Message], requests: int) -> tuple[str, str]:
        if not messages:
            return "Kith", self.tr("%Ln people want to talk with you", "", requests)
        counted = self.tr("%Ln new messages", "", len(messages))
        contact = None if self.told is None else self._roster.model.contact(self.told)
        if contact is None or self.locked or not self._preferences.settings.notification_content:
            return "Kith", counted
        alone = _harmless(messages[0].text) if len(messages) == 1 else ""
        return plain(contact.name), alone or counted


def _harmless(text: str) -> str:
    """What a contact wrote, on one line and without markup: desktops on Linux read it in the text of a notification,
    links and pictures too.  Not all do, so that what is escaped would be shown escaped.
    """
    return one_line(plain(text[:MAX_LAST_LINE_CHARACTERS])).replace("<", "‹")
