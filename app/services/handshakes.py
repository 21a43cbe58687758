"""Hands each link and each handshake message to whom it concerns: first contact or a reset, asking or answering side.

M2 ─▶ joiner, asker        M3 ─▶ inviter, granter        M4 ─▶ joiner, asker        USED ─▶ joiner
RESET ─▶ granter
"""

import logging
from dataclasses import replace

from app.domain.contact import Contact, ContactState
from app.services.inviter import Inviter
from app.services.joiner import Joiner
from app.services.session_care import SessionCare
from app.services.surroundings import Surroundings
from crypto.errors import LocalError, RemoteError
from crypto.handshake import Kind
from net.events import HandshakeReceived, LinkId, LinkUp, PeerOnline
from net.peer import LinkKind

logger = logging.getLogger(__name__)


class Handshakes:
    """The links that are up, and what is said on them before envelopes are."""

    def __init__(
        self,
        around: Surroundings,
        *,
        inviter: Inviter,
        joiner: Joiner,
        care: SessionCare,
    ) -> None:
        self._book = around.book
        self._network = around.network
        self._inviter = inviter
        self._joiner = joiner
        self._asker = care.asker
        self._granter = care.granter
        self._progress = care.progress
        self._links: dict[LinkId, LinkUp] = {}

    def link(self, link: LinkId) -> LinkUp | None:
        """What is known of a link that is up."""
        return self._links.get(link)

    def link_up(self, event: LinkUp) -> None:
        """Somebody may have something to ask on it."""
        self._links[event.link] = event
        posted, contact = self._book.invites.get(event.peer), self._book.of_peer(event.peer)
        if posted is not None:
            self._inviter.link_up(event, posted)
        elif contact is not None:
            self._joiner.link_up(event, contact)
            self._progress.link_up(event, contact)
            self._asker.link_up(event, contact)

    def online(self, event: PeerOnline, contact: Contact) -> None:
        """A link carries the contact's envelopes: what began by an invite is as good for a reset as any."""
        link = self._links.get(event.link)
        if link is not None and link.kind is LinkKind.INVITE:
            link = self._links[event.link] = replace(link, peer=event.peer, kind=LinkKind.CONTACT)
            self._asker.link_up(link, contact)

    def link_down(self, link: LinkId) -> None:
        """What was begun on it is not finished there."""
        self._links.pop(link, None)
        self._inviter.link_down(link)
        self._joiner.link_down(link)
        self._progress.link_down(link)
        self._granter.link_down(link)
        self._asker.link_down(link)

    async def take(self, event: HandshakeReceived) -> None:
        """A message; one that is refused ends its link."""
        link = self._link_of(event)
        if link is None or not event.message:
            return
        try:
            await self._take(link, event.message)
        except (RemoteError, LocalError) as error:
            logger.info("link %d: a handshake is refused: %s", event.link, type(error))
            self._network.close_link(event.link)

    def _link_of(self, event: HandshakeReceived) -> LinkUp | None:
        """The link as it is now: one of an invite or a reset may have become a contact's."""
        link = self._links.get(event.link)
        if link is not None and link.peer != event.peer:
            link = self._links[event.link] = replace(link, peer=event.peer, kind=LinkKind.CONTACT)
        return link

    async def _take(self, link: LinkUp, message: bytes) -> None:
        contact = self._book.of_peer(link.peer)
        if message[0] == Kind.ANSWER:
            await self._take_answer(link, contact, message)
        elif contact is None or contact.blocked or contact.state is ContactState.REQUEST:
            self._network.close_link(link.link)
        elif contact.may_know_us:
            await self._take_of_reset(link, contact, message)
        else:
            await self._take_of_first_contact(link, contact, message)

    async def _take_answer(self, link: LinkUp, contact: Contact | None, message: bytes) -> None:
        if contact is not None and not contact.blocked and self._granter.is_waiting(contact.number, link.link):
            await self._granter.take_answer(link, contact, message)
        else:
            await self._inviter.take_answer(link, message)

    async def _take_of_reset(self, link: LinkUp, contact: Contact, message: bytes) -> None:
        match message[0]:
            case Kind.RESET:
                self._granter.take_request(link, contact, message)
            case Kind.BUNDLE:
                await self._asker.take_bundle(link, contact, message)
            case Kind.CONFIRMATION if self._asker.is_under_way(contact.number):
                await self._asker.take_confirmation(link, contact, message)
            case _:
                await self._take_of_first_contact(link, contact, message)

    async def _take_of_first_contact(self, link: LinkUp, contact: Contact, message: bytes) -> None:
        match message[0]:
            case Kind.BUNDLE:
                await self._joiner.take_bundle(link, contact, message)
            case Kind.CONFIRMATION:
                await self._joiner.take_confirmation(link, contact, message)
            case Kind.USED:
                await self._joiner.take_used_notice(link, contact, message)
            case _:
                self._network.close_link(link.link)
