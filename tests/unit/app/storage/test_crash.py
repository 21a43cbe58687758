"""A process killed at any moment: whatever was acknowledged is there, whole, and the database is sound."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from app.storage.search import index_waiting
from tests.support.databases import connection_in, database_in

ROOT = Path(__file__).parents[4]

WRITER = textwrap.dedent("""
    import asyncio, os, sys
    from pathlib import Path
    from app.storage.store import SqlStore
    from tests.support import samples
    from app.storage.search import index_waiting
from tests.support.databases import STORE_KEY

    async def main(path, first):
        store = await SqlStore.open(path, STORE_KEY)
        stored = samples.stored_session(1)

        def acknowledge(number):
            return lambda done: os.write(1, b"%d\\n" % number)

        for number in range(first, first + 100_000):
            unit = store.begin()
            unit.put_contact(samples.contact(1))
            unit.put_session(stored)
            unit.add_message(1, samples.message(number, text=f"text {number}"))
            unit.add_outgoing(samples.outgoing(number, envelope=number))
            store.commit(unit).add_done_callback(acknowledge(number))
            if number % 7 == 0:
                await asyncio.sleep(0)

    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
""")


@pytest.mark.parametrize("acknowledged_before_kill", [1, 20, 150])
def test_what_was_acknowledged_survives_kill(tmp_path: Path, acknowledged_before_kill: int) -> None:
    path, first = database_in(tmp_path), 1
    for _ in range(3):
        acknowledged = written_until_killed(path, first, acknowledged_before_kill)
        connection = connection_in(tmp_path)
        messages = [row[0] for row in connection.execute("SELECT clock FROM messages ORDER BY clock").fetchall()]
        outgoing = [row[0] for row in connection.execute("SELECT sequence FROM outgoing ORDER BY sequence").fetchall()]
        integrity = connection.execute("PRAGMA integrity_check").fetchall()
        index_waiting(connection)
        connection.execute("INSERT INTO message_texts (message_texts, rank) VALUES ('integrity-check', 1)")
        connection.close()
        assert integrity == [("ok",)]
        assert messages == outgoing == list(range(1, len(messages) + 1))
        assert set(acknowledged) <= set(messages)
        first = len(messages) + 1


def written_until_killed(path: Path, first: int, count: int) -> list[int]:
    """Let a process commit from number ``first`` and kill it once it acknowledged ``count``; returns what it did."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(first)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(count)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    return [int(line) for line in lines if line.endswith(b"\n")]
