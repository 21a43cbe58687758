"""Takes the network's events one at a time and in order, and hands each to the service that it concerns.

Envelopes that came in a row are handed over together: that is what makes one commit serve many.  A peer's bad bytes
end its link; a store that fails ends the links whose bytes were lost with it, and they come again.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from app.domain.contact import ContactState
from app.domain.errors import StorageError
from app.services.contacts import Contacts
from app.services.inbox import Inbox
from app.services.inviter import Inviter
from app.services.joiner import Joiner
from app.services.outbox import Outbox
from app.services.surroundings import Surroundings
from crypto.errors import LocalError, RemoteError
from crypto.handshake import Kind
from net.events import (
    EnvelopeReceived,
    HandshakeReceived,
    LinkDown,
    LinkId,
    LinkUp,
    NetEvent,
    PeerOffline,
    PeerOnline,
    PeerWritable,
)

logger = logging.getLogger(__name__)

MAX_QUEUED_EVENTS = 20_000
"""Beyond this the link that speaks is closed: its peer sends again what was not acknowledged."""

MAX_BATCH = 1_000
"""Envelopes in one commit: enough to share its cost, few enough that no acknowledgement waits long."""


class Intake:
    """The queue between the network's callbacks and the services."""

    def __init__(
        self,
        around: Surroundings,
        *,
        inbox: Inbox,
        outbox: Outbox,
        contacts: Contacts,
        inviter: Inviter,
        joiner: Joiner,
        recover: Callable[[], Awaitable[None]],
    ) -> None:
        self._book = around.book
        self._inbox = inbox
        self._outbox = outbox
        self._contacts = contacts
        self._inviter = inviter
        self._joiner = joiner
        self._network = around.network
        self._recover = recover
        self._events: deque[NetEvent] = deque()
        self._arrived = asyncio.Event()
        self._links: dict[LinkId, LinkUp] = {}

    def put(self, event: NetEvent) -> None:
        """Queue an event; called by the network on the engine's loop."""
        if len(self._events) >= MAX_QUEUED_EVENTS and isinstance(event, EnvelopeReceived | HandshakeReceived):
            self._network.close_link(event.link)
            return
        self._events.append(event)
        self._arrived.set()

    async def run(self) -> None:
        """Take events until cancelled."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._events:
                await self._take()

    async def _take(self) -> None:
        if isinstance(self._events[0], EnvelopeReceived):
            await self._receive(self._next_envelopes())
            return
        event = self._events.popleft()
        try:
            await self._handle(event)
        except StorageError as error:
            logger.warning("%s was not kept: %s", type(event), error.kind)
            await self._fail(event)

    def _next_envelopes(self) -> list[EnvelopeReceived]:
        batch: list[EnvelopeReceived] = []
        while self._events and len(batch) < MAX_BATCH and isinstance(event := self._events[0], EnvelopeReceived):
            batch.append(event)
            self._events.popleft()
        return batch

    async def _receive(self, batch: list[EnvelopeReceived]) -> None:
        try:
            await self._inbox.receive(batch)
        except StorageError as error:
            logger.warning("%d envelopes were not kept: %s", len(batch), error.kind)
            for link in {event.link for event in batch}:
                self._network.close_link(link)
            await self._recover()

    async def _fail(self, event: NetEvent) -> None:
        if isinstance(event, LinkUp | HandshakeReceived):
            self._network.close_link(event.link)
        await self._recover()

    async def _handle(self, event: NetEvent) -> None:
        match event:
            case LinkUp():
                self._link_up(event)
            case LinkDown():
                self._links.pop(event.link, None)
                self._inviter.link_down(event.link)
                self._joiner.link_down(event.link)
            case HandshakeReceived():
                await self._shake_hands(event)
            case PeerOnline():
                await self._peer_online(event)
            case PeerOffline():
                if (contact := self._book.of_peer(event.peer)) is not None:
                    await self._contacts.offline(contact.number)
            case PeerWritable():
                if (contact := self._book.of_peer(event.peer)) is not None:
                    self._outbox.writable(contact.number)
            case _:
                pass  # progress and observed addresses have no listener in this version

    def _link_up(self, event: LinkUp) -> None:
        self._links[event.link] = event
        posted, contact = self._book.invites.get(event.peer), self._book.of_peer(event.peer)
        if posted is not None:
            self._inviter.link_up(event, posted)
        elif contact is not None:
            self._joiner.link_up(event, contact)

    async def _peer_online(self, event: PeerOnline) -> None:
        contact = self._book.of_peer(event.peer)
        if contact is not None:
            self._contacts.online(contact.number, event)
            await self._contacts.announce(contact.number)

    async def _shake_hands(self, event: HandshakeReceived) -> None:
        link = self._links.get(event.link)
        if link is None or not event.message:
            return
        try:
            await self._take_message(link, event.message)
        except (RemoteError, LocalError) as error:
            logger.info("link %d: a handshake is refused: %s", event.link, type(error))
            self._network.close_link(event.link)

    async def _take_message(self, link: LinkUp, message: bytes) -> None:
        contact = self._book.of_peer(link.peer)
        if message[0] == Kind.ANSWER:
            await self._inviter.take_answer(link, message)
        elif contact is None or contact.state is ContactState.REQUEST:
            self._network.close_link(link.link)
        elif message[0] == Kind.BUNDLE:
            await self._joiner.take_bundle(link, contact, message)
        elif message[0] == Kind.CONFIRMATION:
            await self._joiner.take_confirmation(link.link, contact, message)
        elif message[0] == Kind.USED:
            await self._joiner.take_used_notice(link, contact, message)
