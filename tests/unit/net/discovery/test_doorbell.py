"""How often our own doorbells are asked for, in virtual time."""

import os
from itertools import pairwise

from crypto.rendezvous import EPOCH_S
from net.discovery.doorbell import Doorbell, Poll
from net.limits import (
    ATTENTION_FADES,
    ATTENTIVE_POLL_S,
    BELLS_AT_FULL_PACE,
    FRESH_BELL_S,
    FRESH_POLL_S,
    IDLE_POLL_S,
    NEW_BELL_S,
    OLD_BELL_S,
    POLL_JITTER,
)
from net.peer import PeerId

OWN, INVITE = PeerId(b"own"), PeerId(b"invite")
EPOCH = 6000
UNIX_S = EPOCH * EPOCH_S + OLD_BELL_S
FRESH_S = ATTENTIVE_POLL_S / ATTENTION_FADES
QUIET_S = IDLE_POLL_S / ATTENTION_FADES + 2 * IDLE_POLL_S


class World:
    """A doorbell that is run from one wake-up to the next."""

    def __init__(self, *owners: PeerId, running: bool = True) -> None:
        self.now = 1000.0
        self.unix_s = UNIX_S
        self.machine = Doorbell(os.urandom)
        self.machine.set_owners(owners, self.now)
        if running:
            self.machine.start(self.now)

    def step(self) -> list[Poll]:
        wake_at = self.machine.wake_at()
        assert wake_at is not None
        self.now = max(self.now, wake_at)
        return self.machine.handle_timer(self.now, self.unix_s)

    def polls(self, seconds: float) -> list[tuple[float, Poll]]:
        end, polled = self.now + seconds, []
        while (wake_at := self.machine.wake_at()) is not None and wake_at <= end:
            polled += [(self.now, poll) for poll in self.step()]
        self.now = end
        return polled


def pauses(polled: list[tuple[float, Poll]], owner: PeerId = OWN) -> list[float]:
    moments = [moment for moment, poll in polled if poll.owner == owner]
    return [later - earlier for earlier, later in pairwise(moments)]


def test_nothing_is_asked_before_the_dht_runs_nor_without_a_doorbell() -> None:
    assert World(OWN, running=False).machine.wake_at() is None
    assert World().machine.wake_at() is None


def test_at_the_start_every_second_and_later_seldom() -> None:
    world = World(OWN)
    early = pauses(world.polls(FRESH_S))
    assert all((1 - POLL_JITTER) * ATTENTIVE_POLL_S <= pause <= ATTENTIVE_POLL_S for pause in early)
    assert len(world.polls(QUIET_S)) < QUIET_S / 4, "attention fades"
    late = pauses(world.polls(3600))
    assert all((1 - POLL_JITTER) * IDLE_POLL_S <= pause <= IDLE_POLL_S for pause in late)
    assert 3600 / IDLE_POLL_S - 1 <= len(late) <= 3600 / IDLE_POLL_S / (1 - POLL_JITTER)


def test_news_make_it_attentive_at_once_and_for_some_time() -> None:
    world = World(OWN)
    world.polls(QUIET_S)
    world.machine.attend(world.now)
    wake_at = world.machine.wake_at()
    assert wake_at is not None
    assert wake_at <= world.now + ATTENTIVE_POLL_S
    assert max(pauses(world.polls(FRESH_S))) <= ATTENTIVE_POLL_S
    world.polls(FRESH_S)
    world.machine.attend(world.now)
    assert max(pauses(world.polls(FRESH_S))) <= ATTENTIVE_POLL_S


def test_the_bell_of_a_new_invite_is_asked_for_twice_a_second_then_every_second_and_then_as_all_others() -> None:
    world = World(OWN)
    world.polls(QUIET_S)
    world.machine.set_owners((OWN, INVITE), world.now)
    early = world.polls(FRESH_BELL_S)
    assert max(pauses(early, INVITE)) <= FRESH_POLL_S
    assert min(pauses(early, OWN)) >= (1 - POLL_JITTER) * ATTENTIVE_POLL_S, "the others are only news"
    assert max(pauses(world.polls(NEW_BELL_S - FRESH_BELL_S), INVITE)) <= ATTENTIVE_POLL_S
    world.polls(QUIET_S)
    assert min(pauses(world.polls(QUIET_S), INVITE)) >= (1 - POLL_JITTER) * IDLE_POLL_S


def test_an_invite_that_is_made_before_the_dht_runs_is_new_and_one_that_was_there_at_the_start_is_not() -> None:
    world = World(OWN, INVITE, running=False)
    another = PeerId(b"another")
    world.machine.set_owners((OWN, INVITE, another), world.now)
    world.machine.start(world.now)
    polled = world.polls(FRESH_BELL_S / 2)
    assert max(pauses(polled, another)) <= FRESH_POLL_S
    assert min(pauses(polled, INVITE)) >= (1 - POLL_JITTER) * ATTENTIVE_POLL_S


def test_many_new_invites_cost_no_more_than_two() -> None:
    many = [PeerId(b"%d" % number) for number in range(20)]
    world = World(OWN)
    world.polls(QUIET_S)
    world.machine.set_owners((OWN, *many), world.now)
    polled = [poll.owner for _, poll in world.polls(FRESH_BELL_S) if poll.owner != OWN]
    assert len(polled) <= BELLS_AT_FULL_PACE * FRESH_BELL_S / FRESH_POLL_S / (1 - POLL_JITTER) + 20
    assert set(polled) == set(many)


def test_news_all_the_time_put_no_look_off() -> None:
    world = World(OWN)
    polled = []
    for _ in range(100):
        world.machine.attend(world.now)
        polled += world.polls(1.0)
    assert len(polled) >= 100 / ATTENTIVE_POLL_S - 1


def test_a_new_doorbell_is_asked_for_at_once_and_a_lost_one_no_more() -> None:
    world = World(OWN)
    world.polls(QUIET_S)
    world.machine.set_owners((OWN, INVITE), world.now)
    assert world.step() == [Poll(INVITE, EPOCH)]
    world.machine.set_owners((OWN,), world.now)
    assert {poll.owner for _, poll in world.polls(200)} == {OWN}
    world.machine.set_owners((), world.now)
    assert world.machine.wake_at() is None


def test_many_doorbells_cost_no_more_than_two() -> None:
    many = [PeerId(b"%d" % number) for number in range(20)]
    world = World(*many)
    world.polls(QUIET_S * 20)
    polled = world.polls(3600)
    assert len(polled) <= 2 * 3600 / IDLE_POLL_S / (1 - POLL_JITTER) + 20
    assert {poll.owner for _, poll in polled} == set(many)


def test_early_in_an_epoch_the_doorbell_of_the_one_before_is_asked_for_too() -> None:
    world = World(OWN)
    world.unix_s = UNIX_S - 1.0
    assert world.step() == [Poll(OWN, EPOCH), Poll(OWN, EPOCH - 1)]
    world.unix_s = UNIX_S
    assert world.step() == [Poll(OWN, EPOCH)]
