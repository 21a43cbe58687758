"""Profiles: what we tell a contact about ourselves, and what a contact tells about itself."""

from dataclasses import replace

from app.domain.contact import Contact
from app.domain.content import MAX_ENDPOINTS, ProfileContent
from app.services.surroundings import Surroundings
from crypto.labels import CAPABILITIES
from net.endpoint import Endpoint


class OwnProfile:
    """Our side of PROFILE and ADDRESSES payloads, as it is now."""

    def __init__(self, around: Surroundings) -> None:
        self._book = around.book
        self._network = around.network

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Where contacts may find us, at most eight."""
        return self._network.local_endpoints()[:MAX_ENDPOINTS]

    def content(self) -> ProfileContent:
        account = self._book.account
        return ProfileContent(
            name=account.name,
            capabilities=CAPABILITIES,
            endpoints=self.endpoints(),
            discovery=account.discovery.point + account.discovery.secret.reveal(),
        )


def with_profile(contact: Contact, profile: ProfileContent) -> Contact:
    """The contact as it describes itself now."""
    return replace(
        contact,
        given_name=profile.name,
        capabilities=profile.capabilities,
        endpoints=profile.endpoints,
        discovery=profile.discovery or contact.discovery,
    )
