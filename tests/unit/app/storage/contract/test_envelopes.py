"""What every store keeps of what waits to be sent, and of what was received."""

from dataclasses import replace

from app.domain.message import MessageState
from app.ports.store import Store
from tests.support import samples
from tests.support.samples import NOW, envelope_id, message_id
from tests.support.store_contract import WithStore, write


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
