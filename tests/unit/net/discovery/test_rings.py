"""Who of the callers at a doorbell is heeded: peers, seldom, and in a flood no more than that."""

import os
from dataclasses import replace
from itertools import pairwise

import pytest

from crypto.secret import Secret
from crypto.signal import RINGS, ring_hints
from net.discovery.rings import Rings
from net.endpoint import Endpoint
from net.limits import (
    FIRST_RING_QUIET_S,
    MAX_REMEMBERED_RINGS,
    MAX_RING_QUIET_S,
    MAX_RINGS_A_REPLY,
    PEER_RING_GAP_S,
    RING_BURST,
    RINGS_PER_SECOND,
)
from net.peer import LinkKey, LinkKind, Peer, PeerId

OWN, BEN, INVITE = PeerId(b"own"), PeerId(b"ben"), PeerId(b"invite")
BELL = b"b" * 20
START = 1000.0


def key(number: int, kind: LinkKind = LinkKind.CONTACT) -> LinkKey:
    return LinkKey(kind, Secret(number.to_bytes(32, "big")))


def peer(peer_id: PeerId, *keys: LinkKey) -> Peer:
    return Peer(peer_id=peer_id, keys=keys, controls=True, wanted=True)


def ring(link_key: LinkKey, number: int = 0, address: str = "192.0.2.1", bell: bytes = BELL) -> Endpoint:
    return Endpoint.of(address, ring_hints(link_key.secret, bell)[number])


class World:
    """Ben by two keys, and the holders of an invite."""

    def __init__(self) -> None:
        self.peers = {
            BEN: peer(BEN, key(1), key(2)),
            INVITE: replace(peer(INVITE, key(3, LinkKind.INVITE)), wanted=False),
        }
        self.rings = Rings(self.peers, START)

    def hear(self, *callers: Endpoint, now: float = START, owner: PeerId = OWN, bell: bytes = BELL) -> list[PeerId]:
        return [rung.peer for rung in self.rings.hear(bell, owner, callers, now)]


@pytest.mark.parametrize("number", range(RINGS))
def test_a_peer_is_known_by_each_ring_of_each_key_and_told_with_the_key(number: int) -> None:
    world = World()
    (rung,) = world.rings.hear(BELL, OWN, [ring(key(2), number)], START)
    assert rung.peer == BEN
    assert rung.key.secret.matches(key(2).secret)


def test_others_are_nobody() -> None:
    world = World()
    assert world.hear(ring(key(4)), ring(key(1), bell=b"c" * 20), Endpoint.of("192.0.2.1", 0)) == []


def test_at_the_bell_of_an_invite_only_its_holders_ring() -> None:
    world = World()
    assert world.hear(ring(key(1)), ring(key(3)), owner=INVITE) == [INVITE]


def test_who_is_not_wanted_is_not_heeded() -> None:
    """Looking for its signal would tell a request that we are there."""
    world = World()
    world.peers[BEN] = replace(world.peers[BEN], wanted=False)
    assert world.hear(ring(key(1)), ring(key(3))) == []


def test_a_peer_with_other_keys_is_known_by_those() -> None:
    world = World()
    assert world.hear(ring(key(5))) == []
    world.peers[BEN] = peer(BEN, key(5))
    world.rings.changed()
    assert world.hear(ring(key(1))) == []
    assert world.hear(ring(key(5))) == [BEN]


def test_a_ring_that_stays_is_heeded_ever_more_seldom() -> None:
    world = World()
    heeded = [second for second in range(3600) if world.hear(ring(key(1)), now=START + second)]
    gaps = [later - earlier for earlier, later in pairwise(heeded)]
    assert gaps[0] == FIRST_RING_QUIET_S
    assert gaps == sorted(gaps)
    assert gaps[-1] == MAX_RING_QUIET_S


def test_another_ring_of_the_same_peer_is_news_soon() -> None:
    world = World()
    assert world.hear(ring(key(1))) == [BEN]
    assert world.hear(ring(key(1), 1), now=START + PEER_RING_GAP_S - 1) == []
    assert world.hear(ring(key(1), 1), now=START + PEER_RING_GAP_S) == [BEN]
    assert world.hear(ring(key(1), 1, "192.0.2.2"), now=START + 2 * PEER_RING_GAP_S) == [BEN]


def test_who_is_forgotten_and_comes_again_is_news() -> None:
    world = World()
    assert world.hear(ring(key(1))) == [BEN]
    world.rings.forget(BEN)
    assert world.hear(ring(key(1))) == [BEN]


def test_one_reply_has_no_more_than_eight_looked_for() -> None:
    world = World()
    names = [PeerId(b"%d" % number) for number in range(20)]
    world.peers.update({name: peer(name, key(100 + number)) for number, name in enumerate(names)})
    assert len(world.hear(*(ring(key(100 + number)) for number in range(20)))) == MAX_RINGS_A_REPLY


def test_old_rings_of_those_who_are_linked_keep_nobody_waiting() -> None:
    world = World()
    names = [PeerId(b"%d" % number) for number in range(20)]
    world.peers.update({name: peer(name, key(100 + number)) for number, name in enumerate(names)})
    old = [ring(key(100 + number)) for number in range(20)]
    for second in range(600):
        assert world.rings.hear(BELL, OWN, old, START + second, linked=set(names)) == []
    (rung,) = world.rings.hear(BELL, OWN, [*old, ring(key(1))], START + 600, linked=set(names))
    assert rung.peer == BEN
    assert len(world.rings.hear(BELL, OWN, old, START + 600)) == MAX_RINGS_A_REPLY, "no ration was used up"


def test_a_flood_from_everywhere_costs_a_bounded_number_of_searches_and_memory() -> None:
    """Whoever knows the bell announces every port there is, from ever new addresses."""
    world = World()
    names = [PeerId(b"%d" % number) for number in range(200)]
    world.peers.update({name: peer(name, key(100 + number)) for number, name in enumerate(names)})
    heeded = 0
    for second in range(600):
        address = f"192.0.{second // 250}.{second % 250}"
        flood = [ring(key(100 + (second * 50 + number) % 200), second % RINGS, address) for number in range(100)]
        heeded += len(world.hear(*flood, now=START + second))
    assert heeded <= RING_BURST + 600 * RINGS_PER_SECOND
    assert len(world.rings._heard) <= MAX_REMEMBERED_RINGS


def test_a_contact_with_many_addresses_leaves_others_room() -> None:
    world = World()
    ann = PeerId(b"ann")
    world.peers[ann] = peer(ann, key(7))
    for second in range(1200):
        world.hear(ring(key(1), second % RINGS, f"192.0.{second // 250}.{second % 250}"), now=START + second)
    assert world.hear(ring(key(7)), now=START + 1200) == [ann]


def test_whom_a_flood_has_kept_waiting_comes_first() -> None:
    world = World()
    names = [PeerId(b"%d" % number) for number in range(20)]
    world.peers.update({name: peer(name, key(100 + number)) for number, name in enumerate(names)})
    flood = [ring(key(100 + number)) for number in range(20)]
    for second in range(300):
        world.hear(*flood, now=START + second)
    assert world.hear(*flood, ring(key(1)), now=START + 300 + 1 / RINGS_PER_SECOND) == [BEN]


def test_five_thousand_contacts_are_compared_in_one_table() -> None:
    world = World()
    names = [PeerId(b"%d" % number) for number in range(5000)]
    world.peers.update({name: peer(name, key(1000 + number)) for number, name in enumerate(names)})
    strangers = [Endpoint.of(f"192.0.2.{number}", int.from_bytes(os.urandom(2), "big")) for number in range(100)]
    assert len(world.hear(*strangers)) <= MAX_RINGS_A_REPLY
    assert PeerId(b"4999") in world.hear(ring(key(5999)), now=START + 60)
