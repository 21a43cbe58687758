"""Whom contacts of both are asked to ring: soon, then ever more seldom, and a few at a time."""

from net.discovery.wishes import Wishes
from net.limits import (
    FIRST_PASSED_PAUSE_S,
    MEETING_S,
    MIN_RING_PAUSE_S,
    PASSED_CALLS_AT_ONCE,
    PASSED_DELAY_S,
    PASSED_PATIENCE_S,
)
from net.peer import PeerId

BEN = PeerId(b"ben")


def test_rings_come_more_and_more_seldom_until_there_is_a_link() -> None:
    ours = Wishes(0.0)
    assert ours.wake_at(0.0) is None
    assert ours.wish(BEN, 0.0, is_anybody_there=True)
    rung_at = [0.0]
    while (now := ours.wake_at(rung_at[-1])) is not None:
        assert ours.handle_timer(now - 0.1) == []
        assert ours.handle_timer(now) == [BEN]
        rung_at.append(now)
    assert [now / FIRST_PASSED_PAUSE_S for now in rung_at] == [2**number - 1 for number in range(11)]
    assert rung_at[-1] < PASSED_PATIENCE_S <= 2 * rung_at[-1]
    assert not ours.wish(BEN, rung_at[-1] + 1, is_anybody_there=True)
    ours.forget(BEN)
    assert ours.wish(BEN, rung_at[-1] + 1, is_anybody_there=True)


def test_a_ring_that_nobody_is_there_to_bring_is_none_and_goes_when_somebody_has_come() -> None:
    ours = Wishes(0.0)
    assert not ours.wish(BEN, 0.0, is_anybody_there=False)
    for came_at in (0.1, 0.2, 0.3):  # one after the other puts nothing off
        ours.somebody_came(came_at)
    assert ours.wake_at(0.3) == 0.1 + PASSED_DELAY_S
    assert ours.handle_timer(0.1 + PASSED_DELAY_S) == [BEN]


def test_of_many_for_whom_something_waits_four_are_rung_at_a_time() -> None:
    ours = Wishes(0.0)
    peers = [PeerId(b"%d" % number) for number in range(PASSED_CALLS_AT_ONCE + 1)]
    for peer_id in peers:
        ours.wish(peer_id, 0.0, is_anybody_there=False)
    assert ours.handle_timer(1.0) == peers[:-1]
    assert ours.wake_at(1.0) == 1.0 + MIN_RING_PAUSE_S
    assert ours.handle_timer(1.1) == [], "whatever else wakes us"
    assert peers[-1] in ours.handle_timer(1.0 + MIN_RING_PAUSE_S)


def test_a_ring_that_was_due_when_nobody_looked_wakes_nobody_once_the_wish_is_over() -> None:
    ours = Wishes(0.0)
    ours.wish(BEN, 0.0, is_anybody_there=True)
    for late_by in (0.0, 1.0, 10_000.0):  # the computer was asleep
        woken_at = PASSED_PATIENCE_S + late_by
        assert ours.handle_timer(woken_at) == []
        assert ours.wake_at(woken_at) is None


def test_a_rest_that_outlasts_the_wishes_wakes_nobody() -> None:
    ours = Wishes(0.0)
    for number in range(PASSED_CALLS_AT_ONCE + 1):
        ours.wish(PeerId(b"%d" % number), 0.0, is_anybody_there=False)
    late = PASSED_PATIENCE_S - MIN_RING_PAUSE_S / 2
    assert len(ours.handle_timer(late)) == PASSED_CALLS_AT_ONCE
    assert ours.wake_at(late) is None


def test_whoever_comes_online_is_asked_for_those_whom_a_message_waits_for() -> None:
    ours = Wishes(0.0)
    peers = [PeerId(b"%d" % number) for number in range(3)]
    for peer_id in peers:
        ours.wish(peer_id, 0.0, is_anybody_there=True)
    now = 0.0
    while now < 1_000:  # until the pauses are long
        now = ours.wake_at(now) or now
        ours.handle_timer(now)
    ours.somebody_came(now + MIN_RING_PAUSE_S - 0.1)
    assert ours.handle_timer(now + MIN_RING_PAUSE_S + PASSED_DELAY_S) == []
    ours.somebody_came(now + MIN_RING_PAUSE_S)
    ours.forget(peers[0])
    ours.forget(peers[1])
    assert ours.handle_timer(now + MIN_RING_PAUSE_S + PASSED_DELAY_S) == peers[2:]
    ours.somebody_came(PASSED_PATIENCE_S)
    assert ours.handle_timer(PASSED_PATIENCE_S + PASSED_DELAY_S) == []


def test_only_the_first_answer_soon_after_a_ring_is_one() -> None:
    ours = Wishes(0.0)
    assert not ours.is_answered(BEN, 0.0)
    ours.wish(BEN, 0.0, is_anybody_there=False)
    assert not ours.is_answered(BEN, 0.0), "nobody has been rung yet"
    assert ours.handle_timer(1.0) == [BEN]
    assert [ours.is_answered(BEN, 2.0), ours.is_answered(BEN, 3.0)] == [True, False]
    assert ours.handle_timer(1.0 + FIRST_PASSED_PAUSE_S) == [BEN]
    assert not ours.is_answered(BEN, 1.0 + FIRST_PASSED_PAUSE_S + MEETING_S + 1)
