import asyncio
import logging

import pytest

from net.supervisor import Supervisor
from tests.support.aio import run


def test_no_task_outlives_its_owner() -> None:
    async def scenario() -> bool:
        supervisor = Supervisor(asyncio.get_running_loop())
        task = supervisor.start("for ever", forever())
        await asyncio.sleep(0)
        await supervisor.close()
        return task.cancelled()

    assert run(scenario())


def test_a_failure_is_logged_by_its_kind_only(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        supervisor = Supervisor(asyncio.get_running_loop())
        task = supervisor.start("fails", fail())
        await asyncio.wait([task])
        await asyncio.sleep(0)
        await supervisor.close()

    run(scenario())
    assert [(record.levelno, record.args) for record in caplog.records] == [(logging.ERROR, (ValueError,))]


async def forever() -> None:
    await asyncio.Event().wait()


async def fail() -> None:
    raise ValueError("a secret")
