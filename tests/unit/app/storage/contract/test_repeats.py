"""What every store makes of a message that comes again, and of its state."""

import asyncio
from dataclasses import replace

from app.domain.message import MessageState
from app.ports.store import Store
from tests.support import samples
from tests.support.samples import NOW, message_id
from tests.support.store_contract import WithStore, write


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
