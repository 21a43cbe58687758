"""A contact who turns hostile: bounded in memory, disk and notifications, while the others are served."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from app.domain.content import ContentType, TextContent, encode_ids
from app.domain.events import MessageReceived, MessageStateChanged
from app.services import inflow, quotas
from app.services.inbox import Inbox
from app.services.limits import (
    MAX_QUEUED_BYTES_OF_CONTACT,
    MAX_QUEUED_OF_CONTACT,
    STORED_ENVELOPE_BYTES,
    STORED_MESSAGE_BYTES,
)
from net.endpoint import Endpoint
from net.events import EnvelopeReceived, HandshakeReceived, LinkId, LinkUp, NetEvent, PathClass
from net.peer import LinkKind, PeerId
from tests.support.aio import run
from tests.support.engine import introduce
from tests.support.pair import Pair, friends, known, of_type, say

FLOOD = 300


def is_paused(pair: Pair) -> bool:
    """Whether Ann reads nothing of Ben."""
    return pair.ben.peer_id in pair.ann.node.paused


async def flood(pair: Pair, count: int = FLOOD, size_bytes: int = 3) -> None:
    """Ben writes as fast as he can."""
    await asyncio.gather(
        *(pair.ben.messenger.send_text(pair.ann.id, f"{number:0{size_bytes}}") for number in range(count))
    )


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.005)


async def slowly(
    pair: Pair, during: Callable[[], Awaitable[None]], monkeypatch: pytest.MonkeyPatch, *, messages: int
) -> list[int]:
    """Do something that brings Ann so many messages, while her inbox takes a while for each batch.

    How many events she held at each: those of the batch, and those in the queue.
    """
    lengths: list[int] = []
    receive = Inbox.receive

    async def slow(inbox: Inbox, batch: list[EnvelopeReceived]) -> None:
        lengths.append(len(pair.ann.messenger._intake._events) + len(batch))
        await asyncio.sleep(0.002)
        await receive(inbox, batch)

    with monkeypatch.context() as patch:
        patch.setattr(Inbox, "receive", slow)
        await during()
        await until(lambda: len(of_type(pair.ann, MessageReceived)) == messages)
    await pair.settle()
    return lengths


def test_a_flood_waits_with_its_sender_and_nothing_of_it_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflow, "MAX_QUEUED_OF_CONTACT", 20)

    async def scenario() -> None:
        async with friends() as pair:
            lengths = await slowly(pair, lambda: flood(pair), monkeypatch, messages=FLOOD)
            assert max(lengths) <= 2 * 20 + 1, "one batch under way, and one that waits"
            assert not is_paused(pair)
            assert len(await pair.texts(pair.ann)) == FLOOD
            assert len(of_type(pair.ann, MessageReceived)) == FLOOD
            assert pair.ann.messenger._intake._inflow._queues == {}

    run(scenario())


def test_the_size_of_what_waits_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflow, "MAX_QUEUED_BYTES_OF_CONTACT", 100_000)

    async def scenario() -> None:
        async with friends() as pair:
            largest = 0
            put = pair.ann.messenger.handle

            def watch(event: NetEvent) -> None:
                nonlocal largest
                put(event)
                largest = max(largest, pair.ann.messenger._intake._queued_bytes)

            pair.ann.node._on_event = watch
            await slowly(pair, lambda: flood(pair, 30, 30_000), monkeypatch, messages=30)
            assert largest < 150_000
            assert len(await pair.texts(pair.ann)) == 30

    run(scenario())


def test_others_are_served_while_one_floods(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflow, "MAX_QUEUED_OF_CONTACT", 20)

    async def scenario() -> None:
        async with friends() as pair:
            cid = await pair.third()
            await introduce(pair.ann, cid)
            await pair.connect()
            waited: list[int] = []

            async def both() -> None:
                async def talk() -> None:
                    for number in range(5):
                        await cid.messenger.send_text(pair.ann.id, f"from Cid {number}")
                        before = len(of_type(pair.ann, MessageReceived))
                        await until(lambda number=number: heard(f"from Cid {number}"))  # type: ignore[misc]
                        waited.append(len(of_type(pair.ann, MessageReceived)) - before)

                def heard(text: str) -> bool:
                    return any(event.message.text == text for event in of_type(pair.ann, MessageReceived))

                await asyncio.gather(flood(pair), talk())

            await slowly(pair, both, monkeypatch, messages=FLOOD + 5)
            assert max(waited) < 100, "somebody who says one thing waits for a few commits, not for the flood"
            assert len(await pair.ann.history(cid)) == 5
            await pair.ann.messenger.send_text(pair.ben.id, "are you all right?")
            await pair.settle()
            await pair.ben.messenger.send_text(pair.ann.id, "sorry, that was my cat")
            await pair.settle()
            assert (await pair.texts(pair.ann))[-2:] == (await pair.texts(pair.ben))[-2:]
            assert (await pair.texts(pair.ann))[-1] == "sorry, that was my cat"

    run(scenario())


@pytest.mark.expect_log
def test_who_used_up_its_messages_is_read_again_when_it_may_send_some(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(quotas, "MESSAGE_BURST", 50)
    monkeypatch.setattr(quotas, "MESSAGES_PER_MINUTE", 60 * 400)
    monkeypatch.setattr(quotas, "RESUMED_MESSAGES", 20)

    async def scenario() -> None:
        async with friends() as pair:
            await flood(pair)
            await until(lambda: is_paused(pair))
            await pair.settle()
            assert 40 <= len(await pair.texts(pair.ann)) < FLOOD
            waiting = [message for message in await pair.ben.history(pair.ann) if message.state.word != "delivered"]
            assert waiting, "what is not taken in is not acknowledged"
            await until(lambda: len(of_type(pair.ann, MessageReceived)) == FLOOD)
            await pair.settle()
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben)

    run(scenario())
    assert any("more slowly" in record.message for record in caplog.records)


@pytest.mark.expect_log
def test_a_new_link_of_somebody_who_waits_waits_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "MESSAGE_BURST", 5)
    monkeypatch.setattr(quotas, "MESSAGES_PER_MINUTE", 1)

    async def scenario() -> None:
        async with friends() as pair:
            await flood(pair, 20)
            await pair.settle()
            assert is_paused(pair)
            pair.ann.node.resume_reading(pair.ben.peer_id)
            await pair.cut()
            await pair.connect()
            assert is_paused(pair)

    run(scenario())


@pytest.mark.expect_log
def test_who_filled_its_part_of_the_disk_is_not_heard_until_it_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            already = pair.ann.messenger._quotas.stored_bytes(1)
            monkeypatch.setattr(quotas, "MAX_STORED_BYTES", already + 10 * STORED_MESSAGE_BYTES)
            for number in range(30):
                await pair.ben.messenger.send_text(pair.ann.id, str(number))
                await pair.settle()
            heard = len(await pair.texts(pair.ann))
            assert 5 <= heard <= 11
            assert is_paused(pair)
            (finding,) = [each for each in await pair.ann.messenger.doctor() if each.check == "contact"]
            assert not finding.ok
            assert "nothing more is taken from it" in finding.detail
            await pair.ann.restart()
            await pair.connect()
            await pair.ben.messenger.send_text(pair.ann.id, "again")
            await pair.settle()
            assert len(await pair.texts(pair.ann)) <= heard + 1, "it counts over restarts"
            await pair.ann.messenger.remove_contact(pair.ben.id)
            assert pair.ann.messenger._quotas.stored_bytes(1) == 0
            assert (await pair.ann.opened.settings())["stored bytes of 1"] == ""

    run(scenario())


def test_what_is_kept_is_counted_with_what_it_costs_beside_its_text() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            before = pair.ann.messenger._quotas.stored_bytes(1)
            await pair.ben.messenger.send_text(pair.ann.id, "x" * 1_000)
            await pair.settle()
            kept = pair.ann.messenger._quotas.stored_bytes(1) - before
            assert 1_000 + STORED_MESSAGE_BYTES + STORED_ENVELOPE_BYTES <= kept < 2_000
            assert (await pair.ann.opened.settings())["stored bytes of 1"] == str(before + kept)

    run(scenario())


@pytest.mark.expect_log
def test_receipts_that_are_told_to_the_user_count_as_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "MESSAGE_BURST", 100)
    monkeypatch.setattr(quotas, "MESSAGES_PER_MINUTE", 1)

    async def scenario() -> None:
        async with friends() as pair:
            sent = [await pair.ann.messenger.send_text(pair.ben.id, str(number)) for number in range(30)]
            await pair.settle()
            pair.ann.events.clear()
            receipt = encode_ids([bytes.fromhex(message.message) for message in sent])
            for _ in range(40):
                await say(pair.ben, pair.ann, ContentType.READ, receipt)
                await pair.settle()
            assert is_paused(pair)
            assert len(of_type(pair.ann, MessageStateChanged)) <= 150

    run(scenario())


def test_a_contact_that_renames_itself_all_the_time_is_told_once_a_batch() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            for number in range(50):
                await pair.ben.messenger.rename_account(f"Ben {number}")
            await pair.settle()
            assert known(pair.ann, pair.ben).name == "Ben 49"
            assert len(pair.ann.events) <= 50

    run(scenario())


def test_somebody_whose_handshakes_fill_the_queue_loses_its_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflow, "MAX_QUEUED_OF_CONTACT", 3)

    async def scenario() -> None:
        async with friends() as pair:
            closed: list[LinkId] = []
            monkeypatch.setattr(pair.ann.node, "close_link", closed.append)
            stranger = PeerId(b"stranger")
            for number in range(5):
                pair.ann.messenger.handle(HandshakeReceived(LinkId(number), stranger, b"\x03"))
            assert closed == [LinkId(3), LinkId(4)]
            assert stranger in pair.ann.node.paused
            await pair.settle()
            assert stranger not in pair.ann.node.paused

    run(scenario())


def test_content_of_a_newer_kith_costs_what_its_bytes_cost() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            before = pair.ann.messenger._quotas.stored_bytes(1)
            content = TextContent(1, 0.0, "x").encode() + bytes(500)
            await say(pair.ben, pair.ann, 0x7F, content)
            await pair.settle()
            assert pair.ann.messenger._quotas.stored_bytes(1) - before >= 500 + STORED_MESSAGE_BYTES

    run(scenario())


def test_an_address_where_a_contact_was_linked_is_remembered_as_its_own() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            home, elsewhere = Endpoint.parse("5.6.7.8:5000"), Endpoint.parse("6.6.6.6:5000")
            book = pair.ann.messenger._book
            contact = known(pair.ann, pair.ben)
            unit = pair.ann.opened.begin()
            book.put_contact(replace(contact, endpoints=(home,)), unit)
            await pair.ann.opened.commit(unit)
            for remote in (home, Endpoint.parse("5.6.7.8:61000"), elsewhere, Endpoint.parse("127.0.0.1:4002")):
                await pair.ann.messenger._peers.reached(1, link_from(remote))
            assert book.reached == {1: (home,)}
            await pair.ann.restart()
            assert pair.ann.node.peers[pair.ben.peer_id].proven == (home,)
            await pair.ann.messenger.remove_contact(pair.ben.id)
            assert (await pair.ann.opened.settings())["reached 1"] == ""

    run(scenario())


def test_where_we_found_a_contact_by_ourselves_is_dialled_again_though_it_never_said_so() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            router, moved = Endpoint.parse("5.6.7.8:5000"), Endpoint.parse("5.6.7.9:5000")
            for there in (router, moved, router):
                link = replace(link_from(there), dialled_at=there)
                await pair.ann.messenger._peers.reached(1, link)
            await pair.ann.restart()
            peer = pair.ann.node.peers[pair.ben.peer_id]
            assert peer.endpoints[-2:] == (moved, router), "the newest first"
            assert set(peer.proven) == {router, moved}

    run(scenario())


def link_from(remote: Endpoint) -> LinkUp:
    return LinkUp(
        LinkId(1), PeerId(b""), LinkKind.CONTACT, bytes(32), dialled=False, path=PathClass.DIRECT, remote=remote
    )


def test_a_queue_is_long_from_its_bounds_on_and_short_up_to_half_of_them() -> None:
    most, most_bytes = MAX_QUEUED_OF_CONTACT, MAX_QUEUED_BYTES_OF_CONTACT
    assert not inflow._Queue(count=most - 1, size_bytes=most_bytes - 1).is_long
    assert inflow._Queue(count=most).is_long
    assert inflow._Queue(size_bytes=most_bytes).is_long
    assert inflow._Queue(count=most // 2, size_bytes=most_bytes // 2).is_short
    assert not inflow._Queue(count=most // 2 + 1).is_short
    assert not inflow._Queue(size_bytes=most_bytes // 2 + 1).is_short
