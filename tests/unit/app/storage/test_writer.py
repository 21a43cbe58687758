"""Group commit: one transaction for what queued up, and the generations that a failure ends."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from app.domain.errors import ErrorKind, StorageError
from app.storage.batch import Batch
from app.storage.connection import Connection
from app.storage.store import SqlStore
from app.storage.unit_of_work import RecordedUnit
from app.storage.writer import MAX_UNINDEXED_TRANSACTIONS
from tests.support import samples
from tests.support.aio import run
from tests.support.databases import store_in


class Gate:
    """A write that holds the writer thread until it is opened."""

    def __init__(self) -> None:
        self._event = Event()

    def unit(self, store: SqlStore) -> RecordedUnit:
        return doing(store, lambda batch: self._event.wait(10))

    def open(self) -> None:
        self._event.set()


def doing(store: SqlStore, write: Callable[[Batch], object]) -> RecordedUnit:
    """A unit whose only write is this, run on the writer thread."""
    unit = store.begin()
    assert isinstance(unit, RecordedUnit)
    unit._writes.append((write, ()))  # type: ignore[arg-type]
    return unit


def setting(store: SqlStore, key: str, value: str = "value") -> RecordedUnit:
    unit = store.begin()
    assert isinstance(unit, RecordedUnit)
    unit.put_setting(key, value)
    return unit


def limited(batch: Batch) -> None:
    """Let the disk be full: no page may be added to the database."""
    batch._connection.execute("PRAGMA max_page_count = 1")


def unlimited(batch: Batch) -> None:
    batch._connection.execute("PRAGMA max_page_count = 1000000")


def failing(batch: Batch) -> None:
    raise RuntimeError("on purpose")


def transactions(store: SqlStore) -> list[str]:
    """The statements that the writer runs from here on, filled as it goes."""
    seen: list[str] = []

    def trace(batch: Batch) -> None:
        batch._connection.set_trace_callback(seen.append)  # type: ignore[attr-defined]

    traced = store.commit(doing(store, trace))
    traced.add_done_callback(lambda _: None)
    return seen


def test_units_that_wait_together_are_one_transaction(tmp_path: Path) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            statements, gate = transactions(store), Gate()
            held = store.commit(gate.unit(store))
            waiting = [store.commit(setting(store, f"key {number}")) for number in range(50)]
            gate.open()
            await asyncio.gather(held, *waiting)
            assert len(await store.settings()) == 50
            assert statements.count("COMMIT") <= 3

    run(steps())


def test_one_callback_resolves_a_whole_batch(tmp_path: Path) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            gate = Gate()
            held = store.commit(gate.unit(store))
            await asyncio.sleep(0)
            waiting = [store.commit(setting(store, f"key {number}")) for number in range(9)]
            gate.open()
            await held
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            assert all(future.done() for future in waiting)

    run(steps())


def test_a_full_disk_fails_the_unit_and_keeps_nothing_of_it(tmp_path: Path) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            await store.commit(doing(store, limited))
            unit = setting(store, "small")
            unit.put_setting("large", "x" * 100_000)
            with pytest.raises(StorageError) as failed:
                await store.commit(unit)
            assert failed.value.kind is ErrorKind.STORAGE_FULL
            assert await store.settings() == {}
            store.resume()
            await store.commit(doing(store, unlimited))
            await store.commit(setting(store, "later"))
            assert await store.settings() == {"later": "value"}

    run(steps())


@pytest.mark.expect_log
def test_a_failure_fails_everything_queued_behind_it_in_order(tmp_path: Path) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            order: list[str] = []
            store.on_failure(lambda: order.append("on_failure"))
            gate = Gate()
            before = setting(store, "before")
            futures = {
                "before": store.commit(before),
                "held": store.commit(gate.unit(store)),
                "bad": store.commit(doing(store, failing)),
                "behind": store.commit(setting(store, "behind")),
            }
            for name, future in futures.items():
                future.add_done_callback(lambda _, name=name: order.append(name))  # type: ignore[misc]
            gate.open()
            outcomes = await asyncio.gather(*futures.values(), return_exceptions=True)
            failed = [isinstance(outcome, StorageError) for outcome in outcomes]
            assert failed[2:] == [True, True]
            # "before" and "held" went in the failed transaction or in an earlier one, whole in either case
            first_failed = failed.index(True)
            names = list(futures)
            assert order == [*names[:first_failed], "on_failure", *names[first_failed:]]
            assert set(await store.settings()) == ({"before"} if first_failed > 0 else set())

    run(steps())


@pytest.mark.expect_log
def test_units_begun_before_a_failure_are_refused_after_it_and_new_ones_wait_for_resume(tmp_path: Path) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            begun: list[StorageError | None] = []

            def recover() -> None:
                try:
                    store.begin()
                except StorageError as error:
                    begun.append(error)

            store.on_failure(recover)
            old = setting(store, "old")
            with pytest.raises(StorageError):
                await store.commit(doing(store, failing))
            assert [error and error.kind for error in begun] == [ErrorKind.UNEXPECTED]
            with pytest.raises(StorageError):
                await store.commit(old)
            store.resume()
            with pytest.raises(StorageError):
                await store.commit(old)
            await store.commit(setting(store, "new"))
            assert await store.settings() == {"new": "value"}

    run(steps())


@pytest.mark.expect_log
def test_units_committed_while_the_news_of_a_failure_travels_fail_too(tmp_path: Path) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            failures: list[str] = []
            store.on_failure(lambda: failures.append("told"))
            bad = store.commit(doing(store, failing))
            late = []
            while not bad.done():  # the loop does not hear of it before it turns
                late.append(store.commit(setting(store, "late")))
                await asyncio.sleep(0)
            outcomes = await asyncio.gather(bad, *late, return_exceptions=True)
            assert all(isinstance(outcome, StorageError) for outcome in outcomes)
            assert failures == ["told"]
            assert await store.settings() == {}

    run(steps())


@pytest.mark.expect_log
def test_awaitables_end_even_if_a_callback_raises(tmp_path: Path) -> None:
    async def steps() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        async with store_in(tmp_path) as store:
            store.on_failure(lambda: (_ for _ in ()).throw(ValueError))
            with pytest.raises(StorageError):
                await store.commit(doing(store, failing))

    run(steps())


def test_cancelling_the_wait_does_not_take_the_unit_back(tmp_path: Path) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            gate = Gate()
            held = store.commit(gate.unit(store))
            cancelled = store.commit(setting(store, "cancelled"))
            cancelled.cancel()
            gate.open()
            await held
            await store.commit(setting(store, "last"))
            assert set(await store.settings()) == {"cancelled", "last"}

    run(steps())


@pytest.mark.expect_log
def test_the_log_of_a_failure_names_the_place_and_no_value(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            unit = store.begin()
            unit.add_message(5, samples.message(1, text="private words"))
            with pytest.raises(StorageError):
                await store.commit(unit)

    run(steps())
    assert "IntegrityError" in caplog.text
    assert "flush" in caplog.text
    assert "private words" not in caplog.text


def test_close_commits_what_is_queued_and_empties_the_log(tmp_path: Path) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            commits = [store.commit(setting(store, f"key {number}")) for number in range(20)]
            await asyncio.gather(store.close(), store.close())
            assert all(commit.done() and commit.exception() is None for commit in commits)
        assert os.listdir(tmp_path) == ["kith.db"]  # noqa: PTH208 (the log is gone)
        async with store_in(tmp_path) as store:
            assert len(await store.settings()) == 20

    run(steps())


def test_reads_do_not_wait_for_the_writer(tmp_path: Path) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            gate = Gate()
            held = store.commit(gate.unit(store))
            assert await store.settings() == {}
            assert not held.done()
            gate.open()
            await held

    run(steps())


def test_texts_are_indexed_when_nothing_is_queued(tmp_path: Path) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            unit = store.begin()
            unit.put_contact(samples.contact(1))
            unit.add_message(1, samples.message(1, text="words"))
            await store.commit(unit)
            async with asyncio.timeout(10):
                while await store._database.read(indexed) == 0:
                    await asyncio.sleep(0)

    run(steps())


def test_under_load_texts_are_indexed_once_in_a_while_and_commits_stay_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.storage.writer.IDLE_S", 60)
    levels: list[int] = []

    def durability(batch: Batch) -> None:
        row = batch._connection.execute("PRAGMA synchronous").fetchone()
        levels.append(row[0] if row else -1)

    async def steps() -> None:
        async with store_in(tmp_path) as store:
            unit = store.begin()
            unit.put_contact(samples.contact(1))
            unit.add_message(1, samples.message(1, text="words"))
            await store.commit(unit)
            for number in range(MAX_UNINDEXED_TRANSACTIONS):
                await store.commit(setting(store, f"key {number}"))
            assert await store._database.read(indexed) == 1
            await store.commit(doing(store, durability))
            assert levels == [2]

    run(steps())


@pytest.mark.expect_log
def test_after_a_failure_a_search_finds_what_is_indexed(tmp_path: Path) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            unit = store.begin()
            unit.put_contact(samples.contact(1))
            unit.add_message(1, samples.message(1, text="words"))
            await store.commit(unit)
            assert len(await store.search("words", contact=None, limit=9)) == 1
            with pytest.raises(StorageError):
                await store.commit(doing(store, failing))
            assert len(await store.search("words", contact=None, limit=9)) == 1

    run(steps())


def indexed(connection: Connection) -> int:
    row = connection.execute("SELECT count(*) FROM message_texts_docsize").fetchone()
    assert row is not None
    return int(row[0])
