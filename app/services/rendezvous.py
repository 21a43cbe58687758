"""Where people meet on the DHT: our own records, and those of contacts (``docs/protocol.md``, section 6)."""

from collections.abc import Iterable
from typing import Final

from app.domain.account import Account
from app.domain.contact import Contact
from app.domain.invite import PostedInvite
from crypto.discovery_key import POINT_BYTES
from crypto.invite import Invite
from crypto.rendezvous import OwnRendezvous, Rendezvous
from crypto.secret import Secret
from net.endpoint import Endpoint
from net.limits import MAX_PUBLISHED
from net.peer import PeerId

ACCOUNT: Final = PeerId(b"account")
"""Whose record the account's own is; an invite's goes by its id."""


def own_records(account: Account, posted: Iterable[PostedInvite], now: float) -> dict[PeerId, OwnRendezvous]:
    """The records to keep on the DHT: the account's, and those of the newest invites that still let somebody in.

    A used one stays until it expires: whoever used it may not have our answer yet (rule 6 of section 2).
    """
    discovery = account.discovery
    records = {ACCOUNT: OwnRendezvous(Rendezvous(discovery.point, discovery.secret), discovery.scalar)}
    open_ones = [each for each in posted if not each.revoked and each.invite.expiry > now]
    for each in sorted(open_ones, key=lambda each: each.created_at, reverse=True)[: MAX_PUBLISHED - 1]:
        shared = of_invite(each.invite)
        records[PeerId(each.invite.invite_id)] = OwnRendezvous(shared, each.rendezvous_key)
    return records


def of_invite(invite: Invite) -> Rendezvous:
    """Where the inviter is found by whoever holds the invite."""
    return Rendezvous(invite.rendezvous_point, invite.rendezvous_secret)


def hinted(joining: Invite | None) -> tuple[Endpoint, ...]:
    """Where the inviter was when it made the invite that we hold of it."""
    return () if joining is None else tuple(Endpoint(hint.address, hint.port) for hint in joining.hints)


def of_contact(contact: Contact, joining: Invite | None) -> Rendezvous | None:
    """Where a contact is found: by what it told us, or else by the invite that we hold of it."""
    if contact.discovery:
        return Rendezvous(contact.discovery[:POINT_BYTES], Secret(contact.discovery[POINT_BYTES:]))
    return None if joining is None else of_invite(joining)
