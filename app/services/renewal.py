"""What a reset changes, the same on both sides (``docs/protocol.md`` section 2, Reset)."""

from collections.abc import Collection
from dataclasses import replace

from app.domain.contact import Contact, ContactProblem, ContactState
from app.domain.content import ContentType, ProfileContent
from app.domain.events import ContactAdded, ContactChanged
from app.ports.records import StoredSession
from app.ports.store import UnitOfWork
from app.services.profiles import OwnProfile, with_profile
from app.services.rendezvous import hinted
from app.services.sessions import Sessions
from app.services.surroundings import Surroundings
from crypto.session import Payload


class Renewal:
    """Puts a new session in the place of the others of a contact."""

    def __init__(self, around: Surroundings, *, sessions: Sessions, own_profile: OwnProfile) -> None:
        self._book = around.book
        self._announcer = around.announcer
        self._sessions = sessions
        self._own_profile = own_profile

    def renew(
        self,
        contact: Contact,
        stored: StoredSession,
        unit: UnitOfWork,
        *,
        is_resumed: bool,
        digits: str | None = None,
        pending: Collection[bytes] = (),
    ) -> Contact:
        """Write on this session alone from now on; the contact as it stands then, which the caller keeps.

        Without the secret of the old session anybody with a copy of the contact's keys could be the other side.  So the
        user has to agree, and a resumed session of such a one proves no more than it did.  Sessions that are
        ``pending`` may yet take this one's place.
        """
        self._sessions.retire_others(stored, unit, but=pending)
        if contact.state is ContactState.PENDING:
            contact = self._known_again(contact, unit)
        if is_resumed and not contact.is_held:
            return replace(contact, problem=ContactProblem.NONE)
        return replace(contact, problem=ContactProblem.RESET, verified=False, reset_digits=digits)

    def _known_again(self, contact: Contact, unit: UnitOfWork) -> Contact:
        """A contact to be that knew us already; without its profile we know no more than its link says."""
        endpoints = contact.endpoints or hinted(self._book.joinings.get(contact.number))
        self._book.remove_joining(contact.number, unit)
        return replace(contact, state=ContactState.ESTABLISHED, endpoints=endpoints)

    def first_payload(self, contact: Contact, *, is_resumed: bool) -> tuple[ContentType, bytes]:
        """What our side says first: nothing to whom the user has yet to agree."""
        if contact.is_held or not is_resumed:
            return ContentType.EMPTY, b""
        return ContentType.PROFILE, self._own_profile.content().encode()

    def told(self, contact: Contact, content_type: ContentType) -> Contact:
        """The contact, once it has our first payload."""
        if content_type is not ContentType.PROFILE:
            return contact
        return replace(contact, announced=self._own_profile.endpoints())

    def heard(self, contact: Contact, payload: Payload) -> Contact:
        """The contact as its first payload describes it.

        Raises:
            RemoteError: it is malformed.
        """
        if contact.is_held or payload.type != ContentType.PROFILE:
            return contact
        return with_profile(contact, ProfileContent.decode(payload.content))

    def publish(self, before: Contact, after: Contact) -> None:
        """Tell what became of a contact, now that it is durable."""
        if before.state is not after.state:
            self._announcer.publish(ContactAdded(after.contact_id, after.name, after.verified))
        changed = ContactChanged(
            contact=after.contact_id,
            name=after.name if after.name != before.name else None,
            verified=after.verified if after.verified != before.verified else None,
            problem=after.problem if after.is_held or after.problem is not before.problem else None,
            check_digits=after.reset_digits if after.is_held else None,
            notice=after.notice if after.notice is not before.notice else None,
        )
        if changed != ContactChanged(after.contact_id):
            self._announcer.publish(changed)
