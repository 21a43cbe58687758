"""What the doctor makes of what was seen of this computer."""

import pytest

from app.domain.errors import ErrorKind, StorageError
from app.services.doctor import (
    ClockView,
    LanHealth,
    StorageView,
    check_addresses,
    check_clock,
    check_lan,
    check_listeners,
    check_storage,
    has_path,
)
from net.endpoint import Endpoint

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
    assert has_path((*good, check_lan(LanHealth.DEAF)))
    assert not has_path((*good[:1], check_addresses([], EVERYWHERE)))
    assert not has_path((check_listeners([]), *good[1:]))


@pytest.mark.parametrize("health", LanHealth)
def test_the_lan_is_well_unless_it_is_down_or_deaf(health: LanHealth) -> None:
    finding = check_lan(health)
    assert finding.ok == (health not in {LanHealth.DOWN, LanHealth.DEAF})
    assert finding.ok or finding.advice


def test_a_disk_that_takes_nothing_or_soon_will_not_is_told() -> None:
    assert check_storage(StorageView()).ok
    assert "5.0 GB" in check_storage(StorageView(free_bytes=5_000_000_000)).detail
    assert not check_storage(StorageView(free_bytes=5_000_000)).ok
    full = check_storage(StorageView(error=StorageError(ErrorKind.STORAGE_FULL), free_bytes=5_000_000_000))
    assert not full.ok
    assert "full" in full.detail


def test_what_is_switched_off_is_neither_praised_nor_blamed() -> None:
    off = check_lan(LanHealth.OFF)
    assert off.ok
    assert off.is_neutral


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
