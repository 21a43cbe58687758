"""What one message costs in the store: CPU time of the thread that writes, and of the loop that records."""

import gc
import hashlib
import random  # noqa: TID251 (seeded, so that every run stores the same)
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from app.domain.identifiers import MessageId
from app.domain.message import Message
from app.ports.records import Outgoing
from app.storage.connection import Connection
from app.storage.search import index_waiting
from app.storage.unit_of_work import RecordedUnit
from app.storage.writer import INDEXED_TOGETHER, write_transaction
from tests.bench.figure import Figure, figure
from tests.support import samples
from tests.support.databases import connection_in

ROUNDS = 5
MESSAGES = 5_000
UNITS_TOGETHER = 250
WORDS = 30
VOCABULARY = [f"w{number:x}" for number in range(3_000)]

ENVELOPE = bytes(361)
CONTENT = bytes(230)
SESSION = samples.stored_session(1)
MICROSECOND_S = 1e-6


def figures() -> Iterator[Figure]:
    costs: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        connection = connection_in(Path(folder))
        unit = RecordedUnit(1)
        unit.put_contact(samples.contact(1))
        write_transaction(connection, [unit])
        for start in range(1, 2 * ROUNDS * MESSAGES, 2 * MESSAGES):
            measure(connection, "sent", sent_units(start), costs)
            measure(connection, "received", received_units(start + MESSAGES), costs)
            measure_indexing(connection, costs)
            connection.execute("DELETE FROM outgoing")
        connection.close()
    detail: dict[str, object] = {"units_together": UNITS_TOGETHER, "words": WORDS}
    for name, samples_us in costs.items():
        at_most = 60 if name.endswith("writer") else None
        yield figure(f"store_{name}", samples_us, "us", at_most=at_most, detail=detail)


def measure(
    connection: Connection, kind: str, make: Callable[[], list[RecordedUnit]], costs: dict[str, list[float]]
) -> None:
    """Add the microseconds a message took in each thread."""
    gc.collect()
    started = time.thread_time()
    units = make()
    recorded = time.thread_time()
    for first in range(0, MESSAGES, UNITS_TOGETHER):
        write_transaction(connection, units[first : first + UNITS_TOGETHER])
    written = time.thread_time()
    costs.setdefault(f"{kind}_loop", []).append((recorded - started) / MESSAGES / MICROSECOND_S)
    costs.setdefault(f"{kind}_writer", []).append((written - recorded) / MESSAGES / MICROSECOND_S)


def measure_indexing(connection: Connection, costs: dict[str, list[float]]) -> None:
    """What the writer does later, when it is idle."""
    started = time.thread_time()
    while index_waiting(connection, INDEXED_TOGETHER):
        pass
    costs.setdefault("indexing_later", []).append((time.thread_time() - started) / (2 * MESSAGES) / MICROSECOND_S)


def sent_units(start: int) -> Callable[[], list[RecordedUnit]]:
    rows = [(message(number, mine=True), outgoing(number)) for number in range(start, start + MESSAGES)]

    def make() -> list[RecordedUnit]:
        units = []
        for sent, waiting in rows:
            unit = RecordedUnit(1)
            unit.put_session(SESSION)
            unit.add_message(1, sent)
            unit.add_outgoing(waiting)
            units.append(unit)
        return units

    return make


def received_units(start: int) -> Callable[[], list[RecordedUnit]]:
    rows = [(message(number, mine=False), digest(number)) for number in range(start, start + MESSAGES)]

    def make() -> list[RecordedUnit]:
        units = []
        for received, envelope_id in rows:
            unit = RecordedUnit(1)
            unit.put_session(SESSION)
            unit.add_message(1, received)
            unit.add_received(1, envelope_id, at=samples.NOW)
            units.append(unit)
        return units

    return make


def message(number: int, *, mine: bool) -> Message:
    made = samples.message(number, mine=mine, text=text(number), clock=number << 24)
    return replace(made, message_id=MessageId(digest(number).hex()))


def outgoing(number: int) -> Outgoing:
    made = samples.outgoing(number, envelope=number)
    return replace(made, content=CONTENT, envelope_id=digest(number), envelope=ENVELOPE)


def digest(number: int) -> bytes:
    """An id as random as real ones are."""
    return hashlib.sha256(str(number).encode()).digest()[:16]


def text(number: int) -> str:
    """Words with frequencies as in a language: the n-th is n times rarer than the first."""
    chance = random.Random(number)
    return " ".join(VOCABULARY[int(len(VOCABULARY) ** chance.random()) - 1] for _ in range(WORDS))
