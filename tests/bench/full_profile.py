"""A profile with a hundred contacts and very many messages, for what the window does with it."""

import asyncio
import time
from pathlib import Path

from app.domain.account import Account
from app.domain.contact import Contact, ContactState
from app.domain.content import ContentType
from app.domain.identifiers import ContactId, MessageId
from app.domain.message import Message, MessageState
from app.storage.profile import create_profile
from crypto.discovery_key import DiscoveryKey
from crypto.identity import Identity

PASSPHRASE = "correct horse battery staple"
CONTACTS = 100
BIG = 1
"""Number of the contact with the longest conversation."""
SENTENCES = (
    "The tide turns at six, be at the pier",
    "Did you see the lighthouse this morning?",
    "No. It rained, and I stayed in with a book",
    "Then come along tomorrow 🙂 the forecast is good, the boat is dry, and Nadia brings the bread and the olives",
    "مرحبا! أراك غدا",
    "ok",
)
_BATCH = 5_000


def make(folder: Path, *, long: int, others: int) -> ContactId:
    """Write the profile: ``long`` messages in one conversation, ``others`` in all the rest.  Returns the long one."""
    return asyncio.run(_make(folder, long, others))


def message(number: int, contact: ContactId, *, at: float, state: MessageState = MessageState.READ) -> Message:
    """The message of that number; its text and side follow from the number."""
    mine = number % 3 == 0
    return Message(
        message_id=MessageId(f"{number:032x}"),
        contact=contact,
        mine=mine,
        content_type=ContentType.TEXT,
        text=f"{SENTENCES[number % len(SENTENCES)]} {number}",
        clock=number,
        sent_at=at,
        received_at=None if mine else at,
        state=state,
        reply_to=None,
    )


async def _make(folder: Path, long: int, others: int) -> ContactId:
    draft = await create_profile(folder, passphrase=PASSPHRASE)
    store, now = draft.store, time.time()
    identities = [Identity.generate().public for _ in range(CONTACTS)]
    unit = store.begin()
    unit.put_account(Account("Ada", Identity.generate(), DiscoveryKey.generate(), created_at=now))
    for number, identity in enumerate(identities, start=1):
        name = f"Contact {number}"
        known = Contact(number, identity, ContactState.ESTABLISHED, added_at=now, given_name=name)
        unit.put_contact(known)
    await store.commit(unit)
    numbers = [BIG] * long + [2 + number % (CONTACTS - 1) for number in range(others)]
    for first in range(0, len(numbers), _BATCH):
        unit = store.begin()
        for number, contact in enumerate(numbers[first : first + _BATCH], start=first + 1):
            at = now - (len(numbers) - number) * 20.0
            unit.add_message(contact, message(number, ContactId(identities[contact - 1].account_id), at=at))
        await store.commit(unit)
    await draft.keep()
    await store.close()
    return ContactId(identities[BIG - 1].account_id)
