import asyncio
import gc
import threading
import weakref

import pytest

from app.gui.garbage import GarbageCollector
from tests.support.gui import run_gui, until

pytestmark = pytest.mark.usefixtures("qapp")


class Cycle:
    """Collected by the cycle collector alone; tells by which thread."""

    def __init__(self, freed_by: list[int]) -> None:
        self.me = self
        weakref.finalize(self, lambda: freed_by.append(threading.get_ident()))


def test_cycles_made_on_another_thread_are_freed_on_the_guis() -> None:
    async def scene() -> list[int]:
        freed_by: list[int] = []

        def litter() -> None:
            for _ in range(5_000):
                Cycle(freed_by)

        thread = threading.Thread(target=litter)
        thread.start()
        await until(lambda: not thread.is_alive())
        await until(lambda: freed_by)
        await asyncio.sleep(0)
        return freed_by

    assert set(run_gui(scene())) == {threading.get_ident()}


def test_the_automatic_collector_is_as_before_afterwards() -> None:
    assert gc.isenabled()
    with GarbageCollector():
        assert not gc.isenabled()
    assert gc.isenabled()
