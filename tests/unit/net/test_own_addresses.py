"""What others say of where we are, who is believed, and what of it is told on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address

import pytest

from net.endpoint import Endpoint
from net.events import LinkId
from net.interfaces import IPAddress
from net.limits import (
    MAX_ENDPOINTS,
    MAX_EXTERNAL_ADDRESSES,
    MAX_HEARD_LINKS,
    MIN_DHT_VOTES,
    PAST_OBSERVATION_LIFE_S,
)
from net.nat_kind import NatKind
from net.observation import Observation, Observer, ObserverKind, Transport
from net.own_addresses import AskedRound, OwnAddresses
from net.peer import PeerId

HERE = Endpoint.parse("192.168.1.2:4000")
HERE6 = Endpoint.parse("[2600::1]:4000")
UDP = Endpoint.parse("0.0.0.0:9000")
"""The socket from which we ask."""
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

    def asked(
        self,
        kind: ObserverKind,
        transport: Transport,
        seen: Mapping[str, str],
        *,
        silent: int = 0,
        local: Endpoint = UDP,
    ) -> None:
        """A round is over: by the address of each that answered, where it sees us come from."""
        observers = {address: Observer(address.encode(), ip_address(address), kind) for address in seen}
        told = tuple(
            Observation(observers[address], transport, local, Endpoint.parse(endpoint))
            for address, endpoint in seen.items()
        )
        self.own.asked(kind, transport, AskedRound(len(told) + silent, told, is_over=True))

    def vote(
        self, address: IPAddress, *others: IPAddress, nodes: int = MIN_DHT_VOTES, network: str = "51.1.{}.1"
    ) -> None:
        """So many nodes of the DHT name this address, and one each of the others; each sees another port."""
        named = [address] * nodes + list(others)
        seen = {network.format(number): str(Endpoint(each, 9_000 + number)) for number, each in enumerate(named)}
        self.asked(ObserverKind.DHT, Transport.UDP, seen)

    def down(self, link: LinkId) -> None:
        self.own.link_down(link, self.now)

    @property
    def external(self) -> list[str]:
        return [str(address) for address in self.own.external(self.now)]

    @property
    def published(self) -> list[str]:
        return [str(endpoint) for endpoint in self.own.published(self.now)]

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
    assert place.nat() is NatKind.UNKNOWN


def test_a_liar_among_honest_contacts_changes_nothing(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:4000")
    place.hear(EVE, f"{VICTIM}:80")
    place.hear(BEN, "8.8.4.4:4000")
    assert place.external == ["8.8.4.4"]
    assert place.published == ["8.8.4.4:4000", "192.168.1.2:4000"]
    assert place.nat() is NatKind.CONE


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
    place.vote(ROUTER)
    assert place.external == ["8.8.4.4"]
    place.own.ceased(ObserverKind.DHT)
    assert place.external == []
    place.vote(ip_address("10.0.0.1"))  # nobody can be told that
    assert place.external == []


def test_of_many_addresses_of_ours_the_latest_are_kept(place: Place) -> None:
    for number in range(10):
        for remote in (ANN, BEN):
            place.hear(remote, f"8.8.4.{number}:4000")
    assert place.external == ["8.8.4.9", "8.8.4.8", "8.8.4.7"]
    assert len(place.external) == MAX_EXTERNAL_ADDRESSES


def test_a_few_nodes_elect_nobody(place: Place) -> None:
    place.vote(ROUTER, nodes=MIN_DHT_VOTES - 1)
    assert place.external == []


def test_nodes_in_one_network_are_one(place: Place) -> None:
    place.vote(VICTIM, nodes=50, network="51.1.1.{}")
    assert place.external == []
    assert place.nat() is NatKind.UNKNOWN


def test_nodes_that_are_divided_elect_nobody(place: Place) -> None:
    liars = [ip_address(f"9.9.9.{number}") for number in range(1, 9)]
    place.vote(ROUTER, *liars[:2])
    assert place.external == ["8.8.4.4"]
    place.vote(ROUTER, *liars[:3])
    assert place.external == []


def test_one_stun_server_is_not_believed_but_beside_somebody_else(place: Place) -> None:
    place.asked(ObserverKind.STUN, Transport.UDP, {"104.1.0.1": "8.8.4.4:1"})
    assert place.external == []
    place.hear(ANN, "8.8.4.4:4000")
    assert place.external == ["8.8.4.4"]


def test_two_stun_servers_are_believed_as_long_as_they_are_used(place: Place) -> None:
    place.asked(ObserverKind.STUN, Transport.UDP, {"104.1.0.1": "8.8.4.4:1", "74.2.0.1": "8.8.4.4:1"})
    assert place.external == ["8.8.4.4"]
    place.own.ceased(ObserverKind.STUN)
    assert place.external == []


def test_the_latest_round_counts_alone(place: Place) -> None:
    place.vote(ROUTER)
    place.vote(ip_address("8.8.8.8"))
    assert place.external == ["8.8.8.8"]
    place.asked(ObserverKind.DHT, Transport.UDP, {}, silent=3)
    assert place.external == []


# --- What is told on


def test_public_addresses_come_first_then_the_routers_then_private_ones(place: Place) -> None:
    place.own.listen([HERE, HERE6])
    place.vote(ROUTER)
    assert place.published == ["[2600::1]:4000", "8.8.4.4:4000", "192.168.1.2:4000"]


def test_our_own_address_is_not_told_twice(place: Place) -> None:
    place.own.listen([Endpoint(ROUTER, 4000)])
    place.vote(ROUTER)
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
    place.vote(ROUTER)
    assert len(place.published) == MAX_ENDPOINTS


# --- What stands between


def test_where_nobody_has_said_anything_the_nat_is_unknown(place: Place) -> None:
    assert place.nat() is NatKind.UNKNOWN
    place.hear(ANN, "8.8.4.4:4000")
    assert place.nat() is NatKind.UNKNOWN


def test_where_others_see_an_address_of_ours_there_is_no_nat(place: Place) -> None:
    place.own.listen([Endpoint(ROUTER, 4000)])
    place.vote(ROUTER)
    assert place.nat() is NatKind.NONE


def test_one_port_for_everybody_is_a_cone(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:61000")
    place.hear(BEN, "8.8.4.4:61000")
    assert place.nat() is NatKind.CONE


def test_another_port_for_each_is_symmetric(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:61000")
    place.hear(BEN, "8.8.4.4:61001")
    assert place.nat() is NatKind.SYMMETRIC


def test_connections_from_ports_of_their_own_tell_nothing_of_the_nat(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:61000", local=Endpoint.parse("192.168.1.2:33000"))
    place.hear(BEN, "8.8.4.4:61001", local=Endpoint.parse("192.168.1.2:33001"))
    assert place.nat() is NatKind.UNKNOWN


def test_nor_do_connections_that_came_in(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:5000", accepted=True)
    place.hear(BEN, "8.8.4.4:4000", accepted=True)
    assert place.nat() is NatKind.UNKNOWN


def test_a_router_with_a_new_address_and_the_port_of_before_is_a_cone(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:4000")
    place.hear(BEN, "8.8.8.8:4000")
    assert place.nat() is NatKind.CONE


def test_the_nat_is_that_of_ipv4_where_something_is_known_of_it(place: Place) -> None:
    place.own.listen([HERE, HERE6])
    place.vote(HERE6.address)
    place.hear(ANN, "8.8.4.4:61000")
    place.hear(BEN, "8.8.4.4:61001")
    assert place.nat() is NatKind.SYMMETRIC


def test_or_else_that_of_ipv6(place: Place) -> None:
    place.own.listen([HERE, HERE6])
    place.vote(HERE6.address)
    assert place.nat() is NatKind.NONE


def test_where_udp_gets_no_answer_and_tcp_does_there_is_no_udp(place: Place) -> None:
    place.asked(ObserverKind.STUN, Transport.UDP, {}, silent=3)
    assert place.nat() is NatKind.UNKNOWN  # there may be no internet at all
    place.hear("192.168.1.9", "192.168.1.2:4000")
    assert place.nat() is NatKind.UNKNOWN
    place.hear(ANN, "8.8.4.4:4000")
    assert place.nat() is NatKind.NO_UDP
    place.asked(ObserverKind.DHT, Transport.UDP, {"51.1.1.1": "8.8.4.4:9000"})
    assert place.nat() is not NatKind.NO_UDP


def test_while_answers_may_still_come_nothing_is_lacking(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:4000")
    place.own.asked(ObserverKind.STUN, Transport.UDP, AskedRound(3))
    assert place.nat() is NatKind.UNKNOWN


def test_one_port_for_all_nodes_is_a_cone_whatever_a_contact_says(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:61000")
    place.hear(EVE, "8.8.4.4:1")
    assert place.nat() is NatKind.SYMMETRIC
    place.asked(ObserverKind.DHT, Transport.UDP, {f"51.1.{number}.1": "8.8.4.4:9000" for number in range(4)})
    assert place.nat() is NatKind.CONE


# --- When there is nothing to ask


def test_behind_a_cone_that_keeps_ports_nothing_is_left_to_ask(place: Place) -> None:
    assert not place.own.is_settled(place.now)
    kept = {f"51.1.{number}.1": "8.8.4.4:9000" for number in range(MIN_DHT_VOTES)}
    place.asked(ObserverKind.DHT, Transport.UDP, kept)
    assert place.own.is_settled(place.now)


def test_behind_one_that_keeps_none_the_port_for_tcp_is_left_to_ask(place: Place) -> None:
    moved = {f"51.1.{number}.1": "8.8.4.4:12345" for number in range(MIN_DHT_VOTES)}
    place.asked(ObserverKind.DHT, Transport.UDP, moved)
    assert place.nat() is NatKind.CONE
    assert not place.own.is_settled(place.now)
    over_tcp = {"104.1.0.1": "8.8.4.4:23456", "74.2.0.1": "8.8.4.4:23456"}
    place.asked(ObserverKind.STUN, Transport.TCP, over_tcp, local=HERE)
    assert place.own.is_settled(place.now)
    assert place.published == ["8.8.4.4:23456", "8.8.4.4:4000", "192.168.1.2:4000"]


def test_without_a_nat_or_behind_a_symmetric_one_an_address_is_enough(place: Place) -> None:
    place.vote(ROUTER)
    assert place.nat() is NatKind.SYMMETRIC
    assert place.own.is_settled(place.now)
    place.own.listen([Endpoint(ROUTER, 4000)])
    assert place.nat() is NatKind.NONE
    assert place.own.is_settled(place.now)


def test_where_an_address_is_missing_it_is_left_to_ask(place: Place) -> None:
    place.asked(ObserverKind.DHT, Transport.UDP, {"51.1.1.1": "8.8.4.4:9000", "51.1.2.1": "8.8.4.4:9000"})
    assert place.nat() is NatKind.CONE
    assert not place.own.is_settled(place.now)


# --- The router's port


def test_the_port_that_the_router_opened_comes_before_guesses(place: Place) -> None:
    place.own.opened(5000)
    assert place.published == ["192.168.1.2:4000"]
    place.vote(ROUTER)
    assert place.published == ["8.8.4.4:5000", "8.8.4.4:4000", "192.168.1.2:4000"]
    place.own.opened(None)
    assert place.published == ["8.8.4.4:4000", "192.168.1.2:4000"]


def test_external_endpoints_are_those_that_others_confirm(place: Place) -> None:
    place.own.listen([HERE, Endpoint.parse("1.2.3.4:4000")])
    place.vote(ROUTER)
    assert [str(each) for each in place.own.external_endpoints(place.now)] == ["8.8.4.4:4000"]
    place.vote(ip_address("1.2.3.4"))
    assert [str(each) for each in place.own.external_endpoints(place.now)] == ["1.2.3.4:4000"]


# --- What is forgotten


def test_after_a_move_only_what_links_from_addresses_that_we_still_have_say_counts(place: Place) -> None:
    for remote in (ANN, BEN):
        place.hear(remote, "8.8.4.4:4000")
    place.down(place.hear(EVE, "8.8.4.4:4000"))
    place.vote(ROUTER)
    place.own.moved([HERE, HERE6])
    assert place.external == ["8.8.4.4"]
    place.own.moved([ELSEWHERE])
    assert place.external == []
    assert place.published == ["10.0.0.7:4000"]
    assert place.nat() is NatKind.UNKNOWN


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


def test_of_a_thousand_contacts_the_latest_are_compared(place: Place) -> None:
    place.hear(ANN, "8.8.4.4:4000")
    place.hear(BEN, "8.8.4.4:4000")
    for number in range(MAX_HEARD_LINKS):
        assert place.external == ["8.8.4.4"] or number > MAX_HEARD_LINKS - 2
        place.hear(f"60.{number}.0.1", f"9.9.9.{number}:4000")
    assert place.external == []
