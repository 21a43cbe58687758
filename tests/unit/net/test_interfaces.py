from ipaddress import ip_address

from net.endpoint import Endpoint
from net.interfaces import machine_addresses, own_endpoints, reachable_endpoints

ADDRESSES = tuple(map(ip_address, ("127.0.0.1", "192.168.1.5", "10.0.0.2", "::1", "fe80::1", "2001:db8::5")))


def endpoints(*texts: str) -> tuple[Endpoint, ...]:
    return tuple(map(Endpoint.parse, texts))


def test_a_wildcard_stands_for_the_addresses_of_its_family() -> None:
    assert reachable_endpoints(endpoints("0.0.0.0:7"), ADDRESSES) == endpoints("192.168.1.5:7", "10.0.0.2:7")
    assert reachable_endpoints(endpoints("[::]:7"), ADDRESSES) == endpoints("[2001:db8::5]:7")


def test_loopback_counts_only_when_nothing_else_is_bound() -> None:
    assert reachable_endpoints(endpoints("127.0.0.1:7"), ADDRESSES) == endpoints("127.0.0.1:7")
    assert reachable_endpoints(endpoints("127.0.0.1:7", "10.0.0.2:8"), ADDRESSES) == endpoints("10.0.0.2:8")


def test_link_local_addresses_never_count() -> None:
    assert reachable_endpoints(endpoints("[fe80::1]:7"), ADDRESSES) == ()


def test_everything_that_leads_back_to_us_is_our_own() -> None:
    own = own_endpoints(endpoints("0.0.0.0:7", "[2001:db8::5]:8"), ADDRESSES)
    assert set(endpoints("127.0.0.1:7", "192.168.1.5:7", "10.0.0.2:7", "[2001:db8::5]:8")) <= own
    assert Endpoint.parse("[2001:db8::5]:7") not in own


def test_this_machine_has_a_loopback_address() -> None:
    assert any(address.is_loopback for address in machine_addresses())
