"""What each payload of a contact means: a message, an annotation, a receipt, who it is, something about sessions."""

import asyncio
from dataclasses import replace

from app.domain.contact import Contact
from app.domain.content import (
    ANNOTATIONS,
    ContentType,
    ProfileContent,
    TextContent,
    decode_clock,
    decode_ids,
    decode_transcripts,
    is_conversation,
)
from app.domain.identifiers import MessageId
from app.domain.message import Message, MessageState
from app.domain.passing_content import PassContent, decode_passed
from app.ports.store import UnitOfWork
from app.services.annotations import Annotations
from app.services.limits import STORED_MESSAGE_BYTES
from app.services.portion import Portion
from app.services.profiles import Newest, with_profile
from app.services.sessions import Opened
from app.services.surroundings import Surroundings
from crypto.session import Payload
from net.endpoint_list import decode_endpoints


class Payloads:
    """Reads what was opened into the sender's portion of the batch; types that it does not know mean nothing."""

    def __init__(self, around: Surroundings, *, annotations: Annotations) -> None:
        self._book = around.book
        self._clock = around.clock
        self._quotas = around.quotas
        self._paths = around.paths
        self._annotations = annotations
        self._newest = Newest()

    def take(self, portion: Portion, opened: Opened, unit: UnitOfWork) -> None:
        """Write down what a payload says; a message goes into the unit of work at once.

        Raises:
            RemoteError: it cannot be read.
        """
        payload = opened.payload
        match payload.type:
            case ContentType.PROFILE | ContentType.ADDRESSES:
                self._take_introduction(portion, opened)
            case ContentType.READ:
                ids = decode_ids(payload.content)
                self._charge(portion, len(ids))
                if self._book.settings.read_receipts:
                    portion.read.update(dict.fromkeys(MessageId(identifier.hex()) for identifier in ids))
            case ContentType.TYPING if not payload.content:
                portion.is_typing = True
            case ContentType.PASS:
                portion.passes.append(PassContent.decode(payload.content))
            case ContentType.PASSED:
                portion.passed.append(decode_passed(payload.content))
            case content_type if content_type in ANNOTATIONS:
                portion.annotated[self._annotations.take(portion.contact.number, payload, unit)] = None
                portion.stored_bytes += STORED_MESSAGE_BYTES + len(payload.content)
            case content_type if is_conversation(content_type):
                self._take_message(portion, payload, unit)
            case _:
                self._take_of_session(portion, opened)

    def _take_introduction(self, portion: Portion, opened: Opened) -> None:
        """Who and where the contact is, as far as it has not said something newer already."""
        contact, content = portion.contact, opened.payload.content
        is_profile = opened.payload.type == ContentType.PROFILE
        told = with_profile(contact, ProfileContent.decode(content)) if is_profile else contact
        endpoints = told.endpoints if is_profile else decode_endpoints(content)
        profile_is_late, addresses_are_late = (
            self._newest.is_late(contact.number, opened, kind) for kind in (ContentType.PROFILE, ContentType.ADDRESSES)
        )
        if profile_is_late or (addresses_are_late and not is_profile):
            return
        portion.contact = replace(told, endpoints=contact.endpoints if addresses_are_late else endpoints)
        self._newest.took(contact.number, opened)

    def _take_message(self, portion: Portion, payload: Payload, unit: UnitOfWork) -> None:
        message = self._message(portion.contact, payload)
        if message.message_id in portion.received:
            return
        unit.add_message(portion.contact.number, message)
        portion.stored_bytes += STORED_MESSAGE_BYTES + len(payload.content)
        self._book.saw_clock(portion.contact.number, message.clock)
        portion.received[message.message_id] = message
        portion.is_typing = False

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

    def _take_of_session(self, portion: Portion, opened: Opened) -> None:
        """What says something of envelopes and sessions."""
        payload = opened.payload
        match payload.type:
            case ContentType.ACKNOWLEDGEMENT:
                portion.acknowledged.update(dict.fromkeys(decode_ids(payload.content)))
            case ContentType.RE_REQUEST:
                ids = decode_ids(payload.content)
                portion.requested.update(dict.fromkeys(ids, opened.stored.session.transcript))
                self._charge(portion, len(ids))
            case ContentType.BROKEN if not opened.stored.retired:
                portion.readable = {*decode_transcripts(payload.content), opened.stored.session.transcript}
            case ContentType.OFFER | ContentType.ACCEPT:
                portion.exchanged.append(opened)
            case _:
                pass  # empty, or of a newer Kith

    def _charge(self, portion: Portion, count: int) -> None:
        """More was caused than one message: a list costs as much as those that it names.

        Each of them is told to the user, or sealed anew.
        """
        self._quotas.charge(portion.contact.number, messages=count, now=asyncio.get_running_loop().time())
