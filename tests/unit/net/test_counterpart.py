"""What is known of one peer, and where that leads."""

import itertools
from dataclasses import replace

import pytest

from net.counterpart import Counterpart
from net.dialling import DialId, Dialling, Target, Way
from net.endpoint import Endpoint
from net.limits import FAREWELL_REST_S, FRESH_RECORD_S, PUNCH_DELAY_S
from net.peer import Peer
from net.peer_links import PeerLinks
from tests.support.links import counted
from tests.support.path_scripts import FAR, HOME, INVITE, INVITE_KEY, NEAR, SHARING, met, peer

WEB = Endpoint.parse("5.6.7.9:443")


def counterpart(known: Peer) -> Counterpart:
    ids = map(DialId, itertools.count(1))
    made = Counterpart(known, Dialling(counted(), lambda: next(ids)), PeerLinks(known.peer_id))
    made.dialling.set_wanted(made.targets(SHARING), 0.0, wanted=True)
    return made


def ways_to(known: Counterpart, endpoint: Endpoint) -> set[Way]:
    return {target.way for target in known.targets(SHARING) if target.endpoint == endpoint}


def test_where_it_was_announced_comes_first_then_its_record_and_what_it_told_before() -> None:
    elsewhere = Endpoint.parse("5.6.7.10:5000")
    known = replace(counterpart(peer(FAR)), near=(NEAR,), far=(elsewhere, FAR))
    assert known.wanted_endpoints(HOME) == (NEAR, elsewhere, FAR)
    assert known.targets(HOME) == tuple(Target(Way.DIRECT, endpoint) for endpoint in (NEAR, elsewhere, FAR))


def test_in_which_ways_it_is_dialled() -> None:
    assert ways_to(counterpart(peer(FAR)), FAR) == {Way.DIRECT, Way.PUNCH}
    assert ways_to(counterpart(met(FAR)), FAR) == set(Way)
    assert ways_to(replace(counterpart(met(FAR)), is_new=False), FAR) == {Way.DIRECT, Way.PUNCH}
    assert ways_to(replace(counterpart(peer(FAR, WEB)), is_suspect=True), FAR) == set(Way)
    assert ways_to(replace(counterpart(peer(FAR, WEB)), is_suspect=True), WEB) == {Way.DIRECT, Way.PUNCH}
    assert ways_to(replace(counterpart(met(FAR)), is_symmetric=True), FAR) == {Way.DIRECT}


def test_a_record_tells_that_it_was_there_and_whether_it_has_come_back() -> None:
    known = counterpart(met(FAR))
    known.left_at = 100.0
    known.heard_of(made_at=90.0, now=110.0)
    assert known.rests_until() == 100.0 + FAREWELL_REST_S
    assert known.is_expected(89.0 + FRESH_RECORD_S)
    assert not known.is_expected(90.0 + FRESH_RECORD_S)
    known.heard_of(made_at=105.0, now=110.0)
    assert known.rests_until() < 0.0


def test_a_record_that_is_not_newer_is_no_reason_to_dial() -> None:
    known = counterpart(met(FAR))
    known.heard_of(made_at=90.0, now=110.0)
    for moment in (110.0, 110.0 + PUNCH_DELAY_S):
        known.dialling.handle_timer(moment)
    before = known.wake_at(stands_in_line=False)
    known.heard_of(made_at=91.0, now=111.0)
    assert known.wake_at(stands_in_line=False) == before
    known.heard_of(made_at=99.0, now=112.0)
    assert known.wake_at(stands_in_line=False) == 112.0
    assert known.wake_at(stands_in_line=True) is None


@pytest.mark.parametrize("wanted", [False, True])
def test_who_has_joined_an_invite_controls_and_its_poster_dials_only_who_calls(*, wanted: bool) -> None:
    known = counterpart(Peer(peer_id=INVITE, keys=(INVITE_KEY,), controls=False, wanted=wanted))
    assert known.controls(INVITE_KEY.kind) is wanted
    assert known.is_sought is wanted
    known.answers_until = 10.0
    assert known.is_sought
