"""What every store keeps, be it the real one or the one in memory that stands in for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.annotation import Reaction, Target
from app.domain.contact import ContactNotice, ContactProblem, ContactState
from app.domain.errors import ErrorKind, StorageError
from app.domain.message import Message, MessageState
from app.ports.records import Answer, Attempt, Joining, Purpose
from app.ports.store import Store, UnitOfWork
from crypto.stored_session import encode
from tests.support import samples
from tests.support.aio import run
from tests.support.databases import store_in
from tests.support.memory_store import MemoryStore
from tests.support.samples import NOW, envelope_id, message_id

Steps = Callable[[Store], Coroutine[Any, Any, None]]
WithStore = Callable[[Steps], None]


@asynccontextmanager
async def memory_store(folder: Path) -> AsyncIterator[Store]:
    yield MemoryStore()


@pytest.fixture(params=[store_in, memory_store])
def with_store(request: pytest.FixtureRequest, tmp_path: Path) -> WithStore:
    """Run steps on a store that holds contacts 1 and 2."""
    make: Callable[[Path], AbstractAsyncContextManager[Store]] = request.param

    async def prepared(steps: Steps) -> None:
        async with make(tmp_path) as store:
            await write(store, lambda unit: unit.put_contact(samples.contact(1)))
            await write(store, lambda unit: unit.put_contact(samples.contact(2)))
            await steps(store)

    return lambda steps: run(prepared(steps))


def write(store: Store, *records: Callable[[UnitOfWork], None]) -> Awaitable[None]:
    """Commit one unit that records all this."""
    unit = store.begin()
    for record in records:
        record(unit)
    return store.commit(unit)


# --- Account and contacts


def test_an_account_is_kept_and_replaced(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        assert await store.account() is None
        first = samples.account("Ann")
        await write(store, lambda unit: unit.put_account(first))
        await write(store, lambda unit: unit.put_account(replace(first, name="Anna", port=4000)))
        kept = await store.account()
        assert kept is not None
        assert (kept.name, kept.port, kept.created_at) == ("Anna", 4000, NOW)
        assert kept.identity.encode().matches(first.identity.encode())
        assert kept.discovery.encode().matches(first.discovery.encode())

    with_store(steps)


def test_settings_are_kept_by_name(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.put_setting("receipts", "on"))
        await write(store, lambda unit: unit.put_setting("receipts", "off"), lambda unit: unit.put_setting("lan", ""))
        assert await store.settings() == {"receipts": "off", "lan": ""}

    with_store(steps)


def test_every_field_of_a_contact_is_kept(with_store: WithStore) -> None:
    full = replace(
        samples.contact(3, ContactState.REQUEST),
        given_name="Ben ✨",
        petname="Benjamin",
        verified=True,
        blocked=True,
        in_person=True,
        problem=ContactProblem.RESET,
        capabilities=2**32 - 1,
        endpoints=(samples.endpoint(1), samples.endpoint(2)),
        announced=(samples.endpoint(3),),
        discovery=b"d" * 64,
        last_seen_at=NOW + 0.5,
        notice=ContactNotice.TWO_DEVICES,
        reset_digits="12345" * 12,
        reset_at=NOW - 0.5,
    )

    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.put_contact(full))
        assert (await store.contacts())[-1] == full

    with_store(steps)


def test_the_last_value_of_a_contact_counts_and_keeps_what_belongs_to_it(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.add_message(1, samples.message(1)))
        await write(
            store,
            lambda unit: unit.put_contact(replace(samples.contact(1), petname="first")),
            lambda unit: unit.put_contact(replace(samples.contact(1), petname="second")),
        )
        assert [contact.petname for contact in await store.contacts()] == ["second", None]
        assert len(await store.page(1, limit=10)) == 1

    with_store(steps)


def test_removing_a_contact_removes_all_that_belongs_to_it_and_nothing_else(with_store: WithStore) -> None:
    def fill(unit: UnitOfWork, contact: int) -> None:
        unit.put_session(samples.stored_session(contact))
        unit.put_joining(Joining(contact, samples.invite()))
        unit.add_attempt(Attempt(b"a%d" % contact, contact, b"M3", b"th", NOW))
        unit.add_answer(Answer(b"e%d" % contact, contact, b"M4", NOW))
        unit.add_message(contact, samples.message(1, contact=contact, text="findable words"))
        unit.add_outgoing(samples.outgoing(contact, contact=contact, envelope=contact))
        unit.add_received(contact, envelope_id(1), at=NOW)

    async def kept(store: Store) -> list[int]:
        return [
            len(await store.contacts()),
            len(await store.sessions()),
            len(await store.joinings()),
            len(await store.attempts()),
            len([answer for key in (b"e1", b"e2") if (answer := await store.answer(key))]),
            len(await store.page(1, limit=9)) + len(await store.page(2, limit=9)),
            len(await store.search("findable", contact=None, limit=9)),
            (await store.outgoing_counts())[0],
            len(await store.received(1, [envelope_id(1)])) + len(await store.received(2, [envelope_id(1)])),
        ]

    async def steps(store: Store) -> None:
        await write(store, lambda unit: fill(unit, 1), lambda unit: fill(unit, 2))
        assert await kept(store) == [2] * 9
        await write(store, lambda unit: unit.remove_contact(1))
        assert await kept(store) == [1] * 9
        assert [message.contact for message in await store.search("words", contact=2, limit=9)] == [
            samples.contact_id(2)
        ]

    with_store(steps)


def test_a_contact_removed_and_added_in_one_unit_starts_empty(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(
            store,
            lambda unit: unit.add_message(1, samples.message(1)),
            lambda unit: unit.put_contact(replace(samples.contact(1), petname="old")),
            lambda unit: unit.remove_contact(1),
            lambda unit: unit.put_contact(samples.contact(1)),
            lambda unit: unit.add_message(1, samples.message(2)),
        )
        assert [message.message_id for message in await store.page(1, limit=9)] == [message_id(2)]
        assert (await store.contacts())[0].petname is None

    with_store(steps)


# --- First contact


def test_invites_are_kept_changed_and_removed(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        posted, other = samples.posted_invite(), samples.posted_invite()
        await write(store, lambda unit: unit.put_invite(posted), lambda unit: unit.put_invite(other))
        await write(store, lambda unit: unit.put_invite(replace(posted, revoked=True, used_by=b"h" * 32)))
        first, second = await store.invites()
        assert (first.invite_id, first.revoked, first.used_by) == (posted.invite_id, True, b"h" * 32)
        assert first.invite.encode() == posted.invite.encode()
        assert first.rendezvous_key.matches(posted.rendezvous_key)
        assert (second.invite_id, second.revoked, second.used_by) == (other.invite_id, False, None)
        await write(store, lambda unit: unit.remove_invite(posted))
        assert [invite.invite_id for invite in await store.invites()] == [other.invite_id]

    with_store(steps)


def test_a_joining_is_kept_until_it_is_removed(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        first, second = samples.invite(), samples.invite()
        await write(store, lambda unit: unit.put_joining(Joining(1, first)))
        await write(store, lambda unit: unit.put_joining(Joining(1, second)))
        (kept,) = await store.joinings()
        assert (kept.contact, kept.invite.encode()) == (1, second.encode())
        await write(store, lambda unit: unit.remove_joining(1))
        assert await store.joinings() == []

    with_store(steps)


def test_attempts_are_removed_but_the_one_that_succeeded(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        for ephemeral, contact in ((b"a", 1), (b"b", 1), (b"c", 2)):
            attempt = Attempt(ephemeral, contact, b"M3 " + ephemeral, b"th", NOW)
            await write(store, lambda unit, attempt=attempt: unit.add_attempt(attempt))  # type: ignore[misc]
        await write(store, lambda unit: unit.remove_attempts(1, keep=b"b"))
        kept = await store.attempts()
        assert [(one.ephemeral, one.contact, one.message) for one in kept] == [(b"b", 1, b"M3 b"), (b"c", 2, b"M3 c")]
        await write(store, lambda unit: unit.remove_attempts(1))
        assert [one.ephemeral for one in await store.attempts()] == [b"c"]

    with_store(steps)


def test_an_attempt_says_what_it_is_for(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        for purpose in Purpose:
            attempt = Attempt(b"%d" % purpose, 1, b"M3", b"th", NOW, purpose)
            await write(store, lambda unit, attempt=attempt: unit.add_attempt(attempt))  # type: ignore[misc]
        assert [one.purpose for one in await store.attempts()] == list(Purpose)

    with_store(steps)


def test_a_retired_session_stays_retired(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        retired = replace(samples.stored_session(1), retired=True)
        await write(store, lambda unit: unit.put_session(retired), lambda unit: unit.put_session(retired))
        assert [stored.retired for stored in await store.sessions()] == [True]

    with_store(steps)


def test_a_session_remembers_its_last_use(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        stored = samples.stored_session(1)
        for used_at in (NOW, NOW + 5.5):
            used = replace(stored, used_at=used_at)
            await write(store, lambda unit, used=used: unit.put_session(used))  # type: ignore[misc]
            assert [one.used_at for one in await store.sessions()] == [used_at]

    with_store(steps)


def test_an_answer_is_found_by_its_key(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        answer = Answer(b"e" * 32, 2, b"M4", NOW)
        await write(store, lambda unit: unit.add_answer(answer))
        assert await store.answer(b"e" * 32) == answer
        assert await store.answer(b"f" * 32) is None

    with_store(steps)


def test_the_answers_to_a_contact_can_be_removed(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        unit = store.begin()
        for contact, key in ((1, b"a"), (1, b"b"), (2, b"c")):
            unit.add_answer(Answer(key * 32, contact, b"M4", NOW))
        await store.commit(unit)
        await write(store, lambda unit: unit.remove_answers(1))
        assert [await store.answer(key * 32) is None for key in (b"a", b"b", b"c")] == [True, True, False]

    with_store(steps)


def test_the_last_state_of_a_session_counts(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        transcript = b"t" * 32
        first, last = samples.stored_session(1, transcript), samples.stored_session(1, transcript, confirmed=True)
        other = samples.stored_session(2)
        await write(store, *(lambda unit, one=one: unit.put_session(one) for one in (first, other, last)))
        kept, kept_other = await store.sessions()
        assert (kept.contact, kept.confirmed, encode(kept.session)) == (1, True, encode(last.session))
        assert (kept_other.contact, kept_other.confirmed) == (2, False)
        await write(store, lambda unit: unit.remove_session(transcript))
        assert [one.contact for one in await store.sessions()] == [2]

    with_store(steps)


def test_a_session_removed_and_put_in_one_unit_is_there(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        one = samples.stored_session(1)
        transcript = one.session.transcript
        await write(
            store,
            lambda unit: unit.put_session(one),
            lambda unit: unit.remove_session(transcript),
            lambda unit: unit.put_session(one),
        )
        assert len(await store.sessions()) == 1

    with_store(steps)


# --- Messages


def test_every_field_of_a_message_is_kept(with_store: WithStore) -> None:
    full = replace(
        samples.message(7, text="“Tschüß” 👋\n\0 مرحبا", mine=True, reply_to=message_id(3)),
        content_type=200,
        clock=2**63 - 1,
        received_at=NOW + 0.25,
        path="direct",
    )

    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.add_message(1, full))
        assert await store.message(1, message_id(7)) == full
        assert await store.page(1, limit=1) == [full]

    with_store(steps)


@pytest.mark.parametrize("unknown", [message_id(8), "", "zz", message_id(7)[:-2], message_id(7) + "00", "ＡＢ"])
def test_an_id_from_outside_that_names_nothing_finds_nothing(with_store: WithStore, unknown: Any) -> None:
    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.add_message(1, samples.message(7)))
        assert await store.message(1, unknown) is None
        assert await store.message(2, message_id(7)) is None

    with_store(steps)


def test_a_message_deleted_here_is_gone_and_does_not_come_back(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        theirs, mine = samples.message(1, text="river"), samples.message(1, text="mountain", mine=True)
        await write(
            store,
            lambda unit: unit.add_message(1, theirs),
            lambda unit: unit.add_message(1, mine),
            lambda unit: unit.add_message(2, samples.message(1, contact=2)),
        )
        await write(store, lambda unit: unit.erase_message(1, message_id(1), mine=False, at=NOW))
        assert await store.page(1, limit=9) == [mine]
        assert await store.search("river", contact=None, limit=9) == []
        assert await store.unread() == {2: 1}
        unit = store.begin()
        unit.add_message(1, theirs)
        unit.add_message(1, samples.message(2))
        await store.commit(unit)
        assert unit.repeated() == {(1, message_id(1))}
        assert [message.message_id for message in await store.page(1, limit=9)] == [message_id(2), message_id(1)]
        await write(store, lambda unit: unit.erase_message(1, message_id(1), mine=True, at=NOW))
        assert [message.message_id for message in await store.page(1, limit=9)] == [message_id(2)]
        assert await store.state_times(1, message_id(1)) == {}
        assert len(await store.page(2, limit=9)) == 1

    with_store(steps)


def test_a_conversation_is_cleared_and_nothing_of_it_comes_back(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        unit = store.begin()
        for number in range(300):
            unit.add_message(1, samples.message(number, mine=number % 2 == 0))
        unit.add_message(2, samples.message(1, contact=2))
        await store.commit(unit)
        await write(store, lambda unit: unit.erase_messages(1, at=NOW))
        assert await store.page(1, limit=9) == []
        assert await store.search("hello", contact=1, limit=9) == []
        again = store.begin()
        for number in range(310):
            again.add_message(1, samples.message(number))
        await store.commit(again)
        assert len(again.repeated()) == 150
        assert len(await store.page(1, limit=999)) == 160
        assert await store.unread() == {1: 160, 2: 1}

    with_store(steps)


def test_a_store_that_was_emptied_takes_what_comes_again_and_what_is_new(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.add_message(1, samples.message(1)))
        await write(store, lambda unit: unit.erase_messages(1, at=NOW))
        again = store.begin()
        again.add_message(1, samples.message(1))
        await store.commit(again)
        assert again.repeated() == {(1, message_id(1))}
        await write(store, lambda unit: unit.add_message(1, samples.message(2)))
        assert [message.message_id for message in await store.page(1, limit=9)] == [message_id(2)]

    with_store(steps)


@pytest.mark.parametrize("how", ["cleared", "removed"])
def test_other_conversations_are_searched_as_before_when_a_long_one_went(with_store: WithStore, how: str) -> None:
    async def steps(store: Store) -> None:
        unit = store.begin()
        for number in range(2_100):
            unit.add_message(1, samples.message(number, text=f"river {number}"))
        unit.add_message(2, samples.message(1, contact=2, text="river of the other"))
        await store.commit(unit)
        assert len(await store.search("river", contact=None, limit=999)) == 999
        unit = store.begin()
        if how == "cleared":
            unit.erase_messages(1, at=NOW)
        else:
            unit.remove_contact(1)
        await store.commit(unit)
        assert [row.text for row in await store.search("river", contact=None, limit=9)] == ["river of the other"]
        await write(store, lambda unit: unit.add_message(2, samples.message(5_000, contact=2, text="river again")))
        assert len(await store.search("river", contact=2, limit=9)) == 2

    with_store(steps)


def test_what_was_deleted_is_forgotten_with_the_envelopes(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.erase_message(1, message_id(1), mine=False, at=NOW))
        await write(store, lambda unit: unit.erase_message(1, message_id(2), mine=False, at=NOW + 86_400))
        await store.prune(now=NOW + 60 * 86_400 + 1)
        await write(
            store,
            lambda unit: unit.add_message(1, samples.message(1)),
            lambda unit: unit.add_message(1, samples.message(2)),
        )
        assert [message.message_id for message in await store.page(1, limit=9)] == [message_id(1)]

    with_store(steps)


def test_only_what_was_never_sealed_can_be_withdrawn(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(
            store,
            lambda unit: unit.add_outgoing(samples.outgoing(1)),
            lambda unit: unit.add_outgoing(samples.outgoing(2, envelope=2)),
            lambda unit: unit.add_outgoing(samples.outgoing(3)),
        )
        await write(
            store,
            lambda unit: unit.withdraw_outgoing(1, message_id(1)),
            lambda unit: unit.withdraw_outgoing(1, message_id(2)),
            lambda unit: unit.withdraw_outgoing(2, message_id(3)),
        )
        assert [row.sequence for row in await store.outgoing(1, after=0, limit=9)] == [2, 3]

    with_store(steps)


def test_a_message_says_how_it_travelled_once_that_is_known(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        own = samples.message(1, mine=True, state=MessageState.QUEUED)
        await write(store, lambda unit: unit.add_message(1, own))
        await write(
            store,
            lambda unit: unit.raise_states(1, [message_id(1)], MessageState.SENT, at=NOW, path="lan"),
            lambda unit: unit.raise_states(1, [message_id(1)], MessageState.DELIVERED, at=NOW),
        )
        assert (await store.page(1, limit=1))[0].path == "lan"
        await write(store, lambda unit: unit.raise_states(1, [message_id(1)], MessageState.READ, at=NOW, path="direct"))
        assert (await store.page(1, limit=1))[0].path == "direct"

    with_store(steps)


# --- What is said of messages


async def only(store: Store) -> Message:
    """The one message with contact 1."""
    (message,) = await store.page(1, limit=9)
    assert await store.message(1, message.message_id) == message
    assert await store.chosen(1, [Target(message.message_id, message.mine)]) == [message]
    assert (await store.latest())[1] == message
    return message


def test_an_edit_changes_the_text_and_what_search_finds(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.add_message(1, samples.message(1, text="the river bends")))
        assert len(await store.search("river", contact=1, limit=9)) == 1
        await write(store, lambda unit: unit.revise(1, samples.revision(1, text="a mountain"), at=NOW))
        message = await only(store)
        assert (message.text, message.edited_at, message.deleted) == ("a mountain", NOW, False)
        assert await store.search("river", contact=1, limit=9) == []
        assert await store.search("mountain", contact=1, limit=9) == [message]
        await write(store, lambda unit: unit.revise(1, samples.revision(1, clock=2, text="a lake"), at=NOW))
        assert (await store.search("lake", contact=1, limit=9))[0].text == "a lake"
        assert await store.search("mountain", contact=1, limit=9) == []

    with_store(steps)


def test_a_text_that_is_edited_before_it_is_indexed_is_found_as_it_is(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(
            store,
            lambda unit: unit.add_message(1, samples.message(1, text="river")),
            lambda unit: unit.revise(1, samples.revision(1, text="mountain"), at=NOW),
            lambda unit: unit.add_message(1, samples.message(2, text="lake")),
        )
        found = [len(await store.search(word, contact=1, limit=9)) for word in ("river", "mountain", "lake")]
        assert found == [0, 1, 1]

    with_store(steps)


@pytest.mark.parametrize(
    ("clock", "identifier", "wins"), [(1, 2, True), (2, 1, True), (1, 1, False), (1, 0, False), (0, 9, False)]
)
def test_of_two_edits_or_reactions_the_later_by_clock_and_id_counts(
    with_store: WithStore, clock: int, identifier: int, *, wins: bool
) -> None:
    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.add_message(1, samples.message(1)))
        await write(
            store,
            lambda unit: unit.revise(1, samples.revision(1, text="one"), at=NOW),
            lambda unit: unit.react(1, samples.reaction(1, emoji="👍"), at=NOW),
            lambda unit: unit.revise(1, samples.revision(1, clock=clock, identifier=identifier, text="other"), at=NOW),
            lambda unit: unit.react(1, samples.reaction(1, clock=clock, identifier=identifier, emoji="👎"), at=NOW),
        )
        message = await only(store)
        assert message.text == ("other" if wins else "one")
        assert message.reactions == (Reaction(mine=False, emoji="👎" if wins else "👍"),)

    with_store(steps)


def test_a_deletion_is_final_and_takes_text_and_reactions_along(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(
            store,
            lambda unit: unit.add_message(1, samples.message(1, text="river")),
            lambda unit: unit.react(1, samples.reaction(1), at=NOW),
            lambda unit: unit.revise(1, samples.revision(1, clock=5, text="mountain"), at=NOW),
            lambda unit: unit.revise(1, samples.revision(1, clock=0, text=None), at=NOW),
            lambda unit: unit.revise(1, samples.revision(1, clock=9, text="lake"), at=NOW),
            lambda unit: unit.react(1, samples.reaction(1, clock=9), at=NOW),
        )
        message = await only(store)
        assert (message.text, message.edited_at, message.deleted, message.reactions) == ("", None, True, ())
        for word in ("river", "mountain", "lake"):
            assert await store.search(word, contact=1, limit=9) == []

    with_store(steps)


def test_each_person_has_one_reaction_and_can_take_it_back(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(
            store,
            lambda unit: unit.add_message(1, samples.message(1)),
            lambda unit: unit.react(1, samples.reaction(1, emoji="👍"), at=NOW),
            lambda unit: unit.react(1, samples.reaction(1, by_me=True, clock=7, emoji="🎉"), at=NOW),
        )
        assert (await only(store)).reactions == (Reaction(True, "🎉"), Reaction(False, "👍"))
        assert await store.annotation_clock(1, Target(message_id(1), mine=False)) == 7
        await write(
            store,
            lambda unit: unit.react(1, samples.reaction(1, clock=2, emoji=""), at=NOW),
            lambda unit: unit.react(1, samples.reaction(1, clock=1, emoji="🔥", identifier=9), at=NOW),
        )
        assert (await only(store)).reactions == (Reaction(True, "🎉"),)

    with_store(steps)


def test_what_comes_before_its_message_waits_for_it(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        assert await store.awaited() == set()
        await write(
            store,
            lambda unit: unit.revise(1, samples.revision(1, text="edited"), at=NOW),
            lambda unit: unit.react(1, samples.reaction(1), at=NOW),
            lambda unit: unit.revise(1, samples.revision(2, text=None), at=NOW),
            lambda unit: unit.react(2, samples.reaction(1, mine=True), at=NOW),
        )
        assert await store.page(1, limit=9) == []
        assert await store.awaited() == {1, 2}
        await write(
            store,
            lambda unit: unit.add_message(1, samples.message(1, text="river")),
            lambda unit: unit.add_message(1, samples.message(1, text="mine", mine=True)),
            lambda unit: unit.add_message(1, samples.message(2, text="mountain")),
        )
        second, mine, first = await store.page(1, limit=9)
        assert (first.text, len(first.reactions), mine.text, mine.reactions) == ("edited", 1, "mine", ())
        assert (second.text, second.deleted) == ("", True)
        assert await store.search("river", contact=1, limit=9) == []
        assert len(await store.search("edited", contact=1, limit=9)) == 1
        assert await store.awaited() == {2}

    with_store(steps)


def test_only_so_much_waits_and_not_for_ever(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        unit = store.begin()
        for number in range(1_010):
            unit.revise(1, samples.revision(number), at=NOW + number)
            unit.react(1, samples.reaction(number), at=NOW + number)
        unit.revise(2, samples.revision(1), at=NOW)
        await store.commit(unit)
        await write(
            store,
            lambda unit: unit.add_message(1, samples.message(9)),
            lambda unit: unit.add_message(1, samples.message(10)),
        )
        newer, older = await store.page(1, limit=9)
        assert (older.text, older.reactions) == ("hello", ())
        assert (newer.text, len(newer.reactions)) == ("edited", 1)
        await store.prune(now=NOW + 60 * 86_400 + 2_000)
        assert await store.awaited() == set()
        assert (await store.page(1, limit=1))[0].text == "edited", "what has found its message stays"

    with_store(steps)


def test_what_is_said_of_a_message_deleted_here_is_dropped(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(
            store,
            lambda unit: unit.add_message(1, samples.message(1)),
            lambda unit: unit.revise(1, samples.revision(1), at=NOW),
            lambda unit: unit.erase_message(1, message_id(1), mine=False, at=NOW),
            lambda unit: unit.revise(1, samples.revision(1, clock=2), at=NOW),
            lambda unit: unit.react(1, samples.reaction(1), at=NOW),
        )
        assert await store.awaited() == set()
        await write(store, lambda unit: unit.revise(1, samples.revision(2), at=NOW))
        await write(store, lambda unit: unit.erase_messages(1, at=NOW))
        assert await store.awaited() == set()
        assert await store.chosen(1, [Target(message_id(1), mine=False)]) == []

    with_store(steps)


def test_a_message_of_a_newer_kith_has_no_text_to_edit(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        unknown = replace(samples.message(1, text=""), content_type=0x21)
        await write(store, lambda unit: unit.revise(1, samples.revision(1), at=NOW))
        await write(store, lambda unit: unit.add_message(1, unknown))
        await write(store, lambda unit: unit.revise(1, samples.revision(1, clock=2), at=NOW))
        assert (await only(store)).text == ""
        await write(store, lambda unit: unit.revise(1, samples.revision(1, text=None), at=NOW))
        assert (await only(store)).deleted

    with_store(steps)


def test_a_repeated_message_stays_as_it_was_and_is_reported(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.add_message(1, samples.message(1, text="first")))
        unit = store.begin()
        unit.add_message(1, samples.message(1, text="second"))
        unit.add_message(1, samples.message(2))
        unit.add_message(2, samples.message(1, contact=2))
        await store.commit(unit)
        assert unit.repeated() == {(1, message_id(1))}
        assert [message.text for message in await store.page(1, limit=9)] == ["hello", "first"]

    with_store(steps)


def test_of_two_units_committed_together_the_second_brings_the_repeat(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        units = [store.begin(), store.begin()]
        for unit in units:
            unit.add_message(1, samples.message(1))
            unit.add_message(1, samples.message(1))
        await asyncio.gather(*[store.commit(unit) for unit in units])
        assert [unit.repeated() for unit in units] == [set(), {(1, message_id(1))}]
        assert len(await store.page(1, limit=9)) == 1

    with_store(steps)


def test_a_message_of_ours_with_an_id_that_a_contact_took_is_no_repeat(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.add_message(1, samples.message(1, text="theirs")))
        await write(store, lambda unit: unit.add_message(1, samples.message(2)))
        unit = store.begin()
        unit.add_message(1, samples.message(1, mine=True, text="ours", clock=9))
        unit.add_message(1, samples.message(2))
        await store.commit(unit)
        assert unit.repeated() == {(1, message_id(2))}
        assert {message.text for message in await store.page(1, limit=9)} == {"theirs", "hello", "ours"}

    with_store(steps)


def test_a_contact_that_takes_an_id_of_ours_touches_nothing_of_ours(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        ours = samples.message(1, mine=True, state=MessageState.SENT, text="ours")
        theirs = samples.message(1, text="theirs", clock=9)
        await write(store, lambda unit: unit.add_message(1, ours))
        unit = store.begin()
        unit.add_message(1, theirs)
        unit.raise_states(1, [message_id(1)], MessageState.READ, at=NOW, mine=False)
        await store.commit(unit)
        assert unit.repeated() == set()
        assert await store.message(1, message_id(1)) == ours
        assert await store.page(1, limit=9) == [replace(theirs, state=MessageState.READ), ours]

    with_store(steps)


def test_what_of_ours_became_read_by_a_unit_is_told_from_the_rest(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(
            store,
            lambda unit: unit.add_message(1, samples.message(1, mine=True)),
            lambda unit: unit.add_message(1, samples.message(2)),
            lambda unit: unit.add_message(2, samples.message(3, contact=2, mine=True)),
            lambda unit: unit.add_message(1, samples.message(4, mine=True)),
            lambda unit: unit.raise_states(1, [message_id(4)], MessageState.READ, at=NOW),
        )
        unit = store.begin()
        unit.add_message(1, samples.message(5, mine=True))
        unit.raise_states(1, [message_id(number) for number in range(7)], MessageState.READ, at=NOW)
        unit.raise_states(1, [message_id(2)], MessageState.READ, at=NOW, mine=False)
        unit.raise_states(2, [message_id(3)], MessageState.DELIVERED, at=NOW)
        await store.commit(unit)
        assert unit.became_read() == {(1, message_id(1)), (1, message_id(5))}

    with_store(steps)


def test_what_is_read_twice_became_read_by_the_first_unit(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.add_message(1, samples.message(1, mine=True)))
        delivers, *read = (store.begin() for _ in range(4))
        delivers.raise_states(1, [message_id(1)], MessageState.DELIVERED, at=NOW)
        for unit in read:
            unit.raise_states(1, [message_id(1)], MessageState.READ, at=NOW)
        *together, alone = delivers, *read
        await asyncio.gather(*[store.commit(unit) for unit in together])
        await store.commit(alone)
        assert [unit.became_read() for unit in (delivers, *read)] == [set(), {(1, message_id(1))}, set(), set()]

    with_store(steps)


def test_states_go_up_and_never_down(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.add_message(1, samples.message(1, mine=True, state=MessageState.QUEUED)))
        seen = []
        for state in (MessageState.SENT, MessageState.READ, MessageState.DELIVERED, MessageState.SENT):
            at = NOW + state
            await write(store, lambda unit, state=state, at=at: unit.raise_states(1, [message_id(1)], state, at=at))  # type: ignore[misc]
            stored = await store.message(1, message_id(1))
            assert stored is not None
            seen.append(stored.state)
        assert seen == [MessageState.SENT, *[MessageState.READ] * 3]
        assert await store.state_times(1, message_id(1)) == {MessageState.SENT: NOW + 1, MessageState.READ: NOW + 3}

    with_store(steps)


def test_states_raised_in_the_unit_that_adds_the_message_count(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(
            store,
            lambda unit: unit.add_message(1, samples.message(1, mine=True, state=MessageState.QUEUED)),
            lambda unit: unit.raise_states(1, [message_id(1)], MessageState.DELIVERED, at=NOW),
            lambda unit: unit.raise_states(1, [message_id(1), message_id(9)], MessageState.SENT, at=NOW),
        )
        assert [message.state for message in await store.page(1, limit=1)] == [MessageState.DELIVERED]

    with_store(steps)


def test_the_page_after_a_message_continues_strictly_behind_it(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        for number, clock in enumerate([5, 3, 3, 3, 8, 1]):
            message = samples.message(number, clock=clock)
            await write(store, lambda unit, message=message: unit.add_message(1, message))  # type: ignore[misc]
        await write(store, lambda unit: unit.add_message(2, samples.message(99, contact=2)))
        page = await store.page_after(1, limit=3, after=(3, message_id(1)))
        assert [message.message_id for message in page] == [message_id(0), message_id(3), message_id(2)]
        rest = await store.page_after(1, limit=9, after=(5, message_id(0)))
        assert [message.message_id for message in rest] == [message_id(4)]
        assert await store.page_after(1, limit=9, after=(8, message_id(4))) == []
        assert await store.page_after(1, limit=0, after=(1, message_id(5))) == []

    with_store(steps)


def test_pages_are_newest_first_and_continue_strictly_before(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        clocks = [5, 3, 3, 3, 8, 1]
        for number, clock in enumerate(clocks):
            message = samples.message(number, clock=clock)
            await write(store, lambda unit, message=message: unit.add_message(1, message))  # type: ignore[misc]
        await write(store, lambda unit: unit.add_message(2, samples.message(99, contact=2)))
        page = await store.page(1, limit=3)
        assert [(message.clock, message.message_id) for message in page] == [
            (8, message_id(4)),
            (5, message_id(0)),
            (3, message_id(3)),
        ]
        rest = await store.page(1, limit=9, before=(3, message_id(3)))
        assert [message.message_id for message in rest] == [message_id(2), message_id(1), message_id(5)]
        assert await store.page(1, limit=0) == []
        assert await store.page(3, limit=9) == []

    with_store(steps)


def test_unread_messages_are_counted_and_listed_oldest_first(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(
            store,
            lambda unit: unit.add_message(1, samples.message(1, clock=30)),
            lambda unit: unit.add_message(1, samples.message(2, clock=10)),
            lambda unit: unit.add_message(1, samples.message(3, clock=20, mine=True)),
            lambda unit: unit.add_message(1, samples.message(4, clock=20)),
            lambda unit: unit.add_message(1, samples.message(5, clock=25, state=MessageState.READ)),
            lambda unit: unit.add_message(2, samples.message(1, contact=2)),
        )
        assert await store.unread() == {1: 3, 2: 1}
        up_to = (20, message_id(4))
        assert await store.unread_up_to(1, up_to, limit=9) == [message_id(2), message_id(4)]
        assert await store.unread_up_to(1, up_to, limit=1) == [message_id(2)]
        read = [message_id(2), message_id(4)]
        await write(store, lambda unit: unit.raise_states(1, read, MessageState.READ, at=NOW, mine=False))
        assert await store.unread() == {1: 1, 2: 1}
        assert await store.unread_up_to(1, up_to, limit=9) == []

    with_store(steps)


def test_the_latest_message_of_each_conversation_is_known(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        assert await store.latest() == {}
        newest = samples.message(1, clock=9)
        await write(
            store,
            lambda unit: unit.add_message(1, newest),
            lambda unit: unit.add_message(1, samples.message(2, clock=3)),
        )
        assert await store.latest() == {1: newest}

    with_store(steps)


# --- Search


def test_search_finds_all_words_the_last_as_a_prefix_newest_first(with_store: WithStore) -> None:
    texts = ["The quick brown fox", "a QUICK, brown bear", "quicksilver", "Crème brûlée is quick to make", ""]

    async def steps(store: Store) -> None:
        for number, text in enumerate(texts):
            message = samples.message(number, text=text)
            await write(store, lambda unit, message=message: unit.add_message(1, message))  # type: ignore[misc]
        await write(store, lambda unit: unit.add_message(2, samples.message(50, contact=2, text="quick elsewhere")))

        async def found(query: str, contact: int | None = 1, limit: int = 9) -> list[str]:
            return [message.message_id for message in await store.search(query, contact=contact, limit=limit)]

        assert await found("quick") == [message_id(3), message_id(2), message_id(1), message_id(0)]
        assert await found("quick b") == []
        assert await found("quick br") == [message_id(3), message_id(1), message_id(0)]
        assert await found("  brown   quick ") == [message_id(2 - 1), message_id(0)]
        assert await found("creme BRULEE") == [message_id(3)]
        assert await found("silver") == []
        assert await found("quick", contact=None) == [message_id(number) for number in (50, 3, 2, 1, 0)]
        assert await found("quick", contact=None, limit=2) == [message_id(50), message_id(3)]
        assert await found("quick", contact=2) == [message_id(50)]

    with_store(steps)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        '"',
        '""',
        '" OR "1"="1',
        "hello OR nothing",
        "NEAR(hello nothing)",
        "text: hello",
        "-nothing",
        "(",
        ")",
        "*",
        "'",
        "😀",
        "\0",
        "\ud800",
        "^",
        "h" * 10_240,
        "hello " * 1_700,
        "hello*",
    ],
)
def test_odd_queries_find_nothing_or_what_their_words_say(with_store: WithStore, query: str) -> None:
    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.add_message(1, samples.message(1, text="hello there")))
        found = await store.search(query, contact=None, limit=9)
        assert [message.text for message in found] == (["hello there"] if query == "hello*" else [])

    with_store(steps)


# --- Envelopes


def test_payloads_wait_in_order_until_they_are_removed(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        assert await store.outgoing_counts() == (0, 0)
        rows = [samples.outgoing(sequence, contact=1 + sequence % 2, envelope=sequence) for sequence in range(1, 8)]
        await write(store, *(lambda unit, row=row: unit.add_outgoing(row) for row in rows))
        assert await store.outgoing(2, after=0, limit=2) == [rows[0], rows[2]]
        assert await store.outgoing(2, after=3, limit=9) == [rows[4], rows[6]]
        assert await store.outgoing_counts() == (7, 7)
        gone = [envelope_id(number) for number in (1, 2, 7)]
        await write(store, lambda unit: unit.remove_outgoing(2, gone))
        assert [row.sequence for row in await store.outgoing(2, after=0, limit=9)] == [3, 5]
        assert await store.outgoing_counts() == (5, 6)
        await write(store, lambda unit: unit.remove_outgoing_of(1))
        assert await store.outgoing_counts() == (2, 5)

    with_store(steps)


def test_what_waits_of_some_types_is_dropped_by_itself(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        kinds = {1: 1, 2: 7, 3: 32, 4: 1}
        rows = [replace(samples.outgoing(number, envelope=number), content_type=kind) for number, kind in kinds.items()]
        await write(
            store,
            *(lambda unit, row=row: unit.add_outgoing(row) for row in rows[:3]),
            lambda unit: unit.remove_outgoing_of(1, {1, 7}),
            lambda unit: unit.add_outgoing(rows[3]),
            lambda unit: unit.remove_outgoing_of(2, {1, 32}),
        )
        assert await store.outgoing(1, after=0, limit=9) == rows[2:]

    with_store(steps)


def test_a_payload_is_sealed_and_sealed_anew(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        plain = samples.outgoing(1)
        await write(store, lambda unit: unit.add_outgoing(plain))
        assert await store.outgoing(1, after=0, limit=1) == [plain]
        for number in (5, 6):
            sealed = samples.outgoing(1, envelope=number)
            await write(store, lambda unit, sealed=sealed: unit.seal_outgoing(sealed))  # type: ignore[misc]
            assert await store.outgoing(1, after=0, limit=1) == [sealed]

    with_store(steps)


def test_a_payload_sealed_with_another_content_keeps_that(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        sealed = replace(samples.outgoing(1, envelope=6), content_type=0, content=b"")
        await write(
            store,
            lambda unit: unit.add_outgoing(samples.outgoing(1, envelope=5)),
            lambda unit: unit.seal_outgoing(sealed),
        )
        assert await store.outgoing(1, after=0, limit=1) == [sealed]

    with_store(steps)


def test_a_payload_acknowledged_before_it_is_sealed_anew_stays_removed(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await write(
            store,
            lambda unit: unit.add_outgoing(samples.outgoing(1, envelope=5)),
            lambda unit: unit.remove_outgoing(1, [envelope_id(5)]),
            lambda unit: unit.seal_outgoing(samples.outgoing(1, envelope=6)),
        )
        assert await store.outgoing_counts() == (0, 0)

    with_store(steps)


def test_received_envelopes_are_known_for_sixty_days(with_store: WithStore) -> None:
    day = 24 * 3600.0

    async def steps(store: Store) -> None:
        await write(
            store,
            *(lambda unit, age=age: unit.add_received(1, envelope_id(age), at=NOW - age * day) for age in (1, 60, 61)),
        )
        await write(store, lambda unit: unit.add_received(1, envelope_id(61), at=NOW))
        asked = [envelope_id(age) for age in (1, 2, 60, 61)]
        assert await store.received(1, asked) == {envelope_id(1), envelope_id(60), envelope_id(61)}
        assert await store.received(2, asked) == set()
        await store.prune(now=NOW)
        assert await store.received(1, asked) == {envelope_id(1), envelope_id(60)}

    with_store(steps)


def test_hundreds_of_rows_in_one_unit_are_all_there(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        count = 777
        unit = store.begin()
        for number in range(1, count + 1):
            unit.add_message(1, samples.message(number, mine=True, state=MessageState.QUEUED))
            unit.add_outgoing(samples.outgoing(number, envelope=number))
            unit.add_received(1, envelope_id(number), at=NOW)
        await store.commit(unit)
        ids = [message_id(number) for number in range(1, count + 1)]
        assert [message.message_id for message in await store.page(1, limit=1_000)] == ids[::-1]
        assert len(await store.received(1, [envelope_id(number) for number in range(2 * count)])) == count
        unit = store.begin()
        unit.raise_states(1, ids, MessageState.DELIVERED, at=NOW)
        unit.remove_outgoing(1, [envelope_id(number) for number in range(1, count + 1)])
        await store.commit(unit)
        assert {message.state for message in await store.page(1, limit=1_000)} == {MessageState.DELIVERED}
        assert await store.outgoing_counts() == (0, 0)

    with_store(steps)


# --- Units


def test_units_commit_in_the_order_of_the_calls(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        ended: list[int] = []
        commits = []
        for number in range(20):
            unit = store.begin()
            unit.put_contact(replace(samples.contact(1), petname=str(number)))
            commit = asyncio.ensure_future(store.commit(unit))  # noqa: TID251 (a future already)
            commit.add_done_callback(lambda _, number=number: ended.append(number))  # type: ignore[misc]
            commits.append(commit)
        await asyncio.gather(*commits)
        assert ended == list(range(20))
        assert (await store.contacts())[0].petname == "19"

    with_store(steps)


def test_an_empty_unit_commits(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        await store.commit(store.begin())

    with_store(steps)


@pytest.mark.expect_log
def test_a_unit_that_breaks_a_rule_leaves_nothing_and_ends_its_generation(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        failures: list[str] = []
        store.on_failure(lambda: failures.append("told"))
        begun_before = store.begin()
        begun_before.put_setting("key", "value")
        bad = store.begin()
        bad.put_setting("bad", "value")
        bad.add_message(77, samples.message(1, contact=77))
        behind = store.begin()
        behind.put_setting("behind", "value")
        commits = [store.commit(bad), store.commit(behind)]
        outcomes = await asyncio.gather(*commits, return_exceptions=True)
        assert all(isinstance(outcome, StorageError) for outcome in outcomes)
        assert failures == ["told"]
        with pytest.raises(StorageError):
            store.begin()
        store.resume()
        with pytest.raises(StorageError):
            await store.commit(begun_before)
        await write(store, lambda unit: unit.put_setting("after", "value"))
        assert await store.settings() == {"after": "value"}
        assert failures == ["told"]

    with_store(steps)


def test_a_closed_store_refuses_and_closes_again(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        last = write(store, lambda unit: unit.put_setting("last", "value"))
        await store.close()
        await last
        with pytest.raises(StorageError) as refused:
            await write(store, lambda unit: unit.put_setting("key", "value"))
        assert refused.value.kind is ErrorKind.UNEXPECTED
        with pytest.raises(StorageError):
            await store.account()
        await store.close()

    with_store(steps)
