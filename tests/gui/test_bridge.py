import asyncio
import itertools
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from app.domain.errors import ErrorKind, KithError
from app.domain.events import Event, PathChanged
from app.domain.identifiers import ContactId
from app.gui.bridge import DRAIN_INTERVAL_MS, Bridge
from app.gui.engine_thread import EngineStoppedError, EngineThread
from tests.support.fake_messenger import FakeMessenger
from tests.support.gui import as_messenger, run_gui, until

pytestmark = pytest.mark.usefixtures("qapp")


@asynccontextmanager
async def bridged() -> AsyncIterator[Bridge]:
    engine = EngineThread()
    engine.start()
    bridge = Bridge(engine)
    try:
        yield bridge
    finally:
        await bridge.close()
        engine.stop()
        await asyncio.wrap_future(engine.finished)
        engine.join()


def event(number: int) -> PathChanged:
    return PathChanged(contact=ContactId(str(number)), online=True, path=None, rtt_ms=None)


async def repeat(post: Callable[[Event], None], events: int, pause_s: float = 0.0) -> None:
    for number in range(events):
        post(event(number))
        if pause_s:
            await asyncio.sleep(pause_s)


def test_a_call_runs_on_the_engines_thread_and_its_result_comes_back() -> None:
    async def scene() -> tuple[str, int]:
        async def where(prefix: str, *, suffix: str) -> str:
            return prefix + threading.current_thread().name + suffix

        async with bridged() as bridge:
            return await bridge.call(where, "<", suffix=">"), await bridge.call_plain(threading.get_ident)

    name, thread = run_gui(scene())
    assert name == "<engine>"
    assert thread != threading.get_ident()


def test_a_failure_crosses_as_itself() -> None:
    async def scene() -> None:
        async def fail() -> None:
            raise KithError(ErrorKind.BAD_LINK)

        async with bridged() as bridge:
            await bridge.call(fail)

    with pytest.raises(KithError) as failure:
        run_gui(scene())
    assert failure.value.kind is ErrorKind.BAD_LINK


def test_cancelling_the_waiting_task_cancels_the_call() -> None:
    async def scene() -> list[str]:
        seen = []
        begun = threading.Event()

        async def wait() -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                seen.append("cancelled")
                raise

        async with bridged() as bridge:
            task = asyncio.get_running_loop().create_task(bridge.call(wait), name="waiting")
            await until(begun.is_set)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await until(lambda: seen)
        return seen

    assert run_gui(scene()) == ["cancelled"]


def test_a_call_after_the_engine_has_stopped_says_so() -> None:
    async def scene() -> None:
        async with bridged() as bridge:
            pass
        await bridge.call(asyncio.sleep, 0)

    with pytest.raises(EngineStoppedError):
        run_gui(scene())


def test_events_arrive_in_order_on_the_guis_thread() -> None:
    async def scene() -> tuple[list[str], set[int]]:
        seen: list[str] = []
        threads: set[int] = set()

        def take(batch: list[PathChanged]) -> None:
            seen.extend(each.contact for each in batch)
            threads.add(threading.get_ident())

        async with bridged() as bridge:
            bridge.events.connect(take)
            await bridge.call(repeat, bridge.post, 2_000)
            await until(lambda: len(seen) == 2_000)
        return seen, threads

    seen, threads = run_gui(scene())
    assert seen == [str(number) for number in range(2_000)]
    assert threads == {threading.get_ident()}


def test_batches_keep_their_distance_however_many_events_come() -> None:
    async def scene() -> tuple[list[float], int]:
        times: list[float] = []
        sizes: list[int] = []

        def take(batch: list[PathChanged]) -> None:
            times.append(time.monotonic())
            sizes.append(len(batch))

        async with bridged() as bridge:
            bridge.events.connect(take)
            await bridge.call(repeat, bridge.post, 150, 0.002)
            await until(lambda: sum(sizes) == 150)
        return times, len(sizes)

    times, batches = run_gui(scene())
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert 1 < batches < 30
    assert min(gaps) >= (DRAIN_INTERVAL_MS - 3) / 1000


def test_the_first_event_after_a_rest_does_not_wait_for_a_batch() -> None:
    async def scene() -> float:
        arrived: list[float] = []
        async with bridged() as bridge:
            bridge.events.connect(lambda _batch: arrived.append(time.monotonic()))
            start = time.monotonic()
            await bridge.call(repeat, bridge.post, 1)
            await until(lambda: arrived)
        return arrived[0] - start

    assert run_gui(scene()) < 0.5


def test_no_event_arrives_after_closing() -> None:
    async def scene() -> tuple[int, int]:
        seen: list[object] = []
        fake = FakeMessenger()
        async with bridged() as bridge:
            bridge.events.connect(seen.append)
            await bridge.attach(as_messenger(fake))
            await bridge.call_plain(fake.tell, event(1))
            await bridge.close()
            before = len(seen)
            await bridge.call(repeat, bridge.post, 3)
            await asyncio.sleep(3 * DRAIN_INTERVAL_MS / 1000)
        return len(seen) - before, len(fake._subscribers)

    assert run_gui(scene()) == (0, 0)


def test_a_task_that_outlives_the_engine_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        async def leave_behind() -> None:
            lost.append(asyncio.get_running_loop().create_task(asyncio.sleep(60), name="left behind"))

        lost: list[asyncio.Task[None]] = []
        async with bridged() as bridge:
            await bridge.call(leave_behind)

    run_gui(scene())
    assert "left behind outlived the engine" in caplog.text
