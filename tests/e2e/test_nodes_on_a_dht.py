"""Real nodes that know no address of each other, and a DHT of our own: they find each other by their records alone."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from crypto.rendezvous import Rendezvous
from net.discovery import inquiries
from net.discovery.dht_settings import DhtSettings
from net.endpoint import Endpoint
from net.events import LinkUp, PathClass, PeerOffline, PeerOnline
from net.peer import Peer, PeerId
from tests.support.aio import run
from tests.support.nodes import ALICE, BOB, KEY, Station
from tests.support.private_dht import private_dht
from tests.support.rendezvous import new_rendezvous

PATIENCE_S = 60.0
OWN = PeerId(b"own")


@pytest.fixture
def dht() -> Iterator[DhtSettings]:
    with private_dht() as nodes:
        yield DhtSettings(bootstrap=(), nodes=nodes)


@asynccontextmanager
async def stations() -> AsyncIterator[tuple[Station, Station]]:
    """Each on a /24 of its own, as the DHT's defaults demand."""
    made = Station(), Station()
    for number, station in enumerate(made):
        (station.endpoint,) = await station.node.listen([Endpoint.of(f"127.21{number}.1.1", 0)])
    try:
        yield made
    finally:
        for station in made:
            await station.node.close()


def wanted(peer_id: PeerId, rendezvous: Rendezvous | None) -> Peer:
    return Peer(peer_id=peer_id, keys=(KEY,), controls=peer_id == BOB, wanted=True, rendezvous=rendezvous)


def test_who_holds_the_rendezvous_of_a_peer_finds_it(dht: DhtSettings) -> None:
    async def scene() -> None:
        async with stations() as (alice, bob):
            key = new_rendezvous()
            bob.node.publish({OWN: key})
            bob.node.set_peer(replace(wanted(ALICE, None), wanted=False))
            alice.node.set_peer(wanted(BOB, key.shared))
            for station in (alice, bob):
                assert not station.node.dht_wanted()
                station.node.seek_on_dht(dht)
                assert station.node.dht_wanted()
            online = await alice.next(PeerOnline)
            assert online.path is PathClass.LAN  # which loopback counts as
            assert (await bob.next(PeerOnline)).peer == ALICE
            assert alice.node.dht_running()
            assert alice.node.dht_nodes()

    run(scene(), PATIENCE_S)


def test_a_peer_that_comes_back_elsewhere_is_found_again(dht: DhtSettings) -> None:
    async def scene() -> None:
        async with stations() as (alice, bob):
            key = new_rendezvous()
            bob.node.publish({OWN: key})
            bob.node.set_peer(replace(wanted(ALICE, None), wanted=False))
            alice.node.set_peer(wanted(BOB, key.shared))
            for station in (alice, bob):
                station.node.seek_on_dht(dht)
            await alice.next(PeerOnline)
            await bob.node.close()
            await alice.next(PeerOffline)
            again = Station()
            await again.node.listen([Endpoint.of("127.219.1.1", 0)])
            again.node.publish({OWN: key})
            again.node.set_peer(replace(wanted(ALICE, None), wanted=False))
            again.node.seek_on_dht(dht)
            try:
                assert (await again.next(PeerOnline)).peer == ALICE
            finally:
                await again.node.close()

    run(scene(), PATIENCE_S)


def test_nobody_is_found_by_a_switched_off_dht_or_with_another_secret(dht: DhtSettings) -> None:
    async def scene() -> None:
        async with stations() as (alice, bob):
            key, other = new_rendezvous(), new_rendezvous()
            bob.node.publish({OWN: key})
            bob.node.set_peer(replace(wanted(ALICE, None), wanted=False))
            alice.node.set_peer(wanted(BOB, Rendezvous(key.shared.point, other.shared.secret)))
            for station in (alice, bob):
                station.node.seek_on_dht(dht)
            while not (alice.node.dht_nodes() and bob.node.dht_nodes()):
                await asyncio.sleep(0.05)
            await asyncio.sleep(3 * 1.0)  # what a find takes, several times over
            assert not alice.of(PeerOnline)
            alice.node.seek_on_dht(None)
            assert not alice.node.dht_wanted()
            assert not alice.node.dht_nodes()
            alice.node.set_peer(wanted(BOB, key.shared))
            alice.node.seek_on_dht(dht)
            await alice.next(PeerOnline)

    run(scene(), PATIENCE_S)


def test_who_looks_for_nobody_for_an_hour_is_rung_and_dials_who_came(
    dht: DhtSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that idles cannot be reached: its record names a place where nobody listens."""
    monkeypatch.setattr(inquiries, "FIRST_LOOKUP_PAUSE_S", 3_600.0)

    async def scene() -> None:
        async with stations() as (alice, bob):
            alice_key, bob_key = new_rendezvous(), new_rendezvous()
            bob.node.publish({OWN: bob_key})
            monkeypatch.setattr(
                bob.node._whereabouts._own_addresses, "published", lambda _: (Endpoint.of("127.213.1.1", 4_000),)
            )
            bob.node._whereabouts._tell()
            bob.node.set_peer(wanted(ALICE, alice_key.shared))
            bob.node.seek_on_dht(dht)
            while not bob.node.dht_nodes():
                await asyncio.sleep(0.05)
            await asyncio.sleep(3.0)  # it has put its record, and looked for Alice's in vain
            alice.node.publish({OWN: alice_key})
            alice.node.set_peer(wanted(BOB, bob_key.shared))
            alice.node.seek_on_dht(dht)
            assert (await alice.next(PeerOnline)).peer == BOB
            assert (await bob.next(LinkUp)).dialled

    run(scene(), PATIENCE_S)
