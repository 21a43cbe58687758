"""Whom we announce ourselves to, and when."""

from itertools import combinations, pairwise

import pytest

from net.discovery.beacon import Beacon
from net.limits import (
    ANNOUNCED_HINTS,
    FIRST_ROTATION_S,
    GATHER_JITTER,
    GATHER_S,
    MAX_ANNOUNCEMENTS_PER_SECOND,
    MIN_ANNOUNCEMENT_INTERVAL_S,
    MOST_STEADY_HINTS,
    RENEWAL_JITTER,
    RENEWAL_S,
    ROTATION_JITTER,
    STEADY_HINTS,
)
from net.peer import PeerId
from tests.support.sessions import Randomness


def peer(number: int) -> PeerId:
    return PeerId(b"peer %d" % number)


def key(number: int, rank: int = 0) -> bytes:
    return bytes([rank]) + number.to_bytes(31, "big")


def beacon(peers: int) -> Beacon:
    made = Beacon(Randomness())
    for number in range(peers):
        made.set_peer(peer(number), (key(number),), 0.0)
    return made


def due(made: Beacon) -> float:
    wake_at = made.wake_at()
    assert wake_at is not None
    return wake_at


def assert_soon(made: Beacon, moment: float) -> None:
    """The next announcement follows this moment as soon as changes that belong together have come."""
    assert moment + (1 - GATHER_JITTER) * GATHER_S <= due(made) <= moment + GATHER_S


def announced(made: Beacon) -> tuple[bytes, ...]:
    """The next announcement."""
    keys = made.handle_timer(due(made))
    assert keys is not None
    return keys


def test_who_has_nobody_to_announce_himself_to_is_silent() -> None:
    assert beacon(0).wake_at() is None


def test_peers_declared_together_share_one_announcement_the_latest_first() -> None:
    made = beacon(3)
    assert_soon(made, 0.0)
    assert made.handle_timer((1 - GATHER_JITTER) * GATHER_S / 2) is None
    assert announced(made) == (key(2), key(1), key(0))


def test_everybodys_first_key_comes_before_anybodys_second() -> None:
    made = beacon(0)
    for number in range(2):
        made.set_peer(peer(number), (key(number), key(number, 1)), 0.0)
    assert announced(made) == (key(1), key(0), key(1, 1), key(0, 1))


def test_an_announcement_to_friends_who_are_linked_is_renewed_within_the_hour() -> None:
    made = beacon(1)
    made.set_linked(peer(0), 0.0, linked=True)
    first_at = due(made)
    announced(made)
    assert (1 - RENEWAL_JITTER) * RENEWAL_S <= due(made) - first_at <= RENEWAL_S
    assert announced(made) == (key(0),)


def test_news_are_announced_soon_but_not_in_the_same_second() -> None:
    made = beacon(1)
    announced(made)
    announced_at = GATHER_S
    made.set_peer(peer(1), (key(1),), announced_at)
    assert announced_at < due(made) <= announced_at + MIN_ANNOUNCEMENT_INTERVAL_S
    assert announced(made) == (key(1), key(0))
    made.set_peer(peer(2), (key(2),), 3.0)
    assert_soon(made, 3.0)


def test_what_is_said_again_is_no_news() -> None:
    made = beacon(2)
    announced(made)
    wake_at = due(made)
    made.set_peer(peer(0), (key(0),), 1.0)
    assert due(made) == wake_at


def test_a_linked_peer_is_no_reason_to_announce_but_its_loss_is_if_it_was_not_told() -> None:
    made = beacon(1)
    announced(made)
    made.set_linked(peer(0), 1.0, linked=True)
    assert made.handle_timer(due(made)) is None
    made.set_peer(peer(0), (key(0, 1),), 11.0)  # its key moves on
    assert due(made) > 100.0
    made.set_linked(peer(0), 50.0, linked=False)
    assert_soon(made, 50.0)
    assert announced(made) == (key(0, 1),)


def test_once_everybody_is_linked_nothing_is_repeated_until_the_hour_is_over() -> None:
    made = beacon(2)
    first_at = due(made)
    announced(made)
    for number in range(2):
        made.set_linked(peer(number), 1.0, linked=True)
    assert made.handle_timer(due(made)) is None
    assert (1 - RENEWAL_JITTER) * RENEWAL_S <= due(made) - first_at <= RENEWAL_S
    assert announced(made) == (key(1), key(0))
    made.set_linked(peer(0), due(made) - 1, linked=False)
    assert announced(made) == (key(0), key(1))


def test_the_loss_of_a_peer_who_was_told_changes_nothing() -> None:
    made = beacon(1)
    made.set_linked(peer(0), 0.0, linked=True)
    announced(made)
    made.set_linked(peer(0), 20.0, linked=False)
    assert due(made) > 100.0


def test_a_removed_peer_is_told_no_more() -> None:
    made = beacon(2)
    announced(made)
    made.remove_peer(peer(0), 1.0)
    assert_soon(made, 1.0)
    assert announced(made) == (key(1),)
    made.remove_peer(peer(1), 20.0)
    assert announced(made) == ()
    assert made.wake_at() is None


def test_where_not_all_fit_the_most_active_are_always_there_and_the_others_take_turns() -> None:
    made = beacon(200)
    steady = {key(number) for number in range(200 - STEADY_HINTS, 200)}
    windows = [announced(made) for _ in range(12)]
    assert all(len(window) == ANNOUNCED_HINTS == len(set(window)) for window in windows)
    assert all(steady <= set(window) for window in windows)
    assert len({key for window in windows for key in window}) > 150


@pytest.mark.parametrize("peers", [STEADY_HINTS + 1, MOST_STEADY_HINTS])
def test_where_each_peer_has_several_keys_everybody_s_first_one_is_always_there(peers: int) -> None:
    made = beacon(0)
    for number in range(peers):
        made.set_peer(peer(number), (key(number), key(1_000 + number), key(2_000 + number)), 0.0)
    first = {key(number) for number in range(peers)}
    windows = [announced(made) for _ in range(20)]
    assert all(first <= set(window) and len(window) == ANNOUNCED_HINTS for window in windows)
    assert len({one for window in windows for one in window}) > ANNOUNCED_HINTS


@pytest.mark.parametrize("peers", [1, 200])
def test_while_anybody_is_missing_announcements_follow_each_other_ever_more_slowly(peers: int) -> None:
    made = beacon(peers)
    moments = []
    for _ in range(14):
        moments.append(due(made))
        announced(made)
    waits = [later - earlier for earlier, later in pairwise(moments)]
    assert waits[0] <= FIRST_ROTATION_S
    for number, wait_s in enumerate(waits):
        longest = min(FIRST_ROTATION_S * 2**number, RENEWAL_S)
        assert (1 - ROTATION_JITTER) * longest <= wait_s <= longest


def test_changes_that_come_one_by_one_do_not_draw_the_earliest_of_many_moments() -> None:
    made = beacon(1)
    wake_at = due(made)
    for number in range(1, 50):
        made.set_peer(peer(number), (key(number),), 0.0)
    assert due(made) == wake_at


def test_in_a_crowd_everybody_speaks_more_seldom() -> None:
    crowd = 400
    made = beacon(1)
    moments = []
    for _ in range(4):
        moments.append(due(made))
        made.handle_timer(moments[-1], crowd=crowd)
    for number, (earlier, later) in enumerate(pairwise(moments)):
        longest = crowd / MAX_ANNOUNCEMENTS_PER_SECOND * 2**number
        assert (1 - ROTATION_JITTER) * longest <= later - earlier <= longest


def test_who_is_linked_gives_place_to_who_is_not() -> None:
    made = beacon(100)
    announced(made)
    for number in range(60):
        made.set_linked(peer(number), 1.0, linked=True)
    window = announced(made)
    assert {key(number) for number in range(60, 100)} <= set(window)
    assert len(window) == ANNOUNCED_HINTS


def test_a_hundred_and_fifty_who_all_know_each_other_have_met_within_seconds() -> None:
    crowd = range(150)
    beacons = [Beacon(Randomness(number)) for number in crowd]
    pairs = {number.to_bytes(32, "big"): pair for number, pair in enumerate(combinations(crowd, 2))}
    for shared, (one, other) in pairs.items():
        beacons[one].set_peer(peer(other), (shared,), 0.0)
        beacons[other].set_peer(peer(one), (shared,), 0.0)
    now = 0.0
    while pairs:
        announcing = min(beacons, key=due)
        now = due(announcing)
        said = announcing.handle_timer(now) or ()
        for one, other in filter(None, [pairs.pop(shared, None) for shared in said]):
            beacons[one].set_linked(peer(other), now, linked=True)
            beacons[other].set_linked(peer(one), now, linked=True)
    assert now < 10.0


def test_somewhere_else_everything_begins_anew() -> None:
    made = beacon(200)
    for _ in range(5):
        announced(made)
    made.restart(50.0)
    assert_soon(made, 50.0)
    announced(made)
    assert due(made) <= 50.0 + GATHER_S + FIRST_ROTATION_S
