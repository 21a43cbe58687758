"""The inbox: durable before it is acknowledged, once however often it comes, and no bytes of a peer do harm."""

import asyncio
from ipaddress import IPv4Address

import pytest

from app.domain.content import (
    ContentType,
    ProfileContent,
    TextContent,
    encode_ids,
)
from app.domain.events import ContactChanged, Event, MessageReceived, MessageStateChanged
from app.domain.hybrid_clock import CLOCK_LIMIT
from app.domain.message import MessageState
from app.services import outbox
from crypto.encoding import Writer
from crypto.session import envelope_id
from net.endpoint import Endpoint
from net.endpoint_list import encode_endpoints
from net.events import EnvelopeReceived
from net.peer import PeerId
from tests.support.aio import run
from tests.support.disks import MemoryDisk
from tests.support.engine import Engine, Faults
from tests.support.mischief import Mischief, disturb
from tests.support.pair import Pair, friends, known, of_type, say, states, strangers


def text(words: str, *, clock: int = 1) -> bytes:
    return TextContent(clock, 1_800_000_000.0, words).encode()


def peer_id(engine: Engine) -> PeerId:
    return PeerId(engine.account.identity.public.fingerprint)


async def waiting(engine: Engine) -> int:
    """Payloads of an engine that were not acknowledged."""
    count, _ = await engine.opened.outgoing_counts()
    return count


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
            assert await waiting(pair.ben) == 1
            pair.ann.node.make_room()
            await pair.settle()
            assert await waiting(pair.ben) == 0
            assert await pair.texts(pair.ann) == ["hello"]
            assert len(of_type(pair.ann, MessageReceived)) == 1
            assert [row.unread for row in await pair.ann.messenger.contacts()] == [1]

    run(scenario())


def test_the_same_envelope_twice_in_one_batch_is_taken_once() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ben.node.room = 0
            envelope = await say(pair.ben, pair.ann, ContentType.TEXT, text("hello"))
            link = pair.ann.node.links()[0].link
            for _ in range(3):
                pair.ann.messenger.handle(EnvelopeReceived(link, peer_id(pair.ben), envelope))
            await pair.settle()
            assert await pair.texts(pair.ann) == ["hello"]
            assert len(of_type(pair.ann, MessageReceived)) == 1

    run(scenario())


def test_the_same_message_in_another_envelope_is_notified_once_and_its_first_words_stay() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            for words in ("first", "second", "third"):
                await say(pair.ben, pair.ann, ContentType.TEXT, text(words), message_id=b"m" * 16)
                await pair.settle()
            assert await pair.texts(pair.ann) == ["first"]
            assert len(of_type(pair.ann, MessageReceived)) == 1
            assert await waiting(pair.ben) == 0

    run(scenario())


def test_a_contact_that_sends_under_the_id_of_our_message_cannot_touch_it() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            sent = await pair.ann.messenger.send_text(pair.ben.id, "mine")
            await pair.settle()
            await say(pair.ben, pair.ann, ContentType.TEXT, text("theirs"), message_id=bytes.fromhex(sent.message))
            await pair.settle()
            ours = await pair.ann.opened.message(1, sent.message)
            assert ours is not None
            assert (ours.text, ours.mine) == ("mine", True)
            assert sorted(await pair.texts(pair.ann)) == ["mine", "theirs"]

    run(scenario())


# --- What cannot be taken


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        (ContentType.TEXT, b""),
        (ContentType.TEXT, text("late", clock=CLOCK_LIMIT)),
        (ContentType.TEXT, Writer().u64(1).u64(0).u8(0).raw(b"\xff").finish()),
        (ContentType.TEXT, Writer().u64(1).u64(0).u8(0).raw(b"a" * 65_537).finish()),
        (ContentType.PROFILE, b"\0"),
        (ContentType.ADDRESSES, bytes([9])),
        (ContentType.READ, b"short"),
        (0x21, b"without a clock"[:3]),
    ],
    ids=["no text", "clock", "not UTF-8", "too long", "profile", "addresses", "receipt", "newer, cut"],
)
def test_a_refused_payload_is_acknowledged_and_changes_nothing(content_type: int, content: bytes) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            before = known(pair.ann, pair.ben)
            await say(pair.ben, pair.ann, content_type, content)
            await pair.settle()
            assert await waiting(pair.ben) == 0
            assert await pair.texts(pair.ann) == []
            assert known(pair.ann, pair.ben) == before
            assert pair.ann.node.links()
            await pair.ben.messenger.send_text(pair.ann.id, "still heard")
            await pair.settle()
            assert await pair.texts(pair.ann) == ["still heard"]

    run(scenario())


def test_a_refused_acknowledgement_is_not_answered() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.node.envelopes.clear()
            await say(pair.ben, pair.ann, ContentType.ACKNOWLEDGEMENT, b"not a list of ids")
            await pair.settle()
            assert pair.ann.node.envelopes == []

    run(scenario())


@pytest.mark.parametrize("content_type", [0x15, 0x1F, 0x80, 0xFF])
def test_an_unknown_type_outside_the_conversation_is_acknowledged_and_ignored(content_type: int) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await say(pair.ben, pair.ann, content_type, b"whatever")
            await pair.settle()
            assert await waiting(pair.ben) == 0
            assert await pair.ann.history(pair.ben) == []
            assert of_type(pair.ann, MessageReceived) == []

    run(scenario())


@pytest.mark.parametrize("content_type", [0x21, 0x7F])
def test_an_unknown_type_of_the_conversation_is_stored_for_a_newer_kith(content_type: int) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await say(pair.ben, pair.ann, content_type, Writer().u64(7).u64(5_000).raw(b"a picture").finish())
            await pair.settle()
            [message] = await pair.ann.history(pair.ben)
            assert (message.content_type, message.text, message.clock, message.sent_at) == (content_type, "", 7, 5.0)
            assert [event.message for event in of_type(pair.ann, MessageReceived)] == [message]

    run(scenario())


def test_the_last_clock_there_is_can_be_answered() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await say(pair.ben, pair.ann, ContentType.TEXT, text("the end of time", clock=CLOCK_LIMIT - 1))
            await pair.settle()
            for words in ("and", "then"):
                await pair.ann.messenger.send_text(pair.ben.id, words)
            await pair.settle()
            assert len(await pair.texts(pair.ann)) == 3
            assert len(await pair.texts(pair.ben)) == 2
            assert states(pair.ann) == ["delivered", "delivered"]

    run(scenario())


def test_what_is_no_envelope_is_dropped_in_silence() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.node.envelopes.clear()
            link = pair.ann.node.links()[0].link
            for envelope in (b"", b"\x01", bytes(200), b"\x01" + bytes(103), b"\x02" + bytes(400)):
                pair.ann.messenger.handle(EnvelopeReceived(link, peer_id(pair.ben), envelope))
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
            assert not any(status.peer == peer_id(pair.ben) for status in pair.ann.node.links())
            assert any(status.peer == peer_id(cid) for status in pair.ann.node.links())
            await pair.connect()
            await pair.ben.messenger.send_text(pair.ann.id, "two")
            await pair.settle()
            assert await pair.texts(pair.ann) == ["one", "two"]
            assert len(of_type(pair.ann, MessageReceived)) == 2
            assert await waiting(pair.ben) == 0

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
            envelope = await say(pair.ben, pair.ann, ContentType.TEXT, text("hello"))
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
            assert await waiting(pair.ben) == 3
            pair.ann.node.make_room(1)
            await pair.settle()
            pair.ann.node.make_room()
            await pair.settle()
            assert await waiting(pair.ben) == 0

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
            assert await waiting(pair.ben) == 0

    run(scenario())


def test_one_acknowledgement_lists_a_whole_batch() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            for number in range(20):
                await pair.ben.messenger.send_text(pair.ann.id, str(number))
            pair.ann.node.envelopes.clear()
            await pair.connect()
            assert await waiting(pair.ben) == 0
            assert len(pair.ann.node.envelopes) < 20

    run(scenario())


# --- Who is heard


def test_a_blocked_contact_is_not_heard_or_answered() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            link = pair.ann.node.links()[0].link
            envelope = await say(pair.ben, pair.ann, ContentType.TEXT, text("hello"))
            await pair.ann.messenger.block_contact(pair.ben.id)
            pair.ann.node.envelopes.clear()
            pair.ann.messenger.handle(EnvelopeReceived(link, peer_id(pair.ben), envelope))
            await pair.connect()
            assert not pair.ann.node.links()
            assert pair.ann.node.envelopes == []
            assert await waiting(pair.ben) == 1

    run(scenario())


def test_a_stranger_is_not_heard() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            pair.ann.messenger.handle(EnvelopeReceived(pair.ann.node.links, peer_id(pair.ben), bytes(400)))  # type: ignore[arg-type]
            await pair.settle()
            assert pair.ann.events == []

    run(scenario())


# --- What contacts tell of themselves


def test_addresses_that_a_contact_tells_are_dialled() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            moved = Endpoint(IPv4Address("192.0.2.7"), 7)
            await say(pair.ben, pair.ann, ContentType.ADDRESSES, encode_endpoints([moved]))
            await pair.settle()
            assert pair.ann.node.peers[peer_id(pair.ben)].endpoints == (moved,)
            await pair.ann.restart()
            assert pair.ann.node.peers[peer_id(pair.ben)].endpoints == (moved,)

    run(scenario())


def test_a_new_name_is_told() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ben.messenger.rename_account("Benjamin")
            await pair.settle()
            assert [event.name for event in of_type(pair.ann, ContactChanged)] == ["Benjamin"]

    run(scenario())


@pytest.mark.parametrize("mischief", [Mischief.LOSE, Mischief.DELAY])
def test_a_name_that_comes_late_or_again_does_not_undo_a_newer_one(mischief: Mischief) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            disturb(pair.ann, mischief)
            await pair.ben.messenger.rename_account("Old")
            await pair.settle()
            await pair.ben.messenger.rename_account("New")
            await pair.settle()
            await pair.cut()
            await pair.connect()
            assert known(pair.ann, pair.ben).name == "New"
            assert await waiting(pair.ben) == 0

    run(scenario())


def test_a_profile_that_comes_late_tells_the_name_and_leaves_newer_addresses() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            disturb(pair.ann, Mischief.DELAY)
            await say(pair.ben, pair.ann, ContentType.PROFILE, ProfileContent("Benjamin", 0, ()).encode())
            newer = (Endpoint(IPv4Address("192.0.2.9"), 4000),)
            await say(pair.ben, pair.ann, ContentType.ADDRESSES, encode_endpoints(newer))
            await pair.settle()
            assert (known(pair.ann, pair.ben).name, known(pair.ann, pair.ben).endpoints) == ("Benjamin", newer)

    run(scenario())


def test_addresses_that_come_late_are_not_taken() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            disturb(pair.ann, Mischief.DELAY)
            older, newer = ((Endpoint(IPv4Address("192.0.2.9"), port),) for port in (4000, 5000))
            for endpoints in (older, newer):
                await say(pair.ben, pair.ann, ContentType.ADDRESSES, encode_endpoints(endpoints))
            await pair.settle()
            assert known(pair.ann, pair.ben).endpoints == newer

    run(scenario())


def test_a_petname_hides_a_new_name() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.rename_contact(pair.ben.id, "Benny")
            pair.ann.events.clear()
            await pair.ben.messenger.rename_account("Benjamin")
            await pair.settle()
            assert pair.ann.events == []

    run(scenario())


# --- Receipts


async def read_by_ben(pair: Pair, *identifiers: bytes) -> list[MessageState]:
    """What Ann tells when Ben says that he has read these."""
    pair.ann.events.clear()
    await say(pair.ben, pair.ann, ContentType.READ, encode_ids(identifiers))
    await pair.settle()
    return [event.state for event in of_type(pair.ann, MessageStateChanged)]


def test_a_receipt_for_what_we_never_wrote_is_not_told() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ben.messenger.send_text(pair.ann.id, "theirs")
            await pair.settle()
            [theirs] = await pair.ann.history(pair.ben)
            assert await read_by_ben(pair, bytes(16), bytes.fromhex(theirs.message_id)) == []
            assert [row.unread for row in await pair.ann.messenger.contacts()] == [1]

    run(scenario())


@pytest.mark.parametrize("later_s", [1, 0, -3600])
def test_a_receipt_that_comes_again_is_told_once_whatever_the_clock_says(later_s: float) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            sent = await pair.ann.messenger.send_text(pair.ben.id, "hello")
            await pair.settle()
            for _ in range(2):
                pair.clock.now_s += later_s
                await say(pair.ben, pair.ann, ContentType.READ, encode_ids([bytes.fromhex(sent.message)]))
                await pair.settle()
            assert states(pair.ann).count("read") == 1

    run(scenario())


def test_a_receipt_raises_the_state_of_ours() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            sent = await pair.ann.messenger.send_text(pair.ben.id, "ours")
            await pair.settle()
            assert await read_by_ben(pair, bytes.fromhex(sent.message)) == [MessageState.READ]
            assert [message.state for message in await pair.ann.history(pair.ben)] == [MessageState.READ]

    run(scenario())


def test_a_contact_removed_while_its_envelopes_are_stored_is_gone() -> None:
    async def scenario(turns: int) -> None:
        async with friends() as pair:
            assert isinstance(pair.ann.disk, MemoryDisk)
            pair.ann.disk.turns = lambda: 4
            await say(pair.ben, pair.ann, ContentType.TEXT, text("hello"))
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
