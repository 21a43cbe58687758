"""What the doctor makes of what was seen of one contact."""

from dataclasses import replace

import pytest

from app.domain.contact import Contact, ContactNotice, ContactProblem, ContactState
from app.services.contact_doctor import ContactView, check_contact
from crypto.identity import Identity
from net.dial_log import DialOutcome, DialRecord
from net.dialling import Way
from net.endpoint import Endpoint
from net.events import LinkId, LinkStatus, PathClass
from net.ice_log import IceOutcome, IceRecord
from net.peer import PeerId

NOW = 1_800_000_000.0
DAY_S = 86_400.0
YEAR_S = 365.25 * DAY_S
HOME, OTHER, ANY = (Endpoint.parse(text) for text in ("192.168.1.7:4000", "10.9.9.9:4000", "[::]:4000"))
ANN = Contact(
    number=1, identity=Identity.generate().public, state=ContactState.ESTABLISHED, added_at=0.0, given_name="Ann"
)


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
            DialRecord(HOME, DialOutcome.TIMED_OUT, 2, NOW - 120, way=Way.PUNCH),
            DialRecord(OTHER, DialOutcome.NOT_DIALLED),
            DialRecord(ANY, DialOutcome.TIMED_OUT, 1, NOW - 60, is_held_back=True),
            contact=replace(ANN, last_seen_at=NOW - 2 * DAY_S),
        ),
        NOW,
    )
    assert not finding.ok
    assert finding.detail == (
        "Ann is not linked; last linked 2 days ago."
        " 192.168.1.7:4000: refused, since no program listens there (12 times, last 20 seconds ago)."
        " 192.168.1.7:4000, both sides at once: nobody answers there (2 times, last 2 minutes ago)."
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


def test_no_way_to_one_of_several_addresses_is_no_reason_to_check_the_network() -> None:
    none, silent = DialRecord(OTHER, DialOutcome.UNREACHABLE, 3, NOW), DialRecord(HOME, DialOutcome.TIMED_OUT, 3, NOW)
    assert check_contact(view(none, silent), NOW).is_neutral
    alone = check_contact(view(none), NOW)
    assert not alone.is_neutral
    assert alone.advice == "Check that this computer is connected to a network."


@pytest.mark.parametrize("outcome", IceOutcome)
def test_what_came_of_udp_is_told_beside_the_addresses(outcome: IceOutcome) -> None:
    seen = ContactView(contact=ANN, link=None, dials=(), ice=IceRecord(outcome, 3, NOW - 60))
    finding = check_contact(seen, NOW)
    assert " UDP, direct or relayed: " in finding.detail
    assert finding.detail.endswith("(3 times, last 1 minute ago).")


def test_the_outcome_that_says_most_decides_the_advice() -> None:
    silent, refused = DialRecord(HOME, DialOutcome.SILENT, 3, NOW), DialRecord(OTHER, DialOutcome.REFUSED, 3, NOW)
    advice = check_contact(view(refused, silent), NOW).advice
    assert advice is not None
    assert "removed or blocked" in advice
    apart = check_contact(view(DialRecord(OTHER, DialOutcome.NOT_DIALLED)), NOW).advice
    assert apart == "Connect both computers to the same network."


def test_somebody_who_is_merely_away_is_no_cause_for_alarm() -> None:
    assert check_contact(view(DialRecord(HOME, DialOutcome.TIMED_OUT, 3, NOW)), NOW).is_neutral
    assert not check_contact(view(DialRecord(HOME, DialOutcome.SILENT, 3, NOW)), NOW).is_neutral


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
