"""Compares with each contact how far both have come, and so finds copies (``docs/protocol.md`` section 3).

    link up   ─▶ progress frame: the largest count heard on each session
    progress  ─▶ more than we ever sent: our state is an old one ─▶ nothing is sent on that session, a reset, words
    envelope on a session that a reset replaced, over a link that came up when both knew ─▶ two devices ─▶ words

A contact that lies spoils its own session, and no more often than a reset may be.
"""

import logging
from dataclasses import replace

from app.domain.contact import Contact, ContactNotice, ContactState
from app.domain.events import ContactChanged
from app.domain.progress import NO_MORE, Progress, decode_progress, encode_progress, session_name
from app.ports.records import StoredSession
from app.services.outbox import Outbox
from app.services.reset_asker import ResetAsker
from app.services.sessions import Sessions
from app.services.surroundings import Surroundings
from crypto.errors import RemoteError
from net.events import LinkId, LinkUp, ProgressReceived
from net.peer import LinkKind

logger = logging.getLogger(__name__)


class ProgressWatch:
    """What both sides know of each other, link by link."""

    def __init__(self, around: Surroundings, *, sessions: Sessions, outbox: Outbox, asker: ResetAsker) -> None:
        self._book = around.book
        self._sessions = sessions
        self._outbox = outbox
        self._asker = asker
        self._store = around.store
        self._network = around.network
        self._announcer = around.announcer
        self._replaced: dict[LinkId, frozenset[bytes]] = {}
        """By link the sessions that had been replaced when it came up, as both sides knew."""

    def link_up(self, event: LinkUp, contact: Contact) -> None:
        """Tell what came in on each session; before any envelope, so that an old state learns it first."""
        if event.kind is not LinkKind.CONTACT or contact.state is not ContactState.ESTABLISHED:
            return
        number = contact.number
        self._replaced[event.link] = self._known_to_be_replaced(number)
        has_newer = self._sessions.sending(number) is not None
        entries = [
            Progress(_name(stored), count)
            for stored in self._book.sessions[number]
            if (count := _count(stored, has_newer=has_newer))
        ]
        if entries:
            self._network.send_progress(event.link, encode_progress(entries))

    def link_down(self, link: LinkId) -> None:
        self._replaced.pop(link, None)

    async def take(self, event: ProgressReceived) -> None:
        """What the contact has heard of us; a frame that is malformed ends its link."""
        contact = self._book.of_peer(event.peer)
        if contact is None or contact.blocked or contact.state is not ContactState.ESTABLISHED:
            return
        try:
            await self._compare(contact, event.message)
        except RemoteError as error:
            logger.info("link %d: a progress frame is refused: %s", event.link, type(error))
            self._network.close_link(event.link)

    async def _compare(self, contact: Contact, body: bytes) -> None:
        # One who began a reset may well be told that it is done: the answer is on its way.
        entries, is_under_way = decode_progress(body), self._asker.is_under_way(contact.number)
        counts = {entry.name: entry.count for entry in entries if not (is_under_way and entry.count == NO_MORE)}
        live = [stored for stored in self._book.sessions[contact.number] if not stored.retired]
        if not any(counts.get(_name(stored), 0) > stored.session.sent_count for stored in live):
            return
        logger.info("contact %d has seen more than was ever sent: our state is an old one", contact.number)
        unit = self._store.begin()
        for stored in live:  # one shows how old they all are
            self._sessions.retire(stored, unit)
        self._book.put_contact(replace(contact, notice=ContactNotice.ROLLED_BACK), unit)
        await self._store.commit(unit)
        if self._book.numbered(contact.number) is None:
            return  # removed meanwhile
        if contact.notice is not ContactNotice.ROLLED_BACK:
            self._announcer.publish(ContactChanged(contact.contact_id, notice=ContactNotice.ROLLED_BACK))
        self._outbox.seal_anew(contact.number)
        self._asker.look(contact.number)

    def tells_of_two(self, link: LinkId, stored: StoredSession) -> bool:
        """Whether what came in on this session, over this link, was sent by a second device.

        An honest contact knew before the link came up that the session was replaced.
        """
        return stored.retired and stored.session.transcript in self._replaced.get(link, ())

    def _known_to_be_replaced(self, number: int) -> frozenset[bytes]:
        sending = self._sessions.sending(number)
        if sending is None or not (sending.session.initiator or sending.session.highest_received_count > 1):
            return frozenset()  # the contact may not know of the new session yet
        retired = (stored for stored in self._book.sessions[number] if stored.retired)
        return frozenset(stored.session.transcript for stored in retired)


def _name(stored: StoredSession) -> bytes:
    return session_name(stored.session.transcript)


def _count(stored: StoredSession, *, has_newer: bool) -> int:
    if stored.retired:
        return NO_MORE if has_newer else 0
    return stored.session.highest_received_count
