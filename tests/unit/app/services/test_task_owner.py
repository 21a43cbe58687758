import asyncio
from collections.abc import Callable, Coroutine

import pytest

from app.services.task_owner import TaskOwner
from tests.support.aio import run

Steps = Callable[[TaskOwner], Coroutine[None, None, None]]


def owned(steps: Steps) -> None:
    async def scenario() -> None:
        owner = TaskOwner()
        try:
            await steps(owner)
        finally:
            await owner.close()

    run(scenario())


async def endless() -> None:
    await asyncio.Event().wait()


def test_its_tasks_have_names_and_end_with_it() -> None:
    async def steps(owner: TaskOwner) -> None:
        owner.start(endless(), name="endless")
        assert "endless" in {task.get_name() for task in asyncio.all_tasks()}
        await asyncio.sleep(0)

    owned(steps)


def test_a_task_that_fails_is_logged_and_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    done = []

    async def failing() -> None:
        raise ZeroDivisionError

    async def working() -> None:
        await asyncio.sleep(0)
        done.append(1)

    async def steps(owner: TaskOwner) -> None:
        owner.start(failing(), name="failing")
        owner.start(working(), name="working")
        while not done:
            await asyncio.sleep(0)

    owned(steps)
    assert caplog.messages == ["task failing failed"]


def test_a_task_may_start_later() -> None:
    done = []

    async def work() -> None:
        done.append(1)

    async def steps(owner: TaskOwner) -> None:
        owner.start_later(0, work, name="later")
        assert not done
        while not done:
            await asyncio.sleep(0)

    owned(steps)


def test_what_was_to_start_later_does_not_start_after_the_end() -> None:
    async def never() -> None:
        raise AssertionError

    async def scenario() -> None:
        owner = TaskOwner()
        owner.start_later(0, never, name="later")
        await owner.close()
        owner.start(never(), name="too late")
        owner.start_later(0, never, name="much too late")
        for _ in range(3):
            await asyncio.sleep(0)

    run(scenario())
