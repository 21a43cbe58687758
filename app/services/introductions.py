"""Tells contacts who and where we are: in full to one of them, and to all who know it otherwise what has changed.

What is queued here is durable with the caller's unit of work, and leaves when the caller says that this is committed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.account import Account
from app.domain.contact import Contact, ContactState
from app.domain.content import ContentType
from app.ports.records import Outgoing
from app.ports.store import UnitOfWork
from app.services.outbox import Outbox
from app.services.peers import Peers
from app.services.profiles import OwnProfile
from app.services.surroundings import Surroundings
from net.endpoint_list import encode_endpoints


class Introductions:
    """PROFILE and ADDRESSES, and whom we owe them."""

    def __init__(self, around: Surroundings, *, own_profile: OwnProfile, peers: Peers, outbox: Outbox) -> None:
        self._book = around.book
        self._store = around.store
        self._random = around.random
        self._own_profile = own_profile
        self._peers = peers
        self._outbox = outbox
        self._repeated: set[int] = set()
        """Whom we have told of ourselves again."""

    def queue(self, contact: Contact, unit: UnitOfWork) -> list[Outgoing]:
        """Keep the contact as it is given, and tell it who and where we are if it is one to know."""
        if contact.state is not ContactState.ESTABLISHED:
            self._book.put_contact(contact, unit)
            return []
        profile = self._own_profile.content()
        self._book.put_contact(replace(contact, announced=profile.endpoints), unit)
        return [self._outbox.queue(contact, ContentType.PROFILE, profile.encode(), unit)]

    def committed(self, queued: Iterable[Outgoing]) -> None:
        """What was queued is durable."""
        for outgoing in queued:
            self._outbox.committed(outgoing)

    async def repeat(self, number: int) -> None:
        """Tell a contact once more who and where we are; once in a life of the engine, whatever it asks for."""
        contact = self._book.numbered(number)
        if contact is None or number in self._repeated:
            return
        self._repeated.add(number)
        unit = self._store.begin()
        queued = self.queue(contact, unit)
        await self._store.commit(unit)
        self.committed(queued)

    async def tell_addresses(self, numbers: Iterable[int]) -> None:
        """Tell linked contacts our addresses, those who know others."""
        endpoints = self._own_profile.endpoints()
        known = [contact for number in numbers if (contact := self._book.numbered(number)) is not None]
        uninformed = [
            replace(contact, announced=endpoints)
            for contact in known
            if contact.state is ContactState.ESTABLISHED and contact.announced != endpoints
        ]
        if not uninformed:
            return
        unit, content = self._store.begin(), encode_endpoints(endpoints)
        queued: list[Outgoing] = []
        for contact in uninformed:
            self._book.put_contact(contact, unit)
            queued.append(self._outbox.queue(contact, ContentType.ADDRESSES, content, unit))
        await self._store.commit(unit)
        await self._outbox.recount()
        self.committed(queued)

    # --- our account

    async def tell_account(self, account: Account) -> None:
        """Keep our account as it is now, and tell it in the same commit to all who know it otherwise.

        These are also contacts to be, whom an answer on its way told the old profile.
        """
        unit = self._store.begin()
        queued = self._queue_account(account, unit)
        await self._store.commit(unit)
        await self.account_committed(queued)

    def queue_hiding(self, contact: Contact, unit: UnitOfWork) -> list[Outgoing]:
        """Be found on the DHT no more by somebody who knows where to look; the others are told where to look now."""
        if contact.state is ContactState.REQUEST:
            return []  # it was never told
        account = self._book.account
        return self._queue_account(replace(account, discovery=account.discovery.rotated(self._random)), unit)

    async def account_committed(self, queued: Sequence[Outgoing]) -> None:
        """Our account is durable as it is now, and so is what was queued of it."""
        await self._outbox.recount()
        self.committed(queued)
        self._peers.publish()

    def _queue_account(self, account: Account, unit: UnitOfWork) -> list[Outgoing]:
        self._book.put_account(account, unit)
        profile = self._own_profile.content().encode()
        return [
            self._outbox.queue(contact, ContentType.PROFILE, profile, unit)
            for contact in self._book.contacts()
            if not contact.blocked
            and (contact.state is ContactState.ESTABLISHED or self._book.attempts[contact.number])
        ]

    def forget(self, number: int) -> None:
        """The contact is removed; its number may be another's one day."""
        self._repeated.discard(number)
