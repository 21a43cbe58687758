"""How every store lists conversations."""

from app.domain.message import MessageState
from app.ports.store import Store
from tests.support import samples
from tests.support.samples import NOW, message_id
from tests.support.store_contract import WithStore, write


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
