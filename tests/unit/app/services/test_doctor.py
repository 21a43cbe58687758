"""What the doctor makes of what was seen of this computer."""

from ipaddress import IPv4Address

import pytest

from app.domain.errors import ErrorKind, StorageError
from app.services.doctor import (
    ClockView,
    DhtHealth,
    LanHealth,
    StorageView,
    check_addresses,
    check_clock,
    check_dht,
    check_lan,
    check_listeners,
    check_missing,
    check_port_mapping,
    check_storage,
    has_path,
)
from net.endpoint import Endpoint
from net.mapping import MappingState, PortMapping

NOW = 1_800_000_000.0
DAY_S = 86_400.0
YEAR_S = 365.25 * DAY_S
EVERYWHERE = [Endpoint.parse("0.0.0.0:4000"), Endpoint.parse("[::]:4000")]
LOOPBACK, HOME = Endpoint.parse("127.0.0.1:4000"), Endpoint.parse("192.168.1.7:4000")


def test_listeners_are_named_and_a_missing_family_is_no_error() -> None:
    finding = check_listeners(EVERYWHERE[:1])
    assert finding.ok
    assert "0.0.0.0:4000" in finding.detail
    assert not check_listeners([]).ok


def test_a_computer_with_an_address_can_be_reached() -> None:
    finding = check_addresses([HOME, LOOPBACK], EVERYWHERE)
    assert finding.ok
    assert finding.detail == "This computer's addresses are 192.168.1.7."


def test_loopback_alone_is_a_path_only_where_it_was_asked_for() -> None:
    assert check_addresses([LOOPBACK], [LOOPBACK]).ok
    assert not check_addresses([LOOPBACK], EVERYWHERE).ok
    assert not check_addresses([], EVERYWHERE).ok


def test_there_is_a_path_when_somebody_could_connect_whatever_else_fails() -> None:
    good = (check_listeners(EVERYWHERE), check_addresses([HOME], EVERYWHERE))
    assert has_path((*good, *check_missing(), check_lan(LanHealth.DEAF)))
    assert not has_path((*good[:1], check_addresses([], EVERYWHERE)))
    assert not has_path((check_listeners([]), *good[1:]))


@pytest.mark.parametrize("health", LanHealth)
def test_the_lan_is_well_unless_it_is_down_or_deaf(health: LanHealth) -> None:
    finding = check_lan(health)
    assert finding.ok == (health not in {LanHealth.DOWN, LanHealth.DEAF})
    assert finding.ok or finding.advice


@pytest.mark.parametrize("health", DhtHealth)
def test_the_dht_is_well_unless_nobody_answers(health: DhtHealth) -> None:
    finding = check_dht(health)
    assert finding.ok == (health is not DhtHealth.ALONE)
    assert finding.ok or finding.advice


def test_the_address_of_the_router_is_told() -> None:
    finding = check_dht(DhtHealth.RUNNING, [IPv4Address("1.2.3.4")])
    assert finding.ok
    assert "1.2.3.4" in finding.detail


def test_a_disk_that_takes_nothing_or_soon_will_not_is_told() -> None:
    assert check_storage(StorageView()).ok
    assert "5.0 GB" in check_storage(StorageView(free_bytes=5_000_000_000)).detail
    assert not check_storage(StorageView(free_bytes=5_000_000)).ok
    full = check_storage(StorageView(error=StorageError(ErrorKind.STORAGE_FULL), free_bytes=5_000_000_000))
    assert not full.ok
    assert "full" in full.detail


def test_what_this_version_lacks_is_said_and_is_nothing_to_be_alarmed_about() -> None:
    assert [finding.check for finding in check_missing()] == ["stun", "turn"]
    assert all(not finding.ok and "not part of this version" in finding.detail for finding in check_missing())
    assert all(finding.is_neutral for finding in check_missing())


def test_what_is_switched_off_is_neither_praised_nor_blamed() -> None:
    off = (check_lan(LanHealth.OFF), check_dht(DhtHealth.OFF))
    assert all(finding.ok and finding.is_neutral for finding in off)


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


# --- The clock


def test_a_clock_that_nothing_contradicts_is_right() -> None:
    assert check_clock(ClockView(now=NOW, ahead_s={})).ok
    assert "1 contact agrees" in check_clock(ClockView(now=NOW, ahead_s={"Ann": 5.0})).detail
    agreed = check_clock(ClockView(now=NOW, newest_file_at=NOW + 60, ahead_s={"Ann": 5.0, "Ben": -3_000.0}))
    assert agreed.ok
    assert "2 contacts agree" in agreed.detail


def test_files_from_the_future_tell_that_the_clock_is_behind() -> None:
    finding = check_clock(ClockView(now=NOW - 10 * YEAR_S, newest_file_at=NOW, ahead_s={}))
    assert not finding.ok
    assert "2027-01-15" in finding.detail
    assert finding.advice is not None
    assert "Set date" in finding.advice


def test_of_two_clocks_that_differ_one_is_wrong() -> None:
    finding = check_clock(ClockView(now=NOW, ahead_s={"Ann": 4 * YEAR_S}))
    assert not finding.ok
    assert "The clock of Ann is 4 years ahead of this computer's. One of the two is wrong." in finding.detail


def test_where_most_contacts_differ_the_own_clock_is_named() -> None:
    finding = check_clock(ClockView(now=NOW, ahead_s={"Ann": -4 * YEAR_S, "Ben": -4 * YEAR_S, "Cid": 0.0}))
    assert not finding.ok
    assert "2 of 3 contacts are about 4 years behind this computer's" in finding.detail


def test_where_few_contacts_differ_theirs_are_named() -> None:
    finding = check_clock(ClockView(now=NOW, ahead_s={"Ann": -4 * YEAR_S, "Ben": 0.0, "Cid": 0.0}))
    assert finding.ok
    assert "The clock of Ann is 4 years behind this computer's." in finding.detail


def test_a_clock_beyond_all_calendars_is_survived() -> None:
    assert check_clock(ClockView(now=1e300, ahead_s={"Ann": -1e300})).detail
