"""Every interleaving of two sides: both dial and call by ICE, answers are late, connections die; one link is left, and
both know it.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from net.endpoint import Endpoint
from net.events import PathClass
from net.limits import (
    FIRST_PUNCH_REST_S,
    ICE_ANSWER_TIMEOUT_S,
    ICE_DELAY_S,
    ICE_OFFER_LIFE_S,
    MAX_PUNCH_REST_S,
    PUNCH_DELAY_S,
    PUNCH_WINDOW_S,
)
from tests.support.ice_paths_world import RING_PAUSE_S, IceWorld, Udp
from tests.support.links import counted, scattered
from tests.support.paths_world import Connection, Place, World

NETWORK_BEHAVES_AFTER_S = 60.0
SETTLED_AFTER_S = 1_500.0
"""Pings find what was cut without a sign, two waits of up to five minutes each, a few nominations."""

LONGEST_ATTEMPT_S = ICE_OFFER_LIFE_S + ICE_ANSWER_TIMEOUT_S + 10.0

HOURS_S = 4 * 3_600.0
"""For two who know nothing of each other's waits to wait at the same time."""

LATENCIES = (0.0, 0.001, 0.04, 0.05, 0.075, 0.15, 0.3, 1.1)
ANSWERED_IN_TIME = LATENCIES[:-1]
"""A link that takes more than two seconds for an answer counts as silent."""


def places(first: int, latencies: tuple[float, ...] = LATENCIES) -> st.SearchStrategy[tuple[Place, ...]]:
    """One to three endpoints, near, far or behind a NAT, the first of them reachable once the network behaves.

    Three endpoints far off are six attempts at once.
    """

    @st.composite
    def drawn(draw: st.DrawFn) -> tuple[Place, ...]:
        made = []
        for number in range(draw(st.integers(1, 3))):
            network = draw(st.sampled_from(["10.0.0", "5.6.7"]))
            endpoint = Endpoint.parse(f"{network}.{first + number}:5000")
            is_reachable = number == 0 or draw(st.booleans())
            is_behind_nat = number > 0 and network == "5.6.7" and draw(st.booleans())
            made.append(Place(endpoint, draw(st.sampled_from(latencies)), is_reachable, is_behind_nat))
        return tuple(made)

    return drawn()


def behind_nats(first: int, latencies: tuple[float, ...] = LATENCIES) -> st.SearchStrategy[tuple[Place, ...]]:
    """One to three endpoints that nobody reaches without being dialled from there."""
    drawn = st.lists(st.sampled_from(latencies), min_size=1, max_size=3)
    return drawn.map(
        lambda chosen: tuple(
            Place(Endpoint.parse(f"5.6.7.{first + number}:5000"), latency_s, is_behind_nat=True)
            for number, latency_s in enumerate(chosen)
        )
    )


moments = st.floats(0.0, NETWORK_BEHAVES_AFTER_S)
cuts = st.lists(st.tuples(moments, st.integers(0, 7), st.booleans()), max_size=6)
"""When, which connection, and whether both sides notice at once."""
doubts = st.lists(st.tuples(moments, st.integers(0, 7), st.integers(0, 1), st.floats(0.1, 15.0)), max_size=6)
"""When, which connection, whom nobody answers, and for how long."""


def cut_some(world: World, cuts: Iterable[tuple[float, int, bool]]) -> None:
    """Cut connections that live at those moments, if there are any."""

    def cut(which: int, *, with_sign: bool) -> None:
        living = [connection for connection in world.connections if not connection.is_cut and any(connection.ends)]
        if living:
            world.cut(living[which % len(living)], with_sign=with_sign)

    for moment, which, with_sign in cuts:
        world.at(moment, partial(cut, which, with_sign=with_sign))


def doubt_some(world: World, doubts: Iterable[tuple[float, int, int, float]]) -> None:
    """Have one side be busy for a while at those moments, while the other one has a link to it."""

    def doubt(which: int, who: int, busy_s: float) -> None:
        living = [connection for connection in world.connections if all(connection.ends)]
        if living:
            world.doubt(world.sides[who], living[which % len(living)], world.now + busy_s)

    for moment, which, who, busy_s in doubts:
        world.at(moment, partial(doubt, which, who, busy_s))


def link_of(world: World) -> Connection:
    """The connection that both sides use."""
    first, second = world.sides
    assert first.online is not None
    assert second.online is not None
    connection = first.links[first.online]
    assert connection is second.links[second.online]
    return connection


def only_link_of(world: World) -> Connection:
    """The same, where there is no other, nor an attempt under way."""
    for side in world.sides:
        assert len(side.links) == 1
        assert not side.dials
        assert not side.held
    return link_of(world)


def nobody_was_offline_in_between(world: World) -> bool:
    return all(link is not None for side in world.sides for link in side.history)


@settings(max_examples=200)
@given(
    theirs=places(10),
    ours=places(20),
    late_s=st.sampled_from([0.0, 0.01, 0.2, 3.0]),
    cuts=cuts,
    seed=st.integers(0, 1000),
)
def test_one_link_survives_and_both_sides_agree(
    theirs: tuple[Place, ...],
    ours: tuple[Place, ...],
    late_s: float,
    cuts: list[tuple[float, int, bool]],
    seed: int,
) -> None:
    world = World((theirs, ours), counted(seed))
    world.introduce_both(late_s)
    cut_some(world, cuts)
    world.run(SETTLED_AFTER_S)
    only_link_of(world)
    assert world.sides[0].paths.wake_at() is None, "nothing is left to decide"


@settings(max_examples=100)
@given(
    theirs=places(10, ANSWERED_IN_TIME),
    ours=places(20, ANSWERED_IN_TIME),
    doubts=doubts,
    seed=st.integers(0, 1000),
)
def test_who_is_only_slow_to_answer_is_never_offline(
    theirs: tuple[Place, ...],
    ours: tuple[Place, ...],
    doubts: list[tuple[float, int, int, float]],
    seed: int,
) -> None:
    world = World((theirs, ours), counted(seed))
    world.introduce_both()
    doubt_some(world, doubts)
    world.run(SETTLED_AFTER_S)
    only_link_of(world)
    assert nobody_was_offline_in_between(world)


@settings(max_examples=50)
@given(theirs=places(10, ANSWERED_IN_TIME), ours=places(20, ANSWERED_IN_TIME), seed=st.integers(0, 1000))
def test_without_trouble_the_best_class_that_dialled_in_time_is_left_within_seconds(
    theirs: tuple[Place, ...], ours: tuple[Place, ...], seed: int
) -> None:
    world = World((theirs, ours), counted(seed))
    world.introduce_both()
    world.run(20.0)
    came_up = {made.place.path for made in world.connections}
    assert link_of(world).place.path is next(path for path in PathClass if path in came_up)
    assert nobody_was_offline_in_between(world)


@settings(max_examples=100)
@given(
    theirs=behind_nats(10),
    ours=behind_nats(20),
    late_s=st.sampled_from([0.0, 0.01, 0.2, 3.0, 90.0, 130.0, 400.0]),
    cuts=cuts,
    seed=st.integers(0, 1000),
)
def test_two_behind_nats_who_met_before_come_together_though_nobody_tells_either_when_to_begin(
    theirs: tuple[Place, ...],
    ours: tuple[Place, ...],
    late_s: float,
    cuts: list[tuple[float, int, bool]],
    seed: int,
) -> None:
    world = World((theirs, ours), scattered(seed), have_met=True)
    world.introduce_both(late_s)
    cut_some(world, cuts)
    world.run(HOURS_S)
    only_link_of(world)


@settings(max_examples=50)
@given(
    theirs=behind_nats(10, ANSWERED_IN_TIME),
    ours=behind_nats(20, ANSWERED_IN_TIME),
    late_s=st.floats(0.0, 3_600.0),
    seed=st.integers(0, 1000),
)
def test_however_long_one_side_waits_the_other_meets_it_within_the_longest_rest_of_a_window(
    theirs: tuple[Place, ...], ours: tuple[Place, ...], late_s: float, seed: int
) -> None:
    world = World((theirs, ours), scattered(seed), have_met=True)
    world.introduce_both(late_s)
    world.run(late_s + MAX_PUNCH_REST_S + FIRST_PUNCH_REST_S + 12 * max(ANSWERED_IN_TIME))
    link_of(world)


@settings(max_examples=50)
@given(
    theirs=behind_nats(10, ANSWERED_IN_TIME),
    ours=behind_nats(20, ANSWERED_IN_TIME),
    late_s=st.floats(0.0, PUNCH_WINDOW_S - 12 * max(ANSWERED_IN_TIME)),
    seed=st.integers(0, 1000),
)
def test_while_one_side_holds_its_dials_the_other_need_only_begin(
    theirs: tuple[Place, ...], ours: tuple[Place, ...], late_s: float, seed: int
) -> None:
    world = World((theirs, ours), scattered(seed))
    world.introduce_both(late_s)
    world.run(late_s + PUNCH_DELAY_S + 12 * max(ANSWERED_IN_TIME))
    link_of(world)
    assert {made.place.path for made in world.connections} == {PathClass.PUNCHED}


gathering = st.sampled_from([0.0, 0.1, 0.3, 4.0])


@st.composite
def udp_between(draw: st.DrawFn, *, works: bool) -> Udp:
    """What ICE finds between the two: a direct pair, one by a relay, or nothing."""
    is_open = draw(st.booleans())
    return Udp(
        latency_s=draw(st.sampled_from(ANSWERED_IN_TIME)),
        is_open=is_open,
        has_relay=(works and not is_open) or draw(st.booleans()),
        gathering_s=(draw(gathering), draw(gathering)),
        signal_s=draw(st.sampled_from([0.04, 0.1, 0.3, 2.0, 10.0])),
        signals_lost_until=draw(st.sampled_from([0.0, 0.0, NETWORK_BEHAVES_AFTER_S])),
        head_start_s=draw(st.sampled_from([0.0, ICE_DELAY_S])),
    )


def opening(first: int, opens_at: float) -> st.SearchStrategy[tuple[Place, ...]]:
    """As ``places``, but none can be reached before that moment, at which ICE may have found a way or be about to."""

    @st.composite
    def late(draw: st.DrawFn) -> tuple[Place, ...]:
        offsets_s = st.sampled_from([0.0, 0.1, 0.6, 2.0])
        return tuple(replace(place, reachable_from=opens_at + draw(offsets_s)) for place in draw(places(first)))

    return late()


def unreachable(first: int) -> st.SearchStrategy[tuple[Place, ...]]:
    """One to three endpoints where nobody answers: each attempt hangs until it fails."""
    return st.integers(1, 3).map(
        lambda count: tuple(
            Place(Endpoint.parse(f"5.6.7.{first + number}:5000"), 0.04, is_reachable=False) for number in range(count)
        )
    )


@settings(max_examples=200)
@given(
    data=st.data(),
    by_tcp=st.sampled_from([True, True, False]),
    late_s=st.sampled_from([0.0, 0.01, 0.2, 3.0, 30.0]),
    cuts=cuts,
)
def test_one_link_survives_and_both_sides_agree_by_tcp_and_by_ice_whichever_leads_anywhere(
    data: st.DataObject, late_s: float, cuts: list[tuple[float, int, bool]], *, by_tcp: bool
) -> None:
    opens_at = data.draw(st.sampled_from([1.2, 1.6, 2.5, 5.0, 9.0, 0.0])) if by_tcp else None
    theirs, ours = (
        data.draw(unreachable(first) if opens_at is None else opening(first, opens_at)) for first in (10, 20)
    )
    udp = data.draw(udp_between(works=not by_tcp))
    world = IceWorld((theirs, ours), scattered(data.draw(st.integers(0, 1000))), udp)
    world.introduce_both(late_s)
    cut_some(world, cuts)
    doubt_some(world, data.draw(doubts))
    world.run(SETTLED_AFTER_S)
    while world.is_busy() and world.now < SETTLED_AFTER_S + LONGEST_ATTEMPT_S:  # a relay is left if it can be, for ever
        world.run(world.now + 1.0)

    assert not world.is_busy(), "nothing starves"
    path = only_link_of(world).place.path
    assert path is not PathClass.RELAYED or not udp.is_open, "a better way was there to be found"


@settings(max_examples=50)
@given(
    theirs=unreachable(10),
    ours=unreachable(20),
    udp=udp_between(works=True).map(lambda udp: replace(udp, signals_lost_until=0.0, signal_s=min(udp.signal_s, 3.0))),
    seed=st.integers(0, 1000),
)
def test_where_tcp_leads_nowhere_ice_does_at_the_first_attempt_of_either_side(
    theirs: tuple[Place, ...], ours: tuple[Place, ...], udp: Udp, seed: int
) -> None:
    world = IceWorld((theirs, ours), scattered(seed), udp)
    world.introduce_both()
    world.run(RING_PAUSE_S + ICE_DELAY_S)
    link_of(world)
    assert nobody_was_offline_in_between(world)
