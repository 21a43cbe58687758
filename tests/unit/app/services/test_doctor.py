"""What the doctor makes of what was seen."""

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from app.domain.contact import Contact, ContactNotice, ContactProblem, ContactState
from app.domain.errors import ErrorKind, StorageError
from app.services.doctor import (
    ClockView,
    ContactView,
    DhtHealth,
    LanHealth,
    StorageView,
    check_addresses,
    check_clock,
    check_contact,
    check_dht,
    check_lan,
    check_listeners,
    check_missing,
    check_storage,
    has_path,
)
from crypto.identity import Identity
from net.dial_log import DialOutcome, DialRecord
from net.endpoint import Endpoint
from net.events import LinkId, LinkStatus, PathClass
from net.peer import PeerId

NOW = 1_800_000_000.0
DAY_S = 86_400.0
YEAR_S = 365.25 * DAY_S
EVERYWHERE = [Endpoint.parse("0.0.0.0:4000"), Endpoint.parse("[::]:4000")]
LOOPBACK, HOME, OTHER = (Endpoint.parse(text) for text in ("127.0.0.1:4000", "192.168.1.7:4000", "10.9.9.9:4000"))
ANN = Contact(
    number=1, identity=Identity.generate().public, state=ContactState.ESTABLISHED, added_at=0.0, given_name="Ann"
)


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


def test_what_this_version_lacks_is_said() -> None:
    assert [finding.check for finding in check_missing()] == ["port_mapping", "stun", "turn"]
    assert all(not finding.ok and "not part of this version" in finding.detail for finding in check_missing())


# --- The clock


def test_a_clock_that_nothing_contradicts_is_right() -> None:
    assert check_clock(ClockView(now=NOW, ahead_s={})).ok
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


# --- Contacts


def view(*dials: DialRecord, contact: Contact = ANN, link: LinkStatus | None = None) -> ContactView:
    return ContactView(contact=contact, link=link, dials=dials)


def test_a_linked_contact_is_well_and_the_way_is_told() -> None:
    link = LinkStatus(LinkId(1), PeerId(b"ann"), PathClass.LAN, HOME, 0.001, NOW)
    finding = check_contact(view(link=link), NOW)
    assert (finding.ok, finding.contact) == (True, ANN.contact_id)
    assert finding.detail == "Ann is linked over the local network, at 192.168.1.7:4000."


def test_each_way_that_was_tried_is_told_with_how_it_ended() -> None:
    finding = check_contact(
        view(
            DialRecord(HOME, DialOutcome.REFUSED, 12, NOW - 20),
            DialRecord(OTHER, DialOutcome.NOT_DIALLED),
            DialRecord(EVERYWHERE[1], DialOutcome.TIMED_OUT, 1, NOW - 60, is_held_back=True),
            contact=replace(ANN, last_seen_at=NOW - 2 * DAY_S),
        ),
        NOW,
    )
    assert not finding.ok
    assert finding.detail == (
        "Ann is not linked; last linked 2 days ago."
        " 192.168.1.7:4000: refused, since no program listens there (12 times, last 20 seconds ago)."
        " 10.9.9.9:4000: not tried, since it belongs to a network that this computer is not in."
        " [::]:4000: nobody answers there (1 minute ago); tried rarely now."
    )
    assert finding.advice is not None
    assert "off, asleep" in finding.advice


@pytest.mark.parametrize("outcome", DialOutcome)
def test_every_outcome_has_words_and_an_advice(outcome: DialOutcome) -> None:
    finding = check_contact(view(DialRecord(HOME, outcome, 1, NOW)), NOW)
    assert str(HOME) in finding.detail
    assert finding.advice


def test_the_outcome_that_says_most_decides_the_advice() -> None:
    silent, refused = DialRecord(HOME, DialOutcome.SILENT, 3, NOW), DialRecord(OTHER, DialOutcome.REFUSED, 3, NOW)
    advice = check_contact(view(refused, silent), NOW).advice
    assert advice is not None
    assert "removed or blocked" in advice
    apart = check_contact(view(DialRecord(OTHER, DialOutcome.NOT_DIALLED)), NOW).advice
    assert apart == "Connect both computers to the same network."


def test_a_contact_without_addresses_a_pending_and_a_blocked_one_are_told_as_such() -> None:
    assert "No address of it is known." in check_contact(view(), NOW).detail
    pending = check_contact(view(contact=replace(ANN, state=ContactState.PENDING)), NOW)
    assert "has not answered the link yet" in pending.detail
    assert check_contact(view(contact=replace(ANN, blocked=True)), NOW).ok


def test_a_link_that_expired_unanswered_is_told_with_the_clock() -> None:
    pending = replace(ANN, state=ContactState.PENDING)
    finding = check_contact(ContactView(contact=pending, link=None, dials=(), link_expiry=NOW - 2 * DAY_S), NOW)
    assert finding.detail == ("Ann did not answer the link before it expired, 2 days ago. No address of it is known.")
    assert finding.advice is not None
    assert "clock" in finding.advice
    valid = check_contact(ContactView(contact=pending, link=None, dials=(), link_expiry=NOW + DAY_S), NOW)
    assert "has not answered the link yet" in valid.detail


@pytest.mark.parametrize(
    "problem", [ContactProblem.LINK_USED, ContactProblem.LINK_REVOKED, ContactProblem.LINK_EXPIRED]
)
def test_a_link_that_leads_nowhere_is_told_and_what_to_do(problem: ContactProblem) -> None:
    finding = check_contact(view(contact=replace(ANN, problem=problem)), NOW)
    assert not finding.ok
    assert finding.advice is not None
    assert "Ask for a new one." in finding.advice


def test_a_reset_that_waits_is_told_whether_the_contact_is_linked_or_not() -> None:
    held = check_contact(view(contact=replace(ANN, problem=ContactProblem.RESET)), NOW)
    assert not held.ok
    assert held.advice is not None
    assert "60 digits" in held.advice


@pytest.mark.parametrize("notice", [ContactNotice.ROLLED_BACK, ContactNotice.TWO_DEVICES])
def test_a_notice_is_told_in_its_words(notice: ContactNotice) -> None:
    finding = check_contact(view(contact=replace(ANN, notice=notice)), NOW)
    assert (finding.ok, finding.advice) == (False, notice.sentence)


def test_a_time_in_the_future_is_told_as_one() -> None:
    finding = check_contact(view(DialRecord(HOME, DialOutcome.REFUSED, 1, NOW + YEAR_S)), NOW)
    assert "in the future, by this computer's clock" in finding.detail
