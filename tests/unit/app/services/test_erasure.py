import pytest

from app.domain.content import ContentType, TextContent
from app.domain.errors import ErrorKind, KithError, StorageError
from app.domain.events import ChatCleared, MessageReceived, MessageRemoved
from app.domain.identifiers import ContactId, MessageId
from app.domain.message import MessageState
from tests.support.aio import run
from tests.support.engine import Faults
from tests.support.pair import friends, of_type, say

NOBODY = ContactId("a" * 52)


def test_a_message_is_deleted_here_and_only_here() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            sent = await pair.ann.messenger.send_text(pair.ben.id, "first")
            await pair.ann.messenger.send_text(pair.ben.id, "second")
            await pair.settle()
            for engine, other in ((pair.ann, pair.ben), (pair.ben, pair.ann)):
                await engine.messenger.delete_message(other.id, sent.message)
                assert await pair.texts(engine) == ["second"]
                assert of_type(engine, MessageRemoved) == [MessageRemoved(other.id, sent.message)]
                await engine.restart()
                assert await pair.texts(engine) == ["second"]
                if engine is pair.ann:
                    assert await pair.texts(pair.ben) == ["first", "second"]

    run(scenario())


def test_a_deleted_message_that_waits_is_delivered_all_the_same() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            sent = await pair.ann.messenger.send_text(pair.ben.id, "waits")
            await pair.ann.messenger.delete_message(pair.ben.id, sent.message)
            await pair.connect()
            assert (await pair.texts(pair.ann), await pair.texts(pair.ben)) == ([], ["waits"])

    run(scenario())


def test_a_received_message_that_comes_again_stays_deleted_and_is_not_told() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            sent = await pair.ann.messenger.send_text(pair.ben.id, "once")
            await pair.settle()
            await pair.ben.messenger.delete_message(pair.ann.id, sent.message)
            pair.ben.events.clear()
            again = TextContent(5, pair.clock(), "once").encode()
            await say(pair.ann, pair.ben, ContentType.TEXT, again, bytes.fromhex(sent.message))
            await pair.settle()
            assert await pair.texts(pair.ben) == []
            assert of_type(pair.ben, MessageReceived) == []
            [row] = await pair.ben.messenger.contacts()
            assert row.unread == 0

    run(scenario())


def test_unread_messages_that_are_deleted_are_counted_no_more() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            sent = [await pair.ann.messenger.send_text(pair.ben.id, str(number)) for number in range(3)]
            await pair.settle()
            await pair.ben.messenger.delete_message(pair.ann.id, sent[0].message)
            [row] = await pair.ben.messenger.contacts()
            assert (row.unread, row.last_message) == (2, "2")
            await pair.ben.messenger.clear_chat(pair.ann.id)
            [row] = await pair.ben.messenger.contacts()
            assert (row.unread, row.last, row.last_message) == (0, None, None)
            assert of_type(pair.ben, ChatCleared) == [ChatCleared(pair.ann.id)]

    run(scenario())


def test_the_clock_of_a_conversation_goes_on_after_it_was_cleared() -> None:
    """A contact's clock is years ahead; what is written after it stands after it, on both sides."""

    async def scenario() -> None:
        async with friends() as pair:
            ahead = TextContent(2**62, pair.clock(), "from the future").encode()
            await say(pair.ann, pair.ben, ContentType.TEXT, ahead)
            await pair.settle()
            await pair.ben.messenger.clear_chat(pair.ann.id)
            await pair.ben.restart()
            sent = await pair.ben.messenger.send_text(pair.ann.id, "later")
            assert (await pair.ben.messenger.message(pair.ann.id, sent.message)).clock == 2**62 + 1

    run(scenario())


def test_what_is_not_there_cannot_be_deleted_and_a_full_disk_deletes_nothing() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            sent = await pair.ann.messenger.send_text(pair.ben.id, "stays")
            await pair.settle()
            for contact, message, kind in (
                (NOBODY, sent.message, ErrorKind.UNKNOWN_CONTACT),
                (pair.ben.id, MessageId("0" * 32), ErrorKind.UNKNOWN_MESSAGE),
                (pair.ben.id, MessageId("?"), ErrorKind.UNKNOWN_MESSAGE),
            ):
                with pytest.raises(KithError) as refused:
                    await pair.ann.messenger.delete_message(contact, message)
                assert refused.value.kind is kind
            for attempt in (pair.ann.messenger.delete_message(pair.ben.id, sent.message),
                            pair.ann.messenger.clear_chat(pair.ben.id)):  # fmt: skip
                pair.ann.store.arm(Faults(fail=1))
                with pytest.raises(StorageError):
                    await attempt
                await pair.settle()
            assert await pair.texts(pair.ann) == ["stays"]
            assert of_type(pair.ann, MessageRemoved, ChatCleared) == []

    run(scenario())


# --- Details


def test_the_details_of_a_message_tell_when_it_came_to_its_states() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            sent = await pair.ann.messenger.send_text(pair.ben.id, "hello")
            waiting = await pair.ann.messenger.message_details(pair.ben.id, sent.message)
            assert (waiting.message.text, dict(waiting.times)) == ("hello", {})
            pair.clock.now_s += 60
            await pair.connect()
            await pair.ben.messenger.mark_read(pair.ann.id, sent.message)
            await pair.settle()
            details = await pair.ann.messenger.message_details(pair.ben.id, sent.message)
            received = await pair.ben.messenger.message_details(pair.ann.id, sent.message)
            assert (waiting.message.path, details.message.path, received.message.path) == (None, "lan", "lan")
            assert details.times[MessageState.DELIVERED] == details.times[MessageState.READ] == pair.clock()
            with pytest.raises(KithError) as refused:
                await pair.ann.messenger.message_details(pair.ben.id, MessageId("0" * 32))
            assert refused.value.kind is ErrorKind.UNKNOWN_MESSAGE

    run(scenario())
