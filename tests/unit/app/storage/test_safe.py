"""The ways into an open profile."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.domain.errors import ErrorKind, KithError
from app.domain.unlock_ways import UnlockWays
from app.storage import profile_folder
from app.storage.profile import create_profile, open_profile
from app.storage.safe import ProfileSafe
from crypto.vault import Argon2Cost
from tests.support import samples
from tests.support.aio import run
from tests.support.keyrings import KeyringInMemory
from tests.support.refusals import refused

ROOT = Path(__file__).parents[4]
CHEAP = Argon2Cost(memory_kib=8, passes=1)
OLD, NEW = "correct horse", "battery staple"


@pytest.fixture
def system_keyring(monkeypatch: pytest.MonkeyPatch) -> KeyringInMemory:
    return KeyringInMemory().installed(monkeypatch)


@asynccontextmanager
async def safe_in(folder: Path, passphrase: str | None = OLD) -> AsyncIterator[ProfileSafe]:
    """The safe of a new profile, which is closed in the end."""
    draft = await create_profile(folder, passphrase=passphrase, cost=CHEAP)
    unit = draft.store.begin()
    unit.put_account(samples.account("Ann"))
    await draft.store.commit(unit)
    await draft.keep()
    try:
        yield draft.safe
    finally:
        await draft.store.close()


async def opens(folder: Path, passphrase: str | None) -> bool:
    try:
        store, _ = await open_profile(folder, passphrase)
    except KithError as error:
        assert error.kind in {ErrorKind.WRONG_PASSPHRASE, ErrorKind.PASSPHRASE_MISSING}
        return False
    await store.close()
    return True


def test_a_new_passphrase_opens_the_profile_and_the_old_one_does_not(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with safe_in(tmp_path) as safe:
            assert await safe.ways() == UnlockWays(passphrase=True, keyring=False)
            await safe.check_passphrase(OLD)
            await safe.change_passphrase(OLD, NEW)
            await safe.check_passphrase(NEW)
            assert await refused(safe.check_passphrase(OLD)) is ErrorKind.WRONG_PASSPHRASE
        assert (await opens(tmp_path, OLD), await opens(tmp_path, NEW)) == (False, True)

    run(scenario())


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("wrong", NEW, ErrorKind.WRONG_PASSPHRASE),
        (None, NEW, ErrorKind.WRONG_PASSPHRASE),
        ("", NEW, ErrorKind.WRONG_PASSPHRASE),
        (OLD, "", ErrorKind.PASSPHRASE_MISSING),
        (OLD, "\ud800", ErrorKind.PASSPHRASE_MISSING),
    ],
)
def test_without_the_old_one_or_with_none_nothing_changes(
    tmp_path: Path, old: str | None, new: str, kind: ErrorKind
) -> None:
    async def scenario() -> None:
        async with safe_in(tmp_path) as safe:
            before = (tmp_path / "vault").read_bytes()
            assert await refused(safe.change_passphrase(old, new)) is kind
            assert (tmp_path / "vault").read_bytes() == before
        assert await opens(tmp_path, OLD)

    run(scenario())


def test_a_disk_that_takes_no_new_vault_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    async def scenario() -> None:
        async with safe_in(tmp_path) as safe:
            with monkeypatch.context() as context:
                context.setattr(profile_folder, "write_durably", full)
                assert await refused(safe.change_passphrase(OLD, NEW)) is ErrorKind.STORAGE_FULL
            await safe.check_passphrase(OLD)
        assert await opens(tmp_path, OLD)

    run(scenario())


def test_of_two_changes_at_once_the_second_needs_what_the_first_made(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with safe_in(tmp_path) as safe:
            outcomes = await asyncio.gather(
                safe.change_passphrase(OLD, NEW), safe.change_passphrase(OLD, "third"), return_exceptions=True
            )
            assert [isinstance(outcome, KithError) for outcome in outcomes] == [False, True]
            await safe.check_passphrase(NEW)

    run(scenario())


# --- The keyring


def test_the_keyring_is_added_and_removed_beside_a_passphrase(tmp_path: Path, system_keyring: KeyringInMemory) -> None:
    async def scenario() -> None:
        async with safe_in(tmp_path) as safe:
            await safe.set_keyring(enabled=False)
            for _ in range(2):
                await safe.set_keyring(enabled=True)
                assert await safe.ways() == UnlockWays(passphrase=True, keyring=True)
                assert len(system_keyring.kept) == 1
            await safe.change_passphrase(OLD, NEW)
            assert (await safe.ways()).keyring
        assert await opens(tmp_path, None)
        assert await opens(tmp_path, NEW)
        store, safe = await open_profile(tmp_path, None)
        await safe.set_keyring(enabled=False)
        await store.close()
        assert system_keyring.kept == {}
        assert (await opens(tmp_path, None), await opens(tmp_path, NEW)) == (False, True)

    run(scenario())


def test_a_profile_of_the_keyring_can_be_given_a_passphrase_and_then_do_without(
    tmp_path: Path, system_keyring: KeyringInMemory
) -> None:
    async def scenario() -> None:
        async with safe_in(tmp_path, None) as safe:
            assert await safe.ways() == UnlockWays(passphrase=False, keyring=True)
            assert await refused(safe.set_keyring(enabled=False)) is ErrorKind.LAST_WAY
            assert await refused(safe.check_passphrase("any")) is ErrorKind.WRONG_PASSPHRASE
            await safe.change_passphrase(None, NEW)
            await safe.set_keyring(enabled=False)
        assert system_keyring.kept == {}
        assert await opens(tmp_path, NEW)

    run(scenario())


def test_without_a_keyring_none_is_counted_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with safe_in(tmp_path) as safe:
            before = (tmp_path / "vault").read_bytes()
            assert await refused(safe.set_keyring(enabled=True)) is ErrorKind.KEYRING_MISSING
            assert (tmp_path / "vault").read_bytes() == before

    run(scenario())


def test_a_disk_that_takes_no_new_vault_leaves_no_key_in_the_keyring(
    tmp_path: Path, system_keyring: KeyringInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    async def scenario() -> None:
        async with safe_in(tmp_path) as safe:
            with monkeypatch.context() as context:
                context.setattr(profile_folder, "write_durably", full)
                assert await refused(safe.set_keyring(enabled=True)) is ErrorKind.STORAGE_FULL
            assert system_keyring.kept == {}

    run(scenario())


# --- Killed


CHANGER = textwrap.dedent("""
    import asyncio, os, sys
    from pathlib import Path
    from app.storage.profile_folder import ProfileFolder
    from app.storage.safe import ProfileSafe
    from app.storage.unlocking import decoded_vault
    from crypto.vault import Argon2Cost

    async def main(folder):
        files = ProfileFolder(folder)
        key = decoded_vault(files.read_vault()).open_with_passphrase("correct horse")
        safe = ProfileSafe(files, key, cost=Argon2Cost(memory_kib=8, passes=1))
        old, new = "correct horse", "battery staple"
        while True:
            os.write(1, b"changing\\n")
            await safe.change_passphrase(old, new)
            old, new = new, old

    asyncio.run(main(Path(sys.argv[1])))
""")


@pytest.mark.parametrize("changes", [1, 4, 25])
def test_whoever_is_killed_while_changing_has_the_old_passphrase_or_the_new(tmp_path: Path, changes: int) -> None:
    async def made() -> None:
        async with safe_in(tmp_path):
            pass

    run(made())
    with subprocess.Popen(
        [sys.executable, "-c", CHANGER, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        for _ in range(changes):
            assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)

    async def opened() -> list[bool]:
        return [await opens(tmp_path, passphrase) for passphrase in (OLD, NEW)]

    assert sorted(run(opened())) == [False, True]
