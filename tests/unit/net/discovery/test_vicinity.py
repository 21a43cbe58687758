"""Which of this machine's addresses are announced, and which networks are near."""

from ipaddress import ip_interface

from net.discovery.vicinity import Vicinity
from net.endpoint import Endpoint
from net.interfaces import IPInterface
from net.limits import MAX_ANNOUNCED_IPV4

EVERYWHERE = (Endpoint.parse("0.0.0.0:40000"), Endpoint.parse("[::]:40000"))
LOOPBACK = ("127.0.0.1/8", "::1/128")


def interfaces(*texts: str) -> list[IPInterface]:
    return [ip_interface(text) for text in (*LOOPBACK, *texts)]


def endpoints(*texts: str) -> tuple[Endpoint, ...]:
    return tuple(Endpoint.parse(text) for text in texts)


def test_listening_everywhere_announces_each_network_once_ipv4_first() -> None:
    here = interfaces("fd00::7/64", "fd00::8/64", "fe80::7/64", "192.168.1.7/24", "192.168.1.8/24")
    vicinity = Vicinity.of(EVERYWHERE, here)
    assert vicinity.endpoints == endpoints("192.168.1.7:40000", "[fd00::7]:40000")
    assert {str(network) for network in vicinity.networks} == {"192.168.1.0/24", "fd00::/64"}


def test_mdns_speaks_ipv6_from_link_local_addresses() -> None:
    vicinity = Vicinity.of(EVERYWHERE, interfaces("192.168.1.7/24", "fd00::7/64", "fe80::7/64", "fe80::9/64"))
    assert set(vicinity.speakers) == {"192.168.1.7", "fe80::7", "fe80::9"}


def test_listening_at_one_address_announces_and_speaks_from_that_one() -> None:
    here = interfaces("192.168.1.7/24", "10.0.0.7/8", "fd00::7/64", "fe80::7/64")
    vicinity = Vicinity.of(endpoints("10.0.0.7:5000"), here)
    assert vicinity.endpoints == endpoints("10.0.0.7:5000")
    assert vicinity.speakers == ("10.0.0.7",)
    assert Vicinity.of(endpoints("[fd00::7]:5000"), here).speakers == ("fd00::7",)


def test_loopback_stays_on_loopback() -> None:
    vicinity = Vicinity.of(endpoints("127.0.0.1:5000"), interfaces("192.168.1.7/24"))
    assert vicinity.endpoints == endpoints("127.0.0.1:5000")
    assert vicinity.speakers == ("127.0.0.1",)
    assert {str(network) for network in vicinity.networks} == {"127.0.0.0/8"}


def test_a_computer_without_a_network_has_itself() -> None:
    vicinity = Vicinity.of(EVERYWHERE, interfaces())
    assert vicinity.endpoints == endpoints("127.0.0.1:40000", "[::1]:40000")
    assert vicinity.speakers == ("127.0.0.1",)


def test_a_network_of_one_address_has_no_neighbours() -> None:
    assert Vicinity.of(EVERYWHERE, interfaces("10.8.0.2/32", "192.168.1.7/24")).speakers == ("192.168.1.7",)


def test_a_tunnel_to_the_whole_world_makes_nobody_near() -> None:
    vicinity = Vicinity.of(EVERYWHERE, interfaces("10.8.0.2/0", "fd00::2/1", "192.168.1.7/24"))
    assert {str(network) for network in vicinity.networks} == {"192.168.1.0/24"}


def test_two_computers_with_nothing_but_a_cable_have_link_local_addresses() -> None:
    vicinity = Vicinity.of(EVERYWHERE, interfaces("169.254.3.4/16", "fe80::7/64"))
    assert vicinity.endpoints == endpoints("169.254.3.4:40000")


def test_who_listens_nowhere_or_has_no_address_is_nowhere() -> None:
    assert Vicinity.of((), interfaces("192.168.1.7/24")) == Vicinity()
    assert Vicinity.of(EVERYWHERE, ()) == Vicinity()
    assert Vicinity.of(endpoints("10.1.2.3:5000"), interfaces("192.168.1.7/24")) == Vicinity()


def test_more_networks_than_fit_leave_the_first() -> None:
    here = interfaces(*(f"10.0.{number}.7/24" for number in range(20)))
    assert len(Vicinity.of(EVERYWHERE, here).endpoints) == MAX_ANNOUNCED_IPV4
