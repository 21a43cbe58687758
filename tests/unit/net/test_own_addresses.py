"""What others say of where we are, who is believed, and what of it is told on."""

from dataclasses import dataclass, field
from ipaddress import ip_address

import pytest

from net.endpoint import Endpoint
from net.events import LinkId
from net.limits import MAX_ENDPOINTS, MAX_EXTERNAL_ADDRESSES, PAST_OBSERVATION_LIFE_S
from net.nat_kind import NatKind
from net.observation import Observation, Observer, Transport
from net.own_addresses import OwnAddresses
from net.peer import PeerId

HERE = Endpoint.parse("192.168.1.2:4000")
HERE6 = Endpoint.parse("[2600::1]:4000")
ELSEWHERE = Endpoint.parse("10.0.0.7:4000")
ROUTER = ip_address("8.8.4.4")
VICTIM = ip_address("9.9.9.9")
ANN, BEN, EVE = "52.1.0.1", "93.2.0.2", "77.3.0.3"
"""Contacts of whom each has a provider of its own."""


@dataclass
class Place:
    """Our addresses, and the links on which we hear of them."""

    own: OwnAddresses = field(default_factory=OwnAddresses)
    now: float = 1000.0
    links: int = 0

    def hear(
        self,
        remote: str,
        seen: str,
        *,
        name: str | None = None,
        local: Endpoint = HERE,
        accepted: bool = False,
        by_contact: bool = True,
    ) -> LinkId:
        """A new link tells that we come from ``seen``; the contact is called after its address as a rule."""
        self.links += 1
        observer = Observer((name or remote).encode(), ip_address(remote))
        told = Observation(observer, Transport.TCP, local, Endpoint.parse(seen), accepted=accepted)
        self.own.observed(LinkId(self.links), told, by_contact=by_contact)
        return LinkId(self.links)

    def down(self, link: LinkId) -> None:
        self.own.link_down(link, self.now)

    @property
    def external(self) -> list[str]:
        return [str(address) for address in self.own.external(self.now)]

    @property
    def published(self) -> list[str]:
        return [str(endpoint) for endpoint in self.own.published(self.now)]

    @property
    def nat(self) -> NatKind:
        return self.own.nat(self.now)


@pytest.fixture
def place() -> Place:
    made = Place()
    made.own.listen([HERE])
    return made


# --- Who is believed


def test_what_two_unrelated_contacts_see_is_believed(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:31000")
    assert place.external == []
    place.hear(BEN, "8.8.4.4:32000")
    assert place.external == ["8.8.4.4"]
    assert place.published == ["8.8.4.4:4000", "192.168.1.2:4000"]


def test_one_liar_is_not_believed_from_wherever_he_says_it(place: Place) -> None:
    for remote in (EVE, "78.0.0.1", "[2a00::1]"):
        place.hear(remote.strip("[]"), f"{VICTIM}:80", name="eve")
    assert place.external == []
    assert place.published == ["192.168.1.2:4000"]


def test_many_liars_in_one_network_are_not_believed(place: Place) -> None:
    for number in range(200):
        place.hear(f"77.3.{number}.1", f"{VICTIM}:4000")
    assert place.external == []
    assert place.nat is NatKind.UNKNOWN


def test_a_liar_among_honest_contacts_changes_nothing(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:4000")
    place.hear(EVE, f"{VICTIM}:80")
    place.hear(BEN, "8.8.4.4:4000")
    assert place.external == ["8.8.4.4"]
    assert place.published == ["8.8.4.4:4000", "192.168.1.2:4000"]
    assert place.nat is NatKind.CONE


def test_who_is_no_contact_yet_does_not_count_and_from_then_on_does(place: Place) -> None:
    link = place.hear(ANN, "8.8.4.4:4000", name="an invite", by_contact=False)
    place.hear(BEN, "8.8.4.4:4000")
    assert place.external == []
    place.own.adopted(link, PeerId(BEN.encode()))  # the same contact once more, from elsewhere
    assert place.external == []
    place.own.adopted(link, PeerId(b"ann"))
    assert place.external == ["8.8.4.4"]
    place.own.adopted(LinkId(99), PeerId(b"ann"))  # it said nothing


def test_a_contact_on_this_side_of_the_router_knows_nothing(place: Place) -> None:
    place.hear("192.168.1.9", f"{VICTIM}:4000")
    place.hear(EVE, f"{VICTIM}:4000")
    assert place.external == []


def test_private_addresses_are_nobodys_way_to_us(place: Place) -> None:
    for remote in (ANN, BEN):
        place.hear(remote, "10.9.9.9:4000")
        place.hear(remote, "127.0.0.1:4000")
    assert place.external == []
    assert place.published == ["192.168.1.2:4000"]


def test_the_vote_of_the_dht_is_believed_while_it_is_asked(place: Place) -> None:
    place.own.voted(ROUTER)
    place.own.voted(ip_address("10.0.0.1"))  # nobody can be told that
    assert place.external == ["8.8.4.4"]
    place.own.voted(None)
    assert place.external == []


def test_of_many_addresses_of_ours_the_latest_are_kept(place: Place) -> None:
    for number in range(10):
        for remote in (ANN, BEN):
            place.hear(remote, f"8.8.4.{number}:4000")
    assert place.external == ["8.8.4.9", "8.8.4.8", "8.8.4.7"]
    assert len(place.external) == MAX_EXTERNAL_ADDRESSES


# --- What is told on


def test_public_addresses_come_first_then_the_routers_then_private_ones(place: Place) -> None:
    place.own.listen([HERE, HERE6])
    place.own.voted(ROUTER)
    assert place.published == ["[2600::1]:4000", "8.8.4.4:4000", "192.168.1.2:4000"]


def test_our_own_address_is_not_told_twice(place: Place) -> None:
    place.own.listen([Endpoint(ROUTER, 4000)])
    place.own.voted(ROUTER)
    assert place.external == []
    assert place.published == ["8.8.4.4:4000"]


def test_where_two_unrelated_contacts_came_in_is_told_before_the_guess(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:5000", accepted=True)
    place.hear(BEN, "8.8.4.4:5000", accepted=True)
    assert place.published == ["8.8.4.4:5000", "8.8.4.4:4000", "192.168.1.2:4000"]


def test_the_port_of_a_connection_that_leads_to_no_listener_is_not_told(place: Place) -> None:
    for remote in (ANN, BEN):
        place.hear(remote, "8.8.4.4:33000", local=Endpoint.parse("192.168.1.2:33000"))
    assert place.published == ["8.8.4.4:4000", "192.168.1.2:4000"]


def test_at_most_eight_endpoints_are_told(place: Place) -> None:
    place.own.listen([Endpoint.of("192.168.1.2", port) for port in range(4000, 4020)])
    place.own.voted(ROUTER)
    assert len(place.published) == MAX_ENDPOINTS


# --- What stands between


def test_where_nobody_has_said_anything_the_nat_is_unknown(place: Place) -> None:
    assert place.nat is NatKind.UNKNOWN
    place.hear(ANN, "8.8.4.4:4000")
    assert place.nat is NatKind.UNKNOWN


def test_where_others_see_an_address_of_ours_there_is_no_nat(place: Place) -> None:
    place.own.listen([Endpoint(ROUTER, 4000)])
    place.own.voted(ROUTER)
    assert place.nat is NatKind.NONE


def test_one_port_for_everybody_is_a_cone(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:61000")
    place.hear(BEN, "8.8.4.4:61000")
    assert place.nat is NatKind.CONE


def test_another_port_for_each_is_symmetric(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:61000")
    place.hear(BEN, "8.8.4.4:61001")
    assert place.nat is NatKind.SYMMETRIC


def test_connections_from_ports_of_their_own_tell_nothing_of_the_nat(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:61000", local=Endpoint.parse("192.168.1.2:33000"))
    place.hear(BEN, "8.8.4.4:61001", local=Endpoint.parse("192.168.1.2:33001"))
    assert place.nat is NatKind.UNKNOWN


def test_nor_do_connections_that_came_in(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:5000", accepted=True)
    place.hear(BEN, "8.8.4.4:4000", accepted=True)
    assert place.nat is NatKind.UNKNOWN


def test_a_router_with_a_new_address_and_the_port_of_before_is_a_cone(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:4000")
    place.hear(BEN, "8.8.8.8:4000")
    assert place.nat is NatKind.CONE


def test_the_nat_is_that_of_ipv4_where_something_is_known_of_it(place: Place) -> None:
    place.own.listen([HERE, HERE6])
    place.own.voted(HERE6.address)
    place.hear(ANN, "8.8.4.4:61000")
    place.hear(BEN, "8.8.4.4:61001")
    assert place.nat is NatKind.SYMMETRIC


def test_or_else_that_of_ipv6(place: Place) -> None:
    place.own.listen([HERE, HERE6])
    place.own.voted(HERE6.address)
    assert place.nat is NatKind.NONE


# --- What is forgotten


def test_after_a_move_only_what_links_from_addresses_that_we_still_have_say_counts(place: Place) -> None:
    for remote in (ANN, BEN):
        place.hear(remote, "8.8.4.4:4000")
    place.down(place.hear(EVE, "8.8.4.4:4000"))
    place.own.voted(ROUTER)
    place.own.moved([HERE, HERE6])
    assert place.external == ["8.8.4.4"]
    place.own.moved([ELSEWHERE])
    assert place.external == []
    assert place.published == ["10.0.0.7:4000"]
    assert place.nat is NatKind.UNKNOWN


def test_what_a_link_said_counts_some_minutes_after_it(place: Place) -> None:
    for remote in (ANN, BEN):
        place.down(place.hear(remote, "8.8.4.4:4000"))
    place.down(LinkId(99))  # it said nothing
    assert place.external == ["8.8.4.4"]
    place.now += PAST_OBSERVATION_LIFE_S
    assert place.external == []


def test_what_links_of_before_said_fills_no_memory(place: Place) -> None:
    for number in range(1_000):
        place.down(place.hear(ANN, f"8.8.4.4:{number + 1}"))
    place.down(place.hear(BEN, "8.8.4.4:1", by_contact=False))
    assert len(place.own._past) < 100
    assert place.own._links == {}
