"""Nodes that know nothing of each other but a key, over the loopback interface."""

import os

from crypto.secret import Secret
from net.events import CloseReason, LinkDown, LinkUp, MachineMoved, PathClass, PeerOffline, PeerOnline
from net.interfaces import machine_interfaces
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.support.aio import run
from tests.support.nodes import ALICE, BOB, Station, stations

INVITE = PeerId(b"invite")


def key(kind: LinkKind = LinkKind.CONTACT) -> LinkKey:
    return LinkKey(kind, Secret(os.urandom(32)))


def know(station: Station, peer_id: PeerId, shared: LinkKey, *, controls: bool = False, wanted: bool = True) -> None:
    station.node.set_peer(Peer(peer_id=peer_id, keys=(shared,), controls=controls, wanted=wanted))


def test_contacts_without_addresses_come_online() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            shared = key()
            know(alice, BOB, shared, controls=True)
            alice.node.discover(lan=True)
            bob.node.discover(lan=True)
            know(bob, ALICE, shared)
            assert (await alice.next(PeerOnline)).path is PathClass.LAN
            await bob.next(PeerOnline)
            assert alice.node.lan_running()

    run(scenario())


def test_the_holder_of_an_invite_dials_and_who_posted_it_does_not() -> None:
    async def scenario() -> None:
        async with stations() as (inviter, joiner):
            invite = key(LinkKind.INVITE)
            know(inviter, INVITE, invite, wanted=False)
            know(joiner, ALICE, invite)
            inviter.node.discover(lan=True)
            joiner.node.discover(lan=True)
            assert (await joiner.next(LinkUp)).dialled
            assert not (await inviter.next(LinkUp)).dialled

    run(scenario())


def test_links_from_an_address_that_is_gone_end_and_the_peer_is_found_again() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            shared = key()
            for station, peer_id in ((alice, BOB), (bob, ALICE)):
                station.node.discover(lan=True)
                know(station, peer_id, shared, controls=peer_id == BOB)
            await alice.next(PeerOnline)
            alice.node._whereabouts.move(())
            assert (await alice.next(LinkDown)).reason is CloseReason.LOST
            await alice.next(PeerOffline)
            alice.node._whereabouts.move(machine_interfaces())
            await alice.next(PeerOnline, 2)

    run(scenario())


def test_a_machine_that_moved_is_told_of_whatever_its_links_do() -> None:
    async def scenario() -> None:
        async with stations(1) as (alice,):
            alice.node.watch_addresses()
            await alice.next(MachineMoved)
            before = len(alice.events)
            alice.node._whereabouts.move(machine_interfaces())
            assert alice.events[before:] == [MachineMoved()]

    run(scenario())


def test_without_the_lan_nobody_is_searched_for() -> None:
    async def scenario() -> None:
        async with stations(1) as (alice,):
            alice.node.discover(lan=False)
            know(alice, BOB, key())
            alice.node.remove_peer(BOB)
            assert not alice.node.lan_running()

    run(scenario())


def test_a_removed_peer_is_not_found() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            gone, shared = key(), key()
            for station in (alice, bob):
                station.node.discover(lan=True)
                know(station, INVITE, gone)
                station.node.remove_peer(INVITE)
            know(alice, BOB, shared, controls=True)
            know(bob, ALICE, shared)
            await alice.next(PeerOnline)
            assert {link.peer for link in alice.of(LinkUp)} == {BOB}

    run(scenario())


def test_finding_peers_begins_and_ends_while_a_node_runs() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            shared = key()
            know(alice, BOB, shared, controls=True)
            know(bob, ALICE, shared)
            bob.node.discover(lan=True)
            alice.node.discover(lan=False)
            for wanted in (True, False, False, True, True):
                alice.node.seek_on_lan(wanted=wanted)
                assert alice.node.lan_wanted() == wanted
            await alice.next(PeerOnline)
            alice.node.seek_on_lan(wanted=False)
            assert not alice.node.lan_running()
            assert alice.node.links()

    run(scenario())
