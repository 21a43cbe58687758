"""What every store keeps of messages, and how conversations are cleared of them."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.message import MessageState
from app.ports.store import Store
from tests.support import samples
from tests.support.samples import NOW, message_id
from tests.support.store_contract import WithStore, write


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
