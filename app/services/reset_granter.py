"""A reset from the side that is asked for it: R of ``docs/protocol.md`` section 2, rules 2 and 3.

    RESET ─▶ M2 ─▶ M3 ─▶ commit {session, EK, M4, what the user has to agree to} ─▶ M4

Whoever holds a link with a contact is that contact, or has its keys: it may ask as often as it likes, within bounds,
and changes nothing before its M3 verifies whole.
"""

import logging
from collections import deque
from dataclasses import dataclass, field, replace

from app.domain.contact import Contact, ContactNotice
from app.domain.identifiers import MESSAGE_ID_BYTES
from app.ports.records import Answer, StoredSession
from app.ports.store import UnitOfWork
from app.services.ground import Ground
from app.services.handshake_side import HandshakeSide
from app.services.renewal import Renewal
from app.services.reset_asker import ResetAsker
from app.services.resets import DAY_S
from app.services.surroundings import Surroundings
from crypto import handshake
from crypto.errors import MalformedError
from crypto.handshake import RESUME_MIXED
from crypto.secret import Secret
from net.events import LinkId, LinkUp

logger = logging.getLogger(__name__)

MAX_BUNDLES_A_SECOND = 5
"""Of one contact: each costs an ML-KEM key and a signature.  An honest one asks once a link."""

MAX_RESETS_A_DAY = 8
"""Of one contact: each costs a commit and may be told to the user.  An honest one resets once a day, or as often as its
disk is damaged."""


@dataclass(slots=True)
class _Record:
    """What one contact has asked for lately."""

    bundle_times: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_BUNDLES_A_SECOND))
    reset_times: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_RESETS_A_DAY))

    def may_ask(self, now: float) -> bool:
        return not _is_full(self.bundle_times, now, 1.0) and not _is_full(self.reset_times, now, DAY_S)


@dataclass(frozen=True, slots=True, eq=False)
class _Offered:
    """The one half-open of a contact: volatile, bound to its link."""

    link: LinkId
    half_open: handshake.HalfOpen
    is_resumed: bool
    is_outdated: bool
    """Whoever asks offered the secret of a session that was replaced: an old copy, or a second device."""


class ResetGranter(HandshakeSide):
    """Answers contacts that ask for a new session."""

    def __init__(
        self,
        around: Surroundings,
        *,
        asker: ResetAsker,
        ground: Ground,
        renewal: Renewal,
    ) -> None:
        super().__init__(around, ground=ground)
        self._asker = asker
        self._renewal = renewal
        self._offered: dict[int, _Offered] = {}
        self._records: dict[int, _Record] = {}

    def link_down(self, link: LinkId) -> None:
        """A half-open lives no longer than its link."""
        for number in [number for number, offered in self._offered.items() if offered.link == link]:
            del self._offered[number]

    def is_waiting(self, number: int, link: LinkId) -> bool:
        """Whether M3 of a reset may come in on this link."""
        offered = self._offered.get(number)
        return offered is not None and offered.link == link

    def take_request(self, event: LinkUp, contact: Contact, message: bytes) -> None:
        """RESET: offer a bundle, unless we asked as well and are the one to be answered.

        Raises:
            RemoteError: malformed.
        """
        request = handshake.decode(message)
        if not isinstance(request, handshake.ResetRequest):
            raise MalformedError("not a request")
        number = contact.number
        if self._asker.is_asking(number):
            if self._is_ours_first(number):
                return
            self._asker.give_way(number)
        record, now = self._records.setdefault(number, _Record()), self._clock()
        if not record.may_ask(now):
            return  # the link is good for everything else
        record.bundle_times.append(now)
        self._offer(event, contact, self._session_of(contact, request, event.handshake_hash))

    async def take_answer(self, event: LinkUp, contact: Contact, message: bytes) -> None:
        """M3 on the link of our bundle: commit everything at once, then send M4 (rule 2).

        Raises:
            RemoteError: it does not verify; nothing has changed.
        """
        number, offered = contact.number, self._offered[contact.number]
        now = self._clock()
        accepted = handshake.accept(offered.half_open, self._book.account.identity, message, now_s=int(now))
        del self._offered[number]
        self._records[number].reset_times.append(now)
        unit = self._store.begin()
        renewed, m4 = self._grant(contact, accepted, unit, is_resumed=offered.is_resumed)
        if offered.is_outdated:
            renewed = replace(renewed, notice=ContactNotice.TWO_DEVICES)
        self._book.put_contact(renewed, unit)
        await self._store.commit(unit)
        if self._book.numbered(number) is None:
            return  # removed meanwhile
        self._resets.forget(number)
        self._peers.adopt(event, number)
        self._network.send_handshake(event.link, m4)
        self._renewal.publish(contact, renewed)
        self._presence.established(number)

    # --- parts

    def _grant(
        self, contact: Contact, accepted: handshake.Accepted, unit: UnitOfWork, *, is_resumed: bool
    ) -> tuple[Contact, bytes]:
        """The contact with its new session, and M4."""
        number = contact.number
        stored = self._sessions.add(number, accepted.session, unit, confirmed=True)
        content_type, content = self._renewal.first_payload(contact, is_resumed=is_resumed)
        sealed = self._sessions.seal(stored, int(content_type), self._random(MESSAGE_ID_BYTES), content, unit)
        m4 = handshake.Confirmation(sealed.envelope).encode()
        digits = handshake.reset_digits(accepted.transcript, m4)
        renewed = self._renewal.renew(contact, stored, unit, is_resumed=is_resumed, digits=digits)
        renewed = self._renewal.told(self._renewal.heard(renewed, accepted.first_payload), content_type)
        self._book.remove_attempts(number, unit)
        unit.remove_answers(number)
        unit.add_answer(Answer(accepted.ephemeral, number, m4, self._clock()))
        return renewed, m4

    def _offer(self, event: LinkUp, contact: Contact, offered: tuple[StoredSession, Secret] | None) -> None:
        """Send M2; whoever asks anew has given up what it asked for on another link.

        The secret of a session that was replaced proves nothing any more, but tells something.
        """
        is_outdated = offered is not None and offered[0].retired
        resume = None if offered is None or is_outdated else offered[1]
        former = self._offered.pop(contact.number, None)
        if former is not None and former.link != event.link:
            self._network.close_link(former.link)
        terms = handshake.Terms.of_reset(
            secret=self._peers.reset_secret(contact),
            resume=resume,
            initiator=contact.identity,
            responder=self._book.account.identity.public,
            handshake_hash=event.handshake_hash,
        )
        flags = 0 if resume is None else RESUME_MIXED
        half_open = handshake.offer(terms, self._book.account.identity, flags=flags, random=self._random)
        self._offered[contact.number] = _Offered(event.link, half_open, resume is not None, is_outdated)
        self._network.send_handshake(event.link, half_open.message)

    def _session_of(
        self, contact: Contact, request: handshake.ResetRequest, handshake_hash: bytes
    ) -> tuple[StoredSession, Secret] | None:
        """The session, and its secret, that the hint fits."""
        for stored in self._book.sessions[contact.number]:
            for resume in stored.session.resumes:
                if handshake.resume_offered(request, resume, handshake_hash):
                    return stored, resume
        return None

    def _is_ours_first(self, number: int) -> bool:
        """Both at once: the larger fingerprint gives way."""
        return self._book.account.identity.public.fingerprint < self._book.peer_id(number)


def _is_full(times: deque[float], now: float, span_s: float) -> bool:
    return len(times) == times.maxlen and 0 <= now - times[0] < span_s
