"""Keeps the ML-KEM ratchet of every session turning (``docs/protocol.md`` section 3, rules 1 and 7).

    something received, a link up, once an hour ──▶ is an epoch due, and ours to offer? ──▶ OFFER
    OFFER received ──▶ ACCEPT, at once
    a new chain of the peer, and a result waits ──▶ an answer, at once

Everything sent is acknowledged, so "something received" comes soon after every send.  Offers and answers are payloads
like others: durable before they leave, and sent again as the same bytes until they are acknowledged.
"""

from collections.abc import Sequence

from app.domain.contact import Contact, ContactState
from app.domain.content import ContentType
from app.ports.records import Outgoing, StoredSession
from app.ports.store import UnitOfWork
from app.services.outbox import Outbox
from app.services.sessions import Opened, Sessions
from app.services.surroundings import Surroundings
from crypto.labels import EPOCH_AFTER_ABSENCE_S, EPOCH_AFTER_S
from crypto.session import acceptance, must_answer, offer_due, reply

MAX_ACCEPTS = 5
"""Times an ACCEPT is sent in one epoch.  Two do; a peer that lost its state, or that repeats its offer without ever
acknowledging an answer, would fill our outbox."""


class Epochs:
    """Offers and answers, for all contacts."""

    def __init__(self, around: Surroundings, *, sessions: Sessions, outbox: Outbox) -> None:
        self._book = around.book
        self._sessions = sessions
        self._outbox = outbox
        self._store = around.store
        self._clock = around.clock
        self._accepts: dict[bytes, tuple[int, int]] = {}
        """By transcript the last epoch accepted, and how often."""

    # --- In the unit of what was received

    def answer(self, contact: Contact, exchanged: Sequence[Opened], unit: UnitOfWork) -> list[Outgoing]:
        """What goes at once, now that a batch was taken in and acknowledged; ``exchanged`` are its OFFERs and ACCEPTs.

        Call :meth:`~app.services.outbox.Outbox.committed` for each after the commit.
        """
        queued = [outgoing for opened in exchanged for outgoing in self._reply(contact, opened, unit)]
        for stored in tuple(self._book.sessions[contact.number]):
            if must_answer(stored.session) and not stored.retired:
                queued += self._speak(contact, stored, unit)
        return queued + self._offer(contact, EPOCH_AFTER_S, unit)

    def _reply(self, contact: Contact, opened: Opened, unit: UnitOfWork) -> list[Outgoing]:
        transcript = opened.stored.session.transcript
        if opened.stored.retired:
            return []
        if opened.payload.type == ContentType.OFFER:
            content = reply(opened.stored.session, opened.payload)
            return [] if content is None else self._accept(contact, opened.stored, content, unit)
        stored = self._book.session(contact.number, transcript)
        if stored is None or stored.session.sent_count > opened.stored.session.sent_count:
            return []  # its acknowledgement is the answer
        return [self._queue(contact, ContentType.EMPTY, b"", transcript, unit)]

    def _speak(self, contact: Contact, stored: StoredSession, unit: UnitOfWork) -> list[Outgoing]:
        """Answer a chain that nothing else has answered: by mixing, or by what the peer needs in order to mix."""
        transcript, content = stored.session.transcript, acceptance(stored.session)
        if content is None:
            return [self._queue(contact, ContentType.EMPTY, b"", transcript, unit)]
        return self._accept(contact, stored, content, unit)

    def _accept(self, contact: Contact, stored: StoredSession, content: bytes, unit: UnitOfWork) -> list[Outgoing]:
        transcript, epoch = stored.session.transcript, stored.session.ratchet.kem.applied + 1
        last, count = self._accepts.get(transcript, (epoch, 0))
        count = count + 1 if last == epoch else 1
        self._accepts[transcript] = epoch, count
        if count > MAX_ACCEPTS:
            return []
        return [self._queue(contact, ContentType.ACCEPT, content, transcript, unit)]

    # --- On our own account

    async def linked(self, number: int) -> None:
        """A link is up: offer, if the last epoch is an hour old."""
        await self._offer_alone(number, EPOCH_AFTER_ABSENCE_S)

    async def refresh(self, numbers: Sequence[int]) -> None:
        """Offer to those of these linked contacts with whom nothing was said for a day."""
        for number in numbers:
            await self._offer_alone(number, EPOCH_AFTER_S)

    async def _offer_alone(self, number: int, after_s: int) -> None:
        contact = self._book.numbered(number)
        if contact is None or contact.blocked or contact.state is not ContactState.ESTABLISHED:
            return
        if not self._is_due(number, after_s):
            return
        unit = self._store.begin()
        queued = self._offer(contact, after_s, unit)
        await self._store.commit(unit)
        for outgoing in queued:
            self._outbox.committed(outgoing)

    # --- Parts

    def _is_due(self, number: int, after_s: int) -> bool:
        stored = self._sessions.sending(number)
        return stored is not None and offer_due(stored.session, now_s=int(self._clock()), after_s=after_s)

    def _offer(self, contact: Contact, after_s: int, unit: UnitOfWork) -> list[Outgoing]:
        stored = self._sessions.sending(contact.number)
        if stored is None or not self._is_due(contact.number, after_s):
            return []
        content = self._sessions.offer(stored, unit)
        return [self._queue(contact, ContentType.OFFER, content, stored.session.transcript, unit)]

    def _queue(
        self, contact: Contact, content_type: ContentType, content: bytes, transcript: bytes, unit: UnitOfWork
    ) -> Outgoing:
        return self._outbox.queue(contact, content_type, content, unit, transcript=transcript)
