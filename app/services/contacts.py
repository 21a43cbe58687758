"""The contact list: adding by a link, renaming, blocking, removing, answering requests."""

import asyncio
from dataclasses import replace

from app.domain.contact import Contact, ContactNotice, ContactProblem, ContactState, ContactSummary
from app.domain.content import is_conversation
from app.domain.errors import ErrorKind, KithError
from app.domain.events import ContactAdded, ContactChanged, MessageStateChanged
from app.domain.identifiers import ContactId, MessageId
from app.domain.message import Message, MessageState
from app.domain.name import clean_name
from app.services.courier import PAGE
from app.services.ground import Ground
from app.services.mutes import Mutes
from app.services.surroundings import Surroundings
from crypto.errors import RemoteError
from crypto.invite import Invite, InviteFlag
from crypto.safety_number import safety_number

DRAFT_SHOWN_CHARACTERS = 200
"""Of a draft in the list; the whole one may be as long as a message."""

REASON_BLOCKED = "This contact is blocked."


class Contacts:
    """People this account knows, or may come to know."""

    def __init__(self, around: Surroundings, *, ground: Ground, mutes: Mutes) -> None:
        self._book = around.book
        self._mutes = mutes
        self._resets = ground.resets
        self._outbox = ground.outbox
        self._peers = ground.peers
        self._introductions = ground.introductions
        self._presence = ground.presence
        self._store = around.store
        self._network = around.network
        self._clock = around.clock
        self._announcer = around.announcer
        self._clock_watch = around.clock_watch
        self._quotas = around.quotas

    # --- the list

    async def all(self, *, requests: bool = False) -> list[ContactSummary]:
        """Contacts, or with ``requests`` the people who wait for a yes; in order of their coming."""
        latest = await self._store.latest()
        chosen = [contact for contact in self._book.contacts() if (contact.state is ContactState.REQUEST) == requests]
        return [self._summary(contact, latest) for contact in sorted(chosen, key=lambda contact: contact.number)]

    async def add(self, link: str, name: str | None) -> ContactId:
        """Add whoever made this link; durable when this ends, connected when it is found.

        Raises:
            KithError: ``bad_link``, ``link_expired``, ``own_link``, ``already_contact``, ``name_invalid``.
        """
        invite = self._read_link(link)
        petname = clean_name(name) if name is not None else None
        contact = self._joined(invite, petname)
        unit = self._store.begin()
        self._book.put_contact(contact, unit)
        self._book.put_joining(contact.number, invite, unit)
        await self._store.commit(unit)
        self._peers.declare(contact.number)
        return contact.contact_id

    async def rename(self, contact_id: ContactId, name: str) -> None:
        """Call a contact something else; only here."""
        contact = replace(self._book.contact(contact_id), petname=clean_name(name))
        await self._put(contact)
        self._announcer.publish(ContactChanged(contact_id, name=contact.name))

    async def remove(self, contact_id: ContactId) -> None:
        """Forget a contact, its messages and its session; it is not told."""
        contact = self._book.contact(contact_id)
        unit = self._store.begin()
        self._peers.remove(contact)
        self._outbox.forget(contact.number)
        self._presence.forget(contact.number)
        self._introductions.forget(contact.number)
        self._book.remove_contact(contact, unit)
        self._clock_watch.forget(contact.number)
        self._quotas.forget(contact.number)
        self._resets.forget(contact.number)
        queued = self._introductions.queue_hiding(contact, unit)
        await self._store.commit(unit)
        await self._introductions.account_committed(queued)
        self._announcer.publish(ContactChanged(contact_id, removed=True))

    async def block(self, contact_id: ContactId) -> None:
        """Answer a contact with silence; what waits for it fails, in words."""
        number = self._book.contact(contact_id).number
        unit = self._store.begin()
        self._book.put_contact(replace(self._book.contact(contact_id), blocked=True), unit)
        queued = self._introductions.queue_hiding(self._book.contact(contact_id), unit)
        await self._store.commit(unit)  # from here on nothing more is queued for it
        self._peers.declare(number)
        self._outbox.forget(number)
        self._announcer.publish(ContactChanged(contact_id, blocked=True))
        failed = await self._fail_waiting(number)
        await self._introductions.account_committed(queued)
        at = self._clock()
        for message in failed:
            self._announcer.publish(MessageStateChanged(message, contact_id, MessageState.FAILED, at, REASON_BLOCKED))

    async def unblock(self, contact_id: ContactId) -> None:
        """Hear a contact again, and tell it what it missed of us."""
        contact = replace(self._book.contact(contact_id), blocked=False)
        unit = self._store.begin()
        queued = self._introductions.queue(contact, unit)
        await self._store.commit(unit)
        self._peers.declare(contact.number)
        self._introductions.committed(queued)
        self._announcer.publish(ContactChanged(contact_id, blocked=False))

    # --- verification

    async def safety_number(self, contact_id: ContactId) -> tuple[str, bool]:
        """60 digits, the same on both sides, and whether they were compared."""
        contact = self._book.contact(contact_id)
        own = self._book.account.identity.public
        digits = await asyncio.to_thread(safety_number, own, contact.identity)  # 7 ms of hashing
        return digits, contact.verified

    async def set_verified(self, contact_id: ContactId, *, verified: bool) -> None:
        await self._put(replace(self._book.contact(contact_id), verified=verified))
        self._announcer.publish(ContactChanged(contact_id, verified=verified))

    async def accept_reset(self, contact_id: ContactId, compared: str | None = None) -> None:
        """The user has read what there is to know of a contact's sessions: release what a reset holds back.

        Digits that both ``compared`` verify the contact, if they are those of the present session.

        Raises:
            KithError: ``unknown_contact``; ``digits_changed``, the session was reset once more: nothing is released.
        """
        contact = self._book.contact(contact_id)
        if compared is not None and compared != contact.reset_digits:
            raise KithError(ErrorKind.DIGITS_CHANGED)
        if not contact.is_held and contact.notice is ContactNotice.NONE:
            return
        agreed = replace(contact, notice=ContactNotice.NONE, verified=contact.verified or compared is not None)
        if contact.is_held:
            agreed = replace(agreed, problem=ContactProblem.NONE, reset_digits=None)
        unit = self._store.begin()
        self._book.put_contact(agreed, unit)
        queued = self._introductions.queue(agreed, unit) if contact.is_held else []
        await self._store.commit(unit)
        self._introductions.committed(queued)
        verified = agreed.verified if agreed.verified != contact.verified else None
        told = ContactChanged(contact_id, verified=verified, problem=agreed.problem, notice=agreed.notice)
        self._announcer.publish(told)
        if contact.is_held:
            self._flow(contact.number)

    def _flow(self, number: int) -> None:
        """The user has agreed to a reset: let everything go, and have come again what was left unread."""
        online, was_left = self._presence.of(number), number in self._resets.left_unread
        self._resets.left_unread.discard(number)
        if online is not None and was_left:
            self._network.close_link(online.link)
        elif online is not None and self._book.numbered(number) is not None:
            self._outbox.online(number)

    async def miss_sessions(self) -> None:
        """At the start: whoever has no session with us any more is marked, since what is written has to wait."""
        lost = [
            replace(contact, problem=ContactProblem.SESSION_LOST)
            for contact in self._book.contacts()
            if contact.state is ContactState.ESTABLISHED
            and not self._book.sessions[contact.number]
            and contact.problem is not ContactProblem.SESSION_LOST
        ]
        if not lost:
            return
        unit = self._store.begin()
        for contact in lost:
            self._book.put_contact(contact, unit)
        await self._store.commit(unit)
        for contact in lost:
            self._announcer.publish(ContactChanged(contact.contact_id, problem=contact.problem))

    # --- requests

    async def accept(self, request: ContactId) -> None:
        """Say yes to somebody who came by a reusable invite.

        Raises:
            KithError: ``unknown_request``.
        """
        contact = replace(self._request(request), state=ContactState.ESTABLISHED)
        unit = self._store.begin()
        queued = self._introductions.queue(contact, unit)
        await self._store.commit(unit)
        self._peers.declare(contact.number)
        self._introductions.committed(queued)
        self._announcer.publish(ContactAdded(request, contact.name, contact.verified))
        if (online := self._presence.of(contact.number)) is not None:
            self._network.close_link(online.link)  # what was written before the yes comes again with the next one

    async def decline(self, request: ContactId) -> None:
        """Say nothing to somebody who came by a reusable invite, and forget them.

        Raises:
            KithError: ``unknown_request``.
        """
        self._request(request)
        await self.remove(request)

    # --- parts

    def _read_link(self, link: str) -> Invite:
        try:
            invite = Invite.parse(link)
        except RemoteError as error:
            raise KithError(ErrorKind.BAD_LINK) from error
        if invite.inviter == self._book.account.identity.public:
            raise KithError(ErrorKind.OWN_LINK)
        if invite.expiry < self._clock():
            raise KithError(ErrorKind.LINK_EXPIRED)
        return invite

    def _joined(self, invite: Invite, petname: str | None) -> Contact:
        """The contact to be, new or waiting for another link already."""
        known = self._known(invite)
        in_person = bool(invite.flags & InviteFlag.IN_PERSON)
        if known is not None:
            if known.state is not ContactState.PENDING and known.problem is not ContactProblem.SESSION_LOST:
                raise KithError(ErrorKind.ALREADY_CONTACT)
            state, petname = ContactState.PENDING, petname or known.petname
            return replace(known, state=state, petname=petname, in_person=in_person, problem=ContactProblem.NONE)
        return Contact(
            number=self._book.next_number(),
            identity=invite.inviter,
            state=ContactState.PENDING,
            added_at=self._clock(),
            petname=petname,
            in_person=in_person,
        )

    def _known(self, invite: Invite) -> Contact | None:
        try:
            return self._book.contact(ContactId(invite.inviter.account_id))
        except KithError:
            return None

    def _request(self, request: ContactId) -> Contact:
        try:
            contact = self._book.contact(request)
        except KithError as error:
            raise KithError(ErrorKind.UNKNOWN_REQUEST) from error
        if contact.state is not ContactState.REQUEST:
            raise KithError(ErrorKind.UNKNOWN_REQUEST)
        return contact

    async def _put(self, contact: Contact) -> None:
        unit = self._store.begin()
        self._book.put_contact(contact, unit)
        await self._store.commit(unit)

    async def _fail_waiting(self, number: int) -> list[MessageId]:
        """Give up what waits for a blocked contact; the messages among it."""
        messages: list[MessageId] = []
        after = 0
        while page := await self._store.outgoing(number, after=after, limit=PAGE):
            after = page[-1].sequence
            messages += [
                MessageId(waiting.message_id.hex()) for waiting in page if is_conversation(waiting.content_type)
            ]
        contact = self._book.numbered(number)
        if contact is None or not contact.blocked:
            return []  # somebody else changed their mind meanwhile
        unit = self._store.begin()
        unit.remove_outgoing_of(number)
        unit.raise_states(number, messages, MessageState.FAILED, at=self._clock())
        await self._store.commit(unit)
        return messages

    def _summary(self, contact: Contact, latest: dict[int, Message]) -> ContactSummary:
        event, last = self._presence.of(contact.number), latest.get(contact.number)
        online = event is not None and contact.state is ContactState.ESTABLISHED and not contact.blocked
        return ContactSummary(
            contact=contact.contact_id,
            name=contact.name,
            state=contact.state,
            verified=contact.verified,
            blocked=contact.blocked,
            online=online,
            path=event.path.value if event is not None and online else None,
            last_seen_at=contact.last_seen_at,
            unread=self._book.unread.get(contact.number, 0),
            problem=contact.problem,
            last_message=last.text if last else None,
            last_message_at=last.sent_at if last else None,
            added_at=contact.added_at,
            mark=None if contact.known_name else contact.mark,
            last=last,
            draft=self._book.drafts.get(contact.number, "")[:DRAFT_SHOWN_CHARACTERS] or None,
            muted_until=self._mutes.until(contact.number),
            notice=contact.notice,
            check_digits=contact.reset_digits if contact.is_held else None,
        )
