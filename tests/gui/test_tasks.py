import asyncio

import pytest

from app.domain.errors import SENTENCES, ErrorKind, KithError
from app.gui.tasks import TaskOwner
from tests.support.aio import run


async def _fail(error: Exception) -> None:
    raise error


def test_a_failure_worded_for_people_is_reported_in_its_words() -> None:
    async def scene() -> list[str]:
        said: list[str] = []
        owner = TaskOwner(said.append)
        owner.start(_fail(KithError(ErrorKind.BAD_LINK)), name="failing")
        await asyncio.sleep(0)
        await owner.close()
        return said

    assert run(scene()) == [SENTENCES[ErrorKind.BAD_LINK]]


def test_an_unexpected_failure_is_logged_by_its_type_alone(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> list[str]:
        said: list[str] = []
        owner = TaskOwner(said.append)
        owner.start(_fail(ValueError("what Ben wrote")), name="failing")
        await asyncio.sleep(0)
        await owner.close()
        return said

    assert run(scene()) == [SENTENCES[ErrorKind.UNEXPECTED]]
    assert "ValueError" in caplog.text
    assert "Ben" not in caplog.text


def test_closing_cancels_tasks_and_waits_for_those_that_have_to_finish() -> None:
    async def scene() -> list[str]:
        seen: list[str] = []

        async def work(name: str) -> None:
            try:
                await asyncio.sleep(0.01 if name == "finishes" else 60)
                seen.append(name)
            except asyncio.CancelledError:
                seen.append(f"{name}: cancelled")
                raise

        owner = TaskOwner(seen.append)
        owner.child().start(work("child"), name="child")
        owner.start(work("waits"), name="waits")
        owner.start(work("finishes"), name="finishes", finish=True)
        await asyncio.sleep(0)
        await owner.close()
        return seen

    assert run(scene()) == ["child: cancelled", "waits: cancelled", "finishes"]


def test_nothing_starts_after_closing() -> None:
    async def scene() -> list[str]:
        seen: list[str] = []
        owner = TaskOwner(seen.append)
        await owner.close()
        owner.start(_fail(KithError(ErrorKind.BAD_LINK)), name="too late")
        await asyncio.sleep(0)
        return seen

    assert run(scene()) == []


def test_a_task_cancelled_before_its_first_step_leaves_no_warning() -> None:
    async def scene() -> None:
        owner = TaskOwner(lambda _sentence: None)
        owner.start(asyncio.sleep(60), name="never begun")
        await owner.close()

    run(scene())
