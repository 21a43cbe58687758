"""Whose key a first flight is under, and that it is answered once."""

import os

import pytest

from crypto.link import FirstFlight, Initiator, initiate
from crypto.primitives import KeyPair
from crypto.secret import Secret
from net import keyring as keyring_module
from net.keyring import Keyring
from net.link.machine import Answer
from net.peer import LinkKey, LinkKind, Peer, PeerId

ALICE, BOB = PeerId(b"alice"), PeerId(b"bob")


def key(name: bytes, kind: LinkKind = LinkKind.CONTACT) -> LinkKey:
    return LinkKey(kind, Secret(name.ljust(32, b".")))


def peer(peer_id: PeerId, *keys: LinkKey) -> Peer:
    return Peer(peer_id=peer_id, keys=keys, controls=False, wanted=False)


def key_pair() -> KeyPair:
    return KeyPair.from_private(os.urandom(32))


def knock(under: LinkKey) -> Initiator:
    return initiate(under.secret, key_pair())


def answer(ring: Keyring, initiator: Initiator) -> Answer | None:
    return ring.answer(FirstFlight.decode(initiator.first_flight), key_pair())


def test_a_first_flight_is_answered_under_its_own_key() -> None:
    ring = Keyring()
    ring.set_peer(peer(ALICE, key(b"a1"), key(b"a2", LinkKind.RESET)))
    ring.set_peer(peer(BOB, key(b"b")))
    knocking = knock(key(b"a2"))
    found = answer(ring, knocking)
    assert found is not None
    assert (found.party.peer, found.party.kind) == (ALICE, LinkKind.RESET)
    assert knocking.finish(found.second_flight).handshake_hash == found.secrets.handshake_hash


def test_an_unknown_key_gets_no_answer() -> None:
    ring = Keyring()
    assert answer(ring, knock(key(b"a"))) is None
    ring.set_peer(peer(ALICE, key(b"a")))
    assert answer(ring, knock(key(b"b"))) is None


def test_a_first_flight_is_answered_once() -> None:
    ring = Keyring()
    ring.set_peer(peer(ALICE, key(b"a")))
    knocking = knock(key(b"a"))
    assert answer(ring, knocking) is not None
    assert answer(ring, knocking) is None
    assert answer(ring, knock(key(b"a"))) is not None


def test_a_key_that_stays_keeps_its_memory() -> None:
    ring = Keyring()
    ring.set_peer(peer(ALICE, key(b"a")))
    knocking = knock(key(b"a"))
    answer(ring, knocking)
    ring.set_peer(peer(ALICE, key(b"new"), key(b"a")))
    assert answer(ring, knocking) is None


def test_a_forged_flight_does_not_use_up_the_real_one() -> None:
    ring = Keyring()
    ring.set_peer(peer(ALICE, key(b"a")))
    knocking = knock(key(b"a"))
    real = FirstFlight.decode(knocking.first_flight)
    assert ring.answer(FirstFlight(real.ephemeral, real.hint, bytes(24)), key_pair()) is None
    assert answer(ring, knocking) is not None


def test_keys_that_are_no_longer_listed_are_not_answered() -> None:
    ring = Keyring()
    ring.set_peer(peer(ALICE, key(b"a")))
    ring.set_peer(peer(ALICE, key(b"new")))
    assert answer(ring, knock(key(b"a"))) is None
    ring.remove_peer(ALICE)
    assert answer(ring, knock(key(b"new"))) is None


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring_module, "REMEMBERED_FLIGHTS", 3)
    ring = Keyring()
    ring.set_peer(peer(ALICE, key(b"a")))
    knocks = [knock(key(b"a")) for _ in range(4)]
    assert all(answer(ring, knocking) is not None for knocking in knocks)
    assert all(answer(ring, knocking) is None for knocking in knocks[1:])


def test_our_own_flight_gets_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring_module, "REMEMBERED_FLIGHTS", 2)
    ring = Keyring()
    ring.set_peer(peer(ALICE, key(b"a")))
    ours = [knock(key(b"a")) for _ in range(3)]
    for flight in ours:
        ring.spoke(flight.first_flight[:32])
    assert [answer(ring, flight) is None for flight in ours] == [False, True, True]
