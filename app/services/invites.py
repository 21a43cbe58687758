"""The invites that this account posts: made, listed, revoked, forgotten a week after they expire."""

from dataclasses import replace

from app.domain.errors import ErrorKind, KithError
from app.domain.identifiers import InviteId
from app.domain.invite import ANSWERED_AFTER_EXPIRY_S, InviteSummary, PostedInvite
from app.services.peers import Peers
from app.services.surroundings import Surroundings
from crypto.discovery_key import DiscoveryKey
from crypto.hint import Hint, is_dialable
from crypto.invite import Invite, InviteFlag
from net.peer import PeerId

IN_PERSON_LIFETIME_S = 600
"""An invite on a screen is scanned at once, or made again."""

MAX_LIFETIME_S = 366 * 86_400
MAX_INVITES = 1_000
"""Each costs every stranger's first flight one keyed hash."""


class Invites:
    """Posted invites, in the book and on the network."""

    def __init__(self, around: Surroundings, *, peers: Peers) -> None:
        self._book = around.book
        self._peers = peers
        self._store = around.store
        self._network = around.network
        self._clock = around.clock
        self._random = around.random

    async def create(self, *, reusable: bool, in_person: bool, expires_in_s: float) -> InviteSummary:
        """Post a new invite; it is durable and listened for when this ends.

        Raises:
            KithError: ``limit_reached``.
        """
        if len(self._book.invites) >= MAX_INVITES:
            raise KithError(
                ErrorKind.LIMIT_REACHED, "There are too many invites. Revoke some, or wait until they expire."
            )
        lifetime_s = IN_PERSON_LIFETIME_S if in_person else min(max(expires_in_s, 0), MAX_LIFETIME_S)
        rendezvous_key = DiscoveryKey.generate(self._random)
        flags = InviteFlag.NONE
        if reusable:
            flags |= InviteFlag.REUSABLE
        if in_person:
            flags |= InviteFlag.IN_PERSON
        invite = Invite.create(
            self._book.account.identity.public,
            rendezvous_point=rendezvous_key.point,
            expiry=int(self._clock() + lifetime_s),
            hints=self._hints(),
            flags=flags,
            random=self._random,
        )
        posted = PostedInvite(invite, rendezvous_key.scalar, created_at=self._clock())
        unit = self._store.begin()
        self._book.put_invite(posted, unit)
        await self._store.commit(unit)
        self._peers.declare_invite(posted)
        return summary(posted)

    def all(self) -> list[InviteSummary]:
        """Newest first."""
        invites = sorted(self._book.invites.values(), key=lambda posted: posted.created_at, reverse=True)
        return [summary(posted) for posted in invites]

    async def revoke(self, invite_id: InviteId) -> None:
        """Let nobody in by this invite any more; whoever tries is told so.

        Raises:
            KithError: ``unknown_invite``.
        """
        posted = self._find(invite_id)
        unit = self._store.begin()
        self._book.put_invite(replace(posted, revoked=True), unit)
        await self._store.commit(unit)
        self._peers.publish()

    async def forget_expired(self) -> None:
        """Drop invites that expired more than a week ago, and let none be found that has expired."""
        self._peers.publish()
        horizon = self._clock() - ANSWERED_AFTER_EXPIRY_S
        expired = [posted for posted in self._book.invites.values() if posted.invite.expiry < horizon]
        if not expired:
            return
        unit = self._store.begin()
        for posted in expired:
            self._peers.remove_invite(posted)
            self._book.remove_invite(posted, unit)
        await self._store.commit(unit)

    def _find(self, invite_id: InviteId) -> PostedInvite:
        try:
            return self._book.invites[PeerId(bytes.fromhex(invite_id))]
        except (KeyError, ValueError) as error:
            raise KithError(ErrorKind.UNKNOWN_INVITE) from error

    def _hints(self) -> list[Hint]:
        endpoints = self._network.told_endpoints()
        return [
            Hint(endpoint.address, endpoint.port)
            for endpoint in endpoints
            if is_dialable(endpoint.address, endpoint.port)
        ]


def summary(posted: PostedInvite) -> InviteSummary:
    """The invite as shown."""
    invite = posted.invite
    return InviteSummary(
        invite=posted.invite_id,
        link=invite.to_link(),
        qr_text=invite.to_qr_text(),
        reusable=bool(invite.flags & InviteFlag.REUSABLE),
        in_person=bool(invite.flags & InviteFlag.IN_PERSON),
        expires_at=float(invite.expiry),
        used=posted.used_by is not None,
        revoked=posted.revoked,
    )
