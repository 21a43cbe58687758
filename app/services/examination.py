"""Looks around in a running engine for the doctor: what listens, who is linked, what was tried, what the disk says."""

from collections.abc import Callable, Sequence

from app.domain.contact import Contact, ContactState
from app.domain.errors import StorageError
from app.domain.finding import Finding
from app.domain.identifiers import ContactId
from app.ports.computer import Volume
from app.services.check_up import Seen, check_all
from app.services.contact_doctor import ContactView, check_contact
from app.services.doctor import ClockView, LanHealth, StorageView
from app.services.internet_doctor import DhtHealth, VisitView
from app.services.surroundings import Surroundings
from net.endpoint import Endpoint
from net.events import LinkStatus
from net.peer import PeerId

EXAMINED_AT = "examined at"
"""The setting that is written to see whether the disk takes anything."""


class Examination:
    """Findings about this account, as it runs."""

    def __init__(self, around: Surroundings, *, volume: Volume | None, firewall: Callable[[], str | None]) -> None:
        self._book = around.book
        self._store = around.store
        self._network = around.network
        self._clock = around.clock
        self._clock_watch = around.clock_watch
        self._quotas = around.quotas
        self._visitors = around.visitors
        self._volume = volume
        self._firewall = firewall

    async def findings(self, contact_id: ContactId | None) -> tuple[Finding, ...]:
        """About everything, or about this computer and one contact.

        Raises:
            KithError: ``unknown_contact``.
        """
        chosen = self._contacts() if contact_id is None else [self._book.contact(contact_id)]
        links = {status.peer: status for status in self._network.links()}
        return (
            *check_all(await self._look_around()),
            *(check_contact(self._view(contact, links), self._clock()) for contact in chosen),
        )

    async def _look_around(self) -> Seen:
        """At everything but contacts."""
        bound = self._network.bound_endpoints()
        return Seen(
            now=self._clock(),
            bound=bound,
            local=self._network.local_endpoints(),
            lan=self._lan(),
            dht=self._dht(),
            addresses=self._network.address_facts(),
            mapping=self._network.port_mapping(),
            asks_stun=self._network.stun_wanted(),
            uses_relays=self._book.settings.uses("relay"),
            relays=await self._network.try_relays(),
            visits=self._visits(bound),
            storage=await self._storage(),
            clock=self._time(),
        )

    def _contacts(self) -> list[Contact]:
        """Everybody but those who wait for a yes, in order of their coming."""
        known = (contact for contact in self._book.contacts() if contact.state is not ContactState.REQUEST)
        return sorted(known, key=lambda contact: contact.number)

    def _lan(self) -> LanHealth:
        if not self._network.lan_wanted():
            return LanHealth.OFF
        return LanHealth.RUNNING if self._network.lan_running() else LanHealth.DOWN

    def _dht(self) -> DhtHealth:
        if not self._network.dht_wanted():
            return DhtHealth.OFF
        return DhtHealth.RUNNING if self._network.dht_nodes() else DhtHealth.ALONE

    def _visits(self, bound: Sequence[Endpoint]) -> VisitView:
        visitors = self._visitors
        return VisitView(bound=bound, near_at=visitors.near_at, far_at=visitors.far_at, firewall=self._firewall())

    async def _storage(self) -> StorageView:
        """Only a write that is durable tells whether one can be."""
        free_bytes = None if self._volume is None else self._volume.free_bytes()
        try:
            unit = self._store.begin()
            unit.put_setting(EXAMINED_AT, str(self._clock()))
            await self._store.commit(unit)
        except StorageError as error:
            return StorageView(error=error, free_bytes=free_bytes)
        return StorageView(free_bytes=free_bytes)

    def _time(self) -> ClockView:
        ahead_s = {
            contact.name: seconds
            for number, seconds in self._clock_watch.ahead_s.items()
            if (contact := self._book.numbered(number)) is not None
        }
        newest_file_at = None if self._volume is None else self._volume.newest_file_at()
        return ClockView(now=self._clock(), newest_file_at=newest_file_at, ahead_s=ahead_s)

    def _view(self, contact: Contact, links: dict[PeerId, LinkStatus]) -> ContactView:
        peer_id, joining = self._book.peer_id(contact.number), self._book.joinings.get(contact.number)
        return ContactView(
            contact=contact,
            link=links.get(peer_id),
            dials=self._network.dial_report(peer_id),
            ice=self._network.ice_report(peer_id),
            link_expiry=None if joining is None else joining.expiry,
            stored_bytes=self._quotas.stored_bytes(contact.number),
            is_over_quota=self._quotas.is_full(contact.number),
        )
