"""What each payload means, and that what is late, false or unknown does no harm."""

from ipaddress import IPv4Address

import pytest

from app.domain.content import ContentType, ProfileContent, encode_ids
from app.domain.events import ContactChanged, MessageReceived, MessageStateChanged
from app.domain.hybrid_clock import CLOCK_LIMIT
from app.domain.message import MessageState
from crypto.encoding import Writer
from net.endpoint import Endpoint
from net.endpoint_list import encode_endpoints
from tests.support.aio import run
from tests.support.mischief import Mischief, disturb
from tests.support.pair import Pair, encoded_text, friends, known, of_type, say, states


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        (ContentType.TEXT, b""),
        (ContentType.TEXT, encoded_text("late", clock=CLOCK_LIMIT)),
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
            assert await pair.ben.waiting() == 0
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
            assert await pair.ben.waiting() == 0
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
            await say(pair.ben, pair.ann, ContentType.TEXT, encoded_text("the end of time", clock=CLOCK_LIMIT - 1))
            await pair.settle()
            for words in ("and", "then"):
                await pair.ann.messenger.send_text(pair.ben.id, words)
            await pair.settle()
            assert len(await pair.texts(pair.ann)) == 3
            assert len(await pair.texts(pair.ben)) == 2
            assert states(pair.ann) == ["delivered", "delivered"]

    run(scenario())


def test_addresses_that_a_contact_tells_are_dialled() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            moved = Endpoint(IPv4Address("192.0.2.7"), 7)
            await say(pair.ben, pair.ann, ContentType.ADDRESSES, encode_endpoints([moved]))
            await pair.settle()
            assert pair.ann.node.peers[pair.ben.peer_id].endpoints == (moved,)
            await pair.ann.restart()
            assert pair.ann.node.peers[pair.ben.peer_id].endpoints == (moved,)

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
            assert await pair.ben.waiting() == 0

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
