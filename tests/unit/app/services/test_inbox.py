"""The inbox: durable before it is acknowledged, once however often it comes, and no bytes of a peer do harm."""

import asyncio

import pytest

from app.domain.content import ContentType, ProfileContent, encode_ids
from app.domain.events import Event, MessageReceived
from app.services import outbox
from crypto.session import envelope_id
from net.events import EnvelopeReceived
from tests.support.aio import run
from tests.support.disks import MemoryDisk
from tests.support.engine import Faults
from tests.support.pair import encoded_text, friends, known, of_type, say, states, strangers

# --- Once


def test_a_repeat_is_acknowledged_again_and_dropped() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.node.room = 0
            await pair.ben.messenger.send_text(pair.ann.id, "hello")
            await pair.settle()
            for _ in range(2):
                await pair.cut()
                await pair.connect()
            assert await pair.ben.waiting() == 1
            pair.ann.node.make_room()
            await pair.settle()
            assert await pair.ben.waiting() == 0
            assert await pair.texts(pair.ann) == ["hello"]
            assert len(of_type(pair.ann, MessageReceived)) == 1
            assert [row.unread for row in await pair.ann.messenger.contacts()] == [1]

    run(scenario())


def test_the_same_envelope_twice_in_one_batch_is_taken_once() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ben.node.room = 0
            envelope = await say(pair.ben, pair.ann, ContentType.TEXT, encoded_text("hello"))
            link = pair.ann.node.links()[0].link
            for _ in range(3):
                pair.ann.messenger.handle(EnvelopeReceived(link, pair.ben.peer_id, envelope))
            await pair.settle()
            assert await pair.texts(pair.ann) == ["hello"]
            assert len(of_type(pair.ann, MessageReceived)) == 1

    run(scenario())


def test_the_same_message_in_another_envelope_is_notified_once_and_its_first_words_stay() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            for words in ("first", "second", "third"):
                await say(pair.ben, pair.ann, ContentType.TEXT, encoded_text(words), message_id=b"m" * 16)
                await pair.settle()
            assert await pair.texts(pair.ann) == ["first"]
            assert len(of_type(pair.ann, MessageReceived)) == 1
            assert await pair.ben.waiting() == 0

    run(scenario())


def test_a_contact_that_sends_under_the_id_of_our_message_cannot_touch_it() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            sent = await pair.ann.messenger.send_text(pair.ben.id, "mine")
            await pair.settle()
            await say(
                pair.ben, pair.ann, ContentType.TEXT, encoded_text("theirs"), message_id=bytes.fromhex(sent.message)
            )
            await pair.settle()
            ours = await pair.ann.opened.message(1, sent.message)
            assert ours is not None
            assert (ours.text, ours.mine) == ("mine", True)
            assert sorted(await pair.texts(pair.ann)) == ["mine", "theirs"]

    run(scenario())


# --- What cannot be taken


def test_what_is_no_envelope_is_dropped_in_silence() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.node.envelopes.clear()
            link = pair.ann.node.links()[0].link
            for envelope in (b"", b"\x01", bytes(200), b"\x01" + bytes(103), b"\x02" + bytes(400)):
                pair.ann.messenger.handle(EnvelopeReceived(link, pair.ben.peer_id, envelope))
            await pair.settle()
            assert pair.ann.node.envelopes == []
            assert pair.ann.events == []
            assert pair.ann.node.links()

    run(scenario())


def test_a_payload_that_nobody_can_take_harms_neither_its_session_nor_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A decoder that fails as no decoder should: the batch has moved the ratchets of honest contacts too."""

    def failing(content: bytes) -> ProfileContent:
        raise ZeroDivisionError

    async def scenario() -> None:
        async with friends() as pair:
            cid = await pair.third()
            await cid.messenger.add_contact((await pair.ann.messenger.create_invite()).link)
            await pair.connect()
            with monkeypatch.context() as patch:
                patch.setattr(ProfileContent, "decode", failing)
                pair.board.cut()
                await cid.messenger.send_text(pair.ann.id, "from Cid")
                await say(pair.ben, pair.ann, ContentType.PROFILE, b"")
                await pair.ben.messenger.send_text(pair.ann.id, "from Ben")
                await pair.connect()
                assert await pair.texts(pair.ann) == ["from Ben"]
                assert [message.text for message in await pair.ann.history(cid)] == ["from Cid"]
            await pair.ann.restart()
            await pair.connect()
            await pair.ben.messenger.send_text(pair.ann.id, "and on")
            await pair.settle()
            assert await pair.texts(pair.ann) == ["from Ben", "and on"]

    run(scenario())
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.args == (1, ContentType.PROFILE)


# --- The store


@pytest.mark.expect_log
def test_what_a_full_disk_refused_is_not_acknowledged_and_comes_once_later() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            cid = await pair.third()
            await cid.messenger.add_contact((await pair.ann.messenger.create_invite()).link)
            await pair.connect()
            pair.ann.node.envelopes.clear()
            pair.ann.events.clear()
            pair.ann.store.arm(Faults(fail=1))
            await pair.ben.messenger.send_text(pair.ann.id, "one")
            await pair.settle()
            assert pair.ann.node.envelopes == []
            assert of_type(pair.ann, MessageReceived) == []
            assert not any(status.peer == pair.ben.peer_id for status in pair.ann.node.links())
            assert any(status.peer == cid.peer_id for status in pair.ann.node.links())
            await pair.connect()
            await pair.ben.messenger.send_text(pair.ann.id, "two")
            await pair.settle()
            assert await pair.texts(pair.ann) == ["one", "two"]
            assert len(of_type(pair.ann, MessageReceived)) == 2
            assert await pair.ben.waiting() == 0

    run(scenario())


@pytest.mark.parametrize("fault", ["crash_before", "crash_after"])
def test_a_crash_around_the_commit_of_a_message_leaves_it_once(fault: str) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.store.arm(Faults(**{fault: 1}))
            await pair.ben.messenger.send_text(pair.ann.id, "hello")
            await pair.settle()
            assert pair.ann.crashed
            await pair.ann.restart()
            await pair.connect()
            assert await pair.texts(pair.ann) == ["hello"]
            assert states(pair.ben)[-1] == "delivered"

    run(scenario())


def test_nothing_is_told_or_acknowledged_before_the_commit() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            assert isinstance(pair.ann.disk, MemoryDisk)
            pair.ann.disk.turns = lambda: 4
            pair.ann.node.envelopes.clear()
            tables = pair.ann.opened.tables  # type: ignore[attr-defined]

            def look(event: Event) -> None:
                assert isinstance(event, MessageReceived)
                assert (1, event.message.message_id, False) in tables.messages

            pair.ann.messenger.subscribe(look)
            envelope = await say(pair.ben, pair.ann, ContentType.TEXT, encoded_text("hello"))
            while not pair.ann.node.envelopes:
                await asyncio.sleep(0)
            assert (1, envelope_id(envelope)) in tables.received
            await pair.settle()
            assert len(of_type(pair.ann, MessageReceived)) == 1

    run(scenario())


# --- Acknowledgements


def test_acknowledgements_wait_for_room_on_a_full_link() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.node.room = 0
            for number in range(3):
                await pair.ben.messenger.send_text(pair.ann.id, str(number))
                await pair.settle()
            assert await pair.ben.waiting() == 3
            pair.ann.node.make_room(1)
            await pair.settle()
            pair.ann.node.make_room()
            await pair.settle()
            assert await pair.ben.waiting() == 0

    run(scenario())


def test_who_sends_and_reads_nothing_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MAX_UNSENT_ANSWERS", 4)

    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.node.room = 0
            for number in range(9):
                await pair.ben.messenger.send_text(pair.ann.id, str(number))
                await pair.settle()
            unsent = pair.ann.messenger._outbox._lane(known(pair.ann, pair.ben).number).answers
            assert len(unsent) == 4
            await pair.cut()
            assert not unsent
            pair.ann.node.make_room()
            await pair.connect()
            assert await pair.ben.waiting() == 0

    run(scenario())


def test_one_acknowledgement_lists_a_whole_batch() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            for number in range(20):
                await pair.ben.messenger.send_text(pair.ann.id, str(number))
            pair.ann.node.envelopes.clear()
            await pair.connect()
            assert await pair.ben.waiting() == 0
            assert len(pair.ann.node.envelopes) < 20

    run(scenario())


# --- Who is heard


def test_a_blocked_contact_is_not_heard_or_answered() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            link = pair.ann.node.links()[0].link
            envelope = await say(pair.ben, pair.ann, ContentType.TEXT, encoded_text("hello"))
            await pair.ann.messenger.block_contact(pair.ben.id)
            pair.ann.node.envelopes.clear()
            pair.ann.messenger.handle(EnvelopeReceived(link, pair.ben.peer_id, envelope))
            await pair.connect()
            assert not pair.ann.node.links()
            assert pair.ann.node.envelopes == []
            assert await pair.ben.waiting() == 1

    run(scenario())


def test_a_stranger_is_not_heard() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            pair.ann.messenger.handle(EnvelopeReceived(pair.ann.node.links, pair.ben.peer_id, bytes(400)))  # type: ignore[arg-type]
            await pair.settle()
            assert pair.ann.events == []

    run(scenario())


# --- Who is gone


def test_a_contact_removed_while_its_envelopes_are_stored_is_gone() -> None:
    async def scenario(turns: int) -> None:
        async with friends() as pair:
            assert isinstance(pair.ann.disk, MemoryDisk)
            pair.ann.disk.turns = lambda: 4
            await say(pair.ben, pair.ann, ContentType.TEXT, encoded_text("hello"))
            await say(pair.ben, pair.ann, ContentType.READ, encode_ids([bytes(16)]))
            for _ in range(turns):
                await asyncio.sleep(0)
            await pair.ann.messenger.remove_contact(pair.ben.id)
            await pair.settle()
            assert await pair.ann.messenger.contacts() == []
            assert await pair.ann.opened.unread() == {}
            assert pair.ann.messenger._book.unread == {}

    for turns in range(0, 40, 3):
        run(scenario(turns))
