"""When our records are put on the DHT, in virtual time."""

import os

import pytest

from crypto.rendezvous import EPOCH_S
from net.discovery.publication import Publication, Put
from net.limits import (
    FAR_PUT_GATHER_S,
    FIRST_PUT_RETRY_S,
    MAX_PUT_GATHER_S,
    MIN_PUT_INTERVAL_S,
    PUT_BURST,
    PUT_GATHER_S,
    PUT_INTERVAL_S,
    PUT_JITTER,
)
from net.peer import PeerId

ACCOUNT, INVITE = PeerId(b"account"), PeerId(b"invite")
MIDNIGHT = 6 * EPOCH_S * 1000.0


class World:
    """A publication with both clocks, run from one wake-up to the next."""

    def __init__(self, *owners: PeerId, into_epoch_s: float = 60.0) -> None:
        self.machine = Publication(os.urandom)
        self.now, self.unix_s = 1000.0, MIDNIGHT + into_epoch_s
        self.machine.set_owners(dict.fromkeys(owners), self.now)

    def ready(self) -> "World":
        self.machine.start(self.now)
        self.machine.moved(self.now, has_place=True)
        return self

    def step(self) -> list[Put]:
        """Go to the next wake-up."""
        wake_at = self.machine.wake_at()
        assert wake_at is not None
        self.unix_s += max(0.0, wake_at - self.now)
        self.now = max(self.now, wake_at)
        return self.machine.handle_timer(self.now, self.unix_s)


def test_nothing_is_put_before_the_dht_runs_and_a_place_is_known() -> None:
    world = World(ACCOUNT)
    assert world.machine.wake_at() is None
    world.machine.start(world.now)
    assert world.machine.wake_at() is None
    world.machine.moved(world.now, has_place=True)
    assert world.machine.wake_at() == world.now + PUT_GATHER_S


def test_an_address_that_helps_those_far_off_is_put_sooner() -> None:
    world = World(ACCOUNT).ready()
    world.machine.moved(world.now, has_place=True, is_far=True)
    assert world.machine.wake_at() == world.now + FAR_PUT_GATHER_S
    world.machine.moved(world.now, has_place=True, is_far=False)
    assert world.machine.wake_at() == world.now + PUT_GATHER_S


def test_changes_without_an_end_put_a_put_off_for_some_seconds_only() -> None:
    world, step_s = World(ACCOUNT).ready(), PUT_GATHER_S / 2
    moments = [world.now + number * step_s for number in range(1 + round(MAX_PUT_GATHER_S / step_s))]
    for now in moments:
        world.machine.moved(now, has_place=True)
    assert world.machine.wake_at() == moments[-1] == world.now + MAX_PUT_GATHER_S
    assert len(world.step()) == 1
    world.machine.moved(world.now, has_place=True)
    assert world.machine.wake_at() == world.now + PUT_GATHER_S, "from then on others are gathered"


def test_a_record_is_renewed_within_half_an_hour() -> None:
    world = World(ACCOUNT).ready()
    assert world.step() == [Put(ACCOUNT, 6000)]
    began = world.now
    assert world.step() == [Put(ACCOUNT, 6000)]
    assert PUT_INTERVAL_S * (1 - PUT_JITTER) <= world.now - began <= PUT_INTERVAL_S


def test_the_next_epoch_gets_its_record_as_it_begins() -> None:
    world = World(ACCOUNT, into_epoch_s=EPOCH_S - 30.0).ready()
    assert world.step() == [Put(ACCOUNT, 6000)]
    assert world.step() == [Put(ACCOUNT, 6001)]
    assert world.unix_s - (MIDNIGHT + EPOCH_S) <= 2 * PUT_GATHER_S


def test_after_sleep_the_record_is_put_anew_however_lately_it_was_by_a_clock_that_stood_still() -> None:
    world = World(ACCOUNT).ready()
    world.step()
    world.unix_s += 2 * EPOCH_S
    world.machine.restart(world.now)
    asleep_at = world.now
    assert world.step() == [Put(ACCOUNT, 6002)]
    assert world.now == asleep_at + PUT_GATHER_S


def test_a_few_moves_are_told_at_once_and_more_of_them_once_a_minute() -> None:
    world = World(ACCOUNT).ready()
    began = world.now
    moments = []
    for _ in range(8):
        world.machine.moved(world.now, has_place=True)
        assert world.step() == [Put(ACCOUNT, 6000)]
        moments.append(world.now - began)
    assert moments[: int(PUT_BURST)] == [PUT_GATHER_S * number for number in range(1, int(PUT_BURST) + 1)]
    late = moments[int(PUT_BURST) :]
    assert late == pytest.approx([MIN_PUT_INTERVAL_S * number for number in range(1, len(late) + 1)], abs=PUT_GATHER_S)
    world.now += 10 * MIN_PUT_INTERVAL_S
    world.machine.moved(world.now, has_place=True)
    assert world.machine.wake_at() == world.now + PUT_GATHER_S


def test_who_can_be_reached_nowhere_puts_nothing() -> None:
    world = World(ACCOUNT).ready()
    world.machine.moved(world.now, has_place=False)
    assert world.machine.wake_at() is None


def test_a_put_that_nobody_took_is_tried_again_and_less_and_less_often() -> None:
    world = World(ACCOUNT).ready()
    waits = []
    for _ in range(10):
        world.step()
        before = world.now
        world.machine.stored(ACCOUNT, 0, world.now)
        wake_at = world.machine.wake_at()
        assert wake_at is not None
        waits.append(wake_at - before)
    assert FIRST_PUT_RETRY_S * (1 - PUT_JITTER) <= waits[0] <= FIRST_PUT_RETRY_S
    assert max(waits) <= PUT_INTERVAL_S
    assert waits[4] > 4 * waits[0]
    world.step()
    world.machine.stored(ACCOUNT, 8, world.now)
    world.step()
    world.machine.stored(ACCOUNT, 0, world.now)
    wake_at = world.machine.wake_at()
    assert wake_at is not None
    assert wake_at - world.now <= FIRST_PUT_RETRY_S


def test_a_new_invite_gets_its_record_at_once() -> None:
    world = World(ACCOUNT).ready()
    world.step()
    world.machine.set_owners(dict.fromkeys((ACCOUNT, INVITE)), world.now)
    assert world.machine.wake_at() == world.now


def test_owners_come_and_go() -> None:
    world = World(ACCOUNT).ready()
    world.step()
    world.machine.set_owners(dict.fromkeys((ACCOUNT, INVITE)), world.now)
    assert world.step() == [Put(INVITE, 6000)]
    world.machine.set_owners(dict.fromkeys((INVITE,)), world.now)
    world.machine.stored(ACCOUNT, 0, world.now)
    assert {put.owner for _ in range(5) for put in world.step()} == {INVITE}


def test_an_owner_with_new_keys_is_put_at_once() -> None:
    world = World(ACCOUNT).ready()
    world.step()
    world.machine.renew(ACCOUNT, world.now)
    assert world.machine.wake_at() == world.now + PUT_GATHER_S
    world.machine.renew(INVITE, world.now)
    assert world.step() == [Put(ACCOUNT, 6000)]
