"""Reads: errors come back in words, and a caller that went away harms nobody."""

import asyncio
from pathlib import Path

import pytest

from app.domain.errors import ErrorKind, StorageError
from app.storage.connection import Connection
from tests.support import samples
from tests.support.aio import run
from tests.support.databases import connection_in, store_in


def test_a_stored_value_that_does_not_decode_is_damage(tmp_path: Path) -> None:
    connection = connection_in(tmp_path)
    connection.execute("INSERT INTO account VALUES (1, 'Ann', x'00', x'00', 0, 0)")
    connection.close()

    async def steps() -> None:
        async with store_in(tmp_path) as store:
            with pytest.raises(StorageError) as failed:
                await store.account()
            assert failed.value.kind is ErrorKind.STORAGE_DAMAGED

    run(steps())


def test_a_damaged_page_is_damage(tmp_path: Path) -> None:
    connection = connection_in(tmp_path)
    connection.execute("BEGIN")
    for number in range(3_000):
        connection.execute("INSERT INTO settings VALUES (?, ?)", (f"{number:09}", "x" * 90))
    connection.execute("COMMIT")
    connection.close()
    path = tmp_path / "kith.db"
    content = bytearray(path.read_bytes())
    content[-40_000] ^= 1
    path.write_bytes(content)

    async def steps() -> None:
        async with store_in(tmp_path) as store:
            with pytest.raises(StorageError) as failed:
                await store.settings()
            assert failed.value.kind is ErrorKind.STORAGE_DAMAGED

    run(steps())


def test_a_bug_in_a_query_is_raised_as_it_is(tmp_path: Path) -> None:
    def wrong(connection: Connection) -> None:
        raise LookupError("wrong")

    async def steps() -> None:
        async with store_in(tmp_path) as store:
            with pytest.raises(LookupError):
                await store._database.read(wrong)

    run(steps())


def test_a_cancelled_read_is_answered_to_nobody(tmp_path: Path) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            unit = store.begin()
            unit.put_account(samples.account("Ann"))
            await store.commit(unit)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await store.contacts()
            account = await store.account()
            assert account is not None
            assert account.name == "Ann"

    run(steps())
