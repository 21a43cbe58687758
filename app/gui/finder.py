"""Search while a person types: contacts by their names, messages by the engine."""

from PySide6.QtCore import QObject, Signal

from app.domain.contact import ContactSummary
from app.gui.models.contact_list import ContactListModel
from app.gui.models.search_results import SearchResultsModel
from app.gui.profile import Profile
from app.gui.tasks import TaskOwner

MAX_FOUND = 50
"""Messages of one answer: whoever has not found it by then types another word."""

MAX_QUERY_CHARACTERS = 200


class Finder(QObject):
    """Feeds a :class:`SearchResultsModel`.  One search runs at a time; the latest text typed is the one answered."""

    found = Signal()
    """What the model holds answers the latest text."""

    def __init__(self, profile: Profile, contacts: ContactListModel, tasks: TaskOwner) -> None:
        super().__init__()
        self.model = SearchResultsModel(self)
        self._profile = profile
        self._contacts = contacts
        self._tasks = tasks
        self._wanted = ""
        self._searching = False

    def look_for(self, text: str) -> None:
        """Search for ``text``; empty text ends the search."""
        self._wanted = text.strip()[:MAX_QUERY_CHARACTERS]
        if not self._searching:
            self._searching = True
            self._tasks.start(self._search(), name="search")

    async def _search(self) -> None:
        answered = None
        try:
            while answered != self._wanted:
                answered = self._wanted
                await self._answer(answered)
        finally:
            self._searching = False
        self.found.emit()

    async def _answer(self, query: str) -> None:
        messenger = self._profile.messenger
        messages = await self._profile.bridge.call(messenger.search, query, limit=MAX_FOUND) if query else []
        if query == self._wanted:
            self.model.show(query, self._named(query), messages, self._contacts.contact)

    def _named(self, query: str) -> list[ContactSummary]:
        """The contacts whose names have all the words."""
        words = query.casefold().split()
        contacts = self._contacts.contacts() if words else []
        return [contact for contact in contacts if all(word in contact.name.casefold() for word in words)]
