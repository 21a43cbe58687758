"""Whose record is looked for, and when, in virtual time."""

import os
from itertools import pairwise

import pytest

from crypto.rendezvous import EPOCH_S
from net.discovery.inquiries import Get, Inquiries
from net.discovery.record import Record
from net.endpoint import Endpoint
from net.limits import (
    CLOCK_ERROR_S,
    EXTRA_LOOKUP_PAUSES_S,
    FIRST_INVITED_PAUSE_S,
    FIRST_LOOKUP_PAUSE_S,
    LOOKUP_BURST,
    LOOKUP_JITTER,
    LOOKUPS_PER_SECOND,
    MAX_LOOKUP_PAUSE_S,
)
from net.peer import PeerId

ANN, BEN, CLEO = PeerId(b"ann"), PeerId(b"ben"), PeerId(b"cleo")
EPOCH = 6000
SOMEWHERE = (Endpoint.of("1.2.3.4", 5),)


class World:
    """Inquiries that are run from one wake-up to the next."""

    def __init__(self, *peers: PeerId, running: bool = True, into_epoch_s: float = EPOCH_S / 2) -> None:
        self.now = 1000.0
        self.unix_s = EPOCH * EPOCH_S + into_epoch_s
        self.machine = Inquiries(os.urandom, self.now)
        for peer_id in peers:
            self.machine.want(peer_id, self.now)
        if running:
            self.machine.start(self.now)

    def step(self) -> list[Get]:
        wake_at = self.machine.wake_at(self.now)
        assert wake_at is not None
        self.now = max(self.now, wake_at)
        return self.machine.handle_timer(self.now, self.unix_s)

    def idle_until(self) -> float | None:
        return self.machine.wake_at(self.now)


def test_nobody_is_looked_for_before_the_dht_runs() -> None:
    world = World(BEN, running=False)
    assert world.idle_until() is None
    world.machine.start(world.now)
    assert world.step() == [Get(BEN, EPOCH)]


def test_who_has_invited_us_is_looked_for_more_often_at_first() -> None:
    world = World()
    world.machine.want(BEN, world.now, invited=True)
    moments = []
    for _ in range(6):
        assert world.step() == [Get(BEN, EPOCH)]
        moments.append(world.now)
    for number, (earlier, later) in enumerate(pairwise(moments)):
        doubled_s = FIRST_INVITED_PAUSE_S * 2**number
        assert (1 - LOOKUP_JITTER) * doubled_s <= later - earlier <= doubled_s


def test_who_is_wanted_later_is_looked_for_at_once() -> None:
    world = World()
    world.machine.want(BEN, world.now)
    assert world.step() == [Get(BEN, EPOCH)]
    world.machine.want(BEN, world.now)
    wake_at = world.idle_until()
    assert wake_at is not None
    assert wake_at > world.now


def test_an_absent_record_is_looked_for_in_the_neighbouring_epochs_once() -> None:
    world = World(BEN)
    world.step()
    world.machine.absent(BEN, EPOCH, world.now)
    assert world.step() == [Get(BEN, EPOCH - 1), Get(BEN, EPOCH + 1)]
    before = world.now
    world.machine.absent(BEN, EPOCH - 1, world.now)
    world.machine.absent(BEN, EPOCH + 1, world.now)
    assert world.step() == [Get(BEN, EPOCH)]
    assert world.now > before


def test_pauses_grow_to_an_hour() -> None:
    world = World(BEN)
    pauses = []
    for _ in range(16):
        before = world.now
        assert world.step() == [Get(BEN, EPOCH)]
        pauses.append(world.now - before)
    assert pauses[0] == 0
    assert FIRST_LOOKUP_PAUSE_S * (1 - LOOKUP_JITTER) <= pauses[1] <= FIRST_LOOKUP_PAUSE_S
    assert pauses[5] > 4 * pauses[1]
    assert max(pauses) <= MAX_LOOKUP_PAUSE_S
    assert pauses[-1] >= MAX_LOOKUP_PAUSE_S * (1 - LOOKUP_JITTER)


def test_who_is_linked_is_not_looked_for_until_the_link_ends() -> None:
    world = World(BEN)
    world.step()
    world.machine.set_linked(BEN, world.now, linked=True)
    assert world.idle_until() is None
    world.machine.absent(BEN, EPOCH, world.now)
    assert world.idle_until() is None
    world.machine.set_linked(BEN, world.now, linked=False)
    assert world.step() == [Get(BEN, EPOCH)]


def test_who_was_linked_before_is_not_looked_for() -> None:
    world = World()
    world.machine.want(BEN, world.now, linked=True)
    assert world.idle_until() is None


def thorough(world: World, look_ups: int) -> list[bool]:
    """Which of so many look-ups that find nothing ask for the neighbouring epochs as well."""
    asked = []
    for _ in range(look_ups):
        assert world.step() == [Get(BEN, EPOCH)]
        due = world.idle_until()
        world.machine.absent(BEN, EPOCH, world.now)
        asked.append(world.idle_until() != due)
        if asked[-1]:
            assert world.step() == [Get(BEN, EPOCH - 1), Get(BEN, EPOCH + 1)]
    return asked


def test_the_first_look_ups_are_thorough_and_later_few_are() -> None:
    assert thorough(World(BEN), 9) == [True, True, True, False, True, False, False, False, True]


@pytest.mark.parametrize("into_epoch_s", [1.0, CLOCK_ERROR_S - 1, EPOCH_S - CLOCK_ERROR_S + 1, EPOCH_S - 1])
def test_around_the_end_of_an_epoch_all_are(into_epoch_s: float) -> None:
    assert all(thorough(World(BEN, into_epoch_s=into_epoch_s), 9))


def test_those_after_a_ring_are() -> None:
    world = World(BEN)
    assert thorough(world, 6)[5] is False
    world.machine.rung(BEN, world.now)
    assert thorough(world, 2) == [True, True]


def test_the_newest_copy_of_a_look_up_counts() -> None:
    world = World(BEN)
    world.step()
    assert world.machine.found(BEN, EPOCH, Record(20, SOMEWHERE))
    assert not world.machine.found(BEN, EPOCH, Record(10, SOMEWHERE))
    assert not world.machine.found(BEN, EPOCH, Record(20, SOMEWHERE))
    assert world.machine.found(BEN, EPOCH, Record(30, SOMEWHERE))
    world.machine.absent(BEN, EPOCH, world.now)
    assert world.step() == [Get(BEN, EPOCH)]
    assert world.machine.found(BEN, EPOCH, Record(10, SOMEWHERE)), "a clock that was set back"


def test_a_reason_to_look_again_ends_a_long_pause_and_is_no_burst() -> None:
    world = World(BEN)
    world.step()
    world.machine.nudge(BEN, world.now)
    wake_at = world.idle_until()
    assert wake_at is not None
    assert wake_at > world.now
    for _ in range(4):
        world.step()
    world.machine.nudge(BEN, world.now)
    assert world.idle_until() == world.now


def test_after_sleep_everybody_who_is_away_is_looked_for_anew() -> None:
    world = World(BEN, ANN, CLEO)
    world.machine.set_linked(CLEO, world.now, linked=True)
    for _ in range(20):
        world.step()
    world.machine.restart(world.now)
    assert world.step() == [Get(BEN, EPOCH), Get(ANN, EPOCH)]
    soon = world.idle_until()
    assert soon is not None
    assert soon <= world.now + FIRST_LOOKUP_PAUSE_S


def test_a_crowd_is_looked_for_at_a_trickle_and_nobody_is_forgotten() -> None:
    crowd = [PeerId(f"peer {number}".encode()) for number in range(200)]
    world = World(*crowd)
    asked: list[Get] = []
    while len(asked) < len(crowd):
        asked += world.step()
    assert {get.peer for get in asked} == set(crowd)
    least_s = (len(crowd) - LOOKUP_BURST) / LOOKUPS_PER_SECOND
    assert least_s - 1 <= world.now - 1000.0 <= least_s + 2


def test_who_is_forgotten_is_not_looked_for() -> None:
    world = World(BEN)
    world.machine.forget(BEN)
    assert world.idle_until() is None
    assert not world.machine.found(BEN, EPOCH, Record(1, SOMEWHERE))
    world.machine.absent(BEN, EPOCH, world.now)
    world.machine.set_linked(BEN, world.now, linked=True)
    world.machine.nudge(BEN, world.now)
    assert world.idle_until() is None


def test_who_rings_is_looked_for_three_times_soon_and_then_as_seldom_as_before() -> None:
    world = World(BEN)
    for _ in range(8):
        world.step()
    wake_at = world.idle_until()
    assert wake_at is not None
    pause_s = wake_at - world.now
    assert pause_s > 60
    world.machine.rung(BEN, world.now)
    begun = world.now
    assert world.step() == [Get(BEN, EPOCH)]
    assert world.now == begun
    for pause_s in EXTRA_LOOKUP_PAUSES_S:
        begun += pause_s
        assert world.step() == [Get(BEN, EPOCH)]
        assert world.now <= begun
    wake_at = world.idle_until()
    assert wake_at is not None
    assert wake_at - world.now > 60


def test_whose_record_is_found_after_a_ring_is_looked_for_once_more_at_most() -> None:
    world = World(BEN)
    for _ in range(8):
        world.step()
    world.machine.rung(BEN, world.now)
    world.step()
    world.machine.found(BEN, EPOCH, Record(5, SOMEWHERE))
    world.step()
    begun = world.now
    world.step()
    assert world.now > begun + 60


def test_a_ring_of_who_is_linked_or_unknown_means_nothing() -> None:
    world = World(BEN)
    world.step()
    world.machine.set_linked(BEN, world.now, linked=True)
    world.machine.rung(BEN, world.now)
    world.machine.rung(PeerId(b"nobody"), world.now)
    assert world.idle_until() is None
