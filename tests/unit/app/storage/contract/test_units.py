"""How the units of every store are committed."""

import asyncio
from dataclasses import replace

import pytest

from app.domain.errors import ErrorKind, StorageError
from app.ports.store import Store
from tests.support import samples
from tests.support.store_contract import WithStore, write


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
