"""The courier: in order, never more than a window, and nothing before what was sealed before it."""

import asyncio

import pytest

from app.domain.content import ContentType
from app.ports.records import Outgoing
from app.services import courier, lane
from crypto.ratchet import double_ratchet
from net.events import CloseReason, LinkDown, LinkId
from tests.support.aio import run
from tests.support.engine import Engine
from tests.support.pair import Pair, friends, known, lane_of, numbered, send, states
from tests.support.virtual_time import run_virtually

# --- Order and pace


def test_many_senders_at_once_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "MAX_IN_FLIGHT", 7)
    monkeypatch.setattr(courier, "PAGE", 4)

    async def scenario() -> None:
        async with friends() as pair:
            await asyncio.gather(*(send(pair, text) for text in numbered(40)))
            await pair.settle()
            assert await pair.texts(pair.ben) == await pair.texts(pair.ann) == numbered(40)
            assert states(pair.ann).count("delivered") == 40

    run(scenario())


@pytest.mark.parametrize(("limit", "value"), [("MAX_IN_FLIGHT", 3), ("MAX_IN_FLIGHT_BYTES", 3 * 361)])
def test_no_more_than_a_window_waits_for_its_acknowledgement(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(lane, limit, value)

    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.node.envelopes.clear()
            pair.ben.node.room = 0  # no acknowledgement comes through
            await send(pair, *numbered(9))
            await pair.settle()
            assert len(pair.ann.node.envelopes) == 3
            pair.ben.node.make_room()
            await pair.settle()
            assert await pair.texts(pair.ben) == numbered(9)
            assert lane_of(pair.ann, pair.ben).under_way_bytes == 0
            assert lane_of(pair.ann, pair.ben).is_empty

    run(scenario())


def test_a_full_link_is_written_to_again_when_it_has_drained() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.node.room = 2
            await send(pair, *numbered(9))
            await pair.settle()
            assert len(await pair.texts(pair.ben)) == 2
            pair.ann.node.make_room(3)
            await pair.settle()
            assert len(await pair.texts(pair.ben)) == 5
            pair.ann.node.make_room()
            await pair.settle()
            assert await pair.texts(pair.ben) == numbered(9)

    run(scenario())


def test_what_was_written_offline_goes_out_with_the_next_link() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            await send(pair, *numbered(5))
            await pair.ann.restart()
            await pair.connect()
            assert await pair.texts(pair.ben) == numbered(5)

    run(scenario())


# --- Nothing overtakes what was sealed before


async def lose(pair: Pair, count: int) -> None:
    """Ann writes to Ben, who never reads it; both write once more while they are apart."""
    ann = pair.ben.messenger._book.peer_id(known(pair.ben, pair.ann).number)
    pair.ben.node.pause_reading(ann)
    await send(pair, *numbered(count))
    await pair.cut()
    pair.ben.node.paused.clear()
    await send(pair, "written alone")
    await pair.ben.messenger.send_text(pair.ann.id, "written meanwhile")


def slow_down(engine: Engine, turns: int = 50) -> None:
    """Let the outbox be read slowly: whoever does not wait for that is faster."""
    read = engine.opened.outgoing

    async def outgoing(contact: int, **place: int) -> list[Outgoing]:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await read(contact, **place)

    engine.opened.outgoing = outgoing  # type: ignore[method-assign]


@pytest.mark.parametrize("restarted", [False, True])
def test_after_a_reconnect_no_acknowledgement_overtakes_what_goes_out_again(
    monkeypatch: pytest.MonkeyPatch, *, restarted: bool
) -> None:
    """Jumping over more than it keeps keys of, Ben's ratchet would never open the first of them again."""
    monkeypatch.setattr(double_ratchet, "KEPT_AFTER_JUMP", 3)

    async def scenario() -> None:
        async with friends() as pair:
            await lose(pair, 9)
            for engine in (pair.ann, pair.ben) if restarted else ():
                await engine.restart()
            slow_down(pair.ann)
            await pair.connect()
            expected = [*numbered(9), "written alone", "written meanwhile"]
            assert sorted(await pair.texts(pair.ben)) == sorted(await pair.texts(pair.ann)) == sorted(expected)
            for engine in (pair.ann, pair.ben):
                assert await engine.opened.outgoing_counts() == (0, 0)

    run(scenario())


def test_no_more_than_a_window_is_sealed_before_it_is_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "MAX_IN_FLIGHT", 3)

    async def scenario() -> None:
        async with friends() as pair:
            number = known(pair.ann, pair.ben).number
            pair.ben.node.room = 0  # no acknowledgement comes through
            await asyncio.gather(*(send(pair, text) for text in numbered(9)))
            await pair.settle()
            waiting = await pair.ann.opened.outgoing(number, after=0, limit=20)
            assert [item.envelope is not None for item in waiting] == [True] * 3 + [False] * 6

    run(scenario())


def test_two_outboxes_full_of_unacknowledged_payloads_do_not_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lane, "MAX_IN_FLIGHT", 3)
    monkeypatch.setattr(courier, "PAGE", 2)

    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            await send(pair, *numbered(20))
            for text in numbered(20):
                await pair.ben.messenger.send_text(pair.ann.id, text)
            await pair.connect()
            for engine in (pair.ann, pair.ben):
                assert await engine.opened.outgoing_counts() == (0, 0)
            assert len(await pair.texts(pair.ben)) == 40

    run(scenario())


def test_a_payload_told_to_be_durable_after_a_later_one_still_goes() -> None:
    """Whoever commits for several contacts tells of it when it has served the others."""

    async def scenario() -> None:
        async with friends() as pair:
            contact, service = known(pair.ann, pair.ben), pair.ann.messenger._outbox
            queued = []
            for content_type in (ContentType.EMPTY, ContentType.ADDRESSES):
                unit = pair.ann.opened.begin()
                queued.append(service.queue(contact, content_type, b"\0", unit))
                await pair.ann.opened.commit(unit)
            for outgoing in reversed(queued):
                service.committed(outgoing)
            await pair.settle()
            assert await pair.ann.opened.outgoing_counts() == (0, 0)

    run(scenario())


def test_acknowledgements_that_were_lost_with_one_of_two_links_are_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ben answered over the link that Ann closed in favour of the one that she used all along."""

    async def scenario() -> None:
        async with friends() as pair:
            with monkeypatch.context() as lost:
                lost.setattr(pair.ben.node, "send_envelope", lambda _peer, _envelope: True)
                await send(pair, *numbered(3))
                await pair.settle()
            assert states(pair.ann).count("delivered") == 0
            ben = pair.ann.messenger._book.peer_id(known(pair.ann, pair.ben).number)
            pair.ann.messenger.handle(LinkDown(LinkId(99), ben, CloseReason.SUPERSEDED))
            await pair.settle()
            assert states(pair.ann).count("delivered") == 3
            assert await pair.texts(pair.ben) == numbered(3)

    run(scenario())


def test_acknowledgements_that_were_lost_while_our_link_stands_are_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ben answered over a link that was dead, and had not noticed."""

    async def scenario() -> None:
        async with friends() as pair:
            with monkeypatch.context() as lost:
                lost.setattr(pair.ben.node, "send_envelope", lambda _peer, _envelope: True)
                await send(pair, *numbered(3))
                await pair.settle()
            await send(pair, "one more, which is acknowledged")
            await pair.settle()
            assert states(pair.ann).count("delivered") == 1
            await asyncio.sleep(2 * courier.FIRST_PATIENCE_S)
            await pair.settle()
            assert states(pair.ann).count("delivered") == 4
            assert await pair.texts(pair.ben) == [*numbered(3), "one more, which is acknowledged"]
            await asyncio.sleep(2 * courier.FIRST_PATIENCE_S)
            assert not lane_of(pair.ann, pair.ben).watched

    run_virtually(scenario())


def test_a_contact_that_never_acknowledges_is_sent_the_same_a_few_times_only(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            with monkeypatch.context() as lost:
                lost.setattr(pair.ben.node, "send_envelope", lambda _peer, _envelope: True)
                pair.ann.node.envelopes.clear()
                await send(pair, "a single text")
                await asyncio.sleep(3_600)
                assert len(pair.ann.node.envelopes) == 4
                assert len(set(pair.ann.node.envelopes)) == 1
            assert await pair.texts(pair.ben) == ["a single text"]
            await pair.cut()
            await pair.connect()
            await pair.settle()
            assert states(pair.ann).count("delivered") == 1

    run_virtually(scenario())
