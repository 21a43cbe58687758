"""The doctor's whole round but for contacts: what was seen of this computer and of the ways beyond it, and what that
means, in the order in which it is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.finding import Finding
from app.services import doctor, internet_doctor
from net.endpoint import Endpoint
from net.mapping import PortMapping
from net.own_addresses import AddressFacts
from net.relay_check import RelayTrial


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """By whoever looked around; the doctors look at nothing themselves."""

    now: float
    """Unix seconds."""
    bound: Sequence[Endpoint]
    """The listeners, wildcards as such."""
    local: Sequence[Endpoint]
    """This computer's own addresses for them."""
    lan: doctor.LanHealth
    dht: internet_doctor.DhtHealth
    addresses: AddressFacts
    mapping: PortMapping
    asks_stun: bool
    """There are servers to ask."""
    uses_relays: bool
    relays: Sequence[RelayTrial]
    """What came of trying them."""
    visits: internet_doctor.VisitView
    storage: doctor.StorageView
    clock: doctor.ClockView


def check_all(seen: Seen) -> tuple[Finding, ...]:
    """A finding for each, whether all is well or not."""
    addresses, is_mapped = seen.addresses, seen.mapping.is_open
    return (
        doctor.check_listeners(seen.bound),
        doctor.check_addresses(seen.local, seen.bound),
        doctor.check_lan(seen.lan),
        internet_doctor.check_dht(seen.dht),
        internet_doctor.check_external(addresses.external, addresses.nat, seen.bound, mapped=is_mapped),
        internet_doctor.check_port_mapping(seen.mapping),
        internet_doctor.check_stun(addresses, wanted=seen.asks_stun),
        *internet_doctor.check_relays(seen.relays, wanted=seen.uses_relays),
        *internet_doctor.check_visits(seen.visits, seen.now),
        doctor.check_storage(seen.storage),
        doctor.check_clock(seen.clock),
    )
