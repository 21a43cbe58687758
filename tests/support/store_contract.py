"""What the tests of the store contract share: they run on the real store, and on the one in memory that stands in."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from app.ports.store import Store, UnitOfWork

Steps = Callable[[Store], Coroutine[Any, Any, None]]
WithStore = Callable[[Steps], None]


def write(store: Store, *records: Callable[[UnitOfWork], None]) -> Awaitable[None]:
    """Commit one unit that records all this."""
    unit = store.begin()
    for record in records:
        record(unit)
    return store.commit(unit)
