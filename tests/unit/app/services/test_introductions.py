"""Contacts are told who and where we are."""

from net.endpoint import Endpoint
from tests.support.aio import run
from tests.support.engine import introduce
from tests.support.pair import friends, known


def test_new_addresses_are_told_with_the_next_link() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            before = known(pair.ben, pair.ann).endpoints
            await pair.ann.stop()
            pair.ann.port = 4_999
            await pair.ann.start()
            await pair.connect()
            assert known(pair.ben, pair.ann).endpoints == pair.ann.node.local_endpoints() != before
            pair.ann.node.envelopes.clear()
            await pair.cut()
            await pair.connect()
            assert pair.ann.node.envelopes == []  # told once

    run(scenario())


def test_new_addresses_are_told_at_once_over_the_links_that_stand() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            cid = await pair.third()
            await introduce(cid, pair.ann)
            await pair.connect()
            here = pair.ann.node.local_endpoints()
            there = Endpoint.parse("127.0.0.1:4999")
            pair.ann.node.envelopes.clear()
            pair.ann.node.move(*here, there)
            await pair.settle()
            assert known(pair.ben, pair.ann).endpoints == known(cid, pair.ann).endpoints == (*here, there)
            pair.ann.node.envelopes.clear()
            pair.ann.node.move(*here, there)  # it slept, and is where it was
            await pair.cut()
            await pair.connect()
            assert pair.ann.node.envelopes == []
            await pair.ann.messenger.block_contact(cid.id)
            pair.ann.node.move(there)
            await pair.settle()
            assert known(pair.ben, pair.ann).endpoints == (there,)
            assert known(cid, pair.ann).endpoints == (*here, there)

    run(scenario())


def test_who_asks_again_and_again_is_told_who_we_are_once() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.node.envelopes.clear()
            for _ in range(2):
                await pair.ann.messenger._introductions.repeat(1)
            await pair.settle()
            assert len(pair.ann.node.envelopes) == 1
            await pair.ann.restart()
            await pair.connect()
            pair.ann.node.envelopes.clear()
            await pair.ann.messenger._introductions.repeat(1)
            await pair.settle()
            assert len(pair.ann.node.envelopes) == 1

    run(scenario())


def test_nobody_is_told_anything_under_a_number_that_is_not_used() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.node.envelopes.clear()
            await pair.ann.messenger._introductions.repeat(7)
            await pair.ann.messenger._introductions.tell_addresses([7])
            await pair.settle()
            assert pair.ann.node.envelopes == []

    run(scenario())
