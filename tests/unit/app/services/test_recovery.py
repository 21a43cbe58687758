import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app.domain.errors import ErrorKind, StorageError
from app.services.recovery import PAUSE_S, Recovery
from app.services.task_owner import TaskOwner
from tests.support.aio import run


def recovered(load: Callable[[Recovery], Awaitable[None]], *, failures: int = 1) -> None:
    """Let a commit fail, and wait until memory was read anew by everybody who heard of it."""

    async def scenario() -> None:
        tasks = TaskOwner()
        recovery = Recovery(lambda: load(recovery), tasks=tasks, retry_s=0)
        for _ in range(failures):
            recovery.begin()
        await asyncio.gather(recovery.wait(), recovery.wait())
        await tasks.close()

    run(scenario())


def test_whoever_hears_of_a_failure_memory_is_read_once() -> None:
    loads = []

    async def load(recovery: Recovery) -> None:
        await asyncio.sleep(0)
        loads.append(1)

    recovered(load, failures=3)
    assert len(loads) == 1


def test_a_failure_while_memory_is_read_lets_it_be_read_again() -> None:
    loads = []

    async def load(recovery: Recovery) -> None:
        loads.append(1)
        if len(loads) == 1:
            recovery.begin()

    recovered(load)
    assert len(loads) == 2


def test_a_store_that_cannot_be_read_is_read_later(caplog: pytest.LogCaptureFixture) -> None:
    loads = []

    async def load(recovery: Recovery) -> None:
        loads.append(1)
        if len(loads) < 3:
            raise StorageError(ErrorKind.STORAGE_DAMAGED)

    recovered(load)
    assert len(loads) == 3
    assert caplog.messages == ["the profile cannot be read: storage_damaged"] * 2


def test_whatever_keeps_memory_from_being_read_nobody_waits_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    loads = []

    async def load(recovery: Recovery) -> None:
        loads.append(1)
        if len(loads) == 1:
            raise ValueError("a bug")

    recovered(load)
    assert len(loads) == 2
    assert caplog.messages == ["the profile cannot be read"]


def test_without_a_failure_nobody_waits() -> None:
    async def load(recovery: Recovery) -> None:
        raise AssertionError("nothing failed")

    recovered(load, failures=0)


def test_after_a_failure_soon_after_another_it_takes_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def counted(delay_s: float) -> None:
        pauses.append(delay_s)
        await sleep(0)

    async def load() -> None:
        pass

    async def scenario() -> None:
        tasks = TaskOwner()
        recovery = Recovery(load, tasks=tasks)
        for _ in range(3):
            recovery.begin()
            await recovery.wait()
        await tasks.close()

    monkeypatch.setattr(asyncio, "sleep", counted)
    run(scenario())
    assert pauses == [PAUSE_S, PAUSE_S]
