"""Profiles: what we tell a contact about ourselves, and what a contact tells about itself."""

from dataclasses import replace

from app.domain.contact import Contact
from app.domain.content import ContentType, ProfileContent
from app.services.sessions import Opened
from app.services.surroundings import Surroundings
from crypto.labels import CAPABILITIES
from net.endpoint import Endpoint
from net.limits import MAX_ENDPOINTS


class OwnProfile:
    """Our side of PROFILE and ADDRESSES payloads, as it is now."""

    def __init__(self, around: Surroundings) -> None:
        self._book = around.book
        self._network = around.network

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Where contacts may find us, at most eight."""
        return self._network.told_endpoints()[:MAX_ENDPOINTS]

    def content(self) -> ProfileContent:
        account = self._book.account
        return ProfileContent(
            name=account.name,
            capabilities=CAPABILITIES,
            endpoints=self.endpoints(),
            discovery=account.discovery.point + account.discovery.secret.reveal(),
        )


class Newest:
    """Which PROFILE and ADDRESSES of each contact were sealed last, of those that came.

    What another has overtaken on the way, over another link, would undo what is newer.  In memory: no link, and so
    nothing that is late, outlives us.
    """

    def __init__(self) -> None:
        self._counts: dict[tuple[int, int], tuple[bytes, int]] = {}
        """By contact and type: the transcript of the session, and the count of the envelope in it."""

    def took(self, contact: int, opened: Opened) -> None:
        """The content of this was taken."""
        self._counts[contact, opened.payload.type] = opened.stored.session.transcript, opened.payload.count

    def is_late(self, contact: int, opened: Opened, content_type: ContentType) -> bool:
        """Whether something of this type came that was sealed after ``opened``, on the same session."""
        transcript, count = self._counts.get((contact, content_type), (b"", 0))
        return transcript == opened.stored.session.transcript and count > opened.payload.count


def with_profile(contact: Contact, profile: ProfileContent) -> Contact:
    """The contact as it describes itself now."""
    return replace(
        contact,
        given_name=profile.name,
        capabilities=profile.capabilities,
        endpoints=profile.endpoints,
        discovery=profile.discovery or contact.discovery,
    )
