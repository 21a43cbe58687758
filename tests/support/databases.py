"""Databases for tests of the store: opened from a copy, since making the schema takes longer than most tests."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from app.storage.connection import Connection, open_writing
from app.storage.migrations import migrate
from app.storage.store import SqlStore
from crypto.secret import Secret

STORE_KEY = Secret(bytes(range(32)))


@cache
def empty_database() -> bytes:
    """The file of a database with the present schema and nothing in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "kith.db")
        path.touch()
        connection = open_writing(path, STORE_KEY)
        migrate(connection)
        connection.close()
        return path.read_bytes()


def database_in(folder: Path) -> Path:
    """The path of an empty database in a folder; one that is there already stays."""
    path = folder / "kith.db"
    if not path.exists():
        path.write_bytes(empty_database())
    return path


def connection_in(folder: Path) -> Connection:
    """A connection that writes, for tests of statements."""
    return open_writing(database_in(folder), STORE_KEY)


@asynccontextmanager
async def store_in(folder: Path) -> AsyncIterator[SqlStore]:
    """An open store, closed in the end."""
    store = await SqlStore.open(database_in(folder), STORE_KEY)
    try:
        yield store
    finally:
        await store.close()
