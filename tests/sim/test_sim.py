"""A small world, in which everybody who can be reached is reached, and nobody burdens the DHT."""

from itertools import pairwise
from random import Random  # noqa: TID251 - a run comes again from its seed
from xml.etree import ElementTree as ET

import pytest

from net.limits import CONNECT_TIMEOUT_S, MAX_BACKOFF_S
from tests.sim.__main__ import VARIANTS, summary
from tests.sim.cost import SILENT, Costs, costs
from tests.sim.dht import Calls, Dht
from tests.sim.gathering import gather
from tests.sim.growth import growth_table
from tests.sim.lookups import mean_questions
from tests.sim.nats import SHARES, Means, Nat, Spot, means
from tests.sim.people import DAY_S, HOUR_S, clustering, contacts, people
from tests.sim.report import load_chart, load_table, meetings_table, time_chart
from tests.sim.schedule import AWAY_S, Rounds
from tests.sim.study import simulate
from tests.sim.world import Features, World

GATHER_S, STAY_S = 15 * HOUR_S, 3 * HOUR_S
IDLE_FROM_S = GATHER_S + 2 * HOUR_S
IN_MAINLINE = Costs(questions=40.0, quick_questions=33.0)
IDLE_BYTES_AN_HOUR = 3e6
LISTENING_BYTES_AN_HOUR = 1.8e6
"""Of those who have everybody: looks at the doorbell, and two puts."""


def world_of(users: int, features: Features, seed: int) -> World:
    """People who do as they like by day, and all come together in the afternoon."""
    random = Random(seed)
    known = contacts(users, random)
    persons = gather(people(users, 1, random), GATHER_S, GATHER_S + STAY_S)
    return World(persons, known, features, seed)


def missed(world: World, *connectable: Means) -> list[str]:
    """Pairs that can be connected by these means and are not; who has no UDP cannot learn where anybody is by now."""
    return [
        f"{one.nat.value} {one.number} – {other.nat.value} {other.number}"
        for one, other in world.pairs_here()
        if world.means(one, other) in connectable
        and Nat.NO_UDP not in {one.nat, other.nat}
        and not world.is_linked(one, other)
    ]


# --- What must be true


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_everybody_who_can_be_reached_is_reached_in_the_end_and_then_asks_for_little(seed: int) -> None:
    world = world_of(50, Features(), seed)
    world.run(IDLE_FROM_S)
    pairs = list(world.pairs_here())
    assert len(pairs) > 200
    assert missed(world, Means.DIRECT, Means.PUNCHED, Means.ICE) == []
    assert [world.means(*pair) for pair in pairs if world.means(*pair) is Means.RELAY and world.is_linked(*pair)] == []
    before = [user.asked.minus(Calls()) for user in world.users]
    world.run(IDLE_FROM_S + 0.9 * HOUR_S)
    asked = {user: user.asked.minus(early) for user, early in zip(world.users, before, strict=True)}
    online = [user for user, calls in asked.items() if calls.polls]
    content = [user for user in online if len(user.linked) == len(user.peers)]
    assert len(content) > 2
    assert all(IN_MAINLINE.bytes_of(asked[user]) <= LISTENING_BYTES_AN_HOUR for user in content)
    assert sum(IN_MAINLINE.bytes_of(asked[user]) for user in online) / len(online) <= IDLE_BYTES_AN_HOUR


def test_with_relays_those_are_reached_too_who_have_no_other_way() -> None:
    world = world_of(50, Features(relay=True), 1)
    world.run(IDLE_FROM_S)
    assert missed(world, *Means) == []


def test_who_can_do_less_misses_others() -> None:
    """Shows that the tests above can fail."""
    deaf, dialling = Features(doorbell=False, ice=False), Features(punch=False, doorbell=False, ice=False)
    counts = []
    for features in (Features(), deaf, dialling):
        world = world_of(50, features, 1)
        world.run(GATHER_S + 900.0)  # five minutes after the last came
        counts.append(len(missed(world, Means.DIRECT, Means.PUNCHED, Means.ICE)))
    assert counts[0] < 5 < counts[1] < counts[2]


def test_a_run_comes_again_from_its_seed() -> None:
    def run(seed: int) -> list[str]:
        world = world_of(20, Features(), seed)
        world.run(GATHER_S + 900.0)
        world.meetings.end_all(GATHER_S + 900.0)
        return [f"{key} {sorted(tally.delays_s)}" for key, tally in world.meetings.tallies.items()]

    assert run(5) == run(5)
    assert run(5) != run(6)


def test_a_day_becomes_tables_and_charts() -> None:
    day = simulate(25, Features(), 1)
    lines = [
        *summary(day, IN_MAINLINE),
        *meetings_table(day),
        *load_table(day, IN_MAINLINE),
        *growth_table(day, (10_000,)),
    ]
    assert any(line.startswith("| **all** |") for line in lines)
    assert 0 < day.tally().linked < day.tally().meetings
    assert day.tally(Means.RELAY).linked == 0
    for chart in (time_chart(day), load_chart(day, IN_MAINLINE)):
        root = ET.fromstring(chart.svg())
        assert root.tag.endswith("svg")
        assert all(0 <= x <= 1 and 0 <= y <= 1 for line in chart.lines for x, y in line.points)
    assert len(VARIANTS) == 5


# --- The models


def test_seven_in_ten_pairs_behind_nats_are_punched_as_in_the_field() -> None:
    random = Random(1)
    kinds, shares = [Nat.CONE, Nat.SYMMETRIC], [SHARES[Nat.CONE], SHARES[Nat.SYMMETRIC]]
    spots = [Spot(name, random.choices(kinds, shares)[0]) for name in range(4_000)]
    drawn = [means(one, other, 1) for one, other in zip(spots[::2], spots[1::2], strict=True)]
    assert drawn.count(Means.PUNCHED) / len(drawn) == pytest.approx(0.70, abs=0.03)
    assert drawn == [means(other, one, 1) for one, other in zip(spots[::2], spots[1::2], strict=True)]


def test_sessions_follow_each_other_and_contacts_know_each_other() -> None:
    random = Random(1)
    known = contacts(2_000, random)
    assert 12 <= sum(map(len, known)) / len(known) <= 30
    assert clustering(known, random, samples=2_000) > 0.14
    assert all(one in known[other] for one, contacts_of in enumerate(known) for other in contacts_of)
    for person in people(300, 2, random):
        moments = [moment for each in person.sessions for moment in (each.start_s, each.end_s)]
        assert moments == sorted(moments)
        assert all(each.start_s < 3 * DAY_S for each in person.sessions)


def test_who_has_just_gone_is_dialled_again_within_seconds_and_who_is_away_within_minutes() -> None:
    rounds = Rounds(Random(1), runs=50)
    assert max(rounds.next_s(1.0) for _ in range(200)) <= CONNECT_TIMEOUT_S + 5.0
    late = [rounds.next_s(2 * AWAY_S[-1]) for _ in range(200)]
    assert MAX_BACKOFF_S / 4 <= max(late) <= MAX_BACKOFF_S + CONNECT_TIMEOUT_S


def test_a_record_is_found_for_two_hours() -> None:
    dht = Dht(Random(1))
    dht.put(1, 7, 42, 100.0)
    _, record = dht.get(1, 7, 200.0)
    assert record is not None
    assert record.address == 42
    assert dht.get(1, 7, 100.0 + 7_201.0)[1] is None
    assert dht.get(1, 8, 200.0)[1] is None


def test_searches_grow_by_the_logarithm_of_the_dht() -> None:
    sizes = [1_000, 10_000, 100_000, 1_000_000]
    asked = [mean_questions(size, silent=SILENT, searches=50) for size in sizes]
    steps = [later - earlier for earlier, later in pairwise(asked)]
    assert all(4.0 <= step <= 10.0 for step in steps)
    in_mainline = costs(searches=20)
    assert in_mainline.questions == pytest.approx(IN_MAINLINE.questions, rel=0.1)
    assert in_mainline.quick_questions <= in_mainline.questions
