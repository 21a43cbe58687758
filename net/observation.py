"""One word of somebody else about where we come from, and whose word it is worth.

Anybody may lie, and many addresses may be one liar's.  So what counts is not how many say something, but that two do
who have nothing to do with each other: other names, and in other networks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv6Address

from net.endpoint import Endpoint

_PROVIDER_PREFIX = {4: 16, 6: 48}
"""Bits of an address that tell providers apart, more or less: who has one address there may have many."""


_SUBNET_PREFIX = {4: 24, 6: 48}
"""The same for one hoster's machine, more or less."""


class ObserverKind(Enum):
    """Who tells."""

    CONTACT = "contact"
    STUN = "STUN server"
    DHT = "node of the DHT"


class Transport(Enum):
    """Over what it was seen."""

    TCP = "TCP"
    UDP = "UDP"


def provider_of(address: IPv4Address | IPv6Address) -> bytes:
    """The first 16 bits of an IPv4 address, the first 48 of an IPv6 one."""
    return address.packed[: _PROVIDER_PREFIX[address.version] // 8]


def subnet_of(address: IPv4Address | IPv6Address) -> bytes:
    """The first 24 bits of an IPv4 address, the first 48 of an IPv6 one."""
    return address.packed[: _SUBNET_PREFIX[address.version] // 8]


@dataclass(frozen=True, slots=True)
class Observer:
    """Somebody who sees us come."""

    name: bytes
    """A contact's peer id, a server's host name, a node's address: whose word it is, from wherever it is said."""
    address: IPv4Address | IPv6Address
    """From where it was said."""
    kind: ObserverKind = ObserverKind.CONTACT

    @property
    def provider(self) -> bytes:
        """Whose network it is in, more or less; nodes of the DHT are many, and drawn by chance, one of each /24."""
        return subnet_of(self.address) if self.kind is ObserverKind.DHT else provider_of(self.address)


@dataclass(frozen=True, slots=True)
class Observation:
    """``observer`` says that what we sent from ``local`` came from ``seen``."""

    observer: Observer
    transport: Transport
    local: Endpoint
    seen: Endpoint
    accepted: bool = False
    """It was the observer who connected to us: ``seen`` is where it found us."""


def two_unrelated(observers: Iterable[Observer]) -> bool:
    """Whether any two of them differ in both name and network, and so can hardly be one liar."""
    observers = tuple(observers)
    # If every two share one or the other, then all share the same one.
    return len({observer.name for observer in observers}) > 1 and len({each.provider for each in observers}) > 1
