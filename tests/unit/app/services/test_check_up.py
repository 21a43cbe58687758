"""The doctor's round: everything is told of, well or not, always in one order."""

from dataclasses import replace

from app.services.check_up import Seen, check_all
from app.services.doctor import ClockView, LanHealth, StorageView
from app.services.internet_doctor import DhtHealth, VisitView
from net.endpoint import Endpoint
from net.mapping import MappingState, PortMapping
from net.nat_kind import NatKind
from net.own_addresses import AddressFacts
from net.relay_check import RelayOutcome, RelayTrial
from net.server import ServerAddress, TurnTransport

NOW = 1_800_000_000.0
EVERYWHERE = [Endpoint.parse("0.0.0.0:4000")]
WELL = Seen(
    now=NOW,
    bound=EVERYWHERE,
    local=[Endpoint.parse("192.168.1.7:4000")],
    lan=LanHealth.RUNNING,
    dht=DhtHealth.RUNNING,
    addresses=AddressFacts(nat=NatKind.CONE, believed=(), external=(), named={}, rounds={}),
    mapping=PortMapping(MappingState.OFF),
    asks_stun=False,
    uses_relays=True,
    relays=(),
    visits=VisitView(bound=EVERYWHERE, near_at=NOW - 60, far_at=NOW - 60, firewall=None),
    storage=StorageView(free_bytes=1 << 40),
    clock=ClockView(now=NOW, ahead_s={"Ben": 0.5}),
)


def test_where_all_is_well_everything_is_told_of_in_order() -> None:
    findings = check_all(WELL)
    assert [finding.check for finding in findings] == [
        "listeners",
        "addresses",
        "lan",
        "dht",
        "external",
        "port_mapping",
        "stun",
        "turn",
        "incoming",
        "storage",
        "clock",
    ]
    assert all(finding.ok for finding in findings)


def test_a_port_that_the_router_has_opened_makes_up_for_its_ways() -> None:
    hard = replace(WELL, addresses=replace(WELL.addresses, nat=NatKind.SYMMETRIC))
    opened = replace(hard, mapping=PortMapping(MappingState.OPEN, port=4000, external_port=4000))
    assert [finding.check for finding in check_all(hard) if not finding.ok] == ["external"]
    assert all(finding.ok for finding in check_all(opened))


def test_each_relay_has_a_finding_of_its_own() -> None:
    server = ServerAddress("relay.example.org", 3478)
    trials = [RelayTrial(server, TurnTransport.UDP, outcome) for outcome in (RelayOutcome.GRANTED, RelayOutcome.SILENT)]
    found = [finding.ok for finding in check_all(replace(WELL, relays=trials)) if finding.check == "turn"]
    assert found == [True, False]
