"""First contact from the joiner's side: I of ``docs/protocol.md`` section 2, rules 1, 4 and 5.

    link by the invite ─▶ M2 ─▶ commit {attempt, session} ─▶ M3 ─▶ M4 ─▶ commit {established}

An attempt is kept until M4 was read, since M4 carries the inviter's profile.  Whatever is lost, the next link brings:
an inviter that knows the attempt answers with USED{H(EK)}, or with M4 again when it is sent the stored M3 again.
"""

import logging
from dataclasses import replace

from app.domain.contact import Contact, ContactProblem, ContactState
from app.domain.content import ContentType, ProfileContent
from app.domain.events import ContactAdded, ContactChanged
from app.domain.identifiers import MESSAGE_ID_BYTES
from app.domain.invite import ANSWERED_AFTER_EXPIRY_S
from app.ports.records import Attempt, Purpose, StoredSession
from app.ports.store import UnitOfWork
from app.services.ground import Ground
from app.services.handshake_side import HandshakeSide
from app.services.profiles import with_profile
from app.services.sessions import Opened
from app.services.surroundings import Surroundings
from crypto import handshake
from crypto.errors import ForgedError, RemoteError
from crypto.handshake import UsedStatus
from crypto.invite import Invite
from crypto.session import envelope_id
from net.events import LinkId, LinkUp
from net.peer import LinkKind

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 100
"""Attempts kept a contact; only an inviter that answers and never confirms could make so many."""

KEPT_AFTER_EXPIRY_S = 30 * 86_400
"""So long after an invite expired its inviter may still dial us: it has the session, and its M4 was lost."""

_PROBLEMS = {
    UsedStatus.USED: ContactProblem.LINK_USED,
    UsedStatus.REVOKED: ContactProblem.LINK_REVOKED,
    UsedStatus.EXPIRED: ContactProblem.LINK_EXPIRED,
}


class Joiner(HandshakeSide):
    """Leads contacts that were added by a link to a session."""

    def __init__(self, around: Surroundings, *, ground: Ground) -> None:
        super().__init__(around, ground=ground)
        self._answered: dict[int, LinkId] = {}
        """The link on which the attempt of a contact is under way."""

    # --- links

    def link_up(self, event: LinkUp, contact: Contact) -> None:
        """On a contact's link, ask again for an M4 that never came."""
        if event.kind is LinkKind.CONTACT:
            self._ask_again(event.link, contact)

    def link_down(self, link: LinkId) -> None:
        for contact in [contact for contact, answered in self._answered.items() if answered == link]:
            del self._answered[contact]

    # --- messages

    async def take_bundle(self, event: LinkUp, contact: Contact, message: bytes) -> None:
        """M2: answer it with an attempt, committed before M3 leaves (rule 1).

        Raises:
            RemoteError: the bundle is not the inviter's for this link.
        """
        invite = self._book.joinings.get(contact.number)
        if invite is None or contact.state is ContactState.ESTABLISHED or contact.number in self._answered:
            return
        profile = self._own_profile.content()
        first_payload = (int(ContentType.PROFILE), self._random(MESSAGE_ID_BYTES), profile.encode())
        made = handshake.answer(_terms(invite, event), self._book.account.identity, message, first_payload)
        attempt = Attempt(made.ephemeral, contact.number, made.message, made.transcript, self._clock())
        unit = self._store.begin()
        self._drop_oldest(contact, unit)
        self._book.add_attempt(attempt, unit)
        self._sessions.add(contact.number, made.session, unit, confirmed=False)
        changed = replace(contact, capabilities=made.peer_capabilities, announced=profile.endpoints)
        self._book.put_contact(changed, unit)
        self._answered[contact.number] = event.link
        await self._store.commit(unit)
        self._peers.declare(contact.number)
        self._network.send_handshake(event.link, attempt.message)

    async def take_confirmation(self, event: LinkUp, contact: Contact, message: bytes) -> None:
        """M4: the session stands (rule 4).

        Raises:
            RemoteError: no session opens it, and none stands.
        """
        confirmation = handshake.decode(message)
        if not isinstance(confirmation, handshake.Confirmation):
            raise ForgedError("not a confirmation")
        identifier = envelope_id(confirmation.envelope)
        number = contact.number
        if await self._store.received(number, [identifier]) or (current := self._book.numbered(number)) is None:
            return
        contact = current
        unit = self._store.begin()
        try:
            opened = self._sessions.open(contact.number, confirmation.envelope, unit)
        except RemoteError as error:
            if contact.state is not ContactState.ESTABLISHED:
                raise
            logger.info("contact %d: its M4 does not open any more: %s", contact.number, type(error))
            await self._stop_asking(contact.number)
            return
        unit.add_received(contact.number, identifier, at=self._clock())
        digits = handshake.check_digits(opened.stored.session.transcript, message) if contact.in_person else None
        was_established = contact.state is ContactState.ESTABLISHED
        contact = self.establish(contact, opened.stored, unit)
        contact = self._take_profile(contact, opened)
        self._book.put_contact(contact, unit)
        self._book.remove_attempts(contact.number, unit)
        await self._store.commit(unit)
        self._peers.adopt(event, contact.number)
        if not was_established:
            self.established(contact.number, digits)
        elif self._book.numbered(contact.number) is not None:
            self._announcer.publish(ContactChanged(contact.contact_id, name=contact.name, check_digits=digits))

    async def take_used_notice(self, event: LinkUp, contact: Contact, message: bytes) -> None:
        """USED: either our own attempt took the invite, or it leads nowhere (rule 5).

        Raises:
            RemoteError: not signed by the inviter for this link.
        """
        if self._book.joinings.get(contact.number) is None:
            return
        notice = handshake.read_used_notice(contact.identity, event.handshake_hash, message)
        for attempt in self._book.attempts[contact.number]:
            if handshake.ephemeral_hash(attempt.ephemeral) == notice.ephemeral_hash:
                await self._establish_by_notice(event, contact, attempt)
                return
        await self._give_up(contact, _PROBLEMS[notice.status])
        self._network.close_link(event.link)  # there is nothing left to say on it

    async def give_up_expired(self) -> None:
        """Say of links that nobody answers any more, by our clock, that they are expired, and dial no longer.

        Whose attempt an inviter has is still listened for; 30 days after the expiry it is forgotten with its session.
        """
        now = self._clock()
        for number, invite in tuple(self._book.joinings.items()):
            contact, expired_s = self._book.numbered(number), now - invite.expiry
            if contact is None or contact.state is not ContactState.PENDING:
                continue
            if expired_s > ANSWERED_AFTER_EXPIRY_S and not contact.problem:
                await self._give_up(contact, ContactProblem.LINK_EXPIRED)
            if expired_s > KEPT_AFTER_EXPIRY_S:
                await self._forget_attempts(number)

    # --- established

    def establish(self, contact: Contact, stored: StoredSession, unit: UnitOfWork) -> Contact:
        """Record that the session stands; call :meth:`established` after the commit.

        The attempt itself stays until M4 was read; the sessions of other attempts stay within the usual bound, since
        the inviter may hold one of them.
        """
        if contact.state is ContactState.ESTABLISHED:
            return contact
        number = contact.number
        mine = [attempt for attempt in self._book.attempts[number] if attempt.transcript == stored.session.transcript]
        contact = replace(contact, state=ContactState.ESTABLISHED, problem=ContactProblem.NONE)
        self._book.put_contact(contact, unit)
        self._book.remove_joining(number, unit)
        self._book.remove_attempts(number, unit, keep=mine[0].ephemeral if mine else None)
        self._sessions.prune(number, unit)
        return contact

    def established(self, number: int, digits: str | None = None) -> None:
        """The commit is durable: tell it and let messages flow."""
        contact = self._book.numbered(number)
        if contact is None:
            return  # removed meanwhile
        self._peers.declare(number)
        self._announcer.publish(ContactAdded(contact.contact_id, contact.name, contact.verified, digits))
        self._presence.established(number)

    async def _establish_by_notice(self, event: LinkUp, contact: Contact, attempt: Attempt) -> None:
        number = contact.number
        stored = self._book.session(number, attempt.transcript)
        if stored is None:
            return  # one attempt too many: its session has made room for others
        unit = self._store.begin()
        confirmed = replace(stored, confirmed=True)
        self._book.put_session(confirmed, unit)
        self.establish(contact, confirmed, unit)
        await self._store.commit(unit)
        self._peers.adopt(event, number)
        self.established(number)
        self._ask_again(event.link, contact)

    async def _forget_attempts(self, number: int) -> None:
        attempts = tuple(self._book.attempts[number])
        if not attempts:
            return
        unit = self._store.begin()
        self._book.remove_attempts(number, unit)
        for attempt in attempts:
            if (stored := self._book.session(number, attempt.transcript)) is not None:
                self._book.remove_session(stored, unit)
        await self._store.commit(unit)
        self._peers.declare(number)

    async def _give_up(self, contact: Contact, problem: ContactProblem) -> None:
        if contact.problem is problem:
            return
        unit = self._store.begin()
        contact = replace(contact, problem=problem)
        self._book.put_contact(contact, unit)
        await self._store.commit(unit)
        self._peers.declare(contact.number)
        self._announcer.publish(ContactChanged(contact.contact_id, problem=problem))

    async def _stop_asking(self, number: int) -> None:
        """Other messages established the session, and an M4 that came too late has lost its key.

        The inviter tells its profile to whom it sends an M4 again.
        """
        unit = self._store.begin()
        self._book.remove_attempts(number, unit)
        await self._store.commit(unit)

    def _ask_again(self, link: LinkId, contact: Contact) -> None:
        """M3 again, for an M4 that was lost: a known EK gets the stored M4 (rule 3)."""
        for attempt in self._book.attempts[contact.number]:
            if attempt.purpose is Purpose.FIRST_CONTACT:
                self._network.send_handshake(link, attempt.message)

    def _drop_oldest(self, contact: Contact, unit: UnitOfWork) -> None:
        attempts = self._book.attempts[contact.number]
        if len(attempts) >= MAX_ATTEMPTS:
            newest = attempts[-1].ephemeral
            self._book.remove_attempts(contact.number, unit, keep=newest)
            self._sessions.prune(contact.number, unit)

    def _take_profile(self, contact: Contact, opened: Opened) -> Contact:
        if opened.payload.type != ContentType.PROFILE or self._is_old_news(contact, opened):
            return contact
        try:
            return with_profile(contact, ProfileContent.decode(opened.payload.content))
        except RemoteError as error:
            logger.info("contact %d: its profile is refused: %s", contact.number, type(error))
            return contact

    def _is_old_news(self, contact: Contact, opened: Opened) -> bool:
        """Whether we may have been told a newer profile before: an M4 can be late, or the second of two sessions."""
        session = opened.stored.session
        others = (stored for stored in self._book.sessions[contact.number] if stored is not opened.stored)
        is_late = opened.payload.count < session.highest_received_count or any(stored.confirmed for stored in others)
        return contact.given_name is not None and is_late


def _terms(invite: Invite, event: LinkUp) -> handshake.Terms:
    return handshake.Terms.of_invite(
        invite_id=invite.invite_id,
        psk=invite.psk,
        responder=invite.inviter,
        handshake_hash=event.handshake_hash,
    )
