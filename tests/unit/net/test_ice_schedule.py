"""When ICE is tried, on a clock of the test's own."""

import pytest

from net.events import PathClass
from net.ice_schedule import IceSchedule, Try
from net.limits import (
    FIRST_BETTER_PATH_S,
    FIRST_ICE_PAUSE_S,
    ICE_DELAY_S,
    MAX_BETTER_PATH_S,
    MAX_ICE_PAUSE_S,
)
from net.peer import PeerId

BOB, CAROL = PeerId(b"bob"), PeerId(b"carol")
DAY_S = 86_400.0


def no_jitter(size_bytes: int) -> bytes:
    return bytes(size_bytes)


def schedule() -> IceSchedule:
    return IceSchedule(no_jitter)


def next_try(ice: IceSchedule) -> float:
    moment = ice.wake_at()
    assert moment is not None
    return moment


def test_a_peer_that_is_there_is_tried_after_tcp_had_its_chance() -> None:
    ice = schedule()
    ice.expect(BOB, 10.0, until=100.0)
    assert ice.handle_timer(10.0) == []
    assert next_try(ice) == 10.0 + ICE_DELAY_S
    assert ice.handle_timer(10.0 + ICE_DELAY_S) == [Try(BOB, relays=True)]
    assert ice.wake_at() is None


def test_who_knows_that_tcp_is_hopeless_need_not_wait() -> None:
    ice = schedule()
    ice.expect(BOB, 10.0, until=100.0, head_start_s=0.0)
    assert ice.handle_timer(10.0) == [Try(BOB, relays=True)]


@pytest.mark.parametrize("path", [PathClass.LAN, PathClass.DIRECT, PathClass.PUNCHED])
def test_a_peer_that_is_reached_is_left_alone(path: PathClass) -> None:
    ice = schedule()
    ice.expect(BOB, 0.0, until=DAY_S)
    ice.linked(BOB, path, 0.5)
    assert ice.wake_at() is None
    ice.expect(BOB, 1.0, until=DAY_S)
    assert ice.wake_at() is None


def test_who_was_called_for_an_invite_of_ours_and_came_is_called_no_more() -> None:
    ice = schedule()
    ice.met(BOB)
    ice.expect(BOB, 0.0, until=DAY_S)
    ice.met(BOB)
    assert ice.wake_at() is None
    ice.failed(BOB, 1.0)
    assert ice.wake_at() is None
    ice.expect(BOB, 2.0, until=DAY_S)  # somebody else who holds it
    assert ice.wake_at() is not None


def test_pauses_grow_while_it_fails_and_end_when_the_peer_may_have_left() -> None:
    ice = schedule()
    ice.expect(BOB, 0.0, until=DAY_S)
    now, pauses = next_try(ice), []
    for _ in range(10):
        ice.handle_timer(now)
        ice.failed(BOB, now)
        pauses.append(next_try(ice) - now)
        now = next_try(ice)
    assert pauses[:3] == [FIRST_ICE_PAUSE_S, 2 * FIRST_ICE_PAUSE_S, 4 * FIRST_ICE_PAUSE_S]
    assert pauses[-1] == MAX_ICE_PAUSE_S
    ice.handle_timer(now)
    ice.failed(BOB, DAY_S)
    assert ice.wake_at() is None


def test_a_new_call_does_not_shorten_the_pause() -> None:
    ice = schedule()
    ice.expect(BOB, 0.0, until=50.0)
    ice.handle_timer(next_try(ice))
    ice.failed(BOB, 20.0)
    ice.expect(BOB, 21.0, until=80.0)
    assert next_try(ice) == 20.0 + FIRST_ICE_PAUSE_S


def test_a_relayed_peer_is_tried_for_a_direct_way_ever_more_seldom() -> None:
    ice = schedule()
    ice.linked(BOB, PathClass.RELAYED, 0.0)
    moments = []
    for _ in range(10):
        moments.append(next_try(ice))
        assert ice.handle_timer(moments[-1]) == [Try(BOB, relays=False)]
        ice.failed(BOB, moments[-1])
        ice.linked(BOB, PathClass.RELAYED, moments[-1])
    assert moments[0] == FIRST_BETTER_PATH_S
    assert moments[1] - moments[0] == 2 * FIRST_BETTER_PATH_S
    assert moments[-1] - moments[-2] == MAX_BETTER_PATH_S
    ice.linked(BOB, PathClass.PUNCHED, moments[-1])
    assert ice.wake_at() is None


def test_a_lost_peer_is_tried_again_while_it_may_be_there() -> None:
    ice = schedule()
    ice.expect(BOB, 0.0, until=100.0)
    ice.linked(BOB, PathClass.PUNCHED, 1.0)
    ice.unlinked(BOB, 50.0)
    assert next_try(ice) == 50.0 + ICE_DELAY_S
    ice.linked(BOB, PathClass.PUNCHED, 51.0)
    ice.unlinked(BOB, 200.0)
    assert ice.wake_at() is None
    ice.unlinked(CAROL, 200.0)
    assert ice.wake_at() is None


def test_a_move_ends_the_pauses() -> None:
    ice = schedule()
    ice.expect(BOB, 0.0, until=DAY_S)
    ice.linked(CAROL, PathClass.RELAYED, 0.0)
    ice.handle_timer(1000.0)
    ice.failed(BOB, 1000.0)
    ice.moved(1001.0)
    assert next_try(ice) == 1000.0 + FIRST_ICE_PAUSE_S
    ice.expect(BOB, 1001.0, until=DAY_S)
    assert next_try(ice) == 1001.0 + ICE_DELAY_S
    ice.forget(BOB)
    assert next_try(ice) == 1001.0 + FIRST_BETTER_PATH_S


def test_who_is_forgotten_is_not_tried() -> None:
    ice = schedule()
    ice.expect(BOB, 0.0, until=DAY_S)
    ice.forget(BOB)
    ice.forget(BOB)
    ice.failed(BOB, 1.0)
    assert ice.handle_timer(DAY_S) == []
