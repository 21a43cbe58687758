"""First contact from the inviter's side: R of ``docs/protocol.md`` section 2, rules 2, 3 and 5.

    link by an invite ─▶ M2 ─▶ M3 ─▶ commit {contact or request, session, used by, EK, M4} ─▶ M4

Half-opens are volatile and bound to their link; only an M3 that verifies whole changes anything.
"""

import logging
from collections import defaultdict, deque
from dataclasses import dataclass, replace

from app.domain.contact import Contact, ContactProblem, ContactState
from app.domain.content import ContentType, ProfileContent
from app.domain.events import ContactAdded, ContactRequested, Event
from app.domain.identifiers import MESSAGE_ID_BYTES
from app.domain.invite import PostedInvite
from app.ports.records import Answer
from app.ports.store import UnitOfWork
from app.services.ground import Ground
from app.services.handshake_side import HandshakeSide
from app.services.profiles import with_profile
from app.services.surroundings import Surroundings
from crypto import handshake
from crypto.errors import MalformedError
from crypto.handshake import UsedStatus
from crypto.invite import InviteFlag
from net.events import LinkId, LinkUp
from net.peer import LinkKind, PeerId

logger = logging.getLogger(__name__)

MAX_HALF_OPENS = 8
"""Half-opens an invite; whoever photographed it can push others out at random, but burns nothing."""

MAX_BUNDLES_A_SECOND = 5
"""Bundles made for one invite: each costs an ML-KEM key and a signature."""

MAX_REQUESTS = 100
"""People who wait for a yes; further ones get silence until some are answered."""


@dataclass(frozen=True, slots=True, eq=False)
class Granted:
    """A verified M3, with everything that is to become durable at once."""

    contact: Contact
    answer: Answer
    event: Event | None
    """None when there is nothing new to tell: a request came again."""


class Inviter(HandshakeSide):
    """Answers whoever holds one of our invites."""

    def __init__(self, around: Surroundings, *, ground: Ground) -> None:
        super().__init__(around, ground=ground)
        self._introductions = ground.introductions
        self._half_opens: dict[PeerId, dict[LinkId, handshake.HalfOpen]] = defaultdict(dict)
        self._bundle_times: dict[PeerId, deque[float]] = defaultdict(lambda: deque(maxlen=MAX_BUNDLES_A_SECOND))

    def link_up(self, event: LinkUp, posted: PostedInvite) -> None:
        """Somebody opened a link by an invite of ours: offer a bundle, or say that the invite is spent (rule 5)."""
        status = self._spent(posted)
        if status is not None:
            self._send_used_notice(event, posted, status)
        elif not self._may_offer(event.peer):
            self._network.close_link(event.link)
        else:
            half_open = handshake.offer(self._terms(posted, event), self._book.account.identity)
            self._keep(event, half_open)
            self._network.send_handshake(event.link, half_open.message)

    def link_down(self, link: LinkId) -> None:
        """A half-open lives no longer than its link."""
        for half_opens in self._half_opens.values():
            half_opens.pop(link, None)

    async def take_answer(self, event: LinkUp, message: bytes) -> None:
        """M3, on an invite's link or, from a joiner that missed M4, on a contact's.

        Raises:
            RemoteError: it does not verify; nothing has changed.
        """
        answer = handshake.decode(message)
        if not isinstance(answer, handshake.Answer):
            raise MalformedError("not an answer")
        known = await self._store.answer(answer.ephemeral)
        if known is not None:
            await self._confirm_again(event, known)
            return
        posted = self._book.invites.get(event.peer)
        half_open = self._half_opens[event.peer].get(event.link) if posted else None
        if posted is None or half_open is None:
            return
        status = self._spent(posted)
        if status is not None:
            self._half_opens[event.peer].pop(event.link)
            self._send_used_notice(event, posted, status)
            return
        accepted = handshake.accept(half_open, self._book.account.identity, message, now_s=int(self._clock()))
        await self._grant(event, posted, accepted)

    # --- granting

    async def _grant(self, event: LinkUp, posted: PostedInvite, accepted: handshake.Accepted) -> None:
        """Commit everything at once, then send M4 (rule 2)."""
        unit = self._store.begin()
        granted = self._granted(posted, accepted, unit)
        if granted is None:
            self._network.close_link(event.link)
            return
        await self._store.commit(unit)
        number = granted.contact.number
        self._half_opens[event.peer].pop(event.link, None)
        if self._book.numbered(number) is None:
            return  # removed meanwhile
        self._peers.adopt(event, number)
        self._network.send_handshake(event.link, granted.answer.message)
        if granted.event is not None:
            self._announcer.publish(granted.event)
        self._presence.established(number)

    def _granted(self, posted: PostedInvite, accepted: handshake.Accepted, unit: UnitOfWork) -> Granted | None:
        """Record what an accepted M3 brings; None when its sender is to be left without an answer."""
        known = self._book.of_peer(PeerId(accepted.peer.fingerprint))
        contact = self._contact(posted, accepted, known)
        if contact is None:
            return None
        if accepted.first_payload.type == ContentType.PROFILE and not contact.is_held:
            contact = with_profile(contact, ProfileContent.decode(accepted.first_payload.content))
        is_request = contact.state is ContactState.REQUEST
        is_known = not (is_request or contact.is_held)
        if is_known:
            contact = replace(contact, announced=self._own_profile.endpoints())
        content_type, content = self._first_payload(is_known=is_known)
        self._book.put_contact(contact, unit)
        self._book.remove_joining(contact.number, unit)
        if self._book.account.identity.public.fingerprint > self._book.peer_id(contact.number):
            self._book.remove_attempts(contact.number, unit)  # both began at once: the larger gives way
        stored = self._sessions.add(contact.number, accepted.session, unit, confirmed=True)
        sealed = self._sessions.seal(stored, content_type, self._random(MESSAGE_ID_BYTES), content, unit)
        message = handshake.Confirmation(sealed.envelope).encode()
        answer = Answer(accepted.ephemeral, contact.number, message, self._clock())
        unit.remove_answers(contact.number)  # who begins anew has no use for them, and may do so for ever
        unit.add_answer(answer)
        if not posted.invite.flags & InviteFlag.REUSABLE:
            used_by = handshake.ephemeral_hash(accepted.ephemeral)
            self._book.put_invite(replace(posted, used_by=used_by), unit)
        self._sessions.prune(contact.number, unit)
        is_new = known is None or not is_request
        event = self._event(contact, posted, accepted.transcript, message) if is_new else None
        return Granted(contact, answer, event)

    def _contact(self, posted: PostedInvite, accepted: handshake.Accepted, known: Contact | None) -> Contact | None:
        """Whom the answer makes: somebody known, a contact, or a request; nobody if blocked or one too many."""
        reusable = bool(posted.invite.flags & InviteFlag.REUSABLE)
        if known is not None:
            if known.blocked or (reusable and self._is_proven(known)):
                return None
            state = known.state if reusable and known.state is ContactState.REQUEST else ContactState.ESTABLISHED
            # Who comes again proves the identity and no old session: so could a thief with an old copy of it.
            verified = known.verified and known.state is not ContactState.ESTABLISHED
            return replace(
                known,
                state=state,
                verified=verified,
                problem=ContactProblem.RESET if known.is_held else ContactProblem.NONE,  # the user alone releases it
                reset_digits=None,
                capabilities=accepted.peer_capabilities,
                in_person=bool(posted.invite.flags & InviteFlag.IN_PERSON),
            )
        if reusable and self._requests() >= MAX_REQUESTS:
            return None
        return Contact(
            number=self._book.next_number(),
            identity=accepted.peer,
            state=ContactState.REQUEST if reusable else ContactState.ESTABLISHED,
            added_at=self._clock(),
            capabilities=accepted.peer_capabilities,
            in_person=bool(posted.invite.flags & InviteFlag.IN_PERSON),
        )

    def _is_proven(self, known: Contact) -> bool:
        """Whether a contact has spoken on a session after its first message, or would have, but our sessions are lost.

        Such a one has no use for a reusable invite but to replace its session, with nothing to show for it but its
        identity keys and a link that anybody may have; a thief with an old copy of the keys could do the same.  For
        that there are resets, which the user is asked about.
        """
        sessions = self._book.sessions[known.number]
        heard = (stored.session.highest_received_count > 1 for stored in sessions)
        return known.state is ContactState.ESTABLISHED and (not sessions or any(heard))

    def _requests(self) -> int:
        return sum(contact.state is ContactState.REQUEST for contact in self._book.contacts())

    def _first_payload(self, *, is_known: bool) -> tuple[ContentType, bytes]:
        """Our profile goes to those alone whom the user has agreed to."""
        if not is_known:
            return ContentType.EMPTY, b""
        return ContentType.PROFILE, self._own_profile.content().encode()

    def _event(self, contact: Contact, posted: PostedInvite, transcript: bytes, message: bytes) -> Event:
        if contact.state is ContactState.REQUEST:
            return ContactRequested(contact.contact_id, contact.name)
        in_person = posted.invite.flags & InviteFlag.IN_PERSON
        digits = handshake.check_digits(transcript, message) if in_person else None
        return ContactAdded(contact.contact_id, contact.name, contact.verified, digits)

    async def _confirm_again(self, event: LinkUp, known: Answer) -> None:
        """A known EK gets the stored M4 again (rule 3).

        Who asks as a contact may have lost the key of M4 while the session went on, and needs what stood in it.
        """
        contact = self._book.numbered(known.contact)
        is_of_another = event.kind is not LinkKind.INVITE and self._book.of_peer(event.peer) is not contact
        if contact is None or contact.blocked or is_of_another:
            self._network.close_link(event.link)
            return
        self._peers.adopt(event, contact.number)
        self._network.send_handshake(event.link, known.message)
        if event.kind is not LinkKind.INVITE:
            await self._introductions.repeat(contact.number)

    # --- half-opens and spent invites

    def _keep(self, event: LinkUp, half_open: handshake.HalfOpen) -> None:
        half_opens = self._half_opens[event.peer]
        if len(half_opens) >= MAX_HALF_OPENS:
            evicted = tuple(half_opens)[self._random(1)[0] % len(half_opens)]
            del half_opens[evicted]
            self._network.close_link(evicted)
        half_opens[event.link] = half_open

    def _may_offer(self, invite: PeerId) -> bool:
        times, now = self._bundle_times[invite], self._clock()
        if len(times) == MAX_BUNDLES_A_SECOND and 0 <= now - times[0] < 1:
            return False
        times.append(now)
        return True

    def _spent(self, posted: PostedInvite) -> UsedStatus | None:
        if posted.used_by is not None:
            return UsedStatus.USED
        if posted.revoked:
            return UsedStatus.REVOKED
        return UsedStatus.EXPIRED if self._clock() > posted.invite.expiry else None

    def _send_used_notice(self, event: LinkUp, posted: PostedInvite, status: UsedStatus) -> None:
        used_by = posted.used_by or handshake.NO_EPHEMERAL
        notice = handshake.used_notice(self._book.account.identity, event.handshake_hash, status, used_by)
        self._network.send_handshake(event.link, notice)

    def _terms(self, posted: PostedInvite, event: LinkUp) -> handshake.Terms:
        return handshake.Terms.of_invite(
            invite_id=posted.invite.invite_id,
            psk=posted.invite.psk,
            responder=self._book.account.identity.public,
            handshake_hash=event.handshake_hash,
        )
