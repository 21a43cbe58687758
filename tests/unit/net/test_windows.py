"""How many SYNs are held, where not again yet, and when another port is needed."""

from net.dialling import DialId, Target, Way
from net.endpoint import Endpoint
from net.limits import (
    FIRST_PORT_LIFE_S,
    FIRST_PUNCH_REST_S,
    MAX_ASIDE_WINDOWS,
    MAX_HOPEFUL_WINDOWS,
    MAX_PUNCH_REST_S,
    MAX_WINDOWS,
)
from net.windows import Windows

HOST, OTHER_HOST = Endpoint.parse("5.6.7.8:5000"), Endpoint.parse("5.6.7.9:5000")
THERE, ELSEWHERE = Target(Way.PUNCH, HOST), Target(Way.PUNCH, OTHER_HOST)
ASIDE, DIRECT = Target(Way.ASIDE, HOST), Target(Way.DIRECT, HOST)


def opened(count: int, target: Target = THERE) -> Windows:
    windows = Windows()
    for number in range(count):
        windows.opened(DialId(number), target)
    return windows


def fail(windows: Windows, now: float, *, expected: bool) -> bool:
    windows.opened(DialId(0), THERE)
    return windows.failed(DialId(0), now, expected=expected)


def test_hope_alone_does_not_take_the_places_of_those_who_are_there() -> None:
    windows = opened(MAX_HOPEFUL_WINDOWS)
    assert not windows.has_room(ELSEWHERE, expected=False)
    assert windows.has_room(ELSEWHERE, expected=True)
    windows.closed(DialId(0))
    assert windows.has_room(ELSEWHERE, expected=False)
    assert not opened(MAX_WINDOWS).has_room(ELSEWHERE, expected=True)


def test_windows_beside_our_ports_are_counted_for_themselves() -> None:
    windows = opened(MAX_ASIDE_WINDOWS, ASIDE)
    assert not windows.has_room(ASIDE, expected=True)
    assert windows.has_room(THERE, expected=False)
    windows.closed(DialId(0))
    assert windows.has_room(ASIDE, expected=False)
    windows.opened(DialId(0), ASIDE)
    assert not windows.failed(DialId(0), 0.0, expected=True), "our port is not to blame"
    assert windows.has_room(ASIDE, expected=False)
    assert windows.rests_until(ASIDE) == 0.0


def test_where_a_window_came_to_nothing_the_next_one_rests_ever_longer() -> None:
    windows = Windows()
    rests_s = []
    for now in range(100, 1_100, 100):
        fail(windows, float(now), expected=False)
        rests_s.append(windows.rests_until(THERE) - now)
    assert rests_s[:3] == [FIRST_PUNCH_REST_S, 2 * FIRST_PUNCH_REST_S, 4 * FIRST_PUNCH_REST_S]
    assert rests_s[-1] == MAX_PUNCH_REST_S
    assert windows.rests_until(ELSEWHERE) == 0.0


def test_behind_another_nat_or_port_nothing_needs_to_rest() -> None:
    windows = Windows()
    fail(windows, 100.0, expected=False)
    windows.moved()
    assert windows.rests_until(THERE) == 0.0


def test_for_whom_was_there_since_rests_are_as_short_as_at_first() -> None:
    windows = Windows()
    fail(windows, 0.0, expected=False)
    fail(windows, 100.0, expected=False)
    windows.renew([HOST, OTHER_HOST])
    assert windows.rests_until(THERE) == 0.0
    fail(windows, 200.0, expected=False)
    assert windows.rests_until(THERE) == 200.0 + FIRST_PUNCH_REST_S


def test_another_port_is_taken_where_somebody_was_there_and_ever_more_seldom() -> None:
    windows = Windows()
    assert not fail(windows, 0.0, expected=False)
    assert fail(windows, 0.0, expected=True)
    assert not fail(windows, FIRST_PORT_LIFE_S - 1.0, expected=True)
    assert fail(windows, FIRST_PORT_LIFE_S, expected=True)
    assert not fail(windows, 2 * FIRST_PORT_LIFE_S, expected=True)
    windows.succeeded()
    assert fail(windows, 3 * FIRST_PORT_LIFE_S, expected=True)
    assert fail(windows, 4 * FIRST_PORT_LIFE_S, expected=True)


def test_what_was_no_window_changes_nothing() -> None:
    windows = Windows()
    windows.opened(DialId(7), DIRECT)
    windows.closed(DialId(7))
    assert not windows.failed(DialId(7), 0.0, expected=True)
    assert windows.rests_until(THERE) == windows.rests_until(DIRECT) == 0.0
    assert windows.has_room(THERE, expected=False)
