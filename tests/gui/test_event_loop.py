import asyncio
import threading

import pytest
from PySide6.QtWidgets import QApplication

from app.gui.event_loop import EventLoop
from tests.support.gui import run_gui

pytestmark = pytest.mark.usefixtures("qapp")


def test_a_sleep_is_never_early() -> None:
    async def measured() -> list[float]:
        loop = asyncio.get_running_loop()
        early = []
        for wait_s in (0.0005, 0.0019, 0.0337, 0.1009):
            start = loop.time()
            await asyncio.sleep(wait_s)
            early.append(loop.time() - start - wait_s)
        return early

    assert min(run_gui(measured())) >= 0


def test_delayed_calls_run_in_order_of_their_times() -> None:
    async def ordered() -> list[str]:
        loop, seen, done = asyncio.get_running_loop(), list[str](), asyncio.Event()
        loop.call_later(0.02, seen.append, "late")
        loop.call_later(0.02, done.set)
        loop.call_later(0.005, seen.append, "early")
        loop.call_later(0.005, seen.append, "early, too")
        await done.wait()
        return seen

    assert run_gui(ordered()) == ["early", "early, too", "late"]


def test_a_cancelled_call_does_not_run_even_when_it_is_due() -> None:
    async def cancelled() -> list[str]:
        loop, seen, done = asyncio.get_running_loop(), list[str](), asyncio.Event()
        when = loop.time() + 0.005
        second: asyncio.TimerHandle | None = None

        def cancel() -> None:
            assert second is not None
            second.cancel()

        loop.call_at(when, cancel)
        second = loop.call_at(when, seen.append, "cancelled")
        loop.call_later(0.02, done.set)
        await done.wait()
        return seen

    assert run_gui(cancelled()) == []


def test_cancelled_calls_do_not_pile_up() -> None:
    async def piled() -> int:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, EventLoop)
        for _ in range(1_000):
            loop.call_later(60, print).cancel()
        return len(loop._delayed)

    assert run_gui(piled()) < 200


def test_a_time_limit_interrupts() -> None:
    async def limited() -> None:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        run_gui(limited())


def test_calls_of_other_threads_run_on_the_loop_in_order() -> None:
    async def called() -> tuple[list[int], set[int]]:
        loop, seen, threads, done = asyncio.get_running_loop(), list[int](), set[int](), asyncio.Event()

        def note(number: int) -> None:
            seen.append(number)
            threads.add(threading.get_ident())

        def post() -> None:
            for number in range(50):
                loop.call_soon_threadsafe(note, number)
            loop.call_soon_threadsafe(done.set)

        poster = threading.Thread(target=post)
        poster.start()
        await done.wait()
        poster.join()
        return seen, threads

    assert run_gui(called()) == (list(range(50)), {threading.get_ident()})


def test_a_closed_loop_refuses_every_kind_of_call(qapp: QApplication) -> None:
    with EventLoop(qapp) as loop:
        pass
    for call in (loop.call_soon, loop.call_soon_threadsafe):
        with pytest.raises(RuntimeError, match="closed"):
            call(print)
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_later(1, print)
