"""Peers find each other over the loopback interface, by any key that they share."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from crypto.secret import Secret
from net.discovery.lan import LanDiscovery
from net.discovery.sightings import Found
from net.discovery.vicinity import Vicinity
from net.endpoint import Endpoint
from net.interfaces import machine_interfaces
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.support.aio import run


class Seeker:
    """One who looks for peers, and what was found."""

    def __init__(self, port: int) -> None:
        self.endpoint = Endpoint.parse(f"127.0.0.1:{port}")
        self.found: asyncio.Queue[Found] = asyncio.Queue()
        self.lan = LanDiscovery(on_found=self.found.put_nowait, random=os.urandom)

    def know(self, peer_id: PeerId, *keys: LinkKey) -> None:
        self.lan.set_peer(Peer(peer_id=peer_id, keys=keys, controls=True, wanted=True))

    def move(self) -> None:
        self.lan.move(Vicinity.of([self.endpoint], machine_interfaces()))


@asynccontextmanager
async def seekers(count: int = 2) -> AsyncIterator[list[Seeker]]:
    made = [Seeker(40_000 + number) for number in range(count)]
    for seeker in made:
        await seeker.lan.start()
        seeker.move()
    try:
        yield made
    finally:
        for seeker in made:
            await seeker.lan.close()


ALICE, BOB, INVITE = PeerId(b"alice"), PeerId(b"bob"), PeerId(b"invite")


def new_key(kind: LinkKind = LinkKind.CONTACT) -> LinkKey:
    return LinkKey(kind, Secret(os.urandom(32)))


def test_two_contacts_find_each_other() -> None:
    async def scenario() -> None:
        key = new_key()
        async with seekers() as (alice, bob):
            alice.know(BOB, key)
            bob.know(ALICE, key)
            assert await alice.found.get() == Found(BOB, (bob.endpoint,))
            assert await bob.found.get() == Found(ALICE, (alice.endpoint,))
            assert alice.lan.is_running

    run(scenario())


def test_an_invite_is_found_by_who_holds_it_among_other_keys() -> None:
    async def scenario() -> None:
        psk = new_key(LinkKind.INVITE)
        async with seekers() as (inviter, joiner):
            inviter.know(BOB, new_key())
            inviter.know(INVITE, psk)
            joiner.know(ALICE, psk, new_key(LinkKind.RESET))
            assert await joiner.found.get() == Found(ALICE, (inviter.endpoint,))

    run(scenario())


def test_a_key_that_comes_later_finds_who_was_heard_before() -> None:
    async def scenario() -> None:
        key = new_key()
        async with seekers() as (alice, bob):
            alice.know(BOB, key)
            bob.know(PeerId(b"carol"), key)  # whose announcement is heard ...
            await bob.found.get()
            bob.lan.remove_peer(PeerId(b"carol"))
            bob.know(ALICE, key)  # ... before hers is looked for
            assert bob.found.get_nowait() == Found(ALICE, (alice.endpoint,))

    run(scenario())


def test_after_a_move_everybody_is_found_anew() -> None:
    async def scenario() -> None:
        key = new_key()
        async with seekers() as (alice, bob):
            alice.know(BOB, key)
            bob.know(ALICE, key)
            await bob.found.get()
            alice.endpoint = Endpoint.parse("127.0.0.1:41000")
            alice.move()
            found = await bob.found.get()
            assert found.endpoints[0] == alice.endpoint
            bob.move()
            assert (await bob.found.get()).peer == ALICE

    run(scenario())


def test_who_has_no_network_closes_all_the_same() -> None:
    async def scenario() -> None:
        seeker = Seeker(40_000)
        seeker.know(BOB, new_key())
        assert not seeker.lan.is_running
        await seeker.lan.close()  # never started
        async with seekers(1) as (alice,):
            alice.lan.move(Vicinity())
            alice.know(BOB, new_key())
            alice.lan.set_linked(BOB, linked=True)
            alice.lan.heard("a printer", b"\x05ty=hp")
            alice.lan.gone("a printer")

    run(scenario())


def test_one_that_is_closed_while_it_starts_never_speaks() -> None:
    async def scenario() -> None:
        seeker = Seeker(40_000)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(seeker.lan.start(), name="start")
            await asyncio.sleep(0)
            await seeker.lan.close()
        assert not seeker.lan.is_running

    run(scenario())
