"""Offers and answers between two, however they cross."""

import itertools
import os
from collections import deque

import pytest

from net.ice_exchange import Connect, Drop, Gather, IceExchange, IceStep, Tell
from net.ice_offer import NO_PIN, IceOffer
from net.limits import ICE_OFFER_LIFE_S


def new_offer() -> IceOffer:
    return IceOffer.new(pin=NO_PIN, random=os.urandom)


class Side:
    """One exchange, gathering at once or when told."""

    def __init__(self, *, controls: bool) -> None:
        self.exchange = IceExchange(controls=controls)
        self.outbox: deque[IceOffer] = deque()
        self.ours: IceOffer | None = None
        self.connecting: tuple[IceOffer, IceOffer] | None = None
        self.gathers = 0

    def do(self, steps: list[IceStep], now: float = 0.0) -> None:
        for step in steps:
            match step:
                case Gather():
                    self.gathers += 1
                    self.ours = new_offer()
                    self.do(self.exchange.gathered(self.ours, now), now)
                case Tell(offer=offer):
                    self.outbox.append(offer)
                case Connect(theirs=theirs):
                    assert self.ours is not None
                    self.connecting = (self.ours, theirs)
                case Drop():
                    self.ours = self.connecting = None


def are_one_attempt(one: Side, other: Side) -> bool:
    if one.connecting is None or other.connecting is None:
        return False
    return (one.connecting[0].name, one.connecting[1].name) == (other.connecting[1].name, other.connecting[0].name)


@pytest.mark.parametrize("controls", [True, False])
def test_an_offer_gets_an_answer_and_both_connect(*, controls: bool) -> None:
    caller, callee = Side(controls=controls), Side(controls=not controls)
    caller.do(caller.exchange.start())
    callee.do(callee.exchange.received(caller.outbox.popleft()))
    caller.do(caller.exchange.received(callee.outbox.popleft()))
    assert are_one_attempt(caller, callee)


def test_two_who_offer_at_once_agree_whatever_arrives_first_and_how_often() -> None:
    for order in itertools.product([0, 1], repeat=6):
        sides = [Side(controls=True), Side(controls=False)]
        mail: list[list[IceOffer]] = [[], []]
        for side in sides:
            side.do(side.exchange.start())
        for turn in (*order, *[0, 1] * 4):
            for sender in (0, 1):
                mail[1 - sender] += sides[sender].outbox
                sides[sender].outbox.clear()
            for offer in mail[turn] * 2:
                sides[turn].do(sides[turn].exchange.received(offer))
            mail[turn].clear()
        assert are_one_attempt(*sides), order


def test_an_answer_to_something_else_is_ignored() -> None:
    side = Side(controls=True)
    side.do(side.exchange.start())
    assert side.exchange.received(new_offer().answering(new_offer().name)) == []
    assert side.connecting is None


def test_a_second_start_changes_nothing() -> None:
    side = Side(controls=True)
    side.do(side.exchange.start())
    assert side.exchange.start() == []


def test_an_offer_without_an_answer_is_given_up_after_a_while() -> None:
    side = Side(controls=False)
    side.do(side.exchange.start(), now=10.0)
    assert side.exchange.wake_at() == 10.0 + ICE_OFFER_LIFE_S
    assert side.exchange.handle_timer(10.0) == []
    side.do(side.exchange.handle_timer(10.0 + ICE_OFFER_LIFE_S))
    assert side.exchange.is_idle
    assert side.ours is None


@pytest.mark.parametrize("controls", [True, False])
def test_a_peer_that_begins_anew_is_answered_again(*, controls: bool) -> None:
    side = Side(controls=controls)
    side.do(side.exchange.received(new_offer()))
    first, again = side.connecting, new_offer()
    assert first is not None
    side.do(side.exchange.received(again))
    assert side.connecting is not None
    assert side.connecting[1].name == again.name
    assert side.gathers == 2


@pytest.mark.parametrize("controls", [True, False])
def test_an_old_copy_of_an_offer_keeps_nobody_from_a_new_one(*, controls: bool) -> None:
    returned, peer = Side(controls=controls), Side(controls=not controls)
    returned.do(returned.exchange.received(new_offer()))
    peer.do(peer.exchange.start())
    returned.outbox.clear()  # the answer to the copy, which leads to nothing
    returned.do(returned.exchange.received(peer.outbox.popleft()))
    peer.do(peer.exchange.received(returned.outbox.popleft()))
    assert are_one_attempt(returned, peer)


def test_an_offer_that_came_meanwhile_is_answered_once_ours_has_failed() -> None:
    side, late = Side(controls=True), new_offer()
    side.do(side.exchange.start())
    side.do(side.exchange.received(late))
    assert side.gathers == 1
    side.do(side.exchange.failed())
    assert side.connecting is not None
    assert side.connecting[1].name == late.name


def test_an_offer_that_came_meanwhile_is_forgotten_once_there_is_a_link() -> None:
    side = Side(controls=True)
    side.do(side.exchange.start())
    side.do(side.exchange.received(new_offer()))
    side.exchange.linked()
    assert side.exchange.is_idle
    assert side.exchange.failed() == []


def test_what_was_gathered_too_late_leads_to_nothing() -> None:
    exchange = IceExchange(controls=True)
    exchange.start()
    exchange.linked()
    assert exchange.gathered(new_offer(), 0.0) == []
