"""Whether the session with a contact is to be reset (``docs/protocol.md`` section 3, restored old copies).

    no session, none that may be written on, link used ─────┐
    three envelopes in a row that do not open ──────────────┼──▶ wanted ──▶ asked for, on any link ──▶ a new session
    three first flights in a row that nobody answered ──────┘
    a reset that was begun ─────────────────────────────────┘

Doubts are not durable: what gave rise to them comes again.  The hour of the last reset is, and a contact makes us reset
a session that there is once a day at most.
"""

from dataclasses import dataclass, field

from app.domain.contact import Contact, ContactState
from app.domain.invite import ANSWERED_AFTER_EXPIRY_S
from app.ports.records import Purpose
from app.services.sessions import Sessions
from app.services.surroundings import Surroundings
from net.peer import LinkKind

MAX_UNOPENED = 3
"""Envelopes of a contact in a row that do not open: one may be late, two may be damaged."""

MAX_UNANSWERED = 3
"""First flights in a row: where a contact was, somebody else's computer may listen for a while."""

DAY_S = 24 * 3600.0


@dataclass(slots=True)
class _Doubt:
    """What speaks against the session of one contact."""

    unopened: set[bytes] = field(default_factory=set)
    """Ids of envelopes; three at most."""
    unanswered: int = 0

    @property
    def is_founded(self) -> bool:
        return len(self.unopened) >= MAX_UNOPENED or self.unanswered >= MAX_UNANSWERED


class Resets:
    """What is known of every contact's session."""

    def __init__(self, around: Surroundings, *, sessions: Sessions) -> None:
        self._book = around.book
        self._clock = around.clock
        self._sessions = sessions
        self._doubts: dict[int, _Doubt] = {}
        self.left_unread: set[int] = set()
        """Contacts of whom something waits until the user agrees to a reset, in their own outboxes."""
        self.linked: set[int] = set()
        """Contacts with a link to ask on, which need not be dialled for that."""

    def wants(self, number: int) -> bool:
        """Whether to ask the contact for a new session."""
        contact = self._book.numbered(number)
        if contact is None or contact.blocked or not contact.may_know_us or self._is_long_over(contact):
            return False
        if self.is_under_way(number) or not self._book.sessions[number]:
            return True  # there is nothing that a reset could spoil, or it has begun
        doubt = self._doubts.get(number)
        is_doubtful = self._sessions.sending(number) is None or (doubt is not None and doubt.is_founded)
        since_last_s = None if contact.reset_at is None else self._clock() - contact.reset_at
        return is_doubtful and (since_last_s is None or not 0 <= since_last_s < DAY_S)

    def is_under_way(self, number: int) -> bool:
        """Whether we began a reset whose end we do not know."""
        attempts = self._book.attempts.get(number, ())
        return any(attempt.purpose is not Purpose.FIRST_CONTACT for attempt in attempts)

    def _is_long_over(self, contact: Contact) -> bool:
        """Whether the contact is one to be whose inviter does not even answer any more."""
        joining = self._book.joinings.get(contact.number)
        is_to_be = contact.state is not ContactState.ESTABLISHED
        return is_to_be and (joining is None or self._clock() > joining.expiry + ANSWERED_AFTER_EXPIRY_S)

    # --- What speaks for and against a session

    def opened(self, number: int) -> None:
        """Something of the contact opened."""
        if (doubt := self._doubts.get(number)) is not None:
            doubt.unopened.clear()

    def unopened(self, number: int, envelope_id: bytes) -> None:
        """An envelope did not open; the same one again tells nothing new."""
        doubt = self._doubts.setdefault(number, _Doubt())
        if len(doubt.unopened) < MAX_UNOPENED:
            doubt.unopened.add(envelope_id)

    def unanswered(self, number: int, kind: LinkKind) -> None:
        """Where the contact may be, nobody knew the link key."""
        if kind is LinkKind.CONTACT:
            self._doubts.setdefault(number, _Doubt()).unanswered += 1

    def answered(self, number: int) -> None:
        """A link under a key of our sessions is up."""
        if (doubt := self._doubts.get(number)) is not None:
            doubt.unanswered = 0

    def forget(self, number: int) -> None:
        """There is a new session, or the contact is gone."""
        self._doubts.pop(number, None)
        self.left_unread.discard(number)
