"""How many SYNs are held, where not again yet, and when another port is needed."""

from net.dialling import DialId
from net.endpoint import Endpoint
from net.limits import FIRST_PORT_LIFE_S, MAX_HOPEFUL_WINDOWS, MAX_WINDOWS, PUNCH_REST_S
from net.windows import Windows

THERE, ELSEWHERE = Endpoint.parse("5.6.7.8:5000"), Endpoint.parse("5.6.7.9:5000")


def opened(count: int) -> Windows:
    windows = Windows()
    for number in range(count):
        windows.opened(DialId(number), THERE)
    return windows


def fail(windows: Windows, now: float, *, expected: bool) -> bool:
    windows.opened(DialId(0), THERE)
    return windows.failed(DialId(0), now, expected=expected)


def test_hope_alone_does_not_take_the_places_of_those_who_are_there() -> None:
    windows = opened(MAX_HOPEFUL_WINDOWS)
    assert not windows.has_room(ELSEWHERE, 0.0, expected=False)
    assert windows.has_room(ELSEWHERE, 0.0, expected=True)
    windows.closed(DialId(0))
    assert windows.has_room(ELSEWHERE, 0.0, expected=False)
    assert not opened(MAX_WINDOWS).has_room(ELSEWHERE, 0.0, expected=True)


def test_where_a_window_came_to_nothing_the_next_one_waits_until_the_nat_has_forgotten() -> None:
    windows = Windows()
    fail(windows, 100.0, expected=False)
    assert not windows.has_room(THERE, 100.0 + PUNCH_REST_S - 1.0, expected=False)
    assert windows.has_room(THERE, 100.0 + PUNCH_REST_S, expected=False)
    assert windows.has_room(ELSEWHERE, 101.0, expected=False)


def test_who_is_there_is_not_kept_waiting() -> None:
    windows = Windows()
    fail(windows, 100.0, expected=False)
    assert windows.has_room(THERE, 101.0, expected=True)


def test_behind_another_nat_or_port_nothing_needs_to_rest() -> None:
    windows = Windows()
    fail(windows, 100.0, expected=False)
    windows.moved()
    assert windows.has_room(THERE, 101.0, expected=False)


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
    windows.closed(DialId(7))
    assert not windows.failed(DialId(7), 0.0, expected=True)
    assert windows.has_room(THERE, 0.0, expected=False)
