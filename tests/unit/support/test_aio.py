import asyncio

import pytest

from tests.support import aio


def test_the_result_comes_back() -> None:
    async def answer() -> int:
        await asyncio.sleep(0)
        return 42

    assert aio.run(answer()) == 42


def test_a_task_left_behind_fails_by_name() -> None:
    kept = []

    async def forgetful() -> None:
        kept.append(asyncio.get_running_loop().create_task(asyncio.Event().wait(), name="forgotten"))

    with pytest.raises(aio.LostTaskError, match="forgotten"):
        aio.run(forgetful())


def test_a_coroutine_that_hangs_is_stopped() -> None:
    with pytest.raises(TimeoutError):
        aio.run(asyncio.Event().wait(), timeout_s=0.01)
