"""Two hundred Kiths on one bridge: all who know each other are online within seconds, and nobody shouts."""

import pytest

from tests.support.lan_world import LanWorld

CROWD = 200
FRIENDS_ON_EITHER_SIDE = 10
MEETING_S = 10.0
HALF_AN_HOUR_S = 1_800.0
LOST_PART = 0.1


@pytest.mark.slow
def test_two_hundred_who_start_in_one_moment_have_met_within_seconds_and_are_quiet_then() -> None:
    world = LanWorld(CROWD, FRIENDS_ON_EITHER_SIDE, loss=LOST_PART)
    world.start(at=lambda _: 0.0)
    world.run(MEETING_S)
    assert [neighbour for neighbour in world.neighbours if not neighbour.is_content] == []
    assert [neighbour for neighbour in world.neighbours if neighbour.refused] == []
    assert world.packets < 3 * CROWD
    dials = [neighbour.machine.dialled for neighbour in world.neighbours]
    assert max(dials) <= 2 * 2 * FRIENDS_ON_EITHER_SIDE
    said = world.packets
    world.run(HALF_AN_HOUR_S)
    assert world.packets == said
    assert [neighbour.machine.dialled for neighbour in world.neighbours] == dials
    assert all(neighbour.machine.paths.wake_at() is None for neighbour in world.neighbours)


@pytest.mark.slow
def test_newcomers_are_met_at_once_and_those_who_stay_away_make_nobody_shout() -> None:
    size, late, away = 60, range(0, 60, 10), range(5, 60, 10)
    world = LanWorld(size, 3, loss=LOST_PART)
    for number in away:
        world.leave_out(number)
    world.start(at=lambda number: 120.0 if number in late else 0.0)
    world.run(120.0)
    said = world.packets
    world.run(120.0 + MEETING_S)
    present = [world.neighbours[number] for number in range(size) if number not in away]
    assert [neighbour for neighbour in present if not world.has_met_all_who_are_there(neighbour)] == []
    assert world.packets - said < 3 * len(late) + size, "the newcomers' own, and repetitions that fell due"
    said = world.packets
    world.run(3_600.0)
    assert world.packets - said < 5 * 3 * size
