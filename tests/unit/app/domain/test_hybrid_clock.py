from hypothesis import given
from hypothesis import strategies as st

from app.domain.hybrid_clock import CLOCK_LIMIT, next_clock

times_s = st.floats(-1e12, 1e15)
clocks = st.integers(0, CLOCK_LIMIT - 1)


def test_it_shows_the_time_in_milliseconds() -> None:
    assert next_clock(1_800_000_000.123, 0) >> 16 == 1_800_000_000_123


@given(times_s, clocks.filter(lambda clock: clock < CLOCK_LIMIT - 1))
def test_a_message_comes_after_everything_seen(now_s: float, seen: int) -> None:
    assert seen < next_clock(now_s, seen) < CLOCK_LIMIT


@given(times_s)
def test_the_last_clock_that_a_contact_may_send_can_be_answered(now_s: float) -> None:
    assert next_clock(now_s, CLOCK_LIMIT - 1) == CLOCK_LIMIT - 1


@given(times_s, times_s, clocks)
def test_time_moves_it_forward_only(now_s: float, later_s: float, seen: int) -> None:
    earlier, later = sorted((now_s, later_s))
    assert next_clock(earlier, seen) <= next_clock(later, seen)


def test_a_wall_clock_before_1970_counts_from_its_beginning() -> None:
    assert next_clock(-5.0, 0) == 1
