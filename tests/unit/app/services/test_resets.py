"""Sessions that are lost, rolled back or doubled, and how they heal: whole engines over a switchboard."""

from dataclasses import replace

import pytest

from app.domain.contact import ContactNotice, ContactProblem
from app.domain.errors import ErrorKind, KithError
from app.domain.events import ContactAdded, ContactChanged, MessageReceived
from app.domain.message import MessageState
from tests.support.aio import run
from tests.support.copies import copy_of, lose_sessions, pass_a_day, put_back, twin_of, without_sessions
from tests.support.engine import Engine, introduce
from tests.support.pair import Pair, friends, known, of_type, strangers


def both(pair: Pair) -> tuple[tuple[Engine, Engine], tuple[Engine, Engine]]:
    return (pair.ann, pair.ben), (pair.ben, pair.ann)


async def texts_flow(pair: Pair) -> None:
    """Both write, and both read it, once."""
    for engine, other, text in ((pair.ann, pair.ben, "from Ann"), (pair.ben, pair.ann, "from Ben")):
        sent = await engine.messenger.send_text(other.id, text)
        await pair.settle()
        assert [message.message_id for message in await other.history(engine)].count(sent.message) == 1
        state = next(row.state for row in await engine.history(other) if row.message_id == sent.message)
        assert state is MessageState.DELIVERED


async def agree(pair: Pair) -> None:
    await pair.ann.messenger.accept_reset(pair.ben.id)
    await pair.ben.messenger.accept_reset(pair.ann.id)
    await pair.settle()
    await pair.connect()


def changes(engine: Engine, **fields: object) -> list[ContactChanged]:
    return [
        event
        for event in of_type(engine, ContactChanged)
        if all(getattr(event, name) == value for name, value in fields.items())
    ]


async def problem(engine: Engine, other: Engine) -> ContactProblem:
    row = await engine.contact(other)
    assert row is not None
    return row.problem


# --- No session


def test_a_lost_session_is_made_anew_and_waits_for_both_users() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.set_verified(pair.ben.id, verified=True)
            await pair.ben.messenger.set_verified(pair.ann.id, verified=True)
            await pair.ann.messenger.send_text(pair.ben.id, "before")
            await pair.settle()
            await lose_sessions(pair.ann)
            assert await problem(pair.ann, pair.ben) is ContactProblem.SESSION_LOST
            await pair.connect()
            digits = set()
            for engine, other in ((pair.ann, pair.ben), (pair.ben, pair.ann)):
                row = await engine.contact(other)
                assert row is not None
                assert (row.problem, row.verified) == (ContactProblem.RESET, False)
                assert len(row.check_digits or "") == 60
                [told] = changes(engine, problem=ContactProblem.RESET)
                assert (told.verified, told.check_digits) == (False, row.check_digits)
                digits.add(row.check_digits)
            assert len(digits) == 1
            sent = [await engine.messenger.send_text(other.id, "held") for engine, other in both(pair)]
            await pair.settle()
            assert [await pair.texts(engine) for engine in (pair.ann, pair.ben)] == [["before", "held"]] * 2
            await agree(pair)
            assert [await pair.texts(engine) for engine in (pair.ann, pair.ben)] == [["before", "held", "held"]] * 2
            assert len({one.message for one in sent}) == 2
            assert await problem(pair.ann, pair.ben) is await problem(pair.ben, pair.ann) is ContactProblem.NONE
            await texts_flow(pair)

    run(scenario())


def test_what_is_held_stays_held_when_either_side_starts_again() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await lose_sessions(pair.ann)
            await pair.connect()
            digits = (await pair.ann.contact(pair.ben)).check_digits  # type: ignore[union-attr]
            await pair.ann.messenger.send_text(pair.ben.id, "held")
            await pair.settle()
            for engine, other in both(pair):
                await engine.restart()
                await pair.connect()
                row = await engine.contact(other)
                assert row is not None
                assert (row.problem, row.check_digits) == (ContactProblem.RESET, digits)
            assert await pair.texts(pair.ben) == []
            await agree(pair)
            assert await pair.texts(pair.ben) == ["held"]

    run(scenario())


def test_each_user_agrees_for_what_goes_out_from_their_own_side() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await lose_sessions(pair.ann)
            await pair.connect()
            await pair.ann.messenger.send_text(pair.ben.id, "from Ann")
            await pair.ben.messenger.send_text(pair.ann.id, "from Ben")
            await pair.ann.messenger.accept_reset(pair.ben.id)
            await pair.settle()
            assert sorted(await pair.texts(pair.ben)) == ["from Ann", "from Ben"]
            assert await pair.texts(pair.ann) == ["from Ann"]
            assert await problem(pair.ben, pair.ann) is ContactProblem.RESET

    run(scenario())


def test_who_and_where_a_contact_is_waits_for_the_user_too() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await lose_sessions(pair.ann)
            await pair.connect()
            before = known(pair.ben, pair.ann)
            await pair.ann.messenger.rename_account("Anna")
            await pair.ann.messenger.accept_reset(pair.ben.id)
            await pair.settle()
            assert known(pair.ben, pair.ann) == before
            await agree(pair)
            assert known(pair.ben, pair.ann).name == "Anna"

    run(scenario())


def test_both_sides_may_have_lost_everything() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.board.cut()
            await pair.settle()
            await lose_sessions(pair.ann)
            await lose_sessions(pair.ben)
            await pair.connect()
            assert await problem(pair.ann, pair.ben) is await problem(pair.ben, pair.ann) is ContactProblem.RESET
            await agree(pair)
            await texts_flow(pair)
            assert len(pair.ann.messenger._book.sessions[1]) == 1

    run(scenario())


def test_a_lost_session_may_be_lost_again_the_same_day() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            for _ in range(3):
                await lose_sessions(pair.ann)
                await pair.connect()
                await agree(pair)
                await texts_flow(pair)

    run(scenario())


def test_text_that_was_delivered_after_the_snapshot_is_not_doubled_by_it() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.board.cut()
            await pair.settle()
            await pair.ann.messenger.send_text(pair.ben.id, "once")
            snapshot = without_sessions(copy_of(pair.ann))
            await pair.connect()
            assert await pair.texts(pair.ben) == ["once"]
            await put_back(pair.ann, snapshot)
            await pair.connect()
            await agree(pair)
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben) == ["once"]
            assert len(of_type(pair.ben, MessageReceived)) == 1
            await texts_flow(pair)

    run(scenario())


@pytest.mark.parametrize("gives_way", ["joiner", "inviter"])
def test_a_snapshot_from_before_first_contact_heals_like_a_lost_session(gives_way: str) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            joiner, inviter = sorted(
                (pair.ann, pair.ben), key=lambda engine: engine.peer_id, reverse=gives_way == "joiner"
            )
            await introduce(inviter, joiner)
            early = without_sessions(copy_of(joiner))
            await pair.connect()
            await put_back(joiner, early)
            await joiner.messenger.send_text(inviter.id, "patience")
            await pair.connect()
            assert await problem(joiner, inviter) is ContactProblem.LINK_USED
            await pair.cut()
            joiner.events.clear()
            joiner.node.peers[inviter.peer_id] = replace(joiner.node.peers[inviter.peer_id], wanted=False)
            for _ in range(4):  # three flights in vain, and a link on which both ask
                await pair.connect()
            assert [added.contact for added in of_type(joiner, ContactAdded)] == [inviter.id]
            assert await problem(joiner, inviter) is await problem(inviter, joiner) is ContactProblem.RESET
            assert await inviter.history(joiner) == []  # before both have agreed
            await agree(pair)
            assert [message.text for message in await inviter.history(joiner)] == ["patience"]
            await texts_flow(pair)
            await joiner.restart()
            await pair.connect()
            assert await problem(joiner, inviter) is ContactProblem.NONE
            await texts_flow(pair)

    run(scenario())


def test_digits_that_were_compared_verify_the_contact_and_those_of_before_do_not() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await lose_sessions(pair.ann)
            await pair.connect()
            first = known(pair.ben, pair.ann).reset_digits
            await lose_sessions(pair.ann)  # or a thief is quicker than the user
            await pair.connect()
            with pytest.raises(KithError) as refused:
                await pair.ben.messenger.accept_reset(pair.ann.id, first)
            assert refused.value.kind is ErrorKind.DIGITS_CHANGED
            assert known(pair.ben, pair.ann).is_held
            await pair.ben.messenger.accept_reset(pair.ann.id, known(pair.ben, pair.ann).reset_digits)
            contact = known(pair.ben, pair.ann)
            assert (contact.problem, contact.verified) == (ContactProblem.NONE, True)
            assert changes(pair.ben, verified=True)

    run(scenario())


def test_going_on_without_comparing_verifies_nobody() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ben.messenger.set_verified(pair.ann.id, verified=True)
            await lose_sessions(pair.ann)
            await pair.connect()
            await pair.ben.messenger.accept_reset(pair.ann.id)
            assert not known(pair.ben, pair.ann).verified

    run(scenario())


def test_an_invite_releases_no_more_than_the_user_does() -> None:
    """A thief of the contact's keys who holds a link of ours as well."""

    async def scenario() -> None:
        async with friends() as pair:
            await lose_sessions(pair.ben)
            await pair.connect()
            assert known(pair.ann, pair.ben).is_held
            await pair.ben.messenger.remove_contact(pair.ann.id)
            await pair.meet()
            await pair.ann.messenger.send_text(pair.ben.id, "held")
            await pair.settle()
            assert known(pair.ann, pair.ben).is_held
            assert await pair.texts(pair.ben) == []

    run(scenario())


def test_a_public_link_does_not_replace_a_session_that_is_lost() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            link = (await pair.ann.messenger.create_invite(reusable=True)).link
            await pair.cut()
            await lose_sessions(pair.ann)
            await pair.ben.messenger.remove_contact(pair.ann.id)
            await pair.ben.messenger.add_contact(link)
            await pair.connect()
            assert await problem(pair.ann, pair.ben) is ContactProblem.SESSION_LOST
            assert not await pair.ben.is_established(pair.ann)

    run(scenario())


# --- Old copies


async def go_on(pair: Pair, rounds: int = 3) -> None:
    """Let the ratchet turn beyond what a copy can follow."""
    for number in range(rounds):
        await pair.ben.messenger.send_text(pair.ann.id, f"to Ann {number}")
        await pair.settle()
        await pair.ann.messenger.send_text(pair.ben.id, f"to Ben {number}")
        await pair.settle()


def test_an_old_copy_learns_what_it_is_says_so_and_heals_with_nothing_to_ask() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.set_verified(pair.ben.id, verified=True)
            copy = copy_of(pair.ann)
            await go_on(pair)
            pair.ann.events.clear()
            await put_back(pair.ann, copy)
            await pair.connect()
            assert [event.notice for event in changes(pair.ann)] == [ContactNotice.ROLLED_BACK]
            for engine, other in both(pair):
                row = await engine.contact(other)
                assert row is not None
                assert row.problem is ContactProblem.NONE
            row = await pair.ann.contact(pair.ben)
            assert row is not None
            assert (row.verified, row.notice) == (True, ContactNotice.ROLLED_BACK)
            await texts_flow(pair)
            await pair.ann.restart()
            assert known(pair.ann, pair.ben).notice is ContactNotice.ROLLED_BACK
            await pair.ann.messenger.accept_reset(pair.ben.id)
            assert known(pair.ann, pair.ben).notice is ContactNotice.NONE

    run(scenario())


def test_what_waits_in_an_old_copy_arrives_once() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.board.cut()
            await pair.settle()
            await pair.ann.messenger.send_text(pair.ben.id, "waits")
            copy = copy_of(pair.ann)
            await pair.connect()
            await go_on(pair)
            await put_back(pair.ann, copy)
            await pair.ann.messenger.send_text(pair.ben.id, "and this")
            await pair.connect()
            texts = await pair.texts(pair.ben)
            assert texts.count("waits") == texts.count("and this") == 1
            states = {message.text: message.state for message in await pair.ann.history(pair.ben)}
            assert states["waits"] is states["and this"] is MessageState.DELIVERED

    run(scenario())


def test_a_copy_from_before_an_epoch_is_not_known_any_more_and_has_to_be_agreed_to() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            copy = copy_of(pair.ann)
            for _ in range(3):
                pass_a_day(pair.clock)
                await go_on(pair)
                await pair.cut()
                await pair.connect()
            await put_back(pair.ann, copy)
            for _ in range(6):  # both dial in vain under what the other does not know any more
                pair.board.connect()
                await pair.settle()
            assert await problem(pair.ann, pair.ben) is await problem(pair.ben, pair.ann) is ContactProblem.RESET
            await agree(pair)
            await texts_flow(pair)

    run(scenario())


# --- Two devices


def test_a_contact_that_is_two_is_said_on_the_old_session() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ben.messenger.set_verified(pair.ann.id, verified=True)
            twin = twin_of(pair.ann, 4009)
            await lose_sessions(pair.ann)
            await pair.connect()
            await agree(pair)
            await texts_flow(pair)
            await pair.ann.stop()
            await twin.start()
            pair.others.append(twin)
            pair.ben.events.clear()
            await twin.messenger.send_text(pair.ben.id, "from the copy")
            await pair.connect()
            assert len(changes(pair.ben, notice=ContactNotice.TWO_DEVICES)) == 1
            assert known(pair.ben, pair.ann).notice is ContactNotice.TWO_DEVICES
            assert "from the copy" in await pair.texts(pair.ben)
            assert changes(twin, notice=ContactNotice.ROLLED_BACK)
            pair.ann.crashed = True

    run(scenario())
