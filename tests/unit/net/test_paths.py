"""Which link to each peer survives; interleavings of two sides are in ``tests/property/test_paths.py``."""

from dataclasses import replace

import pytest

from net.dialling import DialId, OwnEndpoints, Way
from net.endpoint import Endpoint
from net.errors import LocalError
from net.events import CloseReason, LinkId
from net.limits import (
    CALL_S,
    MAX_LINKS_PER_INVITE,
    MAX_LINKS_PER_PEER,
    PUNCH_DELAY_S,
)
from net.path_effects import CloseLink, Dial, Offline, Online, StopDial
from net.paths import Paths
from net.peer import LinkKind, Peer, PeerId
from net.survivor import Confirm, Nominate
from tests.support.links import counted
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
    RESET_KEY,
    SHARING,
    dials,
    knowing,
    peer,
    sharing,
    up,
    ways,
    window,
)


def test_a_wanted_peer_is_dialled_with_its_first_key() -> None:
    paths = knowing(peer(FAR, NEAR, keys=(RESET_KEY, CONTACT_KEY)))
    assert paths.wake_at() == 0.0
    started = [effect for effect in paths.handle_timer(0.0) if isinstance(effect, Dial)]
    assert [(dial.endpoint, dial.key) for dial in started] == [(FAR, RESET_KEY), (NEAR, RESET_KEY)]
    assert paths.wake_at() is None


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


def test_who_falls_silent_when_another_link_is_there_already_is_dialled_no_more() -> None:
    paths = sharing(replace(peer(FAR), controls=False))
    paths.set_own_endpoints(SHARING, 0.0)
    up(paths, L1, PUNCHED)
    up(paths, L2, PUNCHED)
    assert paths.suspect(L1, 10.0) == []
    assert paths.nominated(L2) == [Confirm(L2), Online(ALICE, L2)]
    assert paths.link_down(L1, 10.1) == []
    assert paths.wake_at() is None


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
