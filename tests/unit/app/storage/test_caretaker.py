"""Whoever looks after a profile while its store is open."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random  # noqa: TID251 - instants that come again

import pytest

from app.storage import caretaker as module
from app.storage.caretaker import ProfileCaretaker
from app.storage.high_water_mark import Mark, read_mark
from app.storage.profile_folder import ProfileFolder
from app.storage.snapshots import SnapshotDraft, is_whole
from app.storage.store import SqlStore
from tests.support import samples
from tests.support.aio import run
from tests.support.databases import STORE_KEY, connection_in, database_in

ROOT = Path(__file__).parents[4]
KILLS = 6


@asynccontextmanager
async def cared_for(folder: Path) -> AsyncIterator[tuple[SqlStore, ProfileFolder]]:
    """An open store in a folder, and somebody who looks after it."""
    files = ProfileFolder(folder)
    caretaker = ProfileCaretaker(files, STORE_KEY)
    store = await SqlStore.open(database_in(folder), STORE_KEY, caretaker)
    caretaker.start()
    try:
        yield store, files
    finally:
        await store.close()


async def add(store: SqlStore, contact: int) -> None:
    unit = store.begin()
    unit.put_contact(samples.contact(contact))
    await store.commit(unit)


def snapshots(folder: Path) -> list[str]:
    return [path.name for path in ProfileFolder(folder).snapshots.newest_first()]


def session_after(folder: Path, *, age_s: float, changes: int = 1) -> list[str]:
    """The snapshots after a run that began with one of this age and committed so many units."""
    folder.mkdir(exist_ok=True)

    async def steps() -> None:
        async with cared_for(folder):
            pass
        (path,) = ProfileFolder(folder).snapshots.newest_first()
        then = time.time() - age_s
        os.utime(path, (then, then))
        async with cared_for(folder) as (store, _):
            for _ in range(changes):
                await add(store, 1)

    run(steps())
    return snapshots(folder)


def test_the_first_one_is_written_before_the_store_closes(tmp_path: Path) -> None:
    async def steps() -> None:
        async with cared_for(tmp_path) as (store, files):
            await add(store, 1)
            assert files.snapshots.newest_first() == []
        (path,) = files.snapshots.newest_first()
        assert is_whole(path, STORE_KEY)

    run(steps())


def test_a_young_one_will_do(tmp_path: Path) -> None:
    assert session_after(tmp_path, age_s=60) == ["0001.db"]


def test_an_old_one_is_followed_by_another_if_anything_changed(tmp_path: Path) -> None:
    assert session_after(tmp_path, age_s=module.INTERVAL_S + 60, changes=0) == ["0001.db"]
    assert session_after(tmp_path / "b", age_s=module.INTERVAL_S + 60) == ["0002.db", "0001.db"]


def test_one_of_the_future_counts_as_old(tmp_path: Path) -> None:
    assert session_after(tmp_path, age_s=-3600) == ["0002.db", "0001.db"]


def test_after_many_changes_another_is_due_sooner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MANY_CHANGES", 5)
    assert session_after(tmp_path, age_s=module.MIN_INTERVAL_S / 2, changes=5) == ["0001.db"]
    assert session_after(tmp_path / "b", age_s=module.MIN_INTERVAL_S + 60, changes=5) == ["0002.db", "0001.db"]


def test_in_a_long_run_it_looks_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0.001)

    async def steps() -> None:
        async with cared_for(tmp_path) as (_, files), asyncio.timeout(10):
            while not files.snapshots.newest_first():
                await asyncio.sleep(0)

    run(steps())


def test_a_large_profile_is_not_kept_from_closing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LAST_BYTES", 1)

    async def steps() -> None:
        async with cared_for(tmp_path):
            pass

    run(steps())
    assert snapshots(tmp_path) == []


def test_one_under_way_is_abandoned_when_the_store_closes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0.001)
    monkeypatch.setattr(module, "MAX_LAST_BYTES", 1)
    begun: list[SnapshotDraft] = []

    def endless(draft: SnapshotDraft) -> None:
        begun.append(draft)
        while True:
            draft._go_on()

    monkeypatch.setattr(SnapshotDraft, "write", endless)

    async def steps() -> None:
        async with cared_for(tmp_path):
            while not begun:
                await asyncio.sleep(0)

    run(steps())
    assert snapshots(tmp_path) == []
    assert list((tmp_path / "snapshots").iterdir()) == []


def test_whoever_removes_a_contact_removes_it_from_all_snapshots(tmp_path: Path) -> None:
    async def steps() -> None:
        async with cared_for(tmp_path) as (store, _):
            await add(store, 1)
        async with cared_for(tmp_path) as (store, files):
            unit = store.begin()
            unit.remove_contact(1)
            await store.commit(unit)
            assert files.snapshots.newest_first() == []
        (path,) = files.snapshots.newest_first()
        unpacked = tmp_path / "copy"
        unpacked.mkdir()
        path.rename(unpacked / "kith.db")
        connection = connection_in(unpacked)
        assert connection.execute("SELECT count(*) FROM contacts").fetchone() == (0,)
        connection.close()

    run(steps())


def test_a_snapshot_that_a_removal_overtook_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, overtaken = SnapshotDraft.write, asyncio.Event()

    async def steps() -> None:
        loop = asyncio.get_running_loop()
        async with cared_for(tmp_path) as (store, files):
            await add(store, 1)
            caretaker = store._database._caretaker
            assert isinstance(caretaker, ProfileCaretaker)

            async def remove() -> None:
                unit = store.begin()
                unit.remove_contact(1)
                await store.commit(unit)

            def slowly(draft: SnapshotDraft) -> None:
                write(draft)
                asyncio.run_coroutine_threadsafe(remove(), loop).result(10)
                overtaken.set()

            with monkeypatch.context() as patch:
                patch.setattr(SnapshotDraft, "write", slowly)
                await asyncio.to_thread(caretaker._renew, is_last=True)
            assert overtaken.is_set()
            assert files.snapshots.newest_first() == []
            assert list((tmp_path / "snapshots").iterdir()) == []

    run(steps())


def test_the_mark_follows_each_commit_and_says_how_it_ended(tmp_path: Path) -> None:
    async def steps() -> None:
        async with cared_for(tmp_path) as (store, files):
            assert read_mark(files.mark) is None
            await add(store, 1)
            await add(store, 2)
            assert read_mark(files.mark) == Mark(2, is_running=True)
        assert read_mark(files.mark) == Mark(2, is_running=False)
        async with cared_for(tmp_path) as (store, files):
            await add(store, 3)
            assert read_mark(files.mark) == Mark(3, is_running=True)

    run(steps())


def test_damage_found_by_a_snapshot_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 60)
    connection = connection_in(tmp_path)
    rows = ((f"{number:09}", "x" * 90) for number in range(3_000))
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO settings VALUES (?, ?)", rows)
    connection.execute("COMMIT")
    connection.close()

    async def steps() -> None:
        async with cared_for(tmp_path) as (_, files):
            with files.database.open("r+b") as file:
                file.seek(-40_000, os.SEEK_END)
                file.write(bytes(4096))
        assert files.suspect.exists()

    run(steps())
    assert snapshots(tmp_path) == []
    assert "the profile on disk is damaged; the next start repairs it" in caplog.messages


def test_a_disk_that_fails_costs_the_snapshot_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("app.storage.snapshots.sync_file", fail)

    async def steps() -> None:
        async with cared_for(tmp_path) as (store, _):
            await add(store, 1)

    run(steps())
    assert snapshots(tmp_path) == []
    assert {path.name for path in tmp_path.iterdir()} == {"kith.db", "mark", "snapshots"}


WRITER = textwrap.dedent("""
    import asyncio, os, sys
    from pathlib import Path
    from app.storage import caretaker
    from app.storage.caretaker import ProfileCaretaker
    from app.storage.profile_folder import ProfileFolder
    from app.storage.store import SqlStore
    from tests.support import samples
    from tests.support.databases import STORE_KEY

    caretaker.PAUSE_S = 0.0
    caretaker.MANY_CHANGES = 1
    caretaker.MIN_INTERVAL_S = 0.0

    async def main(folder, first):
        files = ProfileFolder(folder)
        looking_after = ProfileCaretaker(files, STORE_KEY)
        store = await SqlStore.open(files.database, STORE_KEY, looking_after)
        looking_after.start()
        for number in range(first, first + 1_000_000):
            unit = store.begin()
            unit.put_contact(samples.contact(1))
            unit.add_message(1, samples.message(number))
            await store.commit(unit)
            os.write(1, b"%d\\n" % number)

    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
""")


def test_killed_while_snapshots_are_written_nothing_is_lost_and_each_is_whole(tmp_path: Path) -> None:
    database_in(tmp_path)
    dice, newest, told = Random(1), 0, 0
    for _ in range(KILLS):
        told = max(told, last_told_before_kill(tmp_path, told + 1, dice.uniform(0.05, 0.3)))
        found = ProfileFolder(tmp_path).snapshots.newest_first()
        assert len(found) <= 4, "three, and the one that the fourth is to replace"
        assert all(is_whole(path, STORE_KEY) for path in found)
        assert newest <= int(found[0].stem)
        newest = int(found[0].stem)
        connection = connection_in(tmp_path)
        assert connection.execute("SELECT max(clock), count(*) FROM messages").fetchone() in {
            (count, count) for count in (told, told + 1)
        }
        row = connection.execute("SELECT max(clock) FROM messages").fetchone()
        connection.close()
        assert row is not None
        told = row[0]
    assert newest > KILLS


def last_told_before_kill(folder: Path, first: int, after_s: float) -> int:
    """Let a process commit, and write one snapshot after the other, until it is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(first)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        while not ProfileFolder(folder).snapshots.newest_first():
            lines.append(process.stdout.readline())
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    return int([line for line in lines if line.endswith(b"\n")][-1])
