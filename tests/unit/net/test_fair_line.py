"""A line whose turns nobody takes from another."""

from hypothesis import given
from hypothesis import strategies as st

from net.fair_line import FairLine
from net.token_bucket import TokenBucket

RATE, BURST, PLACES, PATIENCE_S = 0.25, 3.0, 4, 600.0
HONEST = "honest"


def line(*, patience_s: float = PATIENCE_S) -> FairLine[str, int]:
    return FairLine(TokenBucket(per_second=RATE, burst=BURST, now=0.0), places=PLACES, patience_s=patience_s)


def test_what_the_ration_allows_goes_at_once_and_the_rest_in_turn() -> None:
    each = line()
    for number in range(5):
        each.add("a", number, 0.0)
    each.add("b", 9, 0.0)
    assert each.take(0.0) == [1, 9, 2], "the oldest of five made room"
    assert each.wake_at(0.0) == 1 / RATE
    assert each.take(1 / RATE - 0.1) == []
    assert each.take(1 / RATE) == [3]
    assert each.take(2 / RATE) == [4]
    assert each.wake_at(2 / RATE) is None


def test_what_has_waited_too_long_is_dropped() -> None:
    each = line(patience_s=10.0)
    for number in range(4):
        each.add("a", number, 0.0)
    each.take(0.0)
    each.add("a", 7, 5.0)
    assert each.take(11.0) == [7]
    each.add("a", 8, 11.0)
    assert each.take(50.0) == []
    assert each.wake_at(50.0) is None


@given(
    floods=st.lists(st.lists(st.integers(1, 40), min_size=1, max_size=40), min_size=1, max_size=5),
    asks=st.lists(st.integers(30, 120), min_size=1, max_size=8),
)
def test_who_asks_seldom_comes_up_within_one_round_whatever_others_do(floods: list[list[int]], asks: list[int]) -> None:
    """Each of the others says something at every moment of a rhythm of its own; ours waits in between."""
    each, sources = line(), len(floods)
    asked_at, item = 0.0, 1_000
    moments = [asked_at := asked_at + pause for pause in asks]
    taken: dict[int, float] = {}
    for second in range(int(moments[-1] + (sources + 1) / RATE) + 2):
        now = float(second)
        for number, rhythm in enumerate(floods):
            if second % rhythm[second % len(rhythm)] == 0:
                each.add(f"flood {number}", number, now)
        if now in moments:
            each.add(HONEST, item + moments.index(now), now)
        taken |= {number: now for number in each.take(now) if number >= item}
    for number, moment in enumerate(moments):
        assert taken[item + number] - moment <= (sources + 1) / RATE + 1


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 30)), max_size=200))
def test_over_all_no_more_goes_than_the_ration(adds: list[tuple[str, int]]) -> None:
    each, now, count = line(), 0.0, 0
    for source, pause in adds:
        now += pause
        each.add(source, 0, now)
        count += len(each.take(now))
    assert count <= BURST + now * RATE + 1e-6
