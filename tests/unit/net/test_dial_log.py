"""What is told of attempts to reach somebody."""

import errno
from dataclasses import replace

import pytest

from net.dial_log import DialLog, DialOutcome, DialRecord, complete_report, outcome_of_end, outcome_of_error
from net.dialling import Target, Way
from net.endpoint import Endpoint
from net.events import CloseReason
from net.limits import MAX_REMEMBERED_OUTCOMES
from net.peer import PeerId

ALICE, BOB = PeerId(b"alice"), PeerId(b"bob")
HERE, THERE = Endpoint.parse("5.6.7.8:4000"), Endpoint.parse("5.6.7.8:5000")
TO_HERE, TO_THERE = Target(Way.DIRECT, HERE), Target(Way.DIRECT, THERE)


def test_each_endpoint_has_its_last_outcome_and_how_often_it_was_the_same() -> None:
    log = DialLog()
    for at in (1.0, 2.0, 3.0):
        log.note(ALICE, TO_HERE, DialOutcome.REFUSED, at)
    log.note(ALICE, TO_THERE, DialOutcome.TIMED_OUT, 4.0)
    log.note(BOB, TO_HERE, DialOutcome.SILENT, 5.0)
    assert log.of(ALICE) == (
        DialRecord(HERE, DialOutcome.REFUSED, 3, 3.0),
        DialRecord(THERE, DialOutcome.TIMED_OUT, 1, 4.0),
    )
    log.note(ALICE, TO_HERE, DialOutcome.LINKED, 6.0)
    assert log.of(ALICE)[-1] == DialRecord(HERE, DialOutcome.LINKED, 1, 6.0)


def test_the_ways_to_one_endpoint_are_told_apart() -> None:
    log = DialLog()
    for at in (1.0, 2.0):
        log.note(ALICE, TO_HERE, DialOutcome.REFUSED, at)
        log.note(ALICE, Target(Way.PUNCH, HERE), DialOutcome.TIMED_OUT, at)
    assert log.of(ALICE) == (
        DialRecord(HERE, DialOutcome.REFUSED, 2, 2.0),
        DialRecord(HERE, DialOutcome.TIMED_OUT, 2, 2.0, way=Way.PUNCH),
    )


def test_who_is_forgotten_leaves_nothing() -> None:
    log = DialLog()
    log.note(ALICE, TO_HERE, DialOutcome.REFUSED, 1.0)
    log.forget(ALICE)
    log.forget(BOB)
    assert log.of(ALICE) == ()


def test_a_contact_that_moves_all_the_time_fills_no_memory() -> None:
    log = DialLog()
    for port in range(1, 1_000):
        log.note(ALICE, Target(Way.DIRECT, Endpoint.of("5.6.7.8", port)), DialOutcome.REFUSED, float(port))
    assert len(log.of(ALICE)) == MAX_REMEMBERED_OUTCOMES
    assert log.of(ALICE)[-1].endpoint.port == 999


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ConnectionRefusedError(), DialOutcome.REFUSED),
        (TimeoutError(), DialOutcome.TIMED_OUT),
        (ConnectionResetError(), DialOutcome.CLOSED),
        (OSError(errno.ENETUNREACH, "no network"), DialOutcome.UNREACHABLE),
    ],
)
def test_a_failed_connect_says_why(error: OSError, outcome: DialOutcome) -> None:
    assert outcome_of_error(error) is outcome


def test_a_connection_that_never_became_a_link_says_why() -> None:
    assert outcome_of_end(CloseReason.DEAD) is DialOutcome.SILENT
    assert outcome_of_end(CloseReason.PROTOCOL) is DialOutcome.WRONG_ANSWER
    assert outcome_of_end(CloseReason.LOST) is DialOutcome.CLOSED


def test_a_report_tells_where_nobody_dials_as_well_and_why() -> None:
    tried = DialRecord(HERE, DialOutcome.REFUSED, 20, 1.0)
    nowhere = Endpoint.parse("192.168.77.1:5000")
    report = complete_report([tried], held_back=[HERE, THERE, THERE], not_dialled=[nowhere])
    assert report == (
        replace(tried, is_held_back=True),
        DialRecord(THERE, None, is_held_back=True),
        DialRecord(nowhere, DialOutcome.NOT_DIALLED),
    )
