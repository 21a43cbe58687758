"""Whom we ring, and when, in virtual time."""

import os
from itertools import pairwise

from crypto.signal import RINGS
from net.discovery.calls import Call, Calls
from net.limits import (
    FIRST_RING_PAUSE_S,
    INVITE_RING_DELAY_S,
    MAX_RING_PAUSE_S,
    MIN_RING_PAUSE_S,
    OWN_RING_BURST,
    OWN_RINGS_PER_SECOND,
    RING_DELAY_S,
)
from net.peer import PeerId

BEN = PeerId(b"ben")


class World:
    """Calls that are run from one wake-up to the next."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.machine = Calls(os.urandom, self.now)

    def step(self) -> list[Call]:
        wake_at = self.machine.wake_at(self.now)
        if wake_at is None:
            return []
        self.now = max(self.now, wake_at)
        return self.machine.handle_timer(self.now)


def test_who_was_found_is_rung_after_a_moment_unless_linked_by_then() -> None:
    world = World()
    world.machine.found(BEN, world.now)
    assert world.machine.wake_at(world.now) == world.now + RING_DELAY_S
    world.machine.cancel(BEN)
    assert world.step() == []
    world.machine.found(BEN, world.now)
    assert [call.peer for call in world.step()] == [BEN]


def test_the_poster_of_an_invite_that_was_taken_is_rung_without_being_found_and_once_only() -> None:
    world = World()
    world.machine.invited(BEN, world.now)
    assert world.machine.wake_at(world.now) == world.now + INVITE_RING_DELAY_S
    world.machine.found(BEN, world.now + INVITE_RING_DELAY_S / 2)
    assert [call.peer for call in world.step()] == [BEN]
    world.machine.found(BEN, world.now)
    assert world.step() == []


def test_who_is_found_again_and_again_is_rung_ever_more_seldom_by_another_ring_each_time() -> None:
    world = World()
    rung: list[tuple[float, int]] = []
    for second in range(20_000):
        world.now = 1000.0 + second
        world.machine.found(BEN, world.now)
        rung += [(world.now, call.number) for call in world.machine.handle_timer(world.now)]
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(rung)]
    assert FIRST_RING_PAUSE_S <= gaps[0] <= FIRST_RING_PAUSE_S + 2
    assert MAX_RING_PAUSE_S <= gaps[-1] <= MAX_RING_PAUSE_S + 2
    numbers = [number for _, number in rung]
    assert numbers == [(numbers[0] + each) % RINGS for each in range(len(numbers))]


def test_without_being_found_nobody_is_rung_again() -> None:
    world = World()
    world.machine.found(BEN, world.now)
    world.step()
    assert world.machine.wake_at(world.now) is None


def test_news_make_the_next_find_ring_again_but_not_in_the_same_seconds() -> None:
    world = World()
    world.machine.renew(BEN)
    assert world.step() == []
    world.machine.found(BEN, world.now)
    world.step()
    world.machine.renew(BEN)
    world.machine.found(BEN, world.now)
    assert world.step() == []
    world.now += MIN_RING_PAUSE_S
    world.machine.found(BEN, world.now)
    assert [call.peer for call in world.step()] == [BEN]


def test_who_is_to_be_rung_now_is_but_for_a_short_pause() -> None:
    world = World()
    world.machine.ring(BEN, world.now)
    begun = world.now
    assert [call.peer for call in world.step()] == [BEN]
    assert world.now == begun
    world.machine.ring(BEN, world.now)
    assert [call.peer for call in world.step()] == [BEN]
    assert world.now == begun + MIN_RING_PAUSE_S


def test_hundreds_found_at_once_are_rung_in_turn() -> None:
    world = World()
    names = [PeerId(b"%d" % number) for number in range(300)]
    for name in names:
        world.machine.found(name, world.now)
    begun, rung = world.now, [call.peer for call in world.step()]
    assert len(rung) == OWN_RING_BURST
    while len(rung) < 300:
        rung += [call.peer for call in world.step()]
    assert sorted(rung) == sorted(names)
    assert world.now - begun >= (300 - OWN_RING_BURST) / OWN_RINGS_PER_SECOND - 1


def test_who_is_forgotten_in_line_is_not_rung() -> None:
    world = World()
    names = [PeerId(b"%d" % number) for number in range(20)]
    for name in names:
        world.machine.found(name, world.now)
    rung = [call.peer for call in world.step()]
    for name in names:
        world.machine.forget(name)
    assert world.machine.wake_at(world.now) is None
    assert len(rung) == OWN_RING_BURST
