"""What the engine knows of the profile by heart: account, contacts, sessions, invites.

A change goes into memory and into a unit of work at once, so that the next operation builds on it while the commit is
under way.  When a commit fails the book is loaded anew from the store, and with it every state that was built on sand.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress

from app.domain.account import Account
from app.domain.contact import Contact
from app.domain.errors import ErrorKind, KithError
from app.domain.identifiers import ContactId
from app.domain.invite import PostedInvite
from app.domain.settings import Settings
from app.ports.records import Attempt, Joining, StoredSession
from app.ports.store import Store, UnitOfWork
from crypto.invite import Invite
from net.endpoint import Endpoint
from net.errors import LocalError
from net.peer import PeerId

STORED_BYTES = "stored bytes of {}"
"""The setting that says what is kept of a contact, by number."""

REACHED = "reached {}"
"""The setting that says where links to a contact came up, endpoints separated by spaces."""

DRAFT = "draft for {}"
"""The setting that holds what was begun to be written to a contact."""

CLOCK = "clock of {}"
"""The setting that says how far the clock of a conversation had come when messages were deleted."""

DHT_NODES = "nodes of the DHT"
"""The setting that says which nodes to start from, endpoints separated by spaces."""

MUTED_UNTIL = "muted until of {}"
"""The setting that says until when a contact is muted, in Unix seconds; ``inf`` is for ever."""


class Book:
    """Everything small and durable, kept in memory; messages and the outbox stay in the store."""

    def __init__(self, account: Account) -> None:
        self._start_over(account)

    def _start_over(self, account: Account) -> None:
        self.account = account
        self.settings = Settings()
        self.sessions: dict[int, list[StoredSession]] = defaultdict(list)
        self.attempts: dict[int, list[Attempt]] = defaultdict(list)
        self.joinings: dict[int, Invite] = {}
        self.invites: dict[PeerId, PostedInvite] = {}
        self.unread: dict[int, int] = {}
        self.stored_bytes: dict[int, int] = {}
        """What was kept of each contact when the book was loaded."""
        self.reached: dict[int, tuple[Endpoint, ...]] = {}
        """Which addresses of each contact proved to be its own."""
        self.drafts: dict[int, str] = {}
        """What was begun to be written to each contact, none of it empty."""
        self.dht_nodes: tuple[Endpoint, ...] = ()
        """Nodes of the DHT known in the last run."""
        self.muted_until: dict[int, float] = {}
        """Until when contacts are muted, maybe long ago."""
        self.clocks: dict[int, int] = {}
        """The largest hybrid clock of each conversation: that of its newest message, or of one that was deleted."""
        self._contacts: dict[int, Contact] = {}
        self._numbers: dict[ContactId, int] = {}
        self._numbers_by_peer: dict[PeerId, int] = {}
        self._ids: dict[int, ContactId] = {}
        self._peers: dict[int, PeerId] = {}
        self._largest_number = 0

    async def load(self, store: Store) -> None:
        """Read everything from the store, replacing what was known."""
        account, contacts, sessions = await store.account(), await store.contacts(), await store.sessions()
        attempts, joinings = await store.attempts(), await store.joinings()
        invites, unread, latest = await store.invites(), await store.unread(), await store.latest()
        settings = await store.settings()
        store.resume()
        self._start_over(account or self.account)
        for contact in contacts:
            self._remember(contact)
        for stored in sessions:
            self.sessions[stored.contact].append(stored)
        for attempt in attempts:
            self.attempts[attempt.contact].append(attempt)
        self.joinings.update((joining.contact, joining.invite) for joining in joinings)
        self.settings = Settings.read(settings)
        self.dht_nodes = _endpoints(settings.get(DHT_NODES, ""))
        self.invites.update((PeerId(posted.invite.invite_id), posted) for posted in invites)
        self.unread.update(unread)
        for contact in contacts:
            self._read_settings(contact.number, settings)
        for number, message in latest.items():
            self.saw_clock(number, message.clock)

    # --- contacts

    def contacts(self) -> Iterable[Contact]:
        return tuple(self._contacts.values())

    def contact(self, contact_id: ContactId) -> Contact:
        """The contact or request of this id.

        Raises:
            KithError: ``unknown_contact``.
        """
        number = self._numbers.get(contact_id)
        if number is None:
            raise KithError(ErrorKind.UNKNOWN_CONTACT)
        return self._contacts[number]

    def writable(self, contact_id: ContactId) -> Contact:
        """The same, if it may be written to.

        Raises:
            KithError: ``unknown_contact``, ``contact_blocked``.
        """
        contact = self.contact(contact_id)
        if contact.blocked:
            raise KithError(ErrorKind.CONTACT_BLOCKED)
        return contact

    def numbered(self, number: int) -> Contact | None:
        return self._contacts.get(number)

    def of_peer(self, peer_id: PeerId) -> Contact | None:
        number = self._numbers_by_peer.get(peer_id)
        return None if number is None else self._contacts[number]

    def contact_id(self, number: int) -> ContactId:
        """The id of a known contact, without deriving it from the keys again."""
        return self._ids[number]

    def peer_id(self, number: int) -> PeerId:
        """The fingerprint of a known contact, as the network names it."""
        return self._peers[number]

    def next_number(self) -> int:
        return self._largest_number + 1

    def put_contact(self, contact: Contact, unit: UnitOfWork) -> None:
        """Add or change a contact."""
        self._remember(contact)
        unit.put_contact(contact)

    def remove_contact(self, contact: Contact, unit: UnitOfWork) -> None:
        """Forget a contact and everything that belongs to it."""
        number = contact.number
        del self._contacts[number], self._numbers[self._ids.pop(number)], self._numbers_by_peer[self._peers.pop(number)]
        for belongings in (
            *(self.sessions, self.attempts, self.joinings, self.unread),
            *(self.clocks, self.reached, self.drafts, self.muted_until),
        ):
            belongings.pop(number, None)
        unit.remove_contact(number)
        for setting in (STORED_BYTES, REACHED, DRAFT, MUTED_UNTIL, CLOCK):  # the number may be somebody else's one day
            unit.put_setting(setting.format(number), "")

    def put_stored_bytes(self, contact: int, total: int, unit: UnitOfWork) -> None:
        """What is kept of a contact comes to this now."""
        unit.put_setting(STORED_BYTES.format(contact), str(total))

    def put_reached(self, contact: int, endpoints: tuple[Endpoint, ...], unit: UnitOfWork) -> None:
        """These addresses of a contact proved to be its own."""
        self.reached[contact] = endpoints
        unit.put_setting(REACHED.format(contact), " ".join(map(str, endpoints)))

    def put_draft(self, contact: int, text: str, unit: UnitOfWork) -> None:
        """This was begun to be written to a contact; nothing, if it is empty."""
        if text:
            self.drafts[contact] = text
        else:
            self.drafts.pop(contact, None)
        unit.put_setting(DRAFT.format(contact), text)

    def put_muted(self, contact: int, until: float | None, unit: UnitOfWork) -> None:
        """A contact is muted until then, or not at all."""
        if until is None:
            self.muted_until.pop(contact, None)
        else:
            self.muted_until[contact] = until
        unit.put_setting(MUTED_UNTIL.format(contact), "" if until is None else repr(until))

    def put_dht_nodes(self, nodes: tuple[Endpoint, ...], unit: UnitOfWork) -> None:
        """Start from these the next time."""
        self.dht_nodes = nodes
        unit.put_setting(DHT_NODES, " ".join(map(str, nodes)))

    def saw_clock(self, contact: int, clock: int) -> None:
        """A message with this clock stands in the conversation."""
        self.clocks[contact] = max(clock, self.clocks.get(contact, 0))

    def keep_clock(self, contact: int, unit: UnitOfWork) -> None:
        """Remember how far the clock has come although messages go that said so."""
        unit.put_setting(CLOCK.format(contact), str(self.clocks.get(contact, 0)))

    def saw_received(self, contact: int, count: int) -> None:
        """So many messages more are unread."""
        self.unread[contact] = self.unread.get(contact, 0) + count

    def saw_read(self, contact: int, count: int) -> None:
        """So many messages are no longer unread; nothing of a contact that was removed meanwhile."""
        if contact in self.unread:
            self.unread[contact] = max(0, self.unread[contact] - count)

    def _read_settings(self, contact: int, settings: Mapping[str, str]) -> None:
        with suppress(KeyError, ValueError):
            self.stored_bytes[contact] = int(settings[STORED_BYTES.format(contact)])
        if reached := settings.get(REACHED.format(contact)):
            self.reached[contact] = _endpoints(reached)
        if draft := settings.get(DRAFT.format(contact)):
            self.drafts[contact] = draft
        with suppress(KeyError, ValueError):
            self.saw_clock(contact, int(settings[CLOCK.format(contact)]))
        with suppress(KeyError, ValueError):
            self.muted_until[contact] = float(settings[MUTED_UNTIL.format(contact)])

    def _remember(self, contact: Contact) -> None:
        number = contact.number
        if number not in self._contacts:
            fingerprint = PeerId(contact.identity.fingerprint)
            self._ids[number], self._peers[number] = contact.contact_id, fingerprint
            self._numbers[contact.contact_id] = self._numbers_by_peer[fingerprint] = number
            self._largest_number = max(self._largest_number, number)
        self._contacts[number] = contact

    # --- account, invites, joinings, attempts, sessions

    def put_account(self, account: Account, unit: UnitOfWork) -> None:
        self.account = account
        unit.put_account(account)

    def put_settings(self, settings: Settings, unit: UnitOfWork) -> None:
        """Keep the settings that differ from those before."""
        before, self.settings = self.settings.stored(), settings
        for key, value in settings.stored().items():
            if value != before[key]:
                unit.put_setting(key, value)

    def put_invite(self, posted: PostedInvite, unit: UnitOfWork) -> None:
        self.invites[PeerId(posted.invite.invite_id)] = posted
        unit.put_invite(posted)

    def remove_invite(self, posted: PostedInvite, unit: UnitOfWork) -> None:
        del self.invites[PeerId(posted.invite.invite_id)]
        unit.remove_invite(posted)

    def put_joining(self, contact: int, invite: Invite, unit: UnitOfWork) -> None:
        self.joinings[contact] = invite
        unit.put_joining(Joining(contact, invite))

    def remove_joining(self, contact: int, unit: UnitOfWork) -> None:
        self.joinings.pop(contact, None)
        unit.remove_joining(contact)

    def add_attempt(self, attempt: Attempt, unit: UnitOfWork) -> None:
        self.attempts[attempt.contact].append(attempt)
        unit.add_attempt(attempt)

    def remove_attempts(self, contact: int, unit: UnitOfWork, *, keep: bytes | None = None) -> None:
        """Drop the attempts with a contact, but for the one whose ephemeral key is ``keep``."""
        self.attempts[contact] = [attempt for attempt in self.attempts[contact] if attempt.ephemeral == keep]
        unit.remove_attempts(contact, keep=keep)

    def session(self, contact: int, transcript: bytes) -> StoredSession | None:
        """The session of this transcript, unless it was dropped."""
        found = (stored for stored in self.sessions[contact] if stored.session.transcript == transcript)
        return next(found, None)

    def put_session(self, stored: StoredSession, unit: UnitOfWork) -> None:
        """Add a session, or replace the state of the one with the same transcript."""
        sessions = self.sessions[stored.contact]
        transcript = stored.session.transcript
        for index, known in enumerate(sessions):
            if known.session.transcript == transcript:
                sessions[index] = stored
                break
        else:
            sessions.append(stored)
        unit.put_session(stored)

    def remove_session(self, stored: StoredSession, unit: UnitOfWork) -> None:
        self.sessions[stored.contact].remove(stored)
        unit.remove_session(stored.session.transcript)


def _endpoints(text: str) -> tuple[Endpoint, ...]:
    """The endpoints of a setting; what is none is left out, since a setting keeps no profile from opening."""
    found: list[Endpoint] = []
    for word in text.split():
        with suppress(LocalError):
            found.append(Endpoint.parse(word))
    return tuple(found)
