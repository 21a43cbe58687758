"""What every store keeps of the account, the settings and contacts."""

from dataclasses import replace

from app.domain.contact import ContactNotice, ContactProblem, ContactState
from app.ports.records import Answer, Attempt, Joining
from app.ports.store import Store, UnitOfWork
from tests.support import samples
from tests.support.samples import NOW, envelope_id, message_id
from tests.support.store_contract import WithStore, write


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
