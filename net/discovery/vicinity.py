"""The networks that this machine is in, as far as we listen there: what to announce, and whom to believe is near."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from net.endpoint import Endpoint
from net.interfaces import IPInterface, IPNetwork
from net.limits import MAX_ANNOUNCED_IPV4, MAX_ANNOUNCED_IPV6

_WIDEST_PREFIX = 8
"""A network above this size is a tunnel that claims the world, and who is in it is not near."""

_MOST = {4: MAX_ANNOUNCED_IPV4, 6: MAX_ANNOUNCED_IPV6}


@dataclass(frozen=True, slots=True)
class Vicinity:
    """What one look at listeners and interfaces gave."""

    endpoints: tuple[Endpoint, ...] = ()
    """Where neighbours reach us, IPv4 first: one for each network."""

    networks: frozenset[IPNetwork] = frozenset()

    speakers: tuple[str, ...] = ()
    """Our addresses to speak mDNS from."""

    @classmethod
    def of(cls, bound: Iterable[Endpoint], interfaces: Iterable[IPInterface]) -> Self:
        """Loopback counts only where there is nothing else: several profiles on a computer without a network.

        IPv6 link-local addresses mean nothing without a zone and are not announced, but mDNS speaks from them.  IPv4
        link-local ones are what two computers with nothing but a cable between them have.
        """
        interfaces = tuple(interfaces)
        listening = [pair for endpoint in bound for pair in _listening(endpoint, interfaces)]
        real = [pair for pair in listening if not pair[0].is_loopback] or listening
        one_a_network: dict[IPNetwork, Endpoint] = {}
        for interface, port in sorted(real, key=lambda pair: pair[0].version):
            if not (interface.version == 6 and interface.is_link_local):
                one_a_network.setdefault(interface.network, Endpoint(interface.ip, port))
        endpoints = one_a_network.values()
        return cls(
            endpoints=tuple(each for family in _MOST for each in _first_of(family, endpoints)),
            networks=frozenset(one_a_network),
            speakers=tuple(dict.fromkeys(_speakers(one_a_network, [interface for interface, _ in real]))),
        )


def _listening(endpoint: Endpoint, interfaces: Iterable[IPInterface]) -> Iterator[tuple[IPInterface, int]]:
    """The interfaces at which neighbours reach this listener; a network of one address has none."""
    for interface in interfaces:
        is_bound = interface.ip == endpoint.address
        if endpoint.address.is_unspecified:
            is_bound = interface.version == endpoint.address.version
        network = interface.network
        has_neighbours = network.prefixlen >= _WIDEST_PREFIX and network.num_addresses > 1
        if is_bound and (interface.is_loopback or has_neighbours):
            yield interface, endpoint.port


def _first_of(family: int, endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    return [endpoint for endpoint in endpoints if endpoint.address.version == family][: _MOST[family]]


def _speakers(announced: Mapping[IPNetwork, Endpoint], interfaces: Iterable[IPInterface]) -> Iterator[str]:
    """The announced addresses, but for IPv6 the link-local one that every interface has, if we listen there."""
    if any(network.is_loopback for network in announced):
        yield "127.0.0.1"  # zeroconf hears nothing on ::1
        return
    link_local = [str(each.ip) for each in interfaces if each.version == 6 and each.is_link_local]
    yield from link_local
    for endpoint in announced.values():
        if endpoint.address.version == 4 or not link_local:
            yield str(endpoint.address)
