"""Copies of a test engine's profile, taken at one moment and put back at another."""

from dataclasses import replace
from typing import cast

from tests.support.disks import MemoryDisk
from tests.support.engine import Engine, Faults
from tests.support.memory_store import Tables
from tests.support.pair import HandClock

DAY_S = 24 * 3600.0


def copy_of(engine: Engine) -> Tables:
    """All that is committed now, sessions included: what somebody gets who copies the folder."""
    return cast(MemoryDisk, engine.disk).tables.copied()


def without_sessions(tables: Tables) -> Tables:
    """The same as a snapshot has it: nothing of any ratchet, and what waits unsealed."""
    unsealed = {
        number: replace(outgoing, transcript=None, envelope_id=None, envelope=None)
        for number, outgoing in tables.outgoing.items()
    }
    return replace(tables.copied(), sessions={}, attempts={}, answers={}, outgoing=unsealed)


async def put_back(engine: Engine, tables: Tables, faults: Faults | None = None) -> None:
    """End the engine, however far it has come since, and start it on the copy."""
    await engine.stop()
    cast(MemoryDisk, engine.disk).tables = tables.copied()
    await engine.start(faults)


async def lose_sessions(engine: Engine) -> None:
    """Start the engine on what a snapshot would have of it now."""
    await put_back(engine, without_sessions(copy_of(engine)))


def twin_of(engine: Engine, port: int) -> Engine:
    """A second computer with the same account, not started: its disk is a copy of the first one's."""
    twin = Engine(engine.name, engine.folder, engine.board, port, engine.now, disk=MemoryDisk(tables=copy_of(engine)))
    twin.account = engine.account
    return twin


def pass_a_day(clock: HandClock) -> None:
    """So that either side may reset a session again."""
    clock.now_s += DAY_S
