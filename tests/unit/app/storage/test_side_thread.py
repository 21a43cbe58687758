"""Slow calls beside the event loop."""

import asyncio
import threading
from threading import Event

import pytest

from app.storage.side_thread import on_side_thread
from tests.support.aio import run


def test_the_result_comes_back_from_a_named_daemon_thread() -> None:
    thread = run(on_side_thread("kith-test", threading.current_thread))
    assert thread.name == "kith-test"
    assert thread.daemon


def test_what_it_raises_is_raised_here() -> None:
    def fail() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        run(on_side_thread("kith-test", fail))


def test_a_call_that_outlives_its_caller_harms_nobody() -> None:
    release, ended = Event(), Event()

    def linger() -> None:
        release.wait(10)
        ended.set()

    async def impatient() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await on_side_thread("kith-test", linger)

    run(impatient())
    release.set()
    assert ended.wait(10)
