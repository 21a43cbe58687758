"""Contacts whose messages come in silence, for a while or for ever."""

import math

from app.domain.events import ContactChanged
from app.domain.identifiers import ContactId
from app.services.surroundings import Surroundings


class Mutes:
    """Until when each contact is muted; whoever shows notifications goes by it."""

    def __init__(self, around: Surroundings) -> None:
        self._book = around.book
        self._store = around.store
        self._clock = around.clock
        self._announcer = around.announcer

    def until(self, contact: int) -> float | None:
        """Until when a contact is muted, in Unix seconds (infinity: for ever); None when it is not, or no longer."""
        until = self._book.muted_until.get(contact)
        return until if until is not None and until > self._clock() else None

    async def mute(self, contact_id: ContactId, until: float) -> None:
        """Mute a contact until then; a time gone by, or no time at all, unmutes it.

        Raises:
            KithError: ``unknown_contact``; ``storage_full``, and nothing has changed.
        """
        number = self._book.contact(contact_id).number
        muted = not math.isnan(until) and until > self._clock()
        unit = self._store.begin()
        self._book.put_muted(number, until if muted else None, unit)
        await self._store.commit(unit)
        self._announcer.publish(ContactChanged(contact_id, muted=muted))
