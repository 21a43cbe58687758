"""What is written to a contact and not sent: kept by the engine, soon after a key was pressed."""

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.identifiers import ContactId
from app.domain.message import MAX_TEXT_BYTES
from app.gui.formatting import fitting
from app.gui.profile import Profile
from app.gui.tasks import TaskOwner

_PAUSE_MS = 500
"""After the last key; a person who types is not followed letter by letter."""


class Draft(QObject):
    """The draft of one conversation."""

    loaded = Signal(str)
    """What had been written, if nothing new is."""
    saved = Signal(str, str)
    """Contact and text."""

    def __init__(self, profile: Profile, contact: ContactId, tasks: TaskOwner) -> None:
        super().__init__()
        self._profile = profile
        self._contact = contact
        self._tasks = tasks
        self._text: str | None = None
        """What is written here; None until something is, or was loaded."""
        self._stored = ""
        self._saving = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.save)

    def load(self) -> None:
        self._tasks.start(self._load(), name="draft: load")

    def write(self, text: str) -> None:
        """The text is this now; it is saved when no more comes for a moment."""
        if text != (self._text or ""):
            self._text = text
            self._timer.start()

    def save(self) -> None:
        """Save now what is not yet; closing the window waits for it."""
        self._timer.stop()
        if self._text is not None and not self._saving:
            self._saving = True
            self._tasks.start(self._save(), name="draft: save", finish=True)

    async def _load(self) -> None:
        self._stored = await self._profile.bridge.call(self._profile.messenger.draft, self._contact)
        if self._text is None:
            self._text = self._stored
            if self._stored:
                self.loaded.emit(self._stored)

    async def _save(self) -> None:
        """Save until what is written is what is stored; the latest text wins."""
        try:
            while self._text is not None and (text := fitting(self._text, MAX_TEXT_BYTES)) != self._stored:
                await self._profile.bridge.call(self._profile.messenger.save_draft, self._contact, text)
                self._stored = text
                self.saved.emit(self._contact, text)
        finally:
            self._saving = False
