"""The outbox: durable before it leaves, the same bytes until acknowledged, within its limits."""

import asyncio
from pathlib import Path

import pytest

from app.domain.content import ContentType, TextContent, encode_ids
from app.domain.errors import ErrorKind, KithError, StorageError
from app.domain.events import MessageStateChanged
from app.domain.message import MessageState
from app.services import outbox, sent_ledger
from tests.support.aio import run
from tests.support.disks import MemoryDisk
from tests.support.engine import Faults
from tests.support.pair import friends, known, lane_of, numbered, of_type, say, send, states


@pytest.fixture
def sent_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state "sent" is recorded without the usual delay."""
    monkeypatch.setattr(sent_ledger, "SENT_DELAY_S", 0)


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


def test_what_is_sealed_anew_while_too_many_answers_wait_comes_from_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ben.node.room = 0  # no acknowledgement comes through
            await send(pair, "asked for again")
            await pair.settle()
            number, service = known(pair.ann, pair.ben).number, pair.ann.messenger._outbox
            (before,) = lane_of(pair.ann, pair.ben).in_flight.values()
            assert before.transcript is not None
            assert before.envelope_id is not None
            unit = pair.ann.opened.begin()
            pairs = service.reseal(number, [before.envelope_id], before.transcript, unit)
            await pair.ann.opened.commit(unit)
            monkeypatch.setattr(outbox, "MAX_UNSENT_ANSWERS", 0)
            service.resealed(number, pairs)
            await pair.settle()
            assert pair.ann.node.envelopes[-1] == pairs[0][1].envelope != before.envelope

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


def test_whom_a_text_waits_for_is_looked_for_after_a_start_and_others_are_not() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            await pair.ann.restart()
            assert pair.ann.node.nudged == []
            await pair.ann.messenger.send_text(pair.ben.id, "for when you are back")
            await pair.ann.restart()
            assert pair.ann.node.nudged == [pair.ben.peer_id]

    run(scenario())


def test_a_text_for_somebody_who_is_away_has_them_looked_for_and_a_hundred_do_so_once() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.send_text(pair.ben.id, "hello")
            assert pair.ann.node.nudged == []
            await pair.cut()
            for number in range(100):
                await pair.ann.messenger.send_text(pair.ben.id, f"text {number}")
            assert pair.ann.node.nudged == [pair.ben.peer_id]

    run(scenario())
