"""The addresses of this machine, as far as others could use them."""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_interface,
)
from typing import TypeAlias

import ifaddr

from net.endpoint import Endpoint

IPAddress: TypeAlias = IPv4Address | IPv6Address
IPInterface: TypeAlias = IPv4Interface | IPv6Interface
IPNetwork: TypeAlias = IPv4Network | IPv6Network


def machine_interfaces() -> tuple[IPInterface, ...]:
    """Every address of every interface with its network, loopback and link-local ones included, without zones."""
    found = [
        ip_interface(f"{ip.ip if isinstance(ip.ip, str) else ip.ip[0].partition('%')[0]}/{ip.network_prefix}")
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    ]
    return tuple(dict.fromkeys(found))


def machine_addresses() -> tuple[IPAddress, ...]:
    """Every address of every interface, loopback and link-local ones included."""
    return tuple(dict.fromkeys(interface.ip for interface in machine_interfaces()))


def reachable_endpoints(bound: Iterable[Endpoint], addresses: Iterable[IPAddress]) -> tuple[Endpoint, ...]:
    """Where listeners ``bound`` there can be reached: a wildcard stands for every address of its family.

    Link-local addresses never count; loopback ones only when nothing else is bound.
    """
    addresses = tuple(addresses)
    expanded = [
        Endpoint(address, endpoint.port)
        for endpoint in bound
        for address in (_of_family(addresses, endpoint) if endpoint.address.is_unspecified else (endpoint.address,))
        if not address.is_link_local
    ]
    public = [endpoint for endpoint in expanded if not endpoint.address.is_loopback]
    return tuple(dict.fromkeys(public or expanded))


def own_endpoints(bound: Iterable[Endpoint], addresses: Iterable[IPAddress]) -> frozenset[Endpoint]:
    """Every endpoint that leads back to these listeners."""
    addresses = tuple(addresses)
    own: set[Endpoint] = set()
    for endpoint in bound:
        own.add(endpoint)
        if endpoint.address.is_unspecified:
            own.update(Endpoint(address, endpoint.port) for address in _of_family(addresses, endpoint))
    return frozenset(own)


def _of_family(addresses: Iterable[IPAddress], endpoint: Endpoint) -> tuple[IPAddress, ...]:
    return tuple(address for address in addresses if address.version == endpoint.address.version)
