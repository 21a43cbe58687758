"""Takes envelopes in: opened, stored with the ratchet's new state in one commit, then acknowledged.

A batch is what arrived while the last one was being committed; it costs two reads and one commit however large it is.
An envelope seen before is acknowledged again and dropped without being opened, since its key is gone.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.domain.annotation import Target
from app.domain.contact import Contact, ContactNotice, ContactState
from app.domain.content import (
    ANNOTATIONS,
    MAX_LISTED_IDS,
    MOMENTARY,
    ContentType,
    ProfileContent,
    TextContent,
    decode_clock,
    decode_ids,
    decode_transcripts,
    encode_ids,
    is_conversation,
)
from app.domain.events import ContactChanged, MessageReceived, MessageStateChanged
from app.domain.identifiers import MESSAGE_ID_BYTES, MessageId
from app.domain.message import Message, MessageState
from app.domain.passing_content import PassContent, decode_passed
from app.ports import Outgoing, UnitOfWork
from app.services.annotations import Annotations
from app.services.epochs import Epochs
from app.services.go_between import GoBetween
from app.services.ground import Ground
from app.services.inflow import Inflow
from app.services.joiner import Joiner
from app.services.limits import STORED_ENVELOPE_BYTES, STORED_MESSAGE_BYTES, UNOPENED_MESSAGES
from app.services.profiles import Newest, with_profile
from app.services.re_requests import ReRequests
from app.services.session_care import SessionCare
from app.services.sessions import Opened
from app.services.surroundings import Surroundings
from app.services.typing_notices import TypingNotices
from crypto.errors import MalformedError, RemoteError, UnsupportedVersionError
from crypto.session import Payload, envelope_id
from net.endpoint_list import decode_endpoints
from net.events import EnvelopeReceived
from net.peer import PeerId

logger = logging.getLogger(__name__)


_UNACKNOWLEDGED = frozenset({ContentType.ACKNOWLEDGEMENT, ContentType.RE_REQUEST, ContentType.BROKEN}) | MOMENTARY
"""What is in no outbox: whatever it was about comes again with the next link, or is over by then."""


_NEEDS_CONSENT = frozenset({ContentType.PROFILE, ContentType.ADDRESSES}) | ANNOTATIONS
"""Who and where a contact is, and what it changes in what it said: not to be taken from whom the user has yet to agree
to, since a thief of its keys would have the last word on all of it."""


@dataclass(slots=True)
class Intake:
    """What one contact's part of a batch comes to, before it is durable."""

    contact: Contact
    before: Contact
    """The contact as it was."""
    at: float
    """When it is taken in."""
    acknowledge: list[bytes] = field(default_factory=list)
    """Envelope ids to acknowledge."""
    acknowledged: dict[bytes, None] = field(default_factory=dict)
    """Our own envelopes that the contact says it has."""
    settled: Sequence[Outgoing] = ()
    """What of ours waited for that."""
    delivered: Sequence[MessageId] = ()
    read: dict[MessageId, None] = field(default_factory=dict)
    """Our own messages that the contact says it has read."""
    received: dict[MessageId, Message] = field(default_factory=dict)
    annotated: dict[Target, None] = field(default_factory=dict)
    """Messages of which something was said."""
    exchanged: list[Opened] = field(default_factory=list)
    """Offers and acceptances of ML-KEM epochs."""
    opened_count: int = 0
    unopened: list[bytes] = field(default_factory=list)
    """Ids of envelopes that do not open."""
    requested: dict[bytes, bytes] = field(default_factory=dict)
    """Our own envelopes that do not open for the contact, each with the transcript of the session it says so on."""
    resealed: Sequence[tuple[Outgoing, Outgoing]] = ()
    readable: set[bytes] = field(default_factory=set)
    """Transcripts of the sessions that the contact reads, if it has said so."""
    has_broken: bool = False
    """A session that we wrote on is none of these."""
    is_typing: bool | None = None
    """What was said last of whether the contact is writing."""
    passes: list[PassContent] = field(default_factory=list)
    """What the contact asks us to pass on."""
    passed: list[bytes] = field(default_factory=list)
    """What it brings us of others."""
    is_renewed: bool = False
    """A session that we made in a reset stands by this."""
    stored_bytes: int = 0
    """What it costs on the disk."""
    answers: list[bytes] = field(default_factory=list)
    """Acknowledgements, sealed, to be sent after the commit."""
    queued: Sequence[Outgoing] = ()
    """What goes out for the ML-KEM ratchet after the commit."""


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
        self._paths = around.paths
        self.annotations = Annotations(around, outbox=outbox)
        self._re_requests = ReRequests(around, sessions=sessions)
        self._newest = Newest()
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
        intakes = [
            self._take_in(contact, envelopes[contact.number], known[contact.number], unit) for contact in contacts
        ]
        await self._store.commit(unit)
        for intake in intakes:
            await self._finish(intake, unit)

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
    ) -> Intake:
        number, intake = contact.number, Intake(contact, contact, self._clock())
        for identifier, event in envelopes.items():
            if identifier in known:
                intake.acknowledge.append(identifier)
            else:
                self._open(intake, identifier, event, unit)
        if intake.contact is not contact:
            self._book.put_contact(intake.contact, unit)
        if intake.stored_bytes:
            self._book.put_stored_bytes(number, self._quotas.store(number, intake.stored_bytes), unit)
        if intake.acknowledged:
            intake.settled = self._outbox.find(number, intake.acknowledged)
            intake.delivered = self._outbox.acknowledge(number, intake.settled, unit)
        if intake.read:
            unit.raise_states(number, tuple(intake.read), MessageState.READ, at=intake.at)
        self._reseal(intake, unit)
        self._seal_acknowledgements(intake, unit)
        has_opened = intake.opened_count > 0
        intake.answers += self._re_requests.ask(number, intake.unopened, unit, has_opened=has_opened)
        intake.queued = self._epochs.answer(intake.contact, intake.exchanged, unit)
        return intake

    def _open(self, intake: Intake, identifier: bytes, event: EnvelopeReceived, unit: UnitOfWork) -> None:
        number = intake.contact.number
        try:
            opened = self._sessions.peek(number, event.envelope)
        except RemoteError as error:
            logger.info("contact %d: an envelope does not open: %s", number, type(error))
            self._charge(intake, UNOPENED_MESSAGES)
            if not isinstance(error, MalformedError | UnsupportedVersionError):
                self._resets.unopened(number, identifier)
                intake.unopened.append(identifier)
            return
        intake.opened_count += 1
        self._resets.opened(number)
        if opened.payload.type in _NEEDS_CONSENT and self._asker.needs_consent(intake.contact, opened):
            self._resets.left_unread.add(number)  # in the contact's outbox, until the user agrees
            return
        self._sessions.keep(opened, unit)
        if opened.payload.type not in MOMENTARY:
            unit.add_received(number, identifier, at=self._clock())
            intake.stored_bytes += STORED_ENVELOPE_BYTES
        self._learn_of_session(intake, opened, event, unit)
        if opened.payload.type not in _UNACKNOWLEDGED:
            intake.acknowledge.append(identifier)
        try:
            self._take(intake, opened, unit)
        except RemoteError as error:  # sealed by the contact, so its own fault; there is no use in sending it again
            logger.info("contact %d: a payload of type %d is refused: %s", number, opened.payload.type, type(error))
        except Exception:  # our own fault; the states of this and of other contacts have moved and must be committed
            logger.exception("contact %d: a payload of type %d cannot be taken", number, opened.payload.type)

    def _learn_of_session(self, intake: Intake, opened: Opened, event: EnvelopeReceived, unit: UnitOfWork) -> None:
        """What it means that something came on this very session."""
        if intake.contact.state is ContactState.PENDING and not self._asker.made(intake.contact.number, opened):
            intake.contact = self._joiner.establish(intake.contact, opened.stored, unit)
        elif opened.is_first:
            renewed = self._asker.establish(intake.contact, opened, unit)
            intake.is_renewed = intake.is_renewed or renewed is not intake.contact
            intake.contact = renewed
        elif self._progress.tells_of_two(event.link, opened.stored):
            intake.contact = replace(intake.contact, notice=ContactNotice.TWO_DEVICES, verified=False)

    def _take(self, intake: Intake, opened: Opened, unit: UnitOfWork) -> None:
        payload = opened.payload
        match payload.type:
            case ContentType.PROFILE | ContentType.ADDRESSES:
                self._take_introduction(intake, opened)
            case ContentType.READ:
                ids = decode_ids(payload.content)
                self._charge(intake, len(ids))
                if self._book.settings.read_receipts:
                    intake.read.update(dict.fromkeys(MessageId(identifier.hex()) for identifier in ids))
            case ContentType.TYPING if not payload.content:
                intake.is_typing = True
            case ContentType.PASS:
                intake.passes.append(PassContent.decode(payload.content))
            case ContentType.PASSED:
                intake.passed.append(decode_passed(payload.content))
            case content_type if content_type in ANNOTATIONS:
                intake.annotated[self.annotations.take(intake.contact.number, payload, unit)] = None
                intake.stored_bytes += STORED_MESSAGE_BYTES + len(payload.content)
            case content_type if is_conversation(content_type):
                self._take_message(intake, payload, unit)
            case _:
                self._take_of_session(intake, opened)

    def _take_introduction(self, intake: Intake, opened: Opened) -> None:
        """Who and where the contact is, as far as it has not said something newer already."""
        contact, content = intake.contact, opened.payload.content
        is_profile = opened.payload.type == ContentType.PROFILE
        told = with_profile(contact, ProfileContent.decode(content)) if is_profile else contact
        endpoints = told.endpoints if is_profile else decode_endpoints(content)
        profile_is_late, addresses_are_late = (
            self._newest.is_late(contact.number, opened, kind) for kind in (ContentType.PROFILE, ContentType.ADDRESSES)
        )
        if profile_is_late or (addresses_are_late and not is_profile):
            return
        intake.contact = replace(told, endpoints=contact.endpoints if addresses_are_late else endpoints)
        self._newest.took(contact.number, opened)

    def _take_of_session(self, intake: Intake, opened: Opened) -> None:
        """What says something of envelopes and sessions."""
        payload = opened.payload
        match payload.type:
            case ContentType.ACKNOWLEDGEMENT:
                intake.acknowledged.update(dict.fromkeys(decode_ids(payload.content)))
            case ContentType.RE_REQUEST:
                ids = decode_ids(payload.content)
                intake.requested.update(dict.fromkeys(ids, opened.stored.session.transcript))
                self._charge(intake, len(ids))
            case ContentType.BROKEN if not opened.stored.retired:
                intake.readable = {*decode_transcripts(payload.content), opened.stored.session.transcript}
            case ContentType.OFFER | ContentType.ACCEPT:
                intake.exchanged.append(opened)
            case _:
                pass  # empty, or of a newer Kith

    def _charge(self, intake: Intake, count: int) -> None:
        """More was caused than one message: a list costs as much as those that it names.

        Each of them is told to the user, or sealed anew.
        """
        self._quotas.charge(intake.contact.number, messages=count, now=asyncio.get_running_loop().time())

    def _take_message(self, intake: Intake, payload: Payload, unit: UnitOfWork) -> None:
        message = self._message(intake.contact, payload)
        if message.message_id in intake.received:
            return
        unit.add_message(intake.contact.number, message)
        intake.stored_bytes += STORED_MESSAGE_BYTES + len(payload.content)
        self._book.saw_clock(intake.contact.number, message.clock)
        intake.received[message.message_id] = message
        intake.is_typing = False

    def _message(self, contact: Contact, payload: Payload) -> Message:
        if payload.type == ContentType.TEXT:
            content = TextContent.decode(payload.content)
            clock, sent_at, text, reply_to = content.clock, content.sent_at, content.text, content.reply_to
        else:  # of a newer Kith: kept, and shown as such
            (clock, sent_at), text, reply_to = decode_clock(payload.content), "", None
        return Message(
            message_id=MessageId(payload.message_id.hex()),
            contact=self._book.contact_id(contact.number),
            mine=False,
            content_type=payload.type,
            text=text,
            clock=clock,
            sent_at=sent_at,
            received_at=self._clock(),
            state=MessageState.DELIVERED,
            reply_to=reply_to,
            path=self._paths.get(contact.number),
        )

    def _reseal(self, intake: Intake, unit: UnitOfWork) -> None:
        number = intake.contact.number
        if intake.readable:
            intake.has_broken = self._sessions.distrust(number, intake.readable, unit)
        settled = {outgoing.envelope_id for outgoing in intake.settled}
        for transcript in dict.fromkeys(intake.requested.values()):
            ids = [name for name, said_on in intake.requested.items() if said_on == transcript and name not in settled]
            intake.resealed = [*intake.resealed, *self._outbox.reseal(number, ids, transcript, unit)]

    def _seal_acknowledgements(self, intake: Intake, unit: UnitOfWork) -> None:
        number = intake.contact.number
        for start in range(0, len(intake.acknowledge), MAX_LISTED_IDS):
            stored = self._sessions.sending(number)
            if stored is None:
                return
            listed = encode_ids(intake.acknowledge[start : start + MAX_LISTED_IDS])
            message_id = self._random(MESSAGE_ID_BYTES)
            sealed = self._sessions.seal(stored, ContentType.ACKNOWLEDGEMENT, message_id, listed, unit)
            intake.answers.append(sealed.envelope)

    # --- after the commit

    async def _finish(self, intake: Intake, unit: UnitOfWork) -> None:
        """Answer and tell."""
        number = intake.contact.number
        if self._book.numbered(number) is None:
            return  # removed meanwhile
        self._outbox.answer(number, intake.answers)
        self._outbox.delivered(number, intake.settled, intake.delivered)
        self._outbox.resealed(number, intake.resealed)
        if intake.has_broken:
            self._outbox.seal_anew(number)
        for outgoing in intake.queued:
            self._outbox.committed(outgoing)
        self._tell_of_sessions(intake)
        if intake.before.state is ContactState.PENDING and not intake.is_renewed:
            self._joiner.established(number)
        elif intake.contact.endpoints != intake.before.endpoints:
            self._peers.declare(number)
        if intake.contact.name != intake.before.name:
            self._announcer.publish(ContactChanged(self._book.contact_id(number), name=intake.contact.name))
        self._tell_read(intake, unit.became_read())
        await self._tell_received(intake, unit.repeated())
        if intake.is_typing is not None:
            (self._typing.heard if intake.is_typing else self._typing.ended)(number)
        self.go_between.asked(number, intake.passes)
        self.go_between.brought(number, intake.passed)

    def _tell_of_sessions(self, intake: Intake) -> None:
        """A new session, two devices, or envelopes that make a new session necessary."""
        number, before, after = intake.contact.number, intake.before, intake.contact
        if intake.is_renewed:
            self._renewal.publish(before, after)
            self._asker.established(number)
        elif after.notice is not before.notice:
            verified = after.verified if after.verified != before.verified else None
            self._announcer.publish(ContactChanged(after.contact_id, verified=verified, notice=after.notice))
        self._asker.ask(number)

    async def _tell_received(self, intake: Intake, repeated: set[tuple[int, MessageId]]) -> None:
        number = intake.contact.number
        new = [message for message in intake.received.values() if (number, message.message_id) not in repeated]
        self._book.saw_received(number, len(new))
        new = await self.annotations.arrived(number, new, intake.annotated)
        if self._book.numbered(number) is None:
            return  # removed meanwhile
        added_at, now = intake.contact.added_at, self._clock()
        for message in new:
            self._clock_watch.heard(number, sent_at=message.sent_at, added_at=added_at, now=now)
            self._announcer.publish(MessageReceived(message))

    def _tell_read(self, intake: Intake, became_read: set[tuple[int, MessageId]]) -> None:
        number = intake.contact.number
        messages = [message for message in intake.read if (number, message) in became_read]
        contact_id = self._book.contact_id(number)
        self._outbox.read(number, messages)
        for message in messages:
            self._announcer.publish(MessageStateChanged(message, contact_id, MessageState.READ, intake.at))


def _is_heard(contact: Contact) -> bool:
    """A blocked contact, or one who waits for a yes, gets no answer: what it wrote stays in its own outbox."""
    return contact.state is not ContactState.REQUEST and not contact.blocked
