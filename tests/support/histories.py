"""What random histories of two people share: what befalls an engine, and a person who lives through it."""

import asyncio
import random  # noqa: TID251 - a schedule is reproduced from its seed
from collections import Counter
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from app.domain.errors import StorageError
from app.domain.events import Event, MessageReceived
from app.domain.message import Message
from tests.support.disks import MemoryDisk
from tests.support.engine import Engine
from tests.support.memory_store import Tables

MAX_TURNS = 16
"""Of the loop, between two happenings: a text needs about thirty to be delivered on a disk that takes none."""

PATIENT = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    deadline=None,
)
"""For tests that live through histories: one takes a while, and a fixture may serve many."""


@dataclass(frozen=True)
class Strike:
    """Something goes wrong at one of the next commits of one side."""

    side: int
    fault: Literal["crash_before", "crash_after", "fail"]
    commit: int


@dataclass(frozen=True)
class Restart:
    side: int


sides = st.integers(0, 1)


def strikes(*, latest: int) -> st.SearchStrategy[Strike]:
    """At one of the next ``latest`` commits."""
    return st.builds(Strike, sides, st.sampled_from(["crash_before", "crash_after", "fail"]), st.integers(1, latest))


def memory_disk(dice: random.Random) -> MemoryDisk:
    """One that takes some turns of the loop for a commit, and loses some with a crash."""
    return MemoryDisk(turns=lambda: dice.randrange(4), loses=lambda: dice.random() < 0.5)


@dataclass
class Person:
    """An engine with all its lives, and what its front-end was told."""

    engine: Engine
    lives: list[list[Event]] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    """Texts that were taken."""
    refused: set[str] = field(default_factory=set)
    calls: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        self.engine.events = []
        self.lives.append(self.engine.events)
        await self.engine.start()

    async def stop(self) -> None:
        await self.engine.stop()
        for call in self.calls:
            call.cancel()
        await asyncio.gather(*self.calls, return_exceptions=True)
        self.calls.clear()

    async def restart(self, tables: Tables | None = None) -> None:
        """End, which a crash may have done already, and live again; on a copy, if there is one."""
        await self.stop()
        if tables is not None:
            cast(MemoryDisk, self.engine.disk).tables = tables.copied()
        await self.start()

    def call(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """What a front-end does, which nothing waits for."""
        self.calls.add(asyncio.get_running_loop().create_task(coroutine))

    async def send(self, other: "Person", text: str) -> None:
        try:
            await self.engine.messenger.send_text(other.engine.id, text)
        except StorageError:
            self.refused.add(text)
        else:
            self.answered.add(text)


async def turn(dice: random.Random, turns: int = MAX_TURNS) -> None:
    """Let others go on for a moment."""
    for _ in range(dice.randrange(turns)):
        await asyncio.sleep(0)


# --- What must hold of any history


def check_shown_once(rows: Iterable[Message]) -> None:
    assert max(Counter(row.text for row in rows).values(), default=0) <= 1


def check_told_once(life: Iterable[Event]) -> None:
    received = Counter(event.message.message_id for event in life if isinstance(event, MessageReceived))
    assert max(received.values(), default=0) <= 1
