"""Seals and opens payloads on the end-to-end sessions of a contact (``docs/protocol.md`` section 3).

It chooses the session and keeps the states; the cryptography is :mod:`crypto.session`'s.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from app.domain.content import ContentType
from app.ports.records import Outgoing, StoredSession
from app.ports.store import UnitOfWork
from app.services.limits import FREE_MISSING, MISSING_IN_DEBT
from app.services.surroundings import Surroundings
from crypto import session as ratchet
from crypto.errors import ForgedError, JumpError, RemoteError
from crypto.session import Payload, Session

MAX_SESSIONS = 4
"""Live sessions a contact: two after both sides began at once, and room for what a crash left behind."""


KEPT_UNUSED_S = 30 * 86_400
"""A session is forgotten when that to write on was in use for so long since its own last use.

Whatever goes to the contact is acknowledged on the session that it writes on, which can be no other by then.  Two who
are apart for a year may each write on another one of two, and must find both.
"""

_EPOCH_TYPES = frozenset({ContentType.OFFER, ContentType.ACCEPT})


@dataclass(frozen=True, slots=True)
class Sealed:
    """The exact bytes of one envelope, with the session that sealed it."""

    transcript: bytes
    envelope_id: bytes
    envelope: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A payload and the session that it came in on."""

    payload: Payload
    stored: StoredSession
    """With the state after it, which is not kept yet."""
    before: StoredSession

    @property
    def is_first(self) -> bool:
        """Nothing had come in on the session before."""
        return self.before.session.highest_received_count == 0


class Sessions:
    """The ratchets of all contacts."""

    def __init__(self, around: Surroundings) -> None:
        self._book = around.book
        self._clock = around.clock
        self._quotas = around.quotas
        self._random = around.random
        self._on_new_keys: Callable[[int], None] = lambda _contact: None

    def on_new_keys(self, callback: Callable[[int], None]) -> None:
        """Call back with the contact, when an epoch may have changed its link keys."""
        self._on_new_keys = callback

    def add(self, contact: int, session: Session, unit: UnitOfWork, *, confirmed: bool) -> StoredSession:
        """Keep a new session.

        A confirmed one puts the others to the test again: the contact may have made it because it lost them.
        """
        if confirmed:
            for known in tuple(self._book.sessions[contact]):
                if known.confirmed:
                    self._book.put_session(replace(known, confirmed=False), unit)
        now = self._clock()
        dated = ratchet.dated(session, now_s=int(now))
        stored = StoredSession(contact, dated, created_at=now, confirmed=confirmed, used_at=now)
        self._book.put_session(stored, unit)
        return stored

    def sending(self, contact: int) -> StoredSession | None:
        """The session to send on: of the confirmed ones that with the smaller transcript, so that both sides agree."""
        sessions = self._book.sessions[contact]
        if len(sessions) == 1:  # nearly always
            return sessions[0] if sessions[0].confirmed else None
        confirmed = [stored for stored in sessions if stored.confirmed]
        return min(confirmed, key=lambda stored: stored.session.transcript, default=None)

    def is_sealed(self, outgoing: Outgoing) -> bool:
        """Whether a payload was sealed on a session that can be written on; without any, an old envelope has to do."""
        if outgoing.transcript is None:
            return False
        sessions = self._book.sessions[outgoing.contact]
        confirmed = [stored.session.transcript for stored in sessions if stored.confirmed]
        if any(stored.retired and stored.session.transcript == outgoing.transcript for stored in sessions):
            return False
        return outgoing.transcript in confirmed or not confirmed

    def seal(
        self, stored: StoredSession, content_type: int, message_id: bytes, content: bytes, unit: UnitOfWork
    ) -> Sealed:
        """Encrypt one payload; the advanced state goes into the same unit as whatever the caller records."""
        session, envelope = ratchet.encrypt(stored.session, content_type, message_id, content, random=self._random)
        self._put(stored, _advanced(stored, session, self._clock(), confirmed=stored.confirmed), unit)
        return Sealed(session.transcript, ratchet.envelope_id(envelope), envelope)

    def sealed(self, outgoing: Outgoing, unit: UnitOfWork, stored: StoredSession | None = None) -> Outgoing:
        """A payload sealed on the given session, or on the one to write on; itself when there is none."""
        if stored is None:
            stored = self.sending(outgoing.contact)
            if stored is None:
                return outgoing
            outgoing = of_any_session(outgoing)
        sealed = self.seal(stored, outgoing.content_type, outgoing.message_id, outgoing.content, unit)
        return Outgoing(
            outgoing.sequence,
            outgoing.contact,
            outgoing.content_type,
            outgoing.message_id,
            outgoing.content,
            sealed.transcript,
            sealed.envelope_id,
            sealed.envelope,
        )

    def open(self, contact: int, envelope: bytes, unit: UnitOfWork) -> Opened:
        """Decrypt one envelope with whichever session it belongs to.

        Raises:
            RemoteError: none opens it; no state has changed.
        """
        opened = self.peek(contact, envelope)
        self.keep(opened, unit)
        return opened

    def peek(self, contact: int, envelope: bytes) -> Opened:
        """The same, but nothing is known to have come before :meth:`keep` is called, without a pause between.

        Raises:
            RemoteError: none opens it.
        """
        failure: RemoteError = ForgedError("no session opens the envelope")
        for stored in self._book.sessions[contact]:
            try:
                session, payload = self._decrypt(stored, envelope)
            except RemoteError as error:
                failure = error
                continue
            return Opened(payload, _advanced(stored, session, self._clock(), confirmed=True), stored)
        raise failure

    def _decrypt(self, stored: StoredSession, envelope: bytes) -> tuple[Session, Payload]:
        now_s = int(self._clock())
        try:
            return ratchet.decrypt(stored.session, envelope, now_s=now_s, most_missing=FREE_MISSING)
        except JumpError as jump:
            self._charge(stored.contact, jump)
            return ratchet.decrypt(stored.session, envelope, now_s=now_s)

    def _charge(self, contact: int, jump: JumpError) -> None:
        """Let a contact pay for a jump.

        Raises:
            JumpError: it has nothing left, and the jump is a long one.
        """
        now = asyncio.get_running_loop().time()
        if jump.missing > MISSING_IN_DEBT and self._quotas.is_used_up(contact, now):
            raise jump
        self._quotas.charge(contact, messages=jump.missing, now=now)

    def keep(self, opened: Opened, unit: UnitOfWork) -> None:
        """The envelope was received."""
        self._put(opened.before, opened.stored, unit)

    def retire_others(self, stored: StoredSession, unit: UnitOfWork, *, but: Collection[bytes] = ()) -> None:
        """Write on no other session with the contact any more, but for these; they go on receiving."""
        kept = {stored.session.transcript, *but}
        for known in tuple(self._book.sessions[stored.contact]):
            if known.session.transcript not in kept:
                self.retire(known, unit)
        self.prune(stored.contact, unit)

    def retire(self, stored: StoredSession, unit: UnitOfWork) -> None:
        """Write on this session no more."""
        self._book.put_session(replace(stored, confirmed=False, retired=True), unit)

    def distrust(self, contact: int, readable: Collection[bytes], unit: UnitOfWork) -> bool:
        """Write on these transcripts' sessions only, until something comes in on another; whether that is a change."""
        broken = [
            stored
            for stored in self._book.sessions[contact]
            if stored.confirmed and stored.session.transcript not in readable
        ]
        for stored in broken:
            self._book.put_session(replace(stored, confirmed=False), unit)
            self._on_new_keys(contact)
        return bool(broken)

    def offer(self, stored: StoredSession, unit: UnitOfWork) -> bytes:
        """Offer the next ML-KEM epoch; the content of OFFER, which is to be sealed in the same session and unit."""
        session, content = ratchet.offer(stored.session, now_s=int(self._clock()), random=self._random)
        self._put(stored, _advanced(stored, session, self._clock(), confirmed=stored.confirmed), unit)
        return content

    def prune(self, contact: int, unit: UnitOfWork) -> None:
        """Keep at most four sessions: those never confirmed go first, then the oldest."""
        sessions = sorted(self._book.sessions[contact], key=lambda stored: stored.confirmed)
        for stored in sessions[: max(0, len(sessions) - MAX_SESSIONS)]:
            self._book.remove_session(stored, unit)

    def expire(self, contact: int, unit: UnitOfWork) -> bool:
        """Forget sessions and message keys that have waited too long; whether there were any.

        What an attempt may still make the session to write on stays.
        """
        sending, now_s = self.sending(contact), int(self._clock())
        awaited = {attempt.transcript for attempt in self._book.attempts[contact]}
        has_changed = False
        for stored in tuple(self._book.sessions[contact]):
            session = ratchet.expire_skipped(stored.session, now_s=now_s)
            is_outlived = sending is not None and sending.used_at - stored.used_at > KEPT_UNUSED_S
            if is_outlived and session.transcript not in awaited:
                self._book.remove_session(stored, unit)
                self._on_new_keys(contact)
            elif session is not stored.session:
                self._book.put_session(replace(stored, session=session), unit)
            else:
                continue
            has_changed = True
        return has_changed

    def _put(self, before: StoredSession, after: StoredSession, unit: UnitOfWork) -> None:
        self._book.put_session(after, unit)
        if after.session.epoch is not before.session.epoch:
            self._on_new_keys(before.contact)


def _advanced(stored: StoredSession, session: Session, now: float, *, confirmed: bool) -> StoredSession:
    """With its next state; a retired session is not written on, whatever comes in on it."""
    is_written_on = confirmed and not stored.retired
    return StoredSession(stored.contact, session, stored.created_at, is_written_on, stored.retired, now)


def of_any_session(outgoing: Outgoing) -> Outgoing:
    """What may be sealed on another session than before, to which the epochs of that one mean nothing."""
    if outgoing.content_type not in _EPOCH_TYPES:
        return outgoing
    return replace(outgoing, content_type=ContentType.EMPTY, content=b"")
