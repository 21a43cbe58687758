"""Who was announced where, whichever of key and announcement came first."""

import os

import pytest

from net.discovery.announcement import announce
from net.discovery.sightings import Found, Sightings
from net.endpoint import Endpoint
from net.errors import RemoteError
from net.limits import MAX_ENDPOINTS, MAX_SIGHTINGS, READING_BURST, READINGS_PER_SECOND
from net.peer import PeerId

ALICE, BOB = PeerId(b"alice"), PeerId(b"bob")
HERS, HIS = b"a" * 32, b"b" * 32
HOME = Endpoint.parse("192.168.1.7:40000")
ELSEWHERE = Endpoint.parse("192.168.1.8:40000")


def text(*keys: bytes, at: Endpoint = HOME) -> bytes:
    return announce(keys, [at], os.urandom)


@pytest.fixture
def sightings() -> Sightings:
    return Sightings(now=0.0)


def test_an_announcement_tells_which_peers_it_is(sightings: Sightings) -> None:
    sightings.set_peer(ALICE, (HERS,))
    sightings.set_peer(BOB, (HIS,))
    assert sightings.hear("one", text(HERS), 0.0) == [Found(ALICE, (HOME,))]
    assert sightings.hear("two", text(HERS, HIS), 0.0) == [Found(ALICE, (HOME,)), Found(BOB, (HOME,))]
    assert sightings.hear("three", text(), 0.0) == []


def test_any_key_of_a_peer_will_do_and_counts_once(sightings: Sightings) -> None:
    sightings.set_peer(ALICE, (HERS, HIS))
    assert sightings.hear("one", text(HIS), 0.0) == [Found(ALICE, (HOME,))]
    assert sightings.hear("two", text(HERS, HIS), 0.0) == [Found(ALICE, (HOME,))]


def test_a_peer_may_have_been_heard_before_it_was_known(sightings: Sightings) -> None:
    sightings.hear("one", text(HERS), 0.0)
    assert sightings.set_peer(ALICE, (HERS,)) == Found(ALICE, (HOME,))
    assert sightings.set_peer(BOB, (HIS,)) is None


def test_what_is_declared_or_heard_again_is_no_news(sightings: Sightings) -> None:
    sightings.set_peer(ALICE, (HERS,))
    same = text(HERS)
    sightings.hear("one", same, 0.0)
    assert sightings.hear("one", same, 1.0) == []
    assert sightings.set_peer(ALICE, (HERS,)) is None


def test_a_peer_that_moved_is_looked_for_in_its_new_place_first(sightings: Sightings) -> None:
    sightings.set_peer(ALICE, (HERS,))
    sightings.hear("one", text(HERS), 0.0)
    assert sightings.hear("two", text(HERS, at=ELSEWHERE), 1.0) == [Found(ALICE, (ELSEWHERE, HOME))]


def test_what_was_taken_back_leads_nowhere(sightings: Sightings) -> None:
    sightings.hear("one", text(HERS), 0.0)
    sightings.forget("one")
    sightings.forget("never heard of")
    assert sightings.set_peer(ALICE, (HERS,)) is None


def test_a_removed_peer_is_not_recognised(sightings: Sightings) -> None:
    sightings.set_peer(ALICE, (HERS,))
    sightings.remove_peer(ALICE)
    sightings.remove_peer(BOB)
    assert sightings.hear("one", text(HERS), 0.0) == []


def test_in_another_network_nothing_counts_that_was_heard_before(sightings: Sightings) -> None:
    sightings.hear("one", text(HERS), 0.0)
    sightings.clear()
    assert sightings.set_peer(ALICE, (HERS,)) is None


def test_echoes_cannot_make_us_dial_the_whole_network(sightings: Sightings) -> None:
    sightings.set_peer(ALICE, (HERS,))
    for number in range(20):
        sightings.hear(f"echo {number}", text(HERS, at=Endpoint.parse(f"192.168.1.{number + 1}:40000")), 0.0)
    found = sightings.found(ALICE)
    assert found is not None
    assert len(found.endpoints) == MAX_ENDPOINTS


def test_no_more_is_remembered_than_the_limit(sightings: Sightings) -> None:
    sightings.hear("first", text(HERS), 0.0)
    for number in range(MAX_SIGHTINGS):
        sightings.hear(f"other {number}", text(), number / READINGS_PER_SECOND)
    assert sightings.set_peer(ALICE, (HERS,)) is None


def test_a_flood_of_announcements_is_not_read(sightings: Sightings) -> None:
    for number in range(int(READING_BURST)):
        sightings.hear(f"{number}", text(), 0.0)
    with pytest.raises(RemoteError):
        sightings.hear("one too many", text(), 0.0)
    sightings.hear("a little later", text(), 1.0)


def test_what_is_no_announcement_is_the_neighbours_fault(sightings: Sightings) -> None:
    with pytest.raises(RemoteError):
        sightings.hear("printer", b"\x0etxtvers=whatever"[:15], 0.0)
