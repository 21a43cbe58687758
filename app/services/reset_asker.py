"""A reset from the side that wants it: I of ``docs/protocol.md`` section 2, rules 1, 3 and 4.

    wanted, and a link ─▶ RESET ─▶ M2 ─▶ commit {attempt, session} ─▶ M3 ─▶ M4 ─▶ commit {established}

It does not matter which side dialled, nor whether the link is under the reset's own key or one of a session.  We ask on
one link at a time.  What was begun is finished: on the next link M3 goes out again, for a contact that knows it, and
then RESET, for one that does not.
"""

import logging
from dataclasses import dataclass, replace

from app.domain.contact import Contact
from app.domain.identifiers import MESSAGE_ID_BYTES
from app.ports.records import Attempt, Purpose
from app.ports.store import UnitOfWork
from app.services.ground import Ground
from app.services.handshake_side import HandshakeSide
from app.services.renewal import Renewal
from app.services.sessions import Opened
from app.services.surroundings import Surroundings
from crypto import handshake
from crypto.errors import MalformedError
from crypto.handshake import RESUME_MIXED
from crypto.secret import Secret
from crypto.session import envelope_id
from net.events import LinkId, LinkUp
from net.peer import LinkKind

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 2
"""Attempts of a reset kept a contact: the last, and the one before it, whose M4 may still be on its way."""

MAX_ATTEMPTS_OF_LIFE = 100
"""Attempts with one contact in one life of the engine: one that answers and never confirms costs a commit each time."""


@dataclass(slots=True, eq=False)
class _Request:
    """RESET on its way, or answered, on a link."""

    link: LinkUp
    resume: Secret | None
    """What we offered."""
    is_answered: bool = False
    """M2 came; until then no other RESET goes on the link, or its answer would be taken for this one's."""


class ResetAsker(HandshakeSide):
    """Asks contacts for new sessions."""

    def __init__(self, around: Surroundings, *, ground: Ground, renewal: Renewal) -> None:
        super().__init__(around, ground=ground)
        self._renewal = renewal
        self._links: dict[int, dict[LinkId, LinkUp]] = {}
        """Of each contact, the newest last."""
        self._requests: dict[int, _Request] = {}
        self._attempts_made: dict[int, int] = {}

    # --- links

    def link_up(self, event: LinkUp, contact: Contact) -> None:
        """A link to ask for a reset on; one that was dialled for nothing else is closed if none is wanted."""
        number = contact.number
        if event.kind is LinkKind.INVITE:
            return
        was_wanted = self._resets.wants(number)
        self._links.setdefault(number, {})[event.link] = event
        self._resets.linked.add(number)
        if event.kind is LinkKind.CONTACT:
            self._resets.answered(number)
        if was_wanted:
            self._peers.declare(number)  # there is no need to dial for it any more
        self.ask(number)
        if event.kind is LinkKind.RESET and event.dialled and not self._resets.wants(number):
            self._network.close_link(event.link)

    def link_down(self, link: LinkId) -> None:
        """What was asked on it is asked on another, if there is one."""
        for number, links in tuple(self._links.items()):
            if links.pop(link, None) is not None and not links:
                del self._links[number]
                self._resets.linked.discard(number)
                if self._resets.wants(number):
                    self._peers.declare(number)
        for number, request in tuple(self._requests.items()):
            if request.link.link == link:
                del self._requests[number]
                self.ask(number)

    def ask(self, number: int) -> None:
        """Ask for a reset if one is wanted, there is a link, and we have not asked yet."""
        links = self._links.get(number)
        if not links or number in self._requests or not self._resets.wants(number):
            return
        link, contact = next(reversed(links.values())), self._book.numbered(number)
        if contact is None or self._attempts_made.get(number, 0) >= MAX_ATTEMPTS_OF_LIFE:
            return
        for attempt in self._book.attempts.get(number, ()):
            self._network.send_handshake(link.link, attempt.message)  # rule 3
        request = _Request(link, self._resume(number))
        self._requests[number] = request
        message = handshake.reset_request(request.resume, link.handshake_hash, random=self._random)
        self._network.send_handshake(link.link, message.encode())
        logger.info("contact %d is asked for a new session", number)

    def unanswered(self, number: int, kind: LinkKind) -> None:
        """A first flight to where the contact may be got no answer."""
        was_wanted = self._resets.wants(number)
        self._resets.unanswered(number, kind)
        if self._resets.wants(number) != was_wanted:
            self._peers.declare(number)  # under the key of a reset from now on

    def ask_again(self) -> None:
        """Once an hour: whom we did not dare to ask, and who did not answer."""
        self._requests.clear()
        for contact in self._book.contacts():
            self.look(contact.number)

    def look(self, number: int) -> None:
        """What is known of the contact's session has changed."""
        if self._resets.wants(number):
            self._peers.declare(number)
            self.ask(number)

    # --- both at once

    def is_asking(self, number: int) -> bool:
        """Whether RESET is on its way, or was answered."""
        return number in self._requests

    def is_under_way(self, number: int) -> bool:
        """Whether M4 of a reset is due."""
        return self._resets.is_under_way(number)

    def give_way(self, number: int) -> None:
        """The contact has asked too, and is the one to be answered."""
        self._requests.pop(number, None)

    # --- messages

    async def take_bundle(self, event: LinkUp, contact: Contact, message: bytes) -> None:
        """M2: answer it with an attempt, committed before M3 leaves (rule 1).

        Raises:
            RemoteError: the bundle is not the contact's for this link, or decides for what we did not offer.
        """
        number, request = contact.number, self._requests.get(contact.number)
        if request is None or request.link.link != event.link or request.is_answered:
            return  # we gave way
        request.is_answered = True
        if not self._resets.wants(number):
            del self._requests[number]  # a message of the session that we began has come meanwhile
            return
        made, is_resumed = self._answer(request, contact, message)
        purpose = Purpose.RESET_WITH_RESUME if is_resumed else Purpose.RESET
        now = self._clock()
        attempt = Attempt(made.ephemeral, number, made.message, made.transcript, now, purpose)
        unit = self._store.begin()
        self._drop_older(contact, unit)
        self._book.add_attempt(attempt, unit)
        self._sessions.add(number, made.session, unit, confirmed=False)
        self._sessions.prune(number, unit)
        self._book.put_contact(replace(contact, capabilities=made.peer_capabilities, reset_at=now), unit)
        self._attempts_made[number] = self._attempts_made.get(number, 0) + 1
        await self._store.commit(unit)
        self._peers.declare(number)
        self._network.send_handshake(event.link, attempt.message)

    async def take_confirmation(self, event: LinkUp, contact: Contact, message: bytes) -> None:
        """M4: the new session stands (rule 4).

        Raises:
            RemoteError: no session opens it.
        """
        confirmation = handshake.decode(message)
        if not isinstance(confirmation, handshake.Confirmation):
            raise MalformedError("not a confirmation")
        number, identifier = contact.number, envelope_id(confirmation.envelope)
        if await self._store.received(number, [identifier]) or (current := self._book.numbered(number)) is None:
            return
        unit = self._store.begin()
        opened = self._sessions.open(number, confirmation.envelope, unit)
        unit.add_received(number, identifier, at=self._clock())
        renewed = self.establish(current, opened, unit, m4=message)
        renewed = self._renewal.heard(renewed, opened.payload)
        self._book.put_contact(renewed, unit)
        await self._store.commit(unit)
        self._peers.adopt(event, number)
        for other in tuple(self._links.get(number, {}).values()):
            if other.kind is LinkKind.RESET and other.link != event.link:
                self._network.close_link(other.link)  # there is nothing left to ask
        self._renewal.publish(current, renewed)
        self.established(number)

    # --- established

    def establish(self, contact: Contact, opened: Opened, unit: UnitOfWork, *, m4: bytes | None = None) -> Contact:
        """Record that a session stands which we made in a reset, if this is one; the contact as it is then.

        Call :meth:`established` after the commit if the contact has changed.  Without M4 there are no digits yet, and
        the attempt is kept until it comes.
        """
        transcript = opened.stored.session.transcript
        attempts = self._attempts(contact.number)
        attempt = next((attempt for attempt in attempts if attempt.transcript == transcript), None)
        if attempt is None:
            return contact
        digits = None if m4 is None else handshake.reset_digits(transcript, m4)
        newer = attempts[attempts.index(attempt) + 1 :]
        if opened.is_first:
            contact = self._renewal.renew(
                contact,
                opened.stored,
                unit,
                is_resumed=attempt.purpose is Purpose.RESET_WITH_RESUME,
                digits=digits,
                pending=[attempt.transcript for attempt in newer],
            )
            contact = replace(contact, announced=())  # whether it knows our addresses is uncertain: told again
        elif contact.is_held and contact.reset_digits is None:
            contact = replace(contact, reset_digits=digits)
        awaits_m4 = [attempt] if contact.is_held and m4 is None else []
        kept = [*awaits_m4, *newer][-1:]
        self._book.remove_attempts(contact.number, unit, keep=kept[0].ephemeral if kept else None)
        return contact

    def made(self, number: int, opened: Opened) -> bool:
        """Whether this came in on a session of a reset that we have asked for."""
        return any(one.transcript == opened.stored.session.transcript for one in self._attempts(number))

    def needs_consent(self, contact: Contact, opened: Opened) -> bool:
        """Whether the user has yet to agree to the session that this came in on, or will have to once it stands."""
        attempts, transcript = self._attempts(contact.number), opened.stored.session.transcript
        asks = any(one.transcript == transcript and one.purpose is Purpose.RESET for one in attempts)
        return contact.is_held or (opened.is_first and asks)

    def established(self, number: int) -> None:
        """The commit is durable: everything goes over the new session."""
        request = self._requests.get(number)
        if request is not None and request.is_answered:
            del self._requests[number]
        self._resets.forget(number)
        self._peers.declare(number)
        self._presence.established(number)
        self.ask(number)  # where M4 is still due, or a later attempt may have been taken

    # --- parts

    def _answer(self, request: _Request, contact: Contact, message: bytes) -> tuple[handshake.Attempt, bool]:
        bundle = handshake.decode(message)
        if not isinstance(bundle, handshake.Bundle):
            raise MalformedError("not a bundle")
        is_resumed = bool(bundle.flags & RESUME_MIXED)  # which stands under the signature that is checked below
        terms = handshake.Terms.of_reset(
            secret=self._peers.reset_secret(contact),
            resume=request.resume,
            initiator=self._book.account.identity.public,
            responder=contact.identity,
            handshake_hash=request.link.handshake_hash,
        )
        content_type, content = self._renewal.first_payload(contact, is_resumed=is_resumed)
        first_payload = (int(content_type), self._random(MESSAGE_ID_BYTES), content)
        return handshake.answer(terms, self._book.account.identity, message, first_payload), is_resumed

    def _resume(self, number: int) -> Secret | None:
        """The secret of the session that we write on, or wrote on last: a state of old may still hold the newest."""
        sending = self._sessions.sending(number)
        if sending is None:
            heard = [stored for stored in self._book.sessions[number] if stored.session.highest_received_count]
            sending = heard[-1] if heard else None
        return None if sending is None else sending.session.resume

    def _attempts(self, number: int) -> list[Attempt]:
        """Those of resets, the newest last."""
        attempts = self._book.attempts.get(number, ())
        return [attempt for attempt in attempts if attempt.purpose is not Purpose.FIRST_CONTACT]

    def _drop_older(self, contact: Contact, unit: UnitOfWork) -> None:
        """First contact is over with a contact whose session is reset; of resets the last one is kept.

        The sessions of the others go too: whatever the contact has sealed on one, it seals anew on that of the next.
        """
        attempts = self._attempts(contact.number)
        for attempt in attempts[:-1]:
            stored = self._book.session(contact.number, attempt.transcript)
            if stored is not None and not stored.confirmed:
                self._book.remove_session(stored, unit)
        self._book.remove_attempts(contact.number, unit, keep=attempts[-1].ephemeral if attempts else None)
