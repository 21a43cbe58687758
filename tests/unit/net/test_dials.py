"""Who is dialled, when, in what way and how often, as :class:`net.paths.Paths` has it done."""

from dataclasses import replace
from itertools import pairwise

import pytest

from net.dialling import OwnEndpoints, Way
from net.endpoint import Endpoint
from net.limits import (
    ASIDE_WINDOW_S,
    CALL_S,
    FAREWELL_REST_S,
    FIRST_PUNCH_REST_S,
    FRESH_RECORD_S,
    MAX_DIALS,
    MAX_HOPEFUL_WINDOWS,
    MAX_PUNCH_REST_S,
    PUNCH_DELAY_S,
    PUNCH_WINDOW_S,
    UNPROVEN_DIALS_A_MINUTE,
)
from net.nat_kind import NatKind
from net.path_effects import Dial, MovePort, Offline, Online, StopDial
from net.paths import AT_ONCE, Paths
from net.peer import LinkKind, Peer, PeerId
from net.survivor import Nominate
from tests.support.path_scripts import (
    ALICE,
    CONTACT_KEY,
    DIRECT,
    FAR,
    HOME,
    INVITE,
    INVITE_KEY,
    L1,
    L2,
    LAN,
    NEAR,
    PUNCHED,
    SHARING,
    aside,
    dials,
    held,
    knowing,
    met,
    peer,
    punches_after,
    sharing,
    up,
    ways,
    window,
)


def test_a_failed_dial_is_tried_again() -> None:
    paths = knowing(peer(FAR))
    paths.dial_failed(dials(paths.handle_timer(0.0))[FAR], 0.5)
    assert 1.0 <= (paths.wake_at() or 0.0) <= 1.5
    assert FAR in dials(paths.handle_timer(1.5))


def test_a_nudge_dials_now() -> None:
    paths = knowing(peer(FAR))
    paths.dial_failed(dials(paths.handle_timer(0.0))[FAR], 0.0)
    paths.nudge(ALICE, 0.2)
    assert FAR in dials(paths.handle_timer(0.2))


def test_who_is_announced_near_by_is_dialled_there_at_once_however_long_it_was_away() -> None:
    paths = knowing(Peer(peer_id=ALICE, keys=(CONTACT_KEY,), controls=True, wanted=True, endpoints=(FAR,)))
    paths.set_own_endpoints(HOME, 0.0)
    paths.dial_failed(dials(paths.handle_timer(0.0))[FAR], 0.0)
    assert paths.found_near(ALICE, (NEAR,), 0.1) == []
    hanging = dials(paths.handle_timer(0.1))
    assert set(hanging) == {NEAR, FAR}
    assert paths.found_near(ALICE, (NEAR,), 5.0) == [StopDial(hanging[NEAR])]
    assert set(dials(paths.handle_timer(5.0))) == {NEAR}


def test_only_who_is_wanted_and_near_is_dialled_for_an_announcement() -> None:
    paths = knowing(peer(), peer(peer_id=INVITE, keys=(INVITE_KEY,)))
    paths.set_own_endpoints(HOME, 0.0)
    for peer_id in (ALICE, INVITE, PeerId(b"unknown")):
        assert paths.found_near(peer_id, (NEAR,), 0.0) == []
    paths.set_peer(Peer(peer_id=ALICE, keys=(CONTACT_KEY,), controls=True, wanted=True), 1.0)
    assert set(dials(paths.handle_timer(1.0))) == {NEAR}
    paths.set_own_endpoints(OwnEndpoints(), 2.0)
    assert paths.handle_timer(2.0) == []
    assert [each.peer_id for each in paths.peers()] == [ALICE, INVITE]


def test_a_peer_that_names_our_neighbours_has_us_send_there_no_more_often_than_elsewhere() -> None:
    paths = knowing(peer(FAR))
    ports = [replace(NEAR, port=port) for port in range(5_000, 5_100)]
    for victim in (ports, [replace(FAR, port=port) for port in range(5_000, 5_100)]):
        sent = [endpoint for endpoint in victim if paths.may_send_to(ALICE, endpoint, 10.0)]
        assert 0 < len(sent) <= UNPROVEN_DIALS_A_MINUTE
    assert not paths.may_send_to(ALICE, Endpoint.parse("192.168.7.7:5000"), 10.0), "somebody else's private network"
    assert not paths.may_send_to(ALICE, replace(NEAR, port=53), 100.0)


def test_two_who_need_a_relay_meet_by_it_as_often_as_need_be() -> None:
    paths = knowing(peer())
    while paths.may_send_to(ALICE, FAR, 0.0):
        pass
    paths.relayed(ALICE, FAR)
    assert all(paths.may_send_to(ALICE, replace(FAR, port=50_000 + number), 1.0) for number in range(50))
    paths.found_far(ALICE, (FAR,), 2.0)
    assert dials(paths.handle_timer(2.0)) == {}, "a relay is no place to dial by TCP"


def test_who_is_announced_near_by_may_be_sent_to_as_often_as_need_be() -> None:
    paths = knowing(peer(FAR))
    paths.found_near(ALICE, (NEAR,), 0.0)
    assert all(paths.may_send_to(ALICE, replace(NEAR, port=5_000 + number), 1.0) for number in range(50))


def numbered(number: int) -> tuple[PeerId, Endpoint]:
    return PeerId(number.to_bytes(4, "big")), Endpoint.parse(f"5.6.{number >> 8}.{number & 255}:5000")


def absent(count: int) -> Paths:
    """So many peers who are wanted, each at an address of its own."""
    return knowing(*(peer(endpoint, peer_id=peer_id) for peer_id, endpoint in map(numbered, range(count))))


def test_no_more_are_dialled_at_once_than_there_is_room_for_and_nobody_is_overtaken() -> None:
    paths = absent(300)
    first = dials(paths.handle_timer(0.0))
    assert list(first) == [numbered(number)[1] for number in range(MAX_DIALS)]
    assert paths.wake_at() is None, "no moment brings room"
    for dial in list(first.values())[:10]:
        paths.dial_failed(dial, 0.1)
    assert paths.wake_at() == AT_ONCE
    assert list(dials(paths.handle_timer(0.1))) == [numbered(number)[1] for number in range(MAX_DIALS, MAX_DIALS + 10)]


def test_who_is_announced_near_by_need_not_stand_in_line() -> None:
    paths = absent(300)
    paths.handle_timer(0.0)
    last, _ = numbered(299)
    assert paths.found_near(last, (NEAR,), 0.5) == []
    assert NEAR in dials(paths.handle_timer(0.5))


def test_who_is_removed_or_linked_while_in_line_holds_nobody_up() -> None:
    paths = absent(300)
    started = dials(paths.handle_timer(0.0))
    paths.remove_peer(numbered(MAX_DIALS)[0])
    paths.link_up(L1, numbered(MAX_DIALS + 1)[0], LinkKind.CONTACT, DIRECT, None, 0.1)
    paths.dial_failed(next(iter(started.values())), 0.2)
    assert list(dials(paths.handle_timer(0.2))) == [numbered(MAX_DIALS + 2)[1]]


def test_five_thousand_absent_peers_cost_nothing_while_they_wait() -> None:
    paths, started = absent(5_000), 0
    while effects := paths.handle_timer(0.0):
        started += len(effects)
        for dial in dials(effects).values():
            paths.dial_failed(dial, 0.0)
    assert started == 5_000
    assert paths.handle_timer(0.4) == []
    assert len(dials(paths.handle_timer(1.0))) == MAX_DIALS


def test_an_address_where_nobody_proved_a_key_is_dialled_six_times_a_minute_for_all_peers_together() -> None:
    paths = knowing(*(peer(FAR, peer_id=numbered(number)[0]) for number in range(50)))
    assert len(paths.handle_timer(0.0)) == UNPROVEN_DIALS_A_MINUTE
    assert paths.held_back(numbered(0)[0]) == ()
    assert paths.held_back(numbered(49)[0]) == (FAR,)
    assert dials(paths.handle_timer(59.0)) == {}


def test_who_proved_a_key_there_before_is_dialled_as_often_as_it_needs() -> None:
    paths = knowing(
        Peer(peer_id=ALICE, keys=(CONTACT_KEY,), controls=True, wanted=True, endpoints=(FAR,), proven=(FAR,))
    )
    for now in range(100):
        paths.nudge(ALICE, float(now))
        paths.dial_failed(dials(paths.handle_timer(float(now)))[FAR], float(now))
    assert paths.held_back(ALICE) == ()


def test_addresses_that_nobody_makes_us_connect_to_are_told() -> None:
    elsewhere = Endpoint.parse("192.168.77.1:5000")
    paths = knowing(peer(FAR, elsewhere, NEAR))
    assert paths.not_dialled(ALICE) == (elsewhere,)
    assert paths.not_dialled(PeerId(b"nobody")) == paths.held_back(PeerId(b"nobody")) == ()


def test_who_says_on_the_dht_that_it_is_elsewhere_is_dialled_there_at_once_and_first() -> None:
    paths = knowing(peer(FAR))
    for dial in dials(paths.handle_timer(0.0)).values():
        paths.dial_failed(dial, 0.0)
    elsewhere = Endpoint.parse("5.6.7.9:5000")
    assert paths.found_far(ALICE, (elsewhere,), 0.1) == []
    assert paths.wake_at() == 0.1
    assert list(dials(paths.handle_timer(0.1))) == [elsewhere, FAR]
    assert paths.found_far(PeerId(b"nobody"), (elsewhere,), 0.2) == []


def test_what_was_known_before_wakes_nobody() -> None:
    paths = knowing(peer(FAR))
    paths.handle_timer(0.0)
    paths.found_far(ALICE, (FAR,), 0.1)
    assert paths.wake_at() is None


def test_a_record_makes_us_dial_no_more_than_a_contact_may() -> None:
    paths = knowing(peer(FAR))
    loopback, private = Endpoint.parse("127.0.0.1:5000"), Endpoint.parse("192.168.7.7:5000")
    many = tuple(Endpoint.parse(f"5.6.8.{number}:5000") for number in range(1, 20))
    paths.found_far(ALICE, (loopback, private, *many), 0.0)
    started = dials(paths.handle_timer(0.0))
    assert list(started) == list(many[:8])
    assert {loopback, private} <= set(paths.not_dialled(ALICE))


@pytest.mark.parametrize("controls", [False, True])
def test_who_is_far_is_dialled_from_any_port_and_then_from_the_one_on_which_we_listen(*, controls: bool) -> None:
    paths = sharing(peer(FAR, NEAR, controls=controls))
    assert ways(paths.handle_timer(0.0)) == [(Way.DIRECT, FAR), (Way.DIRECT, NEAR)]
    assert paths.wake_at() == PUNCH_DELAY_S
    (punch,) = paths.handle_timer(PUNCH_DELAY_S)
    assert isinstance(punch, Dial)
    assert (punch.way, punch.endpoint, punch.controls) == (Way.PUNCH, FAR, controls)


def test_the_joiner_s_flight_stands_whatever_its_fingerprint() -> None:
    paths = sharing(peer(FAR, peer_id=INVITE, keys=(INVITE_KEY,), controls=False))
    paths.handle_timer(0.0)
    (punch,) = paths.handle_timer(PUNCH_DELAY_S)
    assert isinstance(punch, Dial)
    assert punch.controls


def test_nobody_punches_whose_nat_gives_each_conversation_another_port() -> None:
    paths = sharing(peer(FAR))
    paths.learn_own_endpoints(replace(SHARING, is_symmetric=True), 0.0)
    assert ways(paths.handle_timer(0.0)) == [(Way.DIRECT, FAR)]
    assert paths.handle_timer(PUNCH_DELAY_S) == []


def test_nobody_is_punched_to_who_says_so_of_itself() -> None:
    paths = sharing(peer(FAR))
    paths.found_far(ALICE, (FAR,), 0.0, nat=NatKind.SYMMETRIC)
    assert ways(paths.handle_timer(0.0)) == [(Way.DIRECT, FAR)]
    assert paths.handle_timer(PUNCH_DELAY_S) == []


def parted(*, farewell: bool) -> Paths:
    """A link that came up by punching has ended at 50 s."""
    paths = sharing(peer(FAR))
    up(paths, L1, PUNCHED)
    paths.found_far(ALICE, (FAR,), 40.0, age_s=10.0)
    assert paths.link_down(L1, 50.0, farewell=farewell) == [Offline(ALICE)]
    return paths


def test_whoever_has_said_goodbye_is_dialled_but_not_punched_to_at_once() -> None:
    paths = parted(farewell=True)
    assert ways(paths.handle_timer(51.0)) == [(Way.DIRECT, FAR)]
    assert paths.handle_timer(51.0 + PUNCH_DELAY_S) == []
    assert paths.wake_at() == 50.0 + FAREWELL_REST_S
    assert ways(paths.handle_timer(50.0 + FAREWELL_REST_S)) == [(Way.PUNCH, FAR)]


def test_whose_link_was_lost_is_punched_to_at_once() -> None:
    assert punches_after(parted(farewell=False), 51.0)


def test_a_record_made_after_the_goodbye_tells_of_the_return_and_an_older_one_found_again_does_not() -> None:
    paths = parted(farewell=True)
    paths.found_far(ALICE, (FAR,), 52.0, age_s=22.0)
    assert not punches_after(paths, 52.0)
    paths.found_far(ALICE, (FAR,), 55.0, age_s=1.0)
    assert punches_after(paths, 55.0)


def test_a_link_of_which_neither_side_was_listening_is_punched_and_ends_the_other_windows() -> None:
    other = Endpoint.parse("5.6.7.9:5000")
    paths = sharing(peer(FAR, other))
    assert paths.path_of(FAR, crossed=True) is PUNCHED
    assert paths.path_of(NEAR, crossed=True) is LAN
    assert paths.path_of(FAR) is DIRECT
    direct = dials(paths.handle_timer(0.0))
    punched = dials(paths.handle_timer(PUNCH_DELAY_S))
    effects = paths.link_up(L1, ALICE, LinkKind.CONTACT, PUNCHED, punched[FAR], 1.0)
    assert effects == [StopDial(punched[other]), Online(ALICE, L1)], "an ordinary dial would be better yet"
    assert paths.path_of_link(L1) is PUNCHED
    effects = paths.link_up(L2, ALICE, LinkKind.CONTACT, DIRECT, direct[other], 1.1)
    assert StopDial(direct[FAR]) in effects
    assert paths.handle_timer(1.15) == [Nominate(L2)]


def test_a_fresh_record_is_reason_to_try_at_once() -> None:
    paths = sharing(met(FAR))
    dial = held(paths)
    paths.dial_failed(dial, PUNCH_WINDOW_S)
    paths.found_far(ALICE, (FAR,), PUNCH_WINDOW_S, age_s=60.0)
    assert paths.wake_at() == PUNCH_WINDOW_S
    assert held(paths, PUNCH_WINDOW_S)


def test_the_same_record_once_more_is_no_news() -> None:
    paths = sharing(met(FAR))
    paths.found_far(ALICE, (FAR,), 0.0, age_s=60.0)
    held(paths)
    before = paths.wake_at()
    paths.found_far(ALICE, (FAR,), 0.5, age_s=60.9)
    assert paths.wake_at() == before


@pytest.mark.parametrize("age_s", [FRESH_RECORD_S + 1.0, -FRESH_RECORD_S - 1.0, None])
def test_an_old_record_and_a_wrong_clock_say_nothing_of_who_is_there(age_s: float | None) -> None:
    paths = sharing(met(FAR))
    paths.found_far(ALICE, (FAR,), 0.0, age_s=age_s)
    assert paths.dial_failed(held(paths), PUNCH_WINDOW_S) == []


def test_where_somebody_is_there_and_a_window_came_to_nothing_the_next_leaves_from_another_port() -> None:
    paths = sharing(met(FAR))
    paths.found_far(ALICE, (FAR,), 0.0, age_s=0.0)
    assert paths.dial_failed(held(paths), PUNCH_WINDOW_S) == [MovePort()]


def test_where_nobody_may_be_the_next_window_opens_when_the_last_one_has_rested_and_no_later() -> None:
    paths = sharing(met(FAR))
    assert paths.dial_failed(held(paths), PUNCH_WINDOW_S) == []
    paths.nudge(ALICE, PUNCH_WINDOW_S + 1.0)
    assert ways(paths.handle_timer(PUNCH_WINDOW_S + 1.0)) == [(Way.DIRECT, FAR)]
    assert ways(paths.handle_timer(PUNCH_WINDOW_S + 2.0)) == []
    assert paths.wake_at() == PUNCH_WINDOW_S + FIRST_PUNCH_REST_S
    assert ways(paths.handle_timer(PUNCH_WINDOW_S + FIRST_PUNCH_REST_S)) == [(Way.PUNCH, FAR)]


def windows_until(paths: Paths, end: float) -> list[float]:
    """When windows are opened, none of which comes to anything."""
    now, opened = 0.0, []
    while now <= end:
        started = [effect for effect in paths.handle_timer(now) if isinstance(effect, Dial)]
        opened += [now for dial in started if dial.way is Way.PUNCH]
        for dial in started:
            paths.dial_failed(dial.dial, now + (0.5 if dial.way is Way.DIRECT else PUNCH_WINDOW_S))
        now = max(now + 0.01, paths.wake_at() or now)
    return opened


def test_whoever_waits_long_holds_a_syn_half_of_the_time_and_no_one_is_away_from_it_for_longer() -> None:
    opened = windows_until(sharing(met(FAR)), 6_000.0)
    gaps = [after - before - PUNCH_WINDOW_S for before, after in pairwise(opened)]
    assert gaps[0] == pytest.approx(FIRST_PUNCH_REST_S)
    assert gaps[-1] == pytest.approx(MAX_PUNCH_REST_S)
    assert max(gaps) == pytest.approx(MAX_PUNCH_REST_S, abs=0.1)


def test_after_a_link_whoever_goes_is_waited_for_as_at_first() -> None:
    paths = sharing(met(FAR))
    windows_until(paths, 3_000.0)
    now = 4_000.0
    paths.link_up(L1, ALICE, LinkKind.CONTACT, PUNCHED, None, now)
    paths.link_down(L1, now + 1.0)
    assert punches_after(paths, now + 1.0)


def test_a_program_that_has_just_started_knocks_beside_the_ports_of_whom_it_met_before_and_once() -> None:
    paths = sharing(met(FAR))
    paths.handle_timer(0.0)
    effects = paths.handle_timer(PUNCH_DELAY_S)
    assert aside(effects) == [FAR]
    paths.dial_failed(window(effects, Way.ASIDE), ASIDE_WINDOW_S)
    paths.nudge(ALICE, ASIDE_WINDOW_S)
    paths.handle_timer(ASIDE_WINDOW_S)
    assert aside(paths.handle_timer(ASIDE_WINDOW_S + PUNCH_DELAY_S)) == []


def test_nobody_knocks_beside_ports_where_nobody_has_proved_a_key_or_the_ports_may_be_another_program_s() -> None:
    web = Endpoint.parse("5.6.7.9:443")
    paths = sharing(replace(peer(FAR, web), proven=(web,)))
    paths.handle_timer(0.0)
    assert aside(paths.handle_timer(PUNCH_DELAY_S)) == []


def test_nobody_knocks_beside_ports_once_there_was_a_link() -> None:
    paths = sharing(met(FAR))
    up(paths, L1, PUNCHED)
    paths.link_down(L1, 1.0)
    assert punches_after(paths, 1.0)
    assert aside(paths.handle_timer(10.0)) == []


def test_a_move_begins_again_what_is_held_beside_our_ports() -> None:
    paths = sharing(met(FAR))
    paths.handle_timer(0.0)
    paths.handle_timer(PUNCH_DELAY_S)
    paths.set_own_endpoints(replace(SHARING, endpoints=frozenset({NEAR})), 10.0)
    paths.handle_timer(10.0)
    assert aside(paths.handle_timer(10.0 + PUNCH_DELAY_S)) == [FAR]


def test_who_calls_is_there_for_a_while() -> None:
    paths = sharing(met(FAR))
    paths.expect(ALICE, 0.0)
    paths.expect(PeerId(b"nobody"), 0.0)
    assert paths.dial_failed(held(paths), CALL_S - 1.0) == [MovePort()]


def test_a_held_dial_is_left_alone_when_its_peer_calls() -> None:
    paths = sharing(met(FAR))
    held(paths)
    paths.expect(ALICE, 1.0)
    assert ways(paths.handle_timer(1.0)) == [(Way.DIRECT, FAR)]
    assert paths.handle_timer(1.0 + PUNCH_DELAY_S) == []


def test_another_port_ends_nothing_that_is_under_way_and_lets_the_next_window_begin() -> None:
    paths = sharing(met(FAR))
    dial = held(paths)
    paths.dial_failed(dial, PUNCH_WINDOW_S)
    spare = replace(SHARING, endpoints=frozenset({Endpoint.parse("10.0.0.7:6000")}))
    paths.learn_own_endpoints(spare, PUNCH_WINDOW_S)
    paths.nudge(ALICE, PUNCH_WINDOW_S)
    assert held(paths, PUNCH_WINDOW_S)


def test_hundreds_who_are_away_hold_up_nobody_who_is_there() -> None:
    many = [
        replace(met(Endpoint.parse(f"5.6.{number // 100}.{number % 100 + 1}:5000")), peer_id=PeerId(b"%d" % number))
        for number in range(MAX_HOPEFUL_WINDOWS + 8)
    ]
    paths = sharing(*many)
    paths.handle_timer(0.0)
    windows = [way for way, _ in ways(paths.handle_timer(PUNCH_DELAY_S)) if way is Way.PUNCH]
    assert len(windows) == MAX_HOPEFUL_WINDOWS
    paths.set_peer(met(FAR), 1.0)
    paths.expect(ALICE, 1.0)
    paths.handle_timer(1.0)
    assert (Way.PUNCH, FAR) in ways(paths.handle_timer(1.0 + PUNCH_DELAY_S))


def test_ordinary_dials_leave_some_of_an_unproven_address_s_to_punching() -> None:
    paths = sharing(peer(FAR))
    now, seen = 0.0, []
    while now < 2_000.0:
        for effect in paths.handle_timer(now):
            assert isinstance(effect, Dial)
            seen.append(effect.way)
            wait_s = 1.0 if effect.way is Way.DIRECT else PUNCH_WINDOW_S
            paths.dial_failed(effect.dial, now + wait_s)
        now = max(now + 0.1, paths.wake_at() or now)
    assert seen.count(Way.DIRECT) <= 4
    assert seen.count(Way.PUNCH) >= 4
