"""All peers at once; interleavings of two sides are in ``tests/property/test_paths.py``."""

from dataclasses import replace
from ipaddress import ip_network
from itertools import pairwise

import pytest

from crypto.secret import Secret
from net.dialling import DialId, OwnEndpoints, Way
from net.endpoint import Endpoint
from net.errors import LocalError
from net.events import CloseReason, LinkId, PathClass
from net.limits import (
    ASIDE_WINDOW_S,
    CALL_S,
    FAREWELL_REST_S,
    FIRST_PUNCH_REST_S,
    FRESH_RECORD_S,
    MAX_DIALS,
    MAX_HOPEFUL_WINDOWS,
    MAX_LINKS_PER_INVITE,
    MAX_LINKS_PER_PEER,
    MAX_PUNCH_REST_S,
    PUNCH_DELAY_S,
    PUNCH_WINDOW_S,
    UNPROVEN_DIALS_A_MINUTE,
)
from net.nat_kind import NatKind
from net.paths import AT_ONCE, CloseLink, Dial, Effect, MovePort, Offline, Online, Paths, StopDial
from net.peer import LinkKey, LinkKind, Peer, PeerId
from net.survivor import Confirm, Nominate
from tests.support.links import counted

ALICE, INVITE = PeerId(b"alice"), PeerId(b"invite")
FAR, NEAR = Endpoint.parse("5.6.7.8:5000"), Endpoint.parse("10.0.0.8:5000")
HOME = OwnEndpoints(networks=frozenset({ip_network("10.0.0.0/24"), ip_network("2600::/64")}))
SHARING = replace(HOME, shared_versions=frozenset({4}))
"""The same, where dials can leave from the port on which we listen."""
L1, L2 = LinkId(1), LinkId(2)
LAN, DIRECT, PUNCHED = PathClass.LAN, PathClass.DIRECT, PathClass.PUNCHED
CONTACT_KEY = LinkKey(LinkKind.CONTACT, Secret(b"c" * 32))
INVITE_KEY = LinkKey(LinkKind.INVITE, Secret(b"i" * 32))
RESET_KEY = LinkKey(LinkKind.RESET, Secret(b"r" * 32))


def peer(
    *endpoints: Endpoint,
    peer_id: PeerId = ALICE,
    keys: tuple[LinkKey, ...] = (CONTACT_KEY,),
    controls: bool = True,
) -> Peer:
    return Peer(peer_id=peer_id, keys=keys, controls=controls, wanted=bool(endpoints), endpoints=endpoints)


def knowing(*peers: Peer) -> Paths:
    paths = Paths(counted())
    paths.set_own_endpoints(HOME, 0.0)
    for each in peers:
        paths.set_peer(each, 0.0)
    return paths


def dials(effects: list[Effect]) -> dict[Endpoint, DialId]:
    return {effect.endpoint: effect.dial for effect in effects if isinstance(effect, Dial)}


def up(paths: Paths, link: LinkId, path: PathClass = DIRECT, kind: LinkKind = LinkKind.CONTACT) -> list[Effect]:
    return paths.link_up(link, INVITE if kind is LinkKind.INVITE else ALICE, kind, path, None, 0.0)


def test_a_wanted_peer_is_dialled_with_its_first_key() -> None:
    paths = knowing(peer(FAR, NEAR, keys=(RESET_KEY, CONTACT_KEY)))
    assert paths.wake_at() == 0.0
    started = [effect for effect in paths.handle_timer(0.0) if isinstance(effect, Dial)]
    assert [(dial.endpoint, dial.key) for dial in started] == [(FAR, RESET_KEY), (NEAR, RESET_KEY)]
    assert paths.wake_at() is None


def test_a_failed_dial_is_tried_again() -> None:
    paths = knowing(peer(FAR))
    paths.dial_failed(dials(paths.handle_timer(0.0))[FAR], 0.5)
    assert 1.0 <= (paths.wake_at() or 0.0) <= 1.5
    assert FAR in dials(paths.handle_timer(1.5))


def test_the_first_link_makes_a_peer_online_and_stops_dials_that_could_not_better_it() -> None:
    paths = knowing(peer(FAR, NEAR, Endpoint.parse("5.6.7.9:5000")))
    started = dials(paths.handle_timer(0.0))
    effects = paths.link_up(L1, ALICE, LinkKind.CONTACT, DIRECT, started[FAR], 0.1)
    assert effects == [StopDial(started[Endpoint.parse("5.6.7.9:5000")]), Online(ALICE, L1)]
    assert paths.link_in_use(ALICE) == L1


def test_the_end_of_the_last_link_is_reported_and_dialled_after() -> None:
    paths = knowing(peer(FAR))
    paths.link_up(L1, ALICE, LinkKind.CONTACT, DIRECT, dials(paths.handle_timer(0.0))[FAR], 0.0)
    assert paths.link_down(L1, 50.0) == [Offline(ALICE)]
    assert 50.5 <= (paths.wake_at() or 0.0) <= 51.0
    assert paths.link_down(L1, 50.0) == []


def test_a_removed_peer_leaves_nothing_behind() -> None:
    paths = knowing(peer(FAR, NEAR))
    started = dials(paths.handle_timer(0.0))
    paths.link_up(L1, ALICE, LinkKind.CONTACT, DIRECT, started[FAR], 0.0)
    effects = paths.remove_peer(ALICE)
    assert effects == [StopDial(started[NEAR]), CloseLink(L1, CloseReason.REMOVED), Offline(ALICE)]
    paths.dial_failed(started[NEAR], 1.0)
    assert paths.link_down(L1, 1.0) == []
    assert paths.remove_peer(ALICE) == []
    assert paths.wake_at() is None


def test_a_peer_no_longer_wanted_is_not_dialled_and_keeps_its_links() -> None:
    paths = knowing(peer(FAR))
    started = dials(paths.handle_timer(0.0))
    assert paths.set_peer(peer(), 0.5) == [StopDial(started[FAR])]
    up(paths, L1)
    paths.set_peer(peer(keys=()), 1.0)
    assert paths.link_in_use(ALICE) == L1


def test_another_key_is_dialled_at_once() -> None:
    paths = knowing(peer(FAR))
    started = dials(paths.handle_timer(0.0))
    effects = paths.set_peer(peer(FAR, keys=(RESET_KEY, CONTACT_KEY)), 0.5)
    assert effects == [StopDial(started[FAR])]
    assert paths.wake_at() == 0.5


def test_a_reset_is_dialled_beside_a_living_contact_link_and_does_not_compete_with_it() -> None:
    paths = knowing(peer(FAR))
    up(paths, L1)
    paths.set_peer(peer(FAR, keys=(RESET_KEY, CONTACT_KEY)), 1.0)
    started = dials(paths.handle_timer(1.0))
    assert paths.link_up(L2, ALICE, LinkKind.RESET, LAN, started[FAR], 1.1) == []
    assert paths.link_in_use(ALICE) == L1
    assert paths.adopt(L2, ALICE, 2.0) == []
    paths.handle_timer(10.0)


def test_links_of_an_invite_we_posted_stand_alone() -> None:
    paths = knowing(peer(peer_id=INVITE, keys=(INVITE_KEY,), controls=False))
    assert up(paths, L1, kind=LinkKind.INVITE) == up(paths, L2, kind=LinkKind.INVITE) == []
    assert paths.nominated(L2) == [Confirm(L2)]
    assert paths.confirmed(L2, 0.0) == []
    assert paths.link_in_use(INVITE) is None
    assert paths.wake_at() is None
    assert paths.link_down(L1, 1.0) == []


def test_the_joiner_controls_the_links_of_an_invite_whatever_its_fingerprint() -> None:
    paths = knowing(peer(FAR, peer_id=INVITE, keys=(INVITE_KEY,), controls=False))
    paths.handle_timer(0.0)
    assert not any(isinstance(effect, Online) for effect in up(paths, L1, kind=LinkKind.INVITE))
    up(paths, L2, LAN, kind=LinkKind.INVITE)
    assert paths.handle_timer(0.15) == [Nominate(L1)]
    assert paths.confirmed(L1, 0.2) == [CloseLink(L2, CloseReason.SUPERSEDED)]


def test_an_adopted_link_makes_the_contact_online() -> None:
    paths = knowing(peer(peer_id=INVITE, keys=(INVITE_KEY,), controls=False), peer(controls=False))
    up(paths, L1, kind=LinkKind.INVITE)
    assert paths.adopt(L1, ALICE, 1.0) == [Online(ALICE, L1)]
    assert paths.remove_peer(INVITE) == []
    assert paths.link_down(L1, 2.0) == [Offline(ALICE)]


def test_a_link_adopted_twice_stays_up_without_a_word() -> None:
    paths = knowing(peer(FAR), peer(peer_id=INVITE, keys=(INVITE_KEY,)))
    up(paths, L1, kind=LinkKind.INVITE)
    paths.adopt(L1, ALICE, 1.0)
    assert paths.adopt(L1, ALICE, 2.0) == []
    assert paths.link_in_use(ALICE) == L1


def test_only_what_exists_can_be_adopted() -> None:
    paths = knowing(peer())
    up(paths, L1)
    for link, peer_id in ((L2, ALICE), (L1, INVITE)):
        with pytest.raises(LocalError):
            paths.adopt(link, peer_id, 0.0)
    assert paths.link_in_use(ALICE) == L1


def test_a_peer_may_have_so_many_links() -> None:
    paths = knowing(peer(), peer(peer_id=INVITE, keys=(INVITE_KEY,)))
    assert not paths.may_come_up(PeerId(b"nobody"), LinkKind.CONTACT)
    for number in range(MAX_LINKS_PER_PEER):
        assert paths.may_come_up(ALICE, LinkKind.CONTACT)
        up(paths, LinkId(number))
    assert not paths.may_come_up(ALICE, LinkKind.CONTACT)
    for number in range(1000, 1000 + MAX_LINKS_PER_INVITE):
        assert paths.may_come_up(INVITE, LinkKind.INVITE)
        up(paths, LinkId(number), kind=LinkKind.INVITE)
    assert not paths.may_come_up(INVITE, LinkKind.INVITE)


def test_frames_of_links_that_are_gone_do_nothing() -> None:
    paths = knowing(peer())
    assert paths.nominated(L1) == []
    assert paths.confirmed(L1, 0.0) == []
    paths.dial_failed(DialId(7), 0.0)
    paths.nudge(INVITE, 0.0)


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


def test_who_is_linked_already_is_not_dialled_again() -> None:
    paths = knowing(peer(FAR))
    paths.set_own_endpoints(HOME, 0.0)
    paths.link_up(L1, ALICE, LinkKind.CONTACT, LAN, dials(paths.handle_timer(0.0))[FAR], 0.0)
    paths.found_near(ALICE, (NEAR,), 1.0)
    assert dials(paths.handle_timer(1.0)) == {}


def test_a_machine_that_moved_gives_up_what_it_began_and_dials_anew() -> None:
    paths = knowing(peer(FAR))
    hanging = dials(paths.handle_timer(0.0))
    assert paths.set_own_endpoints(HOME, 3.0) == [StopDial(hanging[FAR])]
    assert FAR in dials(paths.handle_timer(3.0))


def test_a_path_inside_our_own_networks_is_a_lan_path_whatever_its_addresses() -> None:
    paths = Paths(counted())
    assert paths.path_of(Endpoint.parse("[2600::8]:5000")) is DIRECT
    paths.set_own_endpoints(HOME, 0.0)
    assert paths.path_of(Endpoint.parse("[2600::8]:5000")) is LAN
    assert paths.path_of(Endpoint.parse("192.168.9.9:5000")) is LAN
    assert paths.path_of(FAR) is DIRECT


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


def sharing(*peers: Peer) -> Paths:
    paths = knowing(*peers)
    paths.set_own_endpoints(SHARING, 0.0)
    return paths


def met(*endpoints: Endpoint, controls: bool = True) -> Peer:
    return replace(peer(*endpoints, controls=controls), proven=endpoints)


def ways(effects: list[Effect]) -> list[tuple[Way, Endpoint]]:
    return [(effect.way, effect.endpoint) for effect in effects if isinstance(effect, Dial)]


def held(paths: Paths, now: float = 0.0) -> DialId:
    """The dial that is held, once a round has begun and its ordinary dials have failed."""
    for dial in dials(paths.handle_timer(now)).values():
        paths.dial_failed(dial, now)
    return window(paths.handle_timer(now + PUNCH_DELAY_S))


def window(effects: list[Effect], way: Way = Way.PUNCH) -> DialId:
    (dial,) = [effect.dial for effect in effects if isinstance(effect, Dial) and effect.way is way]
    return dial


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


def punches_after(paths: Paths, now: float) -> bool:
    """Whether a window is opened at the first round from this moment on."""
    moment = max(now, paths.wake_at() or now)
    paths.handle_timer(moment)
    return (Way.PUNCH, FAR) in ways(paths.handle_timer(moment + PUNCH_DELAY_S))


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


def aside(effects: list[Effect]) -> list[Endpoint]:
    return [endpoint for way, endpoint in ways(effects) if way is Way.ASIDE]


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


def suspecting(own: OwnEndpoints = SHARING) -> Paths:
    """A punched link is up, and nobody has answered on it for a while."""
    paths = sharing(peer(FAR))
    paths.set_own_endpoints(own, 0.0)
    up(paths, L1, PUNCHED)
    paths.handle_timer(10.0)
    paths.confirmed(L1, 10.0)
    assert paths.suspect(L1, 10.0) == []
    return paths


def test_where_nobody_answers_another_link_is_dialled_beside_the_ports_of_the_first() -> None:
    paths = suspecting()
    assert paths.link_in_use(ALICE) == L1
    assert ways(paths.handle_timer(10.0)) == [(Way.DIRECT, FAR)]
    effects = paths.handle_timer(10.0 + PUNCH_DELAY_S)
    assert ways(effects) == [(Way.PUNCH, FAR), (Way.ASIDE, FAR)]
    elsewhere = Endpoint.parse("5.6.7.9:5000")
    paths.found_far(ALICE, (elsewhere,), 12.0, age_s=1.0)
    assert (Way.DIRECT, elsewhere) in ways(paths.handle_timer(12.0))
    assert (Way.ASIDE, elsewhere) in ways(paths.handle_timer(12.0 + PUNCH_DELAY_S))
    effects = paths.link_up(L2, ALICE, LinkKind.CONTACT, PUNCHED, window(effects, Way.ASIDE), 13.0)
    assert Nominate(L2) in effects
    assert paths.confirmed(L2, 13.1) == [Online(ALICE, L2), CloseLink(L1, CloseReason.SUPERSEDED)]


def test_where_somebody_answers_again_nothing_more_is_dialled() -> None:
    paths = suspecting()
    direct = dials(paths.handle_timer(10.0))[FAR]
    punched = paths.handle_timer(10.0 + PUNCH_DELAY_S)
    effects = paths.trust(L1, 11.0)
    assert effects == [StopDial(window(punched)), StopDial(window(punched, Way.ASIDE))], "the other would be better"
    assert paths.dial_failed(direct, 20.0) == []
    assert paths.wake_at() is None
    assert paths.link_in_use(ALICE) == L1


def test_the_end_of_a_suspect_link_is_as_that_of_any_other() -> None:
    paths = suspecting()
    paths.handle_timer(10.0)
    assert paths.link_down(L1, 20.0) == [Offline(ALICE)]
    assert paths.suspect(L1, 20.0) == paths.trust(L1, 20.0) == []
    assert (Way.PUNCH, FAR) in ways(paths.handle_timer(20.0))


def test_only_the_link_in_use_is_worth_another() -> None:
    paths = knowing(peer(FAR), Peer(peer_id=INVITE, keys=(INVITE_KEY,), controls=False, wanted=False))
    up(paths, L1, LAN)
    up(paths, L2, DIRECT)
    up(paths, LinkId(3), kind=LinkKind.INVITE)
    paths.handle_timer(1.0)
    for link in (L2, LinkId(3)):
        assert paths.suspect(link, 5.0) == []
        assert dials(paths.handle_timer(5.0)) == {}


def posted() -> Peer:
    return Peer(peer_id=INVITE, keys=(INVITE_KEY,), controls=False, wanted=False)


def test_who_holds_an_invite_of_ours_and_calls_is_dialled_where_it_says_for_a_while() -> None:
    paths = knowing(posted())
    paths.found_far(INVITE, (FAR,), 0.0)
    assert paths.wake_at() is None
    paths.expect(INVITE, 0.0)
    (dial,) = [effect for effect in paths.handle_timer(0.0) if isinstance(effect, Dial)]
    assert (dial.endpoint, dial.key, dial.controls) == (FAR, INVITE_KEY, False)
    assert paths.handle_timer(CALL_S - 0.1) == []
    assert paths.handle_timer(CALL_S) == [StopDial(dial.dial)]
    paths.found_far(INVITE, (FAR,), CALL_S)
    assert paths.wake_at() is None


def test_a_caller_that_says_where_it_is_a_moment_later_is_dialled_then() -> None:
    paths = knowing(posted())
    paths.expect(INVITE, 0.0)
    assert paths.handle_timer(0.0) == []
    paths.found_far(INVITE, (FAR,), 2.0)
    assert FAR in dials(paths.handle_timer(2.0))


def test_once_the_caller_is_linked_it_is_not_dialled_again_and_the_next_one_is() -> None:
    paths = knowing(posted())
    paths.found_far(INVITE, (FAR, Endpoint.parse("5.6.7.9:5000")), 0.0)
    paths.expect(INVITE, 0.0)
    first, second = dials(paths.handle_timer(0.0)).values()
    assert paths.link_up(L1, INVITE, LinkKind.INVITE, DIRECT, first, 1.0) == [StopDial(second)]
    assert paths.nominated(L1) == [Confirm(L1)]
    assert paths.wake_at() is None
    paths.expect(INVITE, 60.0)
    paths.found_far(INVITE, (Endpoint.parse("5.6.7.10:5000"),), 60.0)
    assert list(dials(paths.handle_timer(60.0))) == [Endpoint.parse("5.6.7.10:5000")]


def test_an_invite_that_is_declared_again_meanwhile_goes_on_answering() -> None:
    paths = knowing(posted())
    paths.found_far(INVITE, (FAR,), 0.0)
    paths.expect(INVITE, 0.0)
    paths.handle_timer(0.0)
    assert paths.set_peer(posted(), 1.0) == []
    assert [type(effect) for effect in paths.remove_peer(INVITE)] == [StopDial]


def test_a_request_that_calls_is_not_dialled() -> None:
    """Who waits for a yes learns nothing of us."""
    paths = knowing(replace(peer(FAR), wanted=False))
    paths.expect(ALICE, 0.0)
    assert paths.handle_timer(0.0) == []
    assert paths.wake_at() is None
