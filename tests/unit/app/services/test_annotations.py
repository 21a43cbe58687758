"""Editing and deleting one's own messages on both sides, and reacting to any."""

import asyncio

import pytest

from app.domain.annotation import Reaction
from app.domain.annotation_content import DeletionContent, EditContent, ReactionContent
from app.domain.content import ContentType, TextContent
from app.domain.errors import ErrorKind, StorageError
from app.domain.events import MessageChanged, MessageReceived
from app.domain.hybrid_clock import CLOCK_LIMIT
from app.domain.identifiers import ContactId, MessageId
from app.domain.message import MAX_TEXT_BYTES, Message
from app.services import outbox
from tests.support.aio import run
from tests.support.engine import Engine, Faults
from tests.support.pair import Pair, friends, known, of_type, say
from tests.support.refusals import refused

NOBODY = ContactId("a" * 52)


async def sent(pair: Pair, text: str = "hello") -> MessageId:
    """A message of Ann's that Ben has."""
    message = (await pair.ann.messenger.send_text(pair.ben.id, text)).message
    await pair.settle()
    pair.ann.events.clear()
    pair.ben.events.clear()
    return message


async def seen(pair: Pair, message: MessageId) -> tuple[Message, Message]:
    """The message as Ann and as Ben have it."""
    return (
        await pair.ann.messenger.message(pair.ben.id, message),
        await pair.ben.messenger.message(pair.ann.id, message),
    )


def changed(engine: Engine) -> list[Message]:
    return [event.message for event in of_type(engine, MessageChanged)]


def test_an_edit_shows_on_both_sides_and_says_so() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            message = await sent(pair)
            pair.clock.now_s += 60
            await pair.ann.messenger.edit_message(pair.ben.id, message, "hello, Ben")
            await pair.settle()
            for engine, shown in zip((pair.ann, pair.ben), await seen(pair, message), strict=True):
                assert (shown.text, shown.edited_at) == ("hello, Ben", pair.clock())
                assert changed(engine) == [shown]
                await engine.restart()
            assert [shown.text for shown in await seen(pair, message)] == ["hello, Ben"] * 2

    run(scenario())


def test_a_message_deleted_on_both_sides_leaves_only_that() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            message = await sent(pair, "a secret")
            await pair.ben.messenger.react(pair.ann.id, message, "👍")
            await pair.settle()
            await pair.ann.messenger.delete_message(pair.ben.id, message, for_both=True)
            await pair.settle()
            for engine, shown in zip((pair.ann, pair.ben), await seen(pair, message), strict=True):
                assert (shown.text, shown.deleted, shown.reactions) == ("", True, ())
                assert changed(engine)[-1] == shown
                assert await engine.messenger.search("secret") == []

    run(scenario())


def test_both_may_react_and_take_it_back() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            message = await sent(pair)
            await pair.ann.messenger.react(pair.ben.id, message, "🎉")
            await pair.ben.messenger.react(pair.ann.id, message, "👍")
            await pair.ben.messenger.react(pair.ann.id, message, "👎")
            await pair.settle()
            by_ann, by_ben = await seen(pair, message)
            assert by_ann.reactions == (Reaction(True, "🎉"), Reaction(False, "👎"))
            assert by_ben.reactions == (Reaction(True, "👎"), Reaction(False, "🎉"))
            await pair.ben.messenger.react(pair.ann.id, message, None)
            await pair.settle()
            assert [shown.reactions for shown in await seen(pair, message)] == [
                (Reaction(True, "🎉"),),
                (Reaction(False, "🎉"),),
            ]

    run(scenario())


def test_what_is_said_while_the_other_is_away_goes_out_later() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            first = (await pair.ann.messenger.send_text(pair.ben.id, "first")).message
            second = (await pair.ann.messenger.send_text(pair.ben.id, "second")).message
            await pair.ann.messenger.edit_message(pair.ben.id, first, "first, edited")
            await pair.ann.messenger.delete_message(pair.ben.id, second, for_both=True)
            await pair.ann.restart()
            await pair.connect()
            assert await pair.texts(pair.ann) == ["first, edited", ""]
            assert await pair.texts(pair.ben) == ["first, edited"]

    run(scenario())


def test_a_message_deleted_for_both_before_it_left_never_does() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            kept = await pair.ann.messenger.send_text(pair.ben.id, "goes out")
            gone = await pair.ann.messenger.send_text(pair.ben.id, "never leaves")
            await pair.ann.messenger.delete_message(pair.ben.id, gone.message, for_both=True)
            waiting = await pair.ann.opened.outgoing(known(pair.ann, pair.ben).number, after=0, limit=99)
            assert not [row for row in waiting if b"never leaves" in row.content]
            assert pair.ann.messenger._outbox._waiting_count == len(waiting)
            await pair.connect()
            assert await pair.texts(pair.ben) == ["goes out"]
            assert await pair.texts(pair.ann) == ["goes out", ""]
            assert (await seen(pair, kept.message))[1].text == "goes out"

    run(scenario())


def test_of_many_edits_the_last_counts_even_if_the_clock_went_back() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.clock.now_s += 86_400 * 365
            message = await sent(pair)
            await pair.ann.messenger.edit_message(pair.ben.id, message, "in a year")
            await pair.ann.messenger.react(pair.ben.id, message, "🎉")
            pair.clock.now_s -= 86_400 * 365
            await pair.ann.restart()
            pair.ann.messenger._book.clocks.clear()
            await pair.connect()
            await pair.ann.messenger.edit_message(pair.ben.id, message, "today")
            await pair.ann.messenger.react(pair.ben.id, message, "👍")
            await asyncio.gather(
                *(pair.ann.messenger.edit_message(pair.ben.id, message, f"today, {number}") for number in range(5))
            )
            await pair.settle()
            for shown in await seen(pair, message):
                assert (shown.text, [reaction.emoji for reaction in shown.reactions]) == ("today, 4", ["👍"])

    run(scenario())


# --- Who may do what


def test_only_the_author_edits_and_deletes_for_both() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            message = await sent(pair)
            ben = pair.ben.messenger
            assert await refused(ben.edit_message(pair.ann.id, message, "x")) is ErrorKind.NOT_YOURS
            assert await refused(ben.delete_message(pair.ann.id, message, for_both=True)) is ErrorKind.NOT_YOURS
            content = EditContent(2**60, 1.0, message, "forged").encode()
            await say(pair.ben, pair.ann, ContentType.EDIT, content)
            await say(pair.ben, pair.ann, ContentType.DELETION, DeletionContent(message).encode())
            await pair.settle()
            (shown,) = await pair.ann.history(pair.ben)
            assert (shown.text, shown.deleted, shown.edited_at) == ("hello", False, None)
            assert changed(pair.ann) == []

    run(scenario())


def test_a_contact_cannot_touch_other_conversations() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            cid = await pair.third()
            await cid.messenger.add_contact((await pair.ann.messenger.create_invite()).link)
            await pair.connect()
            message = (await pair.ben.messenger.send_text(pair.ann.id, "to Ann")).message
            await pair.settle()
            pair.ann.events.clear()
            for content_type, content in (
                (ContentType.EDIT, EditContent(2**60, 1.0, message, "forged").encode()),
                (ContentType.DELETION, DeletionContent(message).encode()),
                (ContentType.REACTION, ReactionContent(2**60, False, message, "👎").encode()),
                (ContentType.REACTION, ReactionContent(2**60, True, message, "👎").encode()),
            ):
                await say(cid, pair.ann, content_type, content)
            await pair.settle()
            (shown,) = await pair.ann.history(pair.ben)
            assert (shown.text, shown.deleted, shown.reactions) == ("to Ann", False, ())
            assert changed(pair.ann) == []

    run(scenario())


def test_what_cannot_be_changed_is_refused_in_words() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            ann, message = pair.ann.messenger, await sent(pair)
            await say(pair.ben, pair.ann, 0x21, TextContent(9, 1.0, "?").encode())
            await pair.settle()
            [strange] = [row.message_id for row in await pair.ann.history(pair.ben) if row.content_type == 0x21]
            for attempt, kind in (
                (ann.edit_message(NOBODY, message, "x"), ErrorKind.UNKNOWN_CONTACT),
                (ann.edit_message(pair.ben.id, MessageId("0" * 32), "x"), ErrorKind.UNKNOWN_MESSAGE),
                (ann.edit_message(pair.ben.id, message, " \n"), ErrorKind.TEXT_EMPTY),
                (ann.edit_message(pair.ben.id, message, "x" * (MAX_TEXT_BYTES + 1)), ErrorKind.TEXT_TOO_LONG),
                (ann.react(pair.ben.id, message, "yes"), ErrorKind.EMOJI_INVALID),
                (ann.react(pair.ben.id, message, ""), ErrorKind.EMOJI_INVALID),
                (ann.react(pair.ben.id, strange, "👍"), ErrorKind.MESSAGE_DELETED),
            ):
                assert await refused(attempt) is kind
            await ann.delete_message(pair.ben.id, message, for_both=True)
            await pair.settle()
            assert await refused(ann.edit_message(pair.ben.id, message, "x")) is ErrorKind.MESSAGE_DELETED
            assert await refused(pair.ben.messenger.react(pair.ann.id, message, "👍")) is ErrorKind.MESSAGE_DELETED
            await ann.block_contact(pair.ben.id)
            other = (await pair.ann.history(pair.ben))[-1].message_id
            assert await refused(ann.react(pair.ben.id, other, "👍")) in {
                ErrorKind.CONTACT_BLOCKED,
                ErrorKind.MESSAGE_DELETED,
            }

    run(scenario())


def test_nothing_is_said_to_a_blocked_contact_nor_by_one() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            message = await sent(pair)
            await pair.ann.messenger.block_contact(pair.ben.id)
            for attempt in (
                pair.ann.messenger.edit_message(pair.ben.id, message, "x"),
                pair.ann.messenger.react(pair.ben.id, message, "👍"),
                pair.ann.messenger.delete_message(pair.ben.id, message, for_both=True),
            ):
                assert await refused(attempt) is ErrorKind.CONTACT_BLOCKED
            await pair.ann.messenger.delete_message(pair.ben.id, message)
            assert await pair.texts(pair.ann) == []

    run(scenario())


def test_a_full_outbox_and_a_full_disk_refuse_and_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            ann, message = pair.ann.messenger, await sent(pair)
            with monkeypatch.context() as full:
                full.setattr(outbox, "MAX_WAITING", 0)
                assert await refused(ann.react(pair.ben.id, message, "👍")) is ErrorKind.LIMIT_REACHED
            pair.ann.store.arm(Faults(fail=1))
            with pytest.raises(StorageError):
                await ann.edit_message(pair.ben.id, message, "lost")
            await pair.settle()
            await pair.connect()
            for shown in await seen(pair, message):
                assert (shown.text, shown.edited_at, shown.reactions) == ("hello", None, ())

    run(scenario())


# --- In any order


def test_an_edit_that_comes_before_its_message_waits_and_the_message_is_told_as_it_is() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            for number, later in enumerate((False, True)):
                message, gone = MessageId(f"{number + 1:032x}"), MessageId(f"{number + 11:032x}")
                await say(pair.ann, pair.ben, ContentType.EDIT, EditContent(7, 1.0, message, "edited").encode())
                await say(pair.ann, pair.ben, ContentType.REACTION, ReactionContent(7, False, message, "👍").encode())
                await say(pair.ann, pair.ben, ContentType.DELETION, DeletionContent(gone).encode())
                if later:
                    await pair.settle()
                    await pair.ben.restart()
                    await pair.connect()
                pair.ben.events.clear()
                for identifier in (message, gone):
                    text = TextContent(5, 1.0, "as it was").encode()
                    await say(pair.ann, pair.ben, ContentType.TEXT, text, bytes.fromhex(identifier))
                await pair.settle()
                told = {event.message.message_id: event.message for event in of_type(pair.ben, MessageReceived)}
                assert (told[message].text, told[message].reactions) == ("edited", (Reaction(False, "👍"),))
                assert (told[gone].text, told[gone].deleted) == ("", True)

    run(scenario())


def test_what_is_sealed_twice_counts_once() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            message = await sent(pair)
            identifier = bytes(15) + b"\1"
            for text in ("first", "first"):
                content = EditContent(2**55, 1.0, message, text).encode()
                await say(pair.ann, pair.ben, ContentType.EDIT, content, identifier)
                await pair.settle()
            assert (await seen(pair, message))[1].text == "first"

    run(scenario())


@pytest.mark.parametrize("fault", ["crash_before", "crash_after"])
@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("who", ["ann", "ben"])
def test_both_sides_agree_after_a_crash_at_any_commit(fault: str, at: int, who: str) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            message = await sent(pair)
            victim = getattr(pair, who)
            victim.store.arm(Faults(**{fault: at}))
            async with asyncio.TaskGroup() as tasks:
                attempts = [
                    tasks.create_task(attempt, name="attempt")
                    for attempt in (
                        pair.ann.messenger.edit_message(pair.ben.id, message, "edited"),
                        pair.ann.messenger.react(pair.ben.id, message, "🎉"),
                        pair.ben.messenger.react(pair.ann.id, message, "👍"),
                    )
                ]
                await pair.settle()
                for attempt in attempts:
                    attempt.cancel()
            if victim.crashed:
                await victim.restart()
            victim.store.disarm()
            await pair.connect()
            by_ann, by_ben = await seen(pair, message)
            assert (by_ann.text, by_ann.edited_at) == (by_ben.text, by_ben.edited_at)
            mirrored = {(not reaction.mine, reaction.emoji) for reaction in by_ben.reactions}
            assert {(reaction.mine, reaction.emoji) for reaction in by_ann.reactions} == mirrored

    run(scenario())


# --- Hostile


def test_a_clock_at_its_end_bends_only_what_its_sender_says() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            message = await sent(pair)
            last = ReactionContent(CLOCK_LIMIT - 1, True, message, "👎").encode()
            await say(pair.ben, pair.ann, ContentType.REACTION, last)
            await pair.settle()
            await pair.ann.messenger.edit_message(pair.ben.id, message, "still mine")
            await pair.ann.messenger.edit_message(pair.ben.id, message, "and again")
            await pair.ann.messenger.react(pair.ben.id, message, "👍")
            await pair.settle()
            by_ann, by_ben = await seen(pair, message)
            assert by_ann.text == by_ben.text == "and again"
            assert by_ann.reactions == (Reaction(True, "👍"), Reaction(False, "👎"))
            assert by_ben.reactions == (Reaction(False, "👍"),)

    run(scenario())


def test_what_a_contact_says_of_messages_counts_as_stored() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            message, number = await sent(pair), known(pair.ben, pair.ann).number
            before = pair.ben.messenger._quotas.stored_bytes(number)
            for clock in range(10):
                await say(pair.ann, pair.ben, ContentType.EDIT, EditContent(clock, 1.0, message, "x" * 1_000).encode())
            await pair.settle()
            assert pair.ben.messenger._quotas.stored_bytes(number) - before > 10_000

    run(scenario())
