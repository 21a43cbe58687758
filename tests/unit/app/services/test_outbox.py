"""The outbox: durable before it leaves, in order, the same bytes until acknowledged, never more than a window."""

import asyncio
from pathlib import Path

import pytest

from app.domain.content import ContentType, TextContent, encode_ids
from app.domain.errors import ErrorKind, KithError, StorageError
from app.domain.events import MessageStateChanged
from app.domain.message import MessageState
from app.ports import Outgoing
from app.services import lane, outbox, sent_ledger
from app.services.lane import Lane
from crypto.ratchet import double_ratchet
from net.events import CloseReason, LinkDown, LinkId
from net.peer import PeerId
from tests.support.aio import run
from tests.support.disks import MemoryDisk
from tests.support.engine import Engine, Faults
from tests.support.pair import Pair, friends, known, of_type, say, states


@pytest.fixture
def sent_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state "sent" is recorded without the usual delay."""
    monkeypatch.setattr(sent_ledger, "SENT_DELAY_S", 0)


def lane_of(engine: Engine, other: Engine) -> Lane:
    return engine.messenger._outbox._lane(known(engine, other).number)


async def send(pair: Pair, *texts: str) -> None:
    """Ann writes to Ben."""
    for text in texts:
        await pair.ann.messenger.send_text(pair.ben.id, text)


def numbered(count: int) -> list[str]:
    return [f"text {number}" for number in range(count)]


# --- Order and pace


def test_many_senders_at_once_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "MAX_IN_FLIGHT", 7)
    monkeypatch.setattr(outbox, "PAGE", 4)

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


# --- The same bytes


@pytest.mark.parametrize("restarted", [False, True])
def test_a_reconnect_sends_the_same_bytes_and_they_are_read_once(*, restarted: bool) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.node.envelopes.clear()
            pair.ben.node.room = 0
            await send(pair, *numbered(3))
            await pair.settle()
            first = list(pair.ann.node.envelopes)
            await pair.cut()
            pair.ben.node.make_room()
            if restarted:
                await pair.ann.restart()
            pair.ann.node.envelopes.clear()
            await pair.connect()
            assert pair.ann.node.envelopes[:3] == first
            assert await pair.texts(pair.ben) == numbered(3)
            assert [message.state for message in await pair.ann.history(pair.ben)] == [MessageState.DELIVERED] * 3

    run(scenario())


def test_what_a_contact_that_forgot_us_never_got_is_sealed_for_it_anew() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            await send(pair, "sealed on a session that Ben will forget")
            await pair.ben.messenger.remove_contact(pair.ann.id)
            await pair.meet()
            assert await pair.texts(pair.ben) == await pair.texts(pair.ann)
            assert states(pair.ann)[-1:] == ["delivered"]

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
    monkeypatch.setattr(outbox, "PAGE", 2)

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


# --- Commits


def test_nothing_leaves_before_it_is_durable() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.node.envelopes.clear()
            pair.ann.store.arm(Faults(crash_before=1))
            call = asyncio.get_running_loop().create_task(send(pair, "never stored"))
            await pair.settle()
            assert pair.ann.node.envelopes == []
            call.cancel()
            await pair.ann.restart()
            await pair.connect()
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben) == []

    run(scenario())


def test_what_was_durable_when_the_computer_crashed_arrives() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.store.arm(Faults(crash_after=1))
            call = asyncio.get_running_loop().create_task(send(pair, "stored"))
            await pair.settle()
            call.cancel()
            assert await pair.texts(pair.ben) == []
            await pair.ann.restart()
            await pair.connect()
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben) == ["stored"]

    run(scenario())


def test_a_refused_text_is_nowhere_and_the_next_one_arrives() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.store.arm(Faults(fail=1))
            with pytest.raises(StorageError) as refused:
                await send(pair, "refused")
            assert refused.value.kind is ErrorKind.STORAGE_FULL
            await pair.settle()
            await send(pair, "kept")
            await pair.settle()
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben) == ["kept"]

    run(scenario())


@pytest.mark.expect_log
def test_a_refused_sealing_of_what_waited_is_made_again() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            stranger = await pair.third()
            await stranger.messenger.add_contact((await pair.ann.messenger.create_invite()).link)
            await stranger.messenger.send_text(pair.ann.id, "written before we met")
            stranger.store.arm(Faults(fail=3))  # after the attempt and the confirmation
            await pair.connect()
            assert stranger.store.struck
            assert [message.text for message in await pair.ann.history(stranger)] == ["written before we met"]

    run(scenario())


def test_a_contact_removed_while_a_text_to_it_is_stored_is_not_written_to() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            assert isinstance(pair.ann.disk, MemoryDisk)
            pair.ann.disk.turns = lambda: 3
            pair.ann.node.envelopes.clear()
            await asyncio.gather(send(pair, "too late"), pair.ann.messenger.remove_contact(pair.ben.id))
            await pair.settle()
            assert pair.ann.node.envelopes == []
            assert await pair.ann.opened.outgoing_counts() == (0, 0)

    run(scenario())


# --- Acknowledgements


def test_an_acknowledgement_of_what_is_not_in_flight_changes_nothing() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await send(pair, "delivered")
            await pair.settle()
            pair.ann.events.clear()
            await say(pair.ben, pair.ann, ContentType.ACKNOWLEDGEMENT, encode_ids([bytes(16), b"\xff" * 16]))
            await pair.settle()
            assert pair.ann.events == []
            assert pair.ann.messenger._outbox._waiting_count == 0
            assert pair.ann.node.links()

    run(scenario())


def test_the_network_knows_whether_an_acknowledgement_is_due() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            assert not pair.ann.node.expecting
            pair.ben.node.room = 0
            await send(pair, "hello")
            await pair.settle()
            assert pair.ann.node.expecting
            pair.ben.node.make_room()
            await pair.settle()
            assert not pair.ann.node.expecting
            pair.ben.node.room = 0
            await send(pair, "hello")
            await pair.cut()
            assert not pair.ann.node.expecting

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


# --- Limits


def test_a_full_outbox_refuses_texts_and_keeps_room_for_what_kith_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MAX_WAITING", 2)

    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            await send(pair, "one", "two")
            with pytest.raises(KithError) as refused:
                await send(pair, "three")
            assert refused.value.kind is ErrorKind.LIMIT_REACHED
            assert await pair.texts(pair.ann) == ["one", "two"]
            await pair.ann.messenger.rename_account("Anna")
            await pair.connect()
            await send(pair, "four")
            await pair.settle()
            assert await pair.texts(pair.ben) == ["one", "two", "four"]
            assert known(pair.ben, pair.ann).name == "Anna"

    run(scenario())


def test_a_restart_counts_what_waits_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MAX_WAITING", 2)

    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            await send(pair, "one", "two")
            await pair.ann.restart()
            with pytest.raises(KithError):
                await send(pair, "three")

    run(scenario())


# --- The ladder


@pytest.mark.usefixtures("sent_at_once")
def test_a_message_is_sent_then_delivered() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ben.node.room = 0
            await send(pair, "hello")
            await pair.settle()
            assert states(pair.ann) == ["sent"]
            assert [message.state for message in await pair.ann.history(pair.ben)] == [MessageState.SENT]
            pair.ben.node.make_room()
            await pair.settle()
            assert states(pair.ann) == ["sent", "delivered"]

    run(scenario())


@pytest.mark.usefixtures("sent_at_once")
def test_sent_is_told_once_however_often_links_change() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ben.node.room = 0
            await send(pair, *numbered(3))
            for _ in range(3):
                await pair.cut()
                await pair.connect()
            assert states(pair.ann) == ["sent"] * 3

    run(scenario())


@pytest.mark.usefixtures("sent_at_once")
def test_on_a_slow_disk_no_state_goes_down_or_is_told_before_it_is_durable() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            assert isinstance(pair.ann.disk, MemoryDisk)
            pair.ann.disk.turns = lambda: 6
            durable: list[tuple[str, MessageState]] = []

            def look(event: object) -> None:
                if isinstance(event, MessageStateChanged):
                    tables = pair.ann.opened.tables  # type: ignore[attr-defined]
                    assert tables.messages[1, event.message, True].state >= event.state
                    durable.append((event.message, event.state))

            pair.ann.messenger.subscribe(look)
            calls = []
            for text in numbered(20):
                calls.append(asyncio.get_running_loop().create_task(send(pair, text)))
                await asyncio.sleep(0)
            await asyncio.gather(*calls)
            await pair.settle()
            for message in {message for message, _ in durable}:
                told = [state for other, state in durable if other == message]
                assert told == sorted(set(told))
            assert sum(state is MessageState.DELIVERED for _, state in durable) == 20
            assert sum(state is MessageState.SENT for _, state in durable) > 0

    run(scenario())


@pytest.mark.usefixtures("sent_at_once")
@pytest.mark.expect_log
def test_a_state_that_was_not_kept_is_not_told() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ben.node.room = 0
            pair.ann.store.arm(Faults(fail=2))
            await send(pair, "hello")
            await pair.settle()
            assert states(pair.ann) == []
            assert [message.state for message in await pair.ann.history(pair.ben)] == [MessageState.QUEUED]
            await pair.cut()
            pair.ben.node.make_room()
            await pair.connect()
            assert states(pair.ann)[-1] == "delivered"

    run(scenario())


def test_delivered_is_not_told_after_read() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ben.node.room = 0
            await send(pair, "hello")
            await pair.settle()
            await pair.cut()  # and its acknowledgement is lost
            pair.ben.node.make_room()
            message = (await pair.ben.history(pair.ann))[0].message_id
            await pair.ben.messenger.mark_read(pair.ann.id, message)
            pair.ann.node.room = 0  # so that the receipt is faster than the repeat
            await pair.connect()
            assert states(pair.ann) == ["read"]
            pair.ann.node.make_room()
            await pair.settle()
            assert states(pair.ann) == ["read"]
            assert lane_of(pair.ann, pair.ben).read == set()
            assert await pair.ann.opened.outgoing_counts() == (0, 0)

    run(scenario())


def test_a_long_text_arrives_whole(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with friends(in_files=tmp_path) as pair:
            await send(pair, "ä" * 32_768)
            await pair.settle()
            assert await pair.texts(pair.ben) == ["ä" * 32_768]
            assert len(of_type(pair.ann, MessageStateChanged)) == 1

    run(scenario())


def test_a_payload_sealed_before_a_failure_is_not_sealed_with_the_same_key_again() -> None:
    """The ratchet that moved for a refused text is read anew; what it would have sealed is sealed by the next one."""

    async def scenario() -> None:
        async with friends() as pair:
            for text in numbered(6):
                pair.ann.store.arm(Faults(fail=1))
                with pytest.raises(StorageError):
                    await send(pair, "refused")
                await pair.settle()
                await send(pair, text)
                await say(pair.ann, pair.ben, ContentType.TEXT, TextContent(1, 1.0, f"also {text}").encode())
                await pair.settle()
            assert [text for text in await pair.texts(pair.ben) if not text.startswith("also")] == numbered(6)

    run(scenario())


def test_a_text_for_somebody_who_is_away_has_them_looked_for_and_a_hundred_do_so_once() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.send_text(pair.ben.id, "hello")
            assert pair.ann.node.nudged == []
            await pair.cut()
            for number in range(100):
                await pair.ann.messenger.send_text(pair.ben.id, f"text {number}")
            assert pair.ann.node.nudged == [PeerId(pair.ben.account.identity.public.fingerprint)]

    run(scenario())
