"""Takes envelopes in: opened, stored with the ratchet's new state in one commit, then acknowledged.

A batch is what arrived while the last one was being committed; it costs two reads and one commit however large it is.
An envelope seen before is acknowledged again and dropped without being opened, since its key is gone.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from app.domain.contact import Contact, ContactNotice, ContactState
from app.domain.content import (
    ANNOTATIONS,
    MAX_LISTED_IDS,
    MOMENTARY,
    ContentType,
    encode_ids,
)
from app.domain.events import ContactChanged, MessageReceived, MessageStateChanged
from app.domain.identifiers import MESSAGE_ID_BYTES, MessageId
from app.domain.message import MessageState
from app.ports.store import UnitOfWork
from app.services.annotations import Annotations
from app.services.epochs import Epochs
from app.services.go_between import GoBetween
from app.services.ground import Ground
from app.services.inflow import Inflow
from app.services.joiner import Joiner
from app.services.limits import STORED_ENVELOPE_BYTES, UNOPENED_MESSAGES
from app.services.payloads import Payloads
from app.services.portion import Portion
from app.services.re_requests import ReRequests
from app.services.session_care import SessionCare
from app.services.sessions import Opened
from app.services.surroundings import Surroundings
from app.services.typing_notices import TypingNotices
from crypto.errors import MalformedError, RemoteError, UnsupportedVersionError
from crypto.session import envelope_id
from net.events import EnvelopeReceived
from net.peer import PeerId

logger = logging.getLogger(__name__)

_UNACKNOWLEDGED = frozenset({ContentType.ACKNOWLEDGEMENT, ContentType.RE_REQUEST, ContentType.BROKEN}) | MOMENTARY
"""What is in no outbox: whatever it was about comes again with the next link, or is over by then."""

_NEEDS_CONSENT = frozenset({ContentType.PROFILE, ContentType.ADDRESSES}) | ANNOTATIONS
"""Who and where a contact is, and what it changes in what it said: not to be taken from whom the user has yet to agree
to, since a thief of its keys would have the last word on all of it."""


class Inbox:
    """Receives envelopes for all contacts, one batch at a time."""

    def __init__(
        self,
        around: Surroundings,
        *,
        inflow: Inflow,
        ground: Ground,
        epochs: Epochs,
        joiner: Joiner,
        care: SessionCare,
        typing: TypingNotices,
        go_between: GoBetween,
    ) -> None:
        self._book = around.book
        self._resets = care.resets
        self._renewal = care.renewal
        self._asker = care.asker
        self._progress = care.progress
        self._sessions = sessions = ground.sessions
        self._outbox = outbox = ground.outbox
        self._epochs = epochs
        self._joiner = joiner
        self._peers = care.peers
        self._typing = typing
        self.go_between = go_between
        self.annotations = Annotations(around, outbox=outbox)
        self._payloads = Payloads(around, annotations=self.annotations)
        self._re_requests = ReRequests(around, sessions=sessions)
        self._store = around.store
        self._network = around.network
        self._clock = around.clock
        self._announcer = around.announcer
        self._clock_watch = around.clock_watch
        self._quotas = around.quotas
        self.inflow = inflow
        self._random = around.random

    async def receive(self, batch: Sequence[EnvelopeReceived]) -> None:
        """Take a batch in.

        Raises:
            StorageError: nothing of it was kept or acknowledged; the peers will send it again.
        """
        envelopes: dict[int, dict[bytes, EnvelopeReceived]] = {}
        for event in batch:
            contact = self._sender(event)
            if contact is not None and _is_heard(contact):
                envelopes.setdefault(contact.number, {})[envelope_id(event.envelope)] = event
        known = {number: await self._store.received(number, tuple(ids)) for number, ids in envelopes.items()}
        # From the first state that moves to the commit nothing may pause: a send in between would make a state durable
        # whose message is not, or have its own overwritten by an older one.
        unit = self._store.begin()
        contacts = [contact for number in envelopes if (contact := self._book.numbered(number)) is not None]
        portions = [
            self._take_in(contact, envelopes[contact.number], known[contact.number], unit) for contact in contacts
        ]
        await self._store.commit(unit)
        for portion in portions:
            await self._finish(portion, unit)

    def _sender(self, event: EnvelopeReceived) -> Contact | None:
        """Who sent it: on a link that began by an invite, whoever has become the contact since it arrived.

        One who learnt from a notice that its answer was accepted writes without waiting for the confirmation.
        """
        contact = self._book.of_peer(event.peer)
        if contact is not None:
            return contact
        peer_now = self._network.peer_of(event.link)
        return None if peer_now is None else self._book.of_peer(peer_now)

    def offline(self, peer: PeerId) -> None:
        """The peer's last link is gone: it will send again what it has no acknowledgement for."""
        self._re_requests.offline(peer)
        if (contact := self._book.of_peer(peer)) is not None:
            self._typing.ended(contact.number)

    # --- before the commit

    def _take_in(
        self, contact: Contact, envelopes: dict[bytes, EnvelopeReceived], known: set[bytes], unit: UnitOfWork
    ) -> Portion:
        number, portion = contact.number, Portion(contact, contact, self._clock())
        for identifier, event in envelopes.items():
            if identifier in known:
                portion.acknowledge.append(identifier)
            else:
                self._open(portion, identifier, event, unit)
        if portion.contact is not contact:
            self._book.put_contact(portion.contact, unit)
        if portion.stored_bytes:
            self._book.put_stored_bytes(number, self._quotas.store(number, portion.stored_bytes), unit)
        if portion.acknowledged:
            portion.settled = self._outbox.find(number, portion.acknowledged)
            portion.delivered = self._outbox.acknowledge(number, portion.settled, unit)
        if portion.read:
            unit.raise_states(number, tuple(portion.read), MessageState.READ, at=portion.at)
        self._reseal(portion, unit)
        self._seal_acknowledgements(portion, unit)
        has_opened = portion.opened_count > 0
        portion.answers += self._re_requests.ask(number, portion.unopened, unit, has_opened=has_opened)
        portion.queued = self._epochs.answer(portion.contact, portion.exchanged, unit)
        return portion

    def _open(self, portion: Portion, identifier: bytes, event: EnvelopeReceived, unit: UnitOfWork) -> None:
        number = portion.contact.number
        try:
            opened = self._sessions.peek(number, event.envelope)
        except RemoteError as error:
            logger.info("contact %d: an envelope does not open: %s", number, type(error))
            self._quotas.charge(number, messages=UNOPENED_MESSAGES, now=asyncio.get_running_loop().time())
            if not isinstance(error, MalformedError | UnsupportedVersionError):
                self._resets.unopened(number, identifier)
                portion.unopened.append(identifier)
            return
        portion.opened_count += 1
        self._resets.opened(number)
        if opened.payload.type in _NEEDS_CONSENT and self._asker.needs_consent(portion.contact, opened):
            self._resets.left_unread.add(number)  # in the contact's outbox, until the user agrees
            return
        self._sessions.keep(opened, unit)
        if opened.payload.type not in MOMENTARY:
            unit.add_received(number, identifier, at=self._clock())
            portion.stored_bytes += STORED_ENVELOPE_BYTES
        self._learn_of_session(portion, opened, event, unit)
        if opened.payload.type not in _UNACKNOWLEDGED:
            portion.acknowledge.append(identifier)
        try:
            self._payloads.take(portion, opened, unit)
        except RemoteError as error:  # sealed by the contact, so its own fault; there is no use in sending it again
            logger.info("contact %d: a payload of type %d is refused: %s", number, opened.payload.type, type(error))
        except Exception:  # our own fault; the states of this and of other contacts have moved and must be committed
            logger.exception("contact %d: a payload of type %d cannot be taken", number, opened.payload.type)

    def _learn_of_session(self, portion: Portion, opened: Opened, event: EnvelopeReceived, unit: UnitOfWork) -> None:
        """What it means that something came on this very session."""
        if portion.contact.state is ContactState.PENDING and not self._asker.made(portion.contact.number, opened):
            portion.contact = self._joiner.establish(portion.contact, opened.stored, unit)
        elif opened.is_first:
            renewed = self._asker.establish(portion.contact, opened, unit)
            portion.is_renewed = portion.is_renewed or renewed is not portion.contact
            portion.contact = renewed
        elif self._progress.tells_of_two(event.link, opened.stored):
            portion.contact = replace(portion.contact, notice=ContactNotice.TWO_DEVICES, verified=False)

    def _reseal(self, portion: Portion, unit: UnitOfWork) -> None:
        number = portion.contact.number
        if portion.readable:
            portion.has_broken = self._sessions.distrust(number, portion.readable, unit)
        settled = {outgoing.envelope_id for outgoing in portion.settled}
        for transcript in dict.fromkeys(portion.requested.values()):
            ids = [name for name, said_on in portion.requested.items() if said_on == transcript and name not in settled]
            portion.resealed = [*portion.resealed, *self._outbox.reseal(number, ids, transcript, unit)]

    def _seal_acknowledgements(self, portion: Portion, unit: UnitOfWork) -> None:
        number = portion.contact.number
        for start in range(0, len(portion.acknowledge), MAX_LISTED_IDS):
            stored = self._sessions.sending(number)
            if stored is None:
                return
            listed = encode_ids(portion.acknowledge[start : start + MAX_LISTED_IDS])
            message_id = self._random(MESSAGE_ID_BYTES)
            sealed = self._sessions.seal(stored, ContentType.ACKNOWLEDGEMENT, message_id, listed, unit)
            portion.answers.append(sealed.envelope)

    # --- after the commit

    async def _finish(self, portion: Portion, unit: UnitOfWork) -> None:
        """Answer and tell."""
        number = portion.contact.number
        if self._book.numbered(number) is None:
            return  # removed meanwhile
        self._outbox.answer(number, portion.answers)
        self._outbox.delivered(number, portion.settled, portion.delivered)
        self._outbox.resealed(number, portion.resealed)
        if portion.has_broken:
            self._outbox.seal_anew(number)
        for outgoing in portion.queued:
            self._outbox.committed(outgoing)
        self._tell_of_sessions(portion)
        if portion.before.state is ContactState.PENDING and not portion.is_renewed:
            self._joiner.established(number)
        elif portion.contact.endpoints != portion.before.endpoints:
            self._peers.declare(number)
        if portion.contact.name != portion.before.name:
            self._announcer.publish(ContactChanged(self._book.contact_id(number), name=portion.contact.name))
        self._tell_read(portion, unit.became_read())
        await self._tell_received(portion, unit.repeated())
        if portion.is_typing is not None:
            (self._typing.heard if portion.is_typing else self._typing.ended)(number)
        self.go_between.asked(number, portion.passes)
        self.go_between.brought(number, portion.passed)

    def _tell_of_sessions(self, portion: Portion) -> None:
        """A new session, two devices, or envelopes that make a new session necessary."""
        number, before, after = portion.contact.number, portion.before, portion.contact
        if portion.is_renewed:
            self._renewal.publish(before, after)
            self._asker.established(number)
        elif after.notice is not before.notice:
            verified = after.verified if after.verified != before.verified else None
            self._announcer.publish(ContactChanged(after.contact_id, verified=verified, notice=after.notice))
        self._asker.ask(number)

    async def _tell_received(self, portion: Portion, repeated: set[tuple[int, MessageId]]) -> None:
        number = portion.contact.number
        new = [message for message in portion.received.values() if (number, message.message_id) not in repeated]
        self._book.saw_received(number, len(new))
        new = await self.annotations.arrived(number, new, portion.annotated)
        if self._book.numbered(number) is None:
            return  # removed meanwhile
        added_at, now = portion.contact.added_at, self._clock()
        for message in new:
            self._clock_watch.heard(number, sent_at=message.sent_at, added_at=added_at, now=now)
            self._announcer.publish(MessageReceived(message))

    def _tell_read(self, portion: Portion, became_read: set[tuple[int, MessageId]]) -> None:
        number = portion.contact.number
        messages = [message for message in portion.read if (number, message) in became_read]
        contact_id = self._book.contact_id(number)
        self._outbox.read(number, messages)
        for message in messages:
            self._announcer.publish(MessageStateChanged(message, contact_id, MessageState.READ, portion.at))


def _is_heard(contact: Contact) -> bool:
    """A blocked contact, or one who waits for a yes, gets no answer: what it wrote stays in its own outbox."""
    return contact.state is not ContactState.REQUEST and not contact.blocked
