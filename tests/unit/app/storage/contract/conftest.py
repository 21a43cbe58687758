"""Every test of the store contract runs on each store."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from app.ports.store import Store
from tests.support import samples
from tests.support.aio import run
from tests.support.databases import store_in
from tests.support.memory_store import MemoryStore
from tests.support.store_contract import Steps, WithStore, write


@asynccontextmanager
async def memory_store(folder: Path) -> AsyncIterator[Store]:
    yield MemoryStore()


@pytest.fixture(params=[store_in, memory_store])
def with_store(request: pytest.FixtureRequest, tmp_path: Path) -> WithStore:
    """Run steps on a store that holds contacts 1 and 2."""
    make: Callable[[Path], AbstractAsyncContextManager[Store]] = request.param

    async def prepared(steps: Steps) -> None:
        async with make(tmp_path) as store:
            await write(store, lambda unit: unit.put_contact(samples.contact(1)))
            await write(store, lambda unit: unit.put_contact(samples.contact(2)))
            await steps(store)

    return lambda steps: run(prepared(steps))
