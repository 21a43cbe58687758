"""Tells the network whom to listen for and whom to dial, under which link keys."""

import logging

from app.domain.contact import Contact, ContactState
from app.domain.invite import PostedInvite
from app.ports.records import StoredSession
from app.services.rendezvous import hinted, of_contact, own_records
from app.services.resets import Resets
from app.services.sessions import Sessions
from app.services.surroundings import Surroundings
from crypto.handshake import reset_link_key, reset_secret
from crypto.labels import CONTACT_LINK_KEY
from crypto.primitives import hkdf
from crypto.secret import Secret
from net.endpoint import Endpoint
from net.errors import LocalError
from net.events import LinkUp
from net.peer import LinkKey, LinkKind, Peer, PeerId

logger = logging.getLogger(__name__)

MAX_REACHED = 16
"""Endpoints of a contact remembered as its own, the newest: twice those that it can name."""


class Peers:
    """Declares contacts and invites to the network; whatever changes them declares them again."""

    def __init__(self, around: Surroundings, *, sessions: Sessions, resets: Resets) -> None:
        self._book = around.book
        self._resets = resets
        self._reset_secrets: dict[PeerId, tuple[Secret, Secret]] = {}
        """Kss with each contact, and the link key from it: two agreements of keys that never change."""
        self._network = around.network
        self._store = around.store
        self._clock = around.clock
        self._sessions = sessions
        sessions.on_new_keys(self.declare)

    def declare_all(self) -> None:
        """At the start, and after the book was loaded anew."""
        for contact in self._book.contacts():
            self.declare(contact.number)
        for posted in self._book.invites.values():
            self._listen_for(posted)
        self.publish()

    def declare(self, number: int) -> None:
        """Listen for a contact as it is now, and dial it if it is one to reach."""
        contact = self._book.numbered(number)
        if contact is None:
            return  # removed while whoever calls was waiting for a commit
        peer_id = self._book.peer_id(number)
        keys = self._keys(contact)
        if contact.blocked or not keys:
            self._network.remove_peer(peer_id)
            return
        self._network.set_peer(
            Peer(
                peer_id=peer_id,
                keys=keys,
                controls=self._book.account.identity.public.fingerprint < peer_id,
                wanted=self._is_to_be_dialled(contact),
                endpoints=self._endpoints(contact),
                proven=self._book.reached.get(contact.number, ()),
                rendezvous=of_contact(contact, self._book.joinings.get(number)),
            )
        )

    async def reached(self, number: int, link: LinkUp) -> None:
        """A link to a contact came up: remember where we can dial it, by our own dial or by what it has told us.

        That may be the only thing that we know where its record cannot be read any more.
        """
        contact, known = self._book.numbered(number), self._book.reached.get(number, ())
        if contact is None or link.remote.address.is_loopback:
            return
        found = link.dialled_at or self._named(contact, link.remote)
        if found is not None and found not in known:
            unit = self._store.begin()
            self._book.put_reached(number, (*known, found)[-MAX_REACHED:], unit)
            await self._store.commit(unit)
            self.declare(number)

    def _named(self, contact: Contact, remote: Endpoint) -> Endpoint | None:
        """Where it says that it listens, at the address from which it came."""
        return next((each for each in self._endpoints(contact) if each.address == remote.address), None)

    def adopt(self, link: LinkUp, number: int) -> None:
        """Make the link of a first contact the contact's own, as far as both are still there."""
        self.declare(number)
        if link.kind is LinkKind.CONTACT or self._book.numbered(number) is None:
            return
        try:
            self._network.adopt(link.link, self._book.peer_id(number))
        except LocalError:
            logger.info("link %d ended before contact %d could have it", link.link, number)

    def remove(self, contact: Contact) -> None:
        """Stop answering a contact; to be called before the book forgets it."""
        self._network.remove_peer(self._book.peer_id(contact.number))
        self._reset_secrets.pop(self._book.peer_id(contact.number), None)

    def reset_secret(self, contact: Contact) -> Secret:
        """Kss of ``docs/protocol.md`` section 2, Reset."""
        return self._reset_keys(contact)[0]

    def declare_invite(self, posted: PostedInvite) -> None:
        """Listen for whoever holds the invite, and let it find us; a spent one still gets its answer."""
        self._listen_for(posted)
        self.publish()

    def publish(self) -> None:
        """Keep on the DHT what lets contacts and the holders of our invites find us, as of now."""
        self._network.publish(own_records(self._book.account, self._book.invites.values(), self._clock()))

    def remove_invite(self, posted: PostedInvite) -> None:
        self._network.remove_peer(PeerId(posted.invite.invite_id))

    def _listen_for(self, posted: PostedInvite) -> None:
        self._network.set_peer(
            Peer(
                peer_id=PeerId(posted.invite.invite_id),
                keys=(LinkKey(LinkKind.INVITE, posted.invite.link_key),),
                controls=False,
                wanted=False,
            )
        )

    def _keys(self, contact: Contact) -> tuple[LinkKey, ...]:
        """The key to dial with, then the others that the contact may dial us with.

        The key of a reset comes first where nobody answers to the others, or we have none.
        """
        pairs = [pair for stored in self._in_order(contact.number) for pair in stored.session.pairs]
        keys = tuple(LinkKey(LinkKind.CONTACT, _link_secret(pair)) for pair in pairs)
        if contact.may_know_us:
            reset = LinkKey(LinkKind.RESET, self._reset_keys(contact)[1])
            is_to_be_dialled = self._resets.wants(contact.number) and contact.number not in self._resets.linked
            return (reset, *keys) if is_to_be_dialled else (*keys, reset)
        joining = self._book.joinings.get(contact.number)
        if joining is None or contact.problem:
            return keys
        return (LinkKey(LinkKind.INVITE, joining.link_key), *keys)

    def _is_to_be_dialled(self, contact: Contact) -> bool:
        if contact.problem.is_final:
            return self._resets.wants(contact.number)
        return contact.state is not ContactState.REQUEST

    def _in_order(self, number: int) -> list[StoredSession]:
        """The contact's sessions: the one to write on, then the others, retired ones last."""
        sending = self._sessions.sending(number)
        return sorted(self._book.sessions[number], key=lambda stored: (stored is not sending, stored.retired))

    def _reset_keys(self, contact: Contact) -> tuple[Secret, Secret]:
        peer_id = self._book.peer_id(contact.number)
        if peer_id not in self._reset_secrets:
            secret = reset_secret(self._book.account.identity, contact.identity)
            self._reset_secrets[peer_id] = secret, reset_link_key(secret)
        return self._reset_secrets[peer_id]

    def _endpoints(self, contact: Contact) -> tuple[Endpoint, ...]:
        joining = self._book.joinings.get(contact.number)
        reached = reversed(self._book.reached.get(contact.number, ()))
        return tuple(dict.fromkeys((*hinted(joining), *contact.endpoints, *reached)))


def _link_secret(pair: Secret) -> Secret:
    return Secret(hkdf(salt=b"", ikm=pair.reveal(), info=CONTACT_LINK_KEY, size_bytes=32))
