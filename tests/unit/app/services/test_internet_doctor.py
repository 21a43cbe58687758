"""What the doctor makes of what was seen of the ways across the internet."""

from ipaddress import IPv4Address

import pytest

from app.services.internet_doctor import (
    DhtHealth,
    VisitView,
    check_dht,
    check_external,
    check_port_mapping,
    check_relays,
    check_stun,
    check_visits,
)
from net.endpoint import Endpoint
from net.mapping import MappingState, PortMapping
from net.nat_kind import NatKind
from net.observation import Observation, Observer, ObserverKind, Transport
from net.own_addresses import AddressFacts, AskedRound
from net.relay_check import RelayOutcome, RelayTrial
from net.server import ServerAddress, TurnTransport

NOW = 1_800_000_000.0
ROUTER = IPv4Address("1.2.3.4")
EVERYWHERE = [Endpoint.parse("0.0.0.0:24816"), Endpoint.parse("[::]:24816")]


def facts(*rounds: AskedRound) -> AddressFacts:
    """What STUN servers said, one round over each transport."""
    by_transport = {(ObserverKind.STUN, transport): found for transport, found in zip(Transport, rounds, strict=False)}
    return AddressFacts(nat=NatKind.UNKNOWN, believed=(), external=(), named={}, rounds=by_transport)


def test_stun_servers_that_answer_are_named() -> None:
    observer = Observer(b"stun.example", ROUTER, ObserverKind.STUN)
    told = Observation(observer, Transport.UDP, EVERYWHERE[0], EVERYWHERE[0])
    finding = check_stun(facts(AskedRound(2, (), is_over=True), AskedRound(2, (told,))), wanted=True)
    assert finding.ok
    assert "stun.example" in finding.detail


def test_stun_servers_are_blamed_only_when_all_were_asked_and_none_answers() -> None:
    silent = AskedRound(2, (), is_over=True)
    for rounds in ((), (AskedRound(0, is_over=True),), (silent, AskedRound(2))):
        assert check_stun(facts(*rounds), wanted=True).ok
    finding = check_stun(facts(silent, silent), wanted=True)
    assert not finding.ok
    assert finding.advice is not None
    assert check_stun(facts(silent), wanted=False).ok


@pytest.mark.parametrize("health", DhtHealth)
def test_the_dht_is_well_unless_nobody_answers(health: DhtHealth) -> None:
    finding = check_dht(health)
    assert finding.ok == (health is not DhtHealth.ALONE)
    assert finding.ok or finding.advice
    assert finding.is_neutral == (health is DhtHealth.OFF)


@pytest.mark.parametrize("nat", NatKind)
def test_the_address_of_the_router_is_told_whatever_it_does(nat: NatKind) -> None:
    finding = check_external([ROUTER], nat, EVERYWHERE)
    assert "1.2.3.4" in finding.detail
    assert finding.ok == (nat not in {NatKind.SYMMETRIC, NatKind.NO_UDP})
    assert finding.ok == (finding.advice is None)


def test_the_port_to_forward_is_told_once_and_as_a_number_of_a_port() -> None:
    finding = check_external([ROUTER], NatKind.SYMMETRIC, EVERYWHERE)
    assert finding.advice == "Let the router forward TCP port 24816 to this computer."


def test_a_strict_router_that_leads_a_port_to_us_is_no_obstacle() -> None:
    finding = check_external([ROUTER], NatKind.SYMMETRIC, EVERYWHERE, mapped=True)
    assert finding.ok
    assert finding.advice is None
    assert check_external([], NatKind.SYMMETRIC, EVERYWHERE, mapped=True).ok


def test_where_others_see_us_may_be_unknown_which_is_no_fault() -> None:
    finding = check_external([], NatKind.UNKNOWN)
    assert (finding.ok, finding.is_neutral) == (True, True)
    assert "not known" in finding.detail


def test_a_visit_from_afar_says_more_than_one_from_near() -> None:
    (far,) = check_visits(VisitView(bound=EVERYWHERE, near_at=NOW, far_at=NOW - 120), NOW)
    assert far.detail == "Contacts elsewhere can connect to this computer: the last one did 2 minutes ago."
    (near,) = check_visits(VisitView(bound=EVERYWHERE, near_at=NOW - 120), NOW)
    assert near.ok
    assert "From elsewhere none has." in near.detail


def test_a_firewall_is_named_while_nobody_has_got_in() -> None:
    (finding,) = check_visits(VisitView(bound=EVERYWHERE, firewall="ufw"), NOW)
    assert (finding.ok, finding.is_neutral) == (True, True)
    assert "The firewall ufw runs here" in finding.detail
    assert finding.advice is not None
    assert "TCP port 24816" in finding.advice
    (visited,) = check_visits(VisitView(bound=EVERYWHERE, firewall="ufw", near_at=NOW), NOW)
    assert "ufw" not in visited.detail
    (unseen,) = check_visits(VisitView(bound=EVERYWHERE), NOW)
    assert unseen.is_neutral
    assert unseen.advice is None


@pytest.mark.parametrize("bound", [[], [Endpoint.parse("127.0.0.1:4000")]])
def test_where_nobody_is_to_connect_from_outside_nothing_is_said(bound: list[Endpoint]) -> None:
    assert check_visits(VisitView(bound=bound, firewall="ufw"), NOW) == ()


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        (PortMapping(MappingState.OFF), "switched off"),
        (PortMapping(MappingState.NEEDLESS), "no private address"),
        (PortMapping(MappingState.ASKING), "not answered yet"),
        (PortMapping(MappingState.OPEN, 5000, "no"), "port 5000"),
        (PortMapping(MappingState.REFUSED, error="not authorized"), "not authorized"),
        (PortMapping(MappingState.UNANSWERED), "No router"),
    ],
)
def test_what_came_of_asking_the_router_is_told_and_nothing_to_be_alarmed_about(
    mapping: PortMapping, words: str
) -> None:
    finding = check_port_mapping(mapping)
    assert words in finding.detail
    assert finding.ok is (mapping.state not in {MappingState.REFUSED, MappingState.UNANSWERED})
    assert finding.is_neutral is (mapping.state is not MappingState.OPEN)
    assert finding.advice is None


def test_where_the_router_opens_nothing_a_person_can() -> None:
    for state in (MappingState.REFUSED, MappingState.UNANSWERED):
        assert "24000" in str(check_port_mapping(PortMapping(state, port=24000)).advice)


def trial(outcome: RelayOutcome) -> RelayTrial:
    return RelayTrial(ServerAddress("relay.example", 5349), TurnTransport.TLS, outcome)


@pytest.mark.parametrize("outcome", RelayOutcome)
def test_what_came_of_asking_a_relay_is_told_and_what_to_do(outcome: RelayOutcome) -> None:
    (finding,) = check_relays([trial(outcome)], wanted=True)
    assert "relay.example:5349 (TLS)" in finding.detail
    assert finding.ok == (outcome is RelayOutcome.GRANTED)
    assert finding.ok == (finding.advice is None)


def test_no_relay_and_none_wanted_is_nothing_to_be_alarmed_about() -> None:
    for findings in (check_relays((), wanted=True), check_relays([trial(RelayOutcome.SILENT)], wanted=False)):
        assert [(each.check, each.ok, each.is_neutral) for each in findings] == [("turn", True, True)]
