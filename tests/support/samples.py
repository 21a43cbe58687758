"""Sample rows of the store: enough to fill it, with nothing about them that matters."""

import hashlib
import os
from ipaddress import ip_address

from app.domain.account import Account
from app.domain.annotation import ReactionChange, Revision, Target
from app.domain.contact import Contact, ContactState
from app.domain.identifiers import ContactId, MessageId
from app.domain.invite import PostedInvite
from app.domain.message import Message, MessageState
from app.ports.records import Outgoing, StoredSession
from crypto.discovery_key import DiscoveryKey
from crypto.identity import Identity, PublicIdentity
from crypto.invite import Hint, Invite
from crypto.primitives import KeyPair
from crypto.secret import Secret
from crypto.session import SESSION_KEYS_BYTES, Session, SessionKeys, initiate
from net.endpoint import Endpoint

NOW = 1_800_000_000.0
TEXT = 0x20


def account(name: str = "Ann") -> Account:
    return Account(name=name, identity=Identity.generate(), discovery=DiscoveryKey.generate(), created_at=NOW)


def public_identity(number: int) -> PublicIdentity:
    """Two hashes in place of keys: nobody here agrees or verifies with them."""
    digests = [hashlib.sha256(f"{number} {use}".encode()).digest() for use in ("sign", "agree")]
    return PublicIdentity(signing_key=digests[0], dh_key=digests[1])


def contact(number: int = 1, state: ContactState = ContactState.ESTABLISHED) -> Contact:
    return Contact(number=number, identity=public_identity(number), state=state, added_at=NOW)


def contact_id(number: int) -> ContactId:
    return ContactId(public_identity(number).account_id)


def message_id(number: int) -> MessageId:
    return MessageId(f"{number:032x}")


def message(
    number: int,
    *,
    contact: int = 1,
    clock: int | None = None,
    text: str = "hello",
    mine: bool = False,
    state: MessageState = MessageState.DELIVERED,
    reply_to: MessageId | None = None,
) -> Message:
    return Message(
        message_id=message_id(number),
        contact=contact_id(contact),
        mine=mine,
        content_type=TEXT,
        text=text,
        clock=number if clock is None else clock,
        sent_at=NOW + number,
        received_at=None if mine else NOW + number + 1,
        state=state,
        reply_to=reply_to,
    )


def revision(
    number: int, *, mine: bool = False, clock: int = 1, text: str | None = "edited", identifier: int = 1
) -> Revision:
    """Of message ``number``."""
    return Revision(Target(message_id(number), mine), clock, envelope_id(identifier), NOW, text)


def reaction(
    number: int, *, mine: bool = False, by_me: bool = False, clock: int = 1, emoji: str = "👍", identifier: int = 1
) -> ReactionChange:
    """To message ``number``."""
    return ReactionChange(Target(message_id(number), mine), by_me, clock, envelope_id(identifier), emoji)


def session(transcript: bytes | None = None) -> Session:
    return initiate(
        SessionKeys.split(os.urandom(SESSION_KEYS_BYTES)),
        associated_data=bytes(32),
        transcript=transcript or os.urandom(32),
        responder_ratchet_key=KeyPair.from_private(os.urandom(32)).public,
    )


def stored_session(contact: int = 1, transcript: bytes | None = None, *, confirmed: bool = False) -> StoredSession:
    return StoredSession(contact=contact, session=session(transcript), created_at=NOW, confirmed=confirmed)


def invite() -> Invite:
    return Invite.create(
        public_identity(99),
        rendezvous_point=DiscoveryKey.generate().point,
        expiry=int(NOW) + 600,
        hints=[Hint(ip_address("192.0.2.1"), 4000)],
    )


def posted_invite() -> PostedInvite:
    return PostedInvite(invite=invite(), rendezvous_key=Secret(os.urandom(32)), created_at=NOW)


def envelope_id(number: int) -> bytes:
    return number.to_bytes(16, "big")


def outgoing(sequence: int, *, contact: int = 1, envelope: int | None = None) -> Outgoing:
    """A payload, sealed in ``envelope`` if it is given."""
    return Outgoing(
        sequence=sequence,
        contact=contact,
        content_type=TEXT,
        message_id=bytes.fromhex(message_id(sequence)),
        content=b"content %d" % sequence,
        transcript=None if envelope is None else b"t" * 32,
        envelope_id=None if envelope is None else envelope_id(envelope),
        envelope=None if envelope is None else b"sealed %d" % envelope,
    )


def endpoint(port: int) -> Endpoint:
    return Endpoint.of("2001:db8::1", port)
