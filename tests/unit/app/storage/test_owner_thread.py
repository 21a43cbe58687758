"""Threads that own a connection: they open it, close it, and leave nothing running."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from app.storage.caretaker import Caretaker
from app.storage.connection import Connection
from app.storage.reader import Reader
from tests.support.aio import run
from tests.support.databases import connection_in


def reading(connect: Callable[[], Connection]) -> Reader:
    return Reader("kith-test", connect, database=Path("kith.db"), caretaker=Caretaker())


def test_what_opening_raises_is_raised_and_the_thread_ends() -> None:
    def refuse() -> Connection:
        raise LookupError("no such thing")

    async def steps() -> None:
        reader = reading(refuse)
        with pytest.raises(LookupError, match="no such thing"):
            await reader.start()
        await reader.stop()
        assert not reader._thread.is_alive()

    run(steps())


def test_it_is_named_a_daemon_and_stops_once_though_told_twice(tmp_path: Path) -> None:
    async def steps() -> None:
        reader = reading(lambda: connection_in(tmp_path))
        await reader.start()
        assert (reader._thread.name, reader._thread.daemon) == ("kith-test", True)
        await asyncio.gather(reader.stop(), reader.stop())
        await reader.stop()
        assert not reader._thread.is_alive()

    run(steps())


def test_cancelling_the_start_ends_the_thread_when_it_has_opened(tmp_path: Path) -> None:
    release = Event()

    def slowly() -> Connection:
        release.wait(10)
        return connection_in(tmp_path)

    async def steps() -> None:
        reader = reading(slowly)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await reader.start()
        release.set()
        await reader.stop()
        assert not reader._thread.is_alive()

    run(steps())


def test_a_loop_that_ended_is_not_told_anything(tmp_path: Path) -> None:
    async def abandon() -> Reader:
        reader = reading(lambda: connection_in(tmp_path))
        await reader.start()
        return reader

    reader = run(abandon())
    reader._end()
    reader._thread.join(10)
    assert not reader._thread.is_alive()
