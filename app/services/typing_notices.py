"""Who is writing at this moment: told while a link is up, kept nowhere, and over by itself.

A notice is one small envelope of the session.  It is in no outbox, is not acknowledged, and is never sent again; what
its sending costs is a commit of the ratchet's state, so there is one every few seconds at most.  A contact can change
what is shown no more often than it sends messages, or than a notice lasts.
"""

import asyncio

from app.domain.contact import ContactState
from app.domain.content import ContentType
from app.domain.events import TypingChanged
from app.domain.identifiers import MESSAGE_ID_BYTES, ContactId
from app.services.outbox import Outbox
from app.services.sessions import Sessions
from app.services.surroundings import Surroundings
from app.services.task_owner import TaskOwner

INTERVAL_S = 4.0
"""Between two notices to one contact."""

LASTS_S = 2 * INTERVAL_S
"""A notice is good for so long: one that comes late, or is lost, makes no gap."""


class TypingNotices:
    """Ours, and those of our contacts."""

    def __init__(self, around: Surroundings, *, sessions: Sessions, outbox: Outbox, tasks: TaskOwner) -> None:
        self._book = around.book
        self._store = around.store
        self._network = around.network
        self._announcer = around.announcer
        self._random = around.random
        self._sessions = sessions
        self._outbox = outbox
        self._tasks = tasks
        self._told_at: dict[int, float] = {}
        self._shown_until: dict[int, float] = {}
        self._watched: set[int] = set()
        """Contacts whose timer runs."""

    # --- Ours

    async def tell(self, contact_id: ContactId) -> None:
        """The user is writing to a contact; to be called as often as that is so.

        Raises:
            KithError: ``unknown_contact``, ``storage_full``.
        """
        number, now = self._book.contact(contact_id).number, _now()
        if not self._may_tell(number) or now - self._told_at.get(number, -INTERVAL_S) < INTERVAL_S:
            return
        stored = self._sessions.sending(number)
        if stored is None:
            return
        self._told_at[number] = now
        unit = self._store.begin()
        sealed = self._sessions.seal(stored, ContentType.TYPING, self._random(MESSAGE_ID_BYTES), b"", unit)
        await self._store.commit(unit)
        if self._may_tell(number):  # it was blocked or removed meanwhile, or is away
            self._network.send_envelope(self._book.peer_id(number), sealed.envelope)

    def _may_tell(self, number: int) -> bool:
        """Whether a notice would arrive at once, and at somebody who is to have it."""
        contact = self._book.numbered(number)
        if contact is None or contact.blocked or contact.is_held or contact.state is not ContactState.ESTABLISHED:
            return False
        return self._book.settings.typing_notices and self._outbox.flows(number)

    # --- Theirs

    def heard(self, number: int) -> None:
        """A contact is writing."""
        if not self._book.settings.typing_notices:
            return
        is_new = number not in self._shown_until
        self._shown_until[number] = _now() + LASTS_S
        if is_new:
            self._announcer.publish(TypingChanged(self._book.contact_id(number), typing=True))
            if number not in self._watched:
                self._look_later(number, LASTS_S)

    def ended(self, number: int) -> None:
        """A contact has sent what it was writing, or is gone."""
        if self._shown_until.pop(number, None) is not None and self._book.numbered(number) is not None:
            self._announcer.publish(TypingChanged(self._book.contact_id(number), typing=False))

    def end_all(self) -> None:
        """Nobody's writing is to be shown any more."""
        for number in tuple(self._shown_until):
            self.ended(number)

    def _look_later(self, number: int, delay_s: float) -> None:
        async def look() -> None:
            self._look(number)

        self._watched.add(number)
        self._tasks.start_later(delay_s, look, name="end of a typing notice")

    def _look(self, number: int) -> None:
        """End what has lasted long enough."""
        self._watched.discard(number)
        left_s = self._shown_until.get(number, 0.0) - _now()
        if left_s > 0:
            self._look_later(number, left_s)
        else:
            self.ended(number)


def _now() -> float:
    return asyncio.get_running_loop().time()
