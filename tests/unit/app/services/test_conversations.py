"""Conversations: sending, paging, searching, reading."""

import asyncio
import random  # noqa: TID251 - a conversation is reproduced from its seed

import pytest

from app.domain.content import ContentType, TextContent
from app.domain.errors import ErrorKind, KithError
from app.domain.events import MessageStateChanged
from app.domain.identifiers import ContactId, MessageId
from app.domain.message import MAX_TEXT_BYTES, MessageState
from app.domain.settings import Settings
from app.services import conversations
from tests.support.aio import run
from tests.support.disks import MemoryDisk
from tests.support.engine import Engine, introduce
from tests.support.pair import Pair, friends, of_type, say, states, strangers


async def send_kind(engine: Engine, contact: ContactId, text: str, reply_to: MessageId | None = None) -> ErrorKind:
    with pytest.raises(KithError) as refused:
        await engine.messenger.send_text(contact, text, reply_to=reply_to)
    return refused.value.kind


async def chat(pair: Pair, *texts: str) -> list[MessageId]:
    """Ann and Ben take turns; the ids, oldest first."""
    ids = []
    for number, text in enumerate(texts):
        writer, reader = (pair.ann, pair.ben) if number % 2 == 0 else (pair.ben, pair.ann)
        ids.append((await writer.messenger.send_text(reader.id, text)).message)
        await pair.settle()
    return ids


def unread(engine: Engine) -> int:
    return sum(engine.messenger._book.unread.values())


# --- Sending


@pytest.mark.parametrize("text", ["a", "ä" * (MAX_TEXT_BYTES // 2), " spaces stay ", "one\ntwo\0three", "👩\u200d🚀"])
def test_a_text_arrives_as_it_was_written(text: str) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.send_text(pair.ben.id, text)
            await pair.settle()
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben) == [text]

    run(scenario())


def test_half_a_character_becomes_a_question_mark() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.send_text(pair.ben.id, "broken \ud83d emoji")
            await pair.settle()
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben) == ["broken ? emoji"]

    run(scenario())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", ErrorKind.TEXT_EMPTY),
        (" \n\t", ErrorKind.TEXT_EMPTY),
        ("a" * (MAX_TEXT_BYTES + 1), ErrorKind.TEXT_TOO_LONG),
        ("ä" * (MAX_TEXT_BYTES // 2 + 1), ErrorKind.TEXT_TOO_LONG),
        (" " * (MAX_TEXT_BYTES + 1), ErrorKind.TEXT_TOO_LONG),
    ],
    ids=["empty", "blank", "long", "long in UTF-8", "long and blank"],
)
def test_a_text_out_of_bounds_is_refused(text: str, kind: ErrorKind) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            assert await send_kind(pair.ann, pair.ben.id, text) is kind
            assert await pair.ann.history(pair.ben) == []

    run(scenario())


def test_the_answer_names_the_message_that_both_sides_list() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            sent = await pair.ann.messenger.send_text(pair.ben.id, "hello")
            await pair.settle()
            assert (sent.state, sent.sent_at) == (MessageState.QUEUED, pair.clock.now_s)
            [ours], [theirs] = await pair.ann.history(pair.ben), await pair.ben.history(pair.ann)
            assert ours.message_id == theirs.message_id == sent.message
            assert (ours.mine, theirs.mine) == (True, False)
            assert (ours.contact, theirs.contact) == (pair.ben.id, pair.ann.id)
            assert (ours.clock, ours.sent_at) == (theirs.clock, theirs.sent_at)
            assert (ours.received_at, theirs.received_at) == (None, pair.clock.now_s)

    run(scenario())


def test_a_reply_names_what_it_answers() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            question, answer = await chat(pair, "why?", "because")
            again = await pair.ann.messenger.send_text(pair.ben.id, "ah", reply_to=answer)
            await pair.settle()
            assert [message.reply_to for message in await pair.ben.history(pair.ann)] == [answer, None, None]
            assert again.message != question

    run(scenario())


@pytest.mark.parametrize("reply_to", ["", "00" * 16, "not an id", "00" * 15])
def test_a_reply_to_what_is_not_there_is_refused(reply_to: str) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await chat(pair, "hello")
            kind = await send_kind(pair.ann, pair.ben.id, "answer", MessageId(reply_to))
            assert kind is ErrorKind.UNKNOWN_MESSAGE

    run(scenario())


def test_a_reply_to_a_message_of_another_conversation_is_refused() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            cid = await pair.third()
            await introduce(pair.ann, cid)
            await pair.connect()
            [message] = await chat(pair, "for Ben alone")
            assert await send_kind(pair.ann, cid.id, "see", message) is ErrorKind.UNKNOWN_MESSAGE

    run(scenario())


def test_an_answer_stands_after_what_it_answers_whatever_the_clocks_say() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.now = lambda: pair.clock.now_s + 86_400
            await pair.ann.restart()
            await pair.connect()
            texts = ["from tomorrow", "from today", "from tomorrow again", "from today again"]
            await chat(pair, *texts)
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben) == texts

    run(scenario())


# --- Paging


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_pages_join_to_the_sorted_conversation(limit: int) -> None:
    dice = random.Random(limit)

    async def scenario() -> None:
        async with friends() as pair:
            for number in range(12):
                clock = dice.randrange(1, 5)  # so that many are at the same moment
                content = TextContent(clock, 1.0, f"text {number}").encode()
                await say(pair.ben, pair.ann, ContentType.TEXT, content, message_id=dice.randbytes(16))
            await pair.settle()
            rows, before = [], None
            while page := await pair.ann.messenger.messages(pair.ben.id, limit=limit, before=before):
                assert len(page) <= limit
                rows += page
                before = page[-1].message_id
            places = [(row.clock, row.message_id) for row in rows]
            assert places == sorted(places, reverse=True)
            assert sorted(row.text for row in rows) == sorted(f"text {number}" for number in range(12))

    run(scenario())


@pytest.mark.parametrize(("limit", "count"), [(-5, 0), (0, 0), (2, 2), (10**9, 3)])
def test_a_limit_is_clamped(limit: int, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "MAX_LIMIT", 3)

    async def scenario() -> None:
        async with friends() as pair:
            await chat(pair, *"abcd")
            assert len(await pair.ann.messenger.messages(pair.ben.id, limit=limit)) == count

    run(scenario())


def test_pages_after_a_message_lead_down_to_the_newest() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await chat(pair, *"abcdefg")
            newest_first = await pair.ann.messenger.messages(pair.ben.id)
            seen, after = newest_first[-1:], newest_first[-1].message_id
            while page := await pair.ann.messenger.messages_after(pair.ben.id, after, limit=3):
                assert len(page) <= 3
                seen, after = page + seen, page[0].message_id
            assert seen == newest_first
            assert await pair.ann.messenger.message(pair.ben.id, after) == newest_first[0]

    run(scenario())


def test_a_message_that_is_not_there_is_refused_and_so_is_the_page_after_it() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            for call in (pair.ann.messenger.messages_after, pair.ann.messenger.message):
                with pytest.raises(KithError) as refused:
                    await call(pair.ben.id, MessageId("00" * 16))
                assert refused.value.kind is ErrorKind.UNKNOWN_MESSAGE

    run(scenario())


def test_a_page_before_what_is_not_there_is_refused() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            with pytest.raises(KithError) as refused:
                await pair.ann.messenger.messages(pair.ben.id, before=MessageId("00" * 16))
            assert refused.value.kind is ErrorKind.UNKNOWN_MESSAGE

    run(scenario())


# --- Searching


def test_words_are_found_in_one_conversation_or_in_all() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            cid = await pair.third()
            await introduce(pair.ann, cid)
            await pair.connect()
            await chat(pair, "meet at the harbour", "which harbour?")
            await pair.ann.messenger.send_text(cid.id, "not the harbour")
            found = await pair.ann.messenger.search("harb")
            assert {message.text for message in found} == {"meet at the harbour", "which harbour?", "not the harbour"}
            found = await pair.ann.messenger.search("harbour", contact=pair.ben.id)
            assert {message.text for message in found} == {"meet at the harbour", "which harbour?"}
            assert await pair.ann.messenger.search("lighthouse") == []
            assert len(await pair.ann.messenger.search("harbour", limit=1)) == 1
            assert await pair.ann.messenger.search("harbour", limit=0) == []

    run(scenario())


# --- Reading


def test_reading_tells_the_other_once_and_counts_down() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            sent = [await pair.ann.messenger.send_text(pair.ben.id, text) for text in "abc"]
            await pair.settle()
            assert unread(pair.ben) == 3
            rows = await pair.ben.history(pair.ann)
            pair.ann.events.clear()
            await pair.ben.messenger.mark_read(pair.ann.id, rows[1].message_id)
            await pair.settle()
            assert unread(pair.ben) == 1
            assert states(pair.ann) == ["read", "read"]
            await pair.ben.messenger.mark_read(pair.ann.id, rows[0].message_id)
            await pair.ben.messenger.mark_read(pair.ann.id, rows[0].message_id)
            await pair.settle()
            assert states(pair.ann) == ["read"] * 3
            assert {event.message for event in of_type(pair.ann, MessageStateChanged)} == {row.message for row in sent}
            await pair.ben.restart()
            assert unread(pair.ben) == 0

    run(scenario())


def test_a_receipt_reaches_who_is_away_later() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            [message] = await chat(pair, "hello")
            await pair.cut()
            await pair.ben.messenger.mark_read(pair.ann.id, message)
            await pair.ben.restart()
            await pair.connect()
            assert [row.state for row in await pair.ann.history(pair.ben)] == [MessageState.READ]

    run(scenario())


def test_reading_twice_at_once_counts_once() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            assert isinstance(pair.ben.disk, MemoryDisk)
            pair.ben.disk.turns = lambda: 3
            for text in "abcd":
                await pair.ann.messenger.send_text(pair.ben.id, text)
                pair.clock.now_s += 1
            await pair.settle()
            newest = await pair.ben.history(pair.ann)
            pair.ann.events.clear()
            await asyncio.gather(*(pair.ben.messenger.mark_read(pair.ann.id, newest[2].message_id) for _ in range(3)))
            await pair.settle()
            assert unread(pair.ben) == 2
            assert states(pair.ann) == ["read", "read"]

    run(scenario())


def test_many_unread_are_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "MAX_LISTED_IDS", 2)

    async def scenario() -> None:
        async with friends() as pair:
            for text in "abcde":
                await pair.ann.messenger.send_text(pair.ben.id, text)
            await pair.settle()
            [newest] = await pair.ben.messenger.messages(pair.ann.id, limit=1)
            await pair.ben.messenger.mark_read(pair.ann.id, newest.message_id)
            await pair.settle()
            assert unread(pair.ben) == 0
            assert states(pair.ann).count("read") == 5

    run(scenario())


def test_a_blocked_contact_is_not_told_what_we_read() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            [message] = await chat(pair, "hello")
            await pair.ben.messenger.block_contact(pair.ann.id)
            await pair.ben.messenger.mark_read(pair.ann.id, message)
            assert unread(pair.ben) == 0
            assert await pair.ben.opened.outgoing_counts() == (0, 0)

    run(scenario())


def test_what_is_not_there_cannot_be_read() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            with pytest.raises(KithError) as refused:
                await pair.ben.messenger.mark_read(pair.ann.id, MessageId("00" * 16))
            assert refused.value.kind is ErrorKind.UNKNOWN_MESSAGE

    run(scenario())


@pytest.mark.parametrize("turns", range(0, 30, 3))
def test_a_contact_removed_while_its_messages_are_read_harms_nobody(turns: int) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            cid = await pair.third()
            await introduce(pair.ben, cid)
            await pair.connect()
            [message] = await chat(pair, "hello")
            assert isinstance(pair.ben.disk, MemoryDisk)
            pair.ben.disk.turns = lambda: 3

            async def remove() -> None:
                for _ in range(turns):
                    await asyncio.sleep(0)
                await pair.ben.messenger.remove_contact(pair.ann.id)

            call = pair.ben.messenger.mark_read(pair.ann.id, message)
            results = await asyncio.gather(call, remove(), return_exceptions=True)
            for error in filter(None, results):
                assert isinstance(error, KithError)
                assert error.kind in {ErrorKind.UNKNOWN_CONTACT, ErrorKind.UNKNOWN_MESSAGE}
            await pair.settle()
            assert unread(pair.ben) == 0
            await cid.messenger.send_text(pair.ben.id, "still there?")
            await pair.settle()
            assert [row.text for row in await pair.ben.history(cid)] == ["still there?"]

    run(scenario())


def test_a_text_to_somebody_who_has_not_answered_yet_waits() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            for number in range(30):
                await pair.ben.messenger.send_text(pair.ann.id, str(number))
            assert {row.state for row in await pair.ben.history(pair.ann)} == {MessageState.QUEUED}
            await pair.connect()
            assert await pair.texts(pair.ann) == [str(number) for number in range(30)]

    run(scenario())


# --- Receipts that are switched off


def test_who_sends_no_receipts_is_shown_none_and_the_messages_count_as_read_here() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ben.messenger.change_settings(Settings(read_receipts=False))
            (asked,) = await chat(pair, "have you read this?")
            await pair.ben.messenger.mark_read(pair.ann.id, asked)
            answered = await pair.ben.messenger.send_text(pair.ann.id, "have you?")
            await pair.settle()
            await pair.ann.messenger.mark_read(pair.ben.id, answered.message)
            await pair.settle()
            assert unread(pair.ben) == 0
            assert "read" not in [*states(pair.ann), *states(pair.ben)]
            for engine, other in ((pair.ann, pair.ben), (pair.ben, pair.ann)):
                await engine.restart()
                own = [message for message in await engine.history(other) if message.mine]
                assert [message.state for message in own] == [MessageState.DELIVERED]

    run(scenario())


def test_receipts_that_are_switched_on_again_are_sent_from_then_on() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ben.messenger.change_settings(Settings(read_receipts=False))
            (first,) = await chat(pair, "first")
            await pair.ben.messenger.mark_read(pair.ann.id, first)
            await pair.ben.messenger.change_settings(Settings())
            second = await pair.ann.messenger.send_text(pair.ben.id, "second")
            await pair.settle()
            await pair.ben.messenger.mark_read(pair.ann.id, second.message)
            await pair.settle()
            reached = {message.text: message.state for message in await pair.ann.history(pair.ben)}
            assert reached == {"first": MessageState.DELIVERED, "second": MessageState.READ}

    run(scenario())
