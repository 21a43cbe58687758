"""What the user began to write, kept for each conversation until it is sent or given up."""

from app.domain.errors import ErrorKind, KithError
from app.domain.identifiers import ContactId
from app.domain.message import MAX_TEXT_BYTES
from app.services.surroundings import Surroundings


class Drafts:
    """One text a conversation; sending that text forgets it, in the same commit."""

    def __init__(self, around: Surroundings) -> None:
        self._book = around.book
        self._store = around.store

    def of(self, contact_id: ContactId) -> str:
        """The draft; empty when there is none.

        Raises:
            KithError: ``unknown_contact``.
        """
        return self._book.drafts.get(self._book.contact(contact_id).number, "")

    async def save(self, contact_id: ContactId, text: str) -> None:
        """Keep a draft in place of the one before; an empty one is none.

        Raises:
            KithError: ``unknown_contact``, ``text_too_long``; ``storage_full``, and the one before is kept.
        """
        number = self._book.contact(contact_id).number
        encoded = text.encode(errors="replace")
        if len(encoded) > MAX_TEXT_BYTES:
            raise KithError(ErrorKind.TEXT_TOO_LONG)
        unit = self._store.begin()
        self._book.put_draft(number, encoded.decode(), unit)
        await self._store.commit(unit)
