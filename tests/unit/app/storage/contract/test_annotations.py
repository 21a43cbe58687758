"""What every store keeps of edits, deletions and reactions."""

from dataclasses import replace

import pytest

from app.domain.annotation import Reaction, Target
from app.domain.message import Message
from app.ports.store import Store
from tests.support import samples
from tests.support.samples import NOW, message_id
from tests.support.store_contract import WithStore, write


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
