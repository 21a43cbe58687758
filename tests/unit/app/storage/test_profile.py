"""Profiles: created whole or not at all, opened by the right passphrase, by one process at a time."""

import asyncio
import shutil
import stat
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import ErrorKind, KithError
from app.storage import os_keyring, profile
from app.storage.connection import open_writing
from app.storage.profile import ProfileDraft, create_profile, open_profile, profile_exists
from app.storage.store import SqlStore
from crypto.secret import Secret
from crypto.vault import Argon2Cost, Vault
from tests.support import samples
from tests.support.aio import run
from tests.support.keyrings import KeyringInMemory

CHEAP = Argon2Cost(memory_kib=8, passes=1)
PASSPHRASE = "correct horse"


async def drafted(folder: Path, passphrase: str | None = PASSPHRASE) -> ProfileDraft:
    draft = await create_profile(folder, passphrase=passphrase, cost=CHEAP)
    unit = draft.store.begin()
    unit.put_account(samples.account("Ann"))
    await draft.store.commit(unit)
    return draft


async def created(folder: Path, passphrase: str | None = PASSPHRASE) -> None:
    draft = await drafted(folder, passphrase)
    await draft.keep()
    await draft.store.close()


async def name_in(folder: Path, passphrase: str | None = PASSPHRASE) -> str:
    store, _ = await open_profile(folder, passphrase)
    account = await store.account()
    await store.close()
    assert account is not None
    return account.name


async def refusal(attempt: Coroutine[Any, Any, object]) -> KithError:
    with pytest.raises(KithError) as refused:
        await attempt
    return refused.value


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# --- Creating


def test_a_kept_profile_opens_with_its_passphrase(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "profile"

    async def steps() -> None:
        assert not profile_exists(folder)
        draft = await drafted(folder)
        assert not profile_exists(folder)
        await draft.keep()
        assert profile_exists(folder)
        account = await draft.store.account()
        assert account is not None
        await draft.store.close()
        assert await name_in(folder) == "Ann"

    run(steps())
    assert names(folder) == {"lock", "vault", "kith.db", "mark", "snapshots"}


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_only_the_owner_may_look_in(tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    folder.mkdir(mode=0o755)

    async def steps() -> None:
        draft = await drafted(folder)
        await draft.keep()
        assert_private()
        await draft.store.close()

    def assert_private() -> None:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {"kith.db-wal", "kith.db-shm"} <= names(folder)
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path.is_file()} == {0o600}

    run(steps())
    assert stat.S_IMODE((folder / "snapshots").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder / "snapshots").iterdir()} == {0o600}


def test_a_draft_killed_before_its_vault_never_was_an_account(tmp_path: Path) -> None:
    async def steps() -> None:
        draft = await drafted(tmp_path)
        await draft.store.close()  # as if killed: nothing was kept
        assert not profile_exists(tmp_path)
        assert (await refusal(open_profile(tmp_path, PASSPHRASE))).kind is ErrorKind.PROFILE_MISSING
        await created(tmp_path, "another")
        assert await name_in(tmp_path, "another") == "Ann"

    run(steps())
    assert names(tmp_path) == {"lock", "vault", "kith.db", "mark", "snapshots"}


def test_a_discarded_draft_leaves_nothing(tmp_path: Path) -> None:
    async def steps() -> None:
        draft = await drafted(tmp_path)
        await draft.discard()
        await draft.store.close()

    run(steps())
    assert names(tmp_path) == {"lock"}


def test_an_account_is_not_overwritten(tmp_path: Path) -> None:
    async def steps() -> None:
        await created(tmp_path)
        assert (await refusal(create_profile(tmp_path, passphrase="x", cost=CHEAP))).kind is ErrorKind.USAGE
        assert await name_in(tmp_path) == "Ann"

    run(steps())


def test_a_database_whose_vault_is_gone_is_not_taken_for_a_leftover(tmp_path: Path) -> None:
    async def steps() -> None:
        await created(tmp_path)
        vault = (tmp_path / "vault").read_bytes()
        (tmp_path / "vault").unlink()
        for attempt in (create_profile(tmp_path, passphrase="x", cost=CHEAP), open_profile(tmp_path, PASSPHRASE)):
            error = await refusal(attempt)
            assert error.kind is ErrorKind.PROFILE_DAMAGED
            assert "vault" in error.sentence
        (tmp_path / "vault").write_bytes(vault)
        assert await name_in(tmp_path) == "Ann"

    run(steps())


@pytest.mark.parametrize("passphrase", ["", "\ud800"])
def test_a_passphrase_that_is_none_protects_nothing(tmp_path: Path, passphrase: str) -> None:
    async def steps() -> None:
        refused = await refusal(create_profile(tmp_path, passphrase=passphrase, cost=CHEAP))
        assert refused.kind is ErrorKind.PASSPHRASE_MISSING

    run(steps())
    assert names(tmp_path) == {"lock"}


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    error = run(refusal(create_profile(tmp_path / "file" / "profile", passphrase="x", cost=CHEAP)))
    assert error.kind is ErrorKind.STORAGE_DAMAGED
    assert "folder" in error.sentence


# --- Opening


def test_a_folder_without_an_account_is_missing_and_stays_untouched(tmp_path: Path) -> None:
    assert run(refusal(open_profile(tmp_path / "absent", "x"))).kind is ErrorKind.PROFILE_MISSING
    assert run(refusal(open_profile(tmp_path, "x"))).kind is ErrorKind.PROFILE_MISSING
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize(
    ("passphrase", "kind"),
    [
        ("wrong horse", ErrorKind.WRONG_PASSPHRASE),
        ("", ErrorKind.WRONG_PASSPHRASE),
        ("\ud800", ErrorKind.WRONG_PASSPHRASE),
        (None, ErrorKind.PASSPHRASE_MISSING),
    ],
)
def test_without_the_passphrase_it_stays_closed_and_unlocked(
    tmp_path: Path, passphrase: str | None, kind: ErrorKind
) -> None:
    async def steps() -> None:
        await created(tmp_path)
        assert (await refusal(open_profile(tmp_path, passphrase))).kind is kind
        assert await name_in(tmp_path) == "Ann"

    run(steps())


def test_a_second_user_is_turned_away_until_the_first_closes(tmp_path: Path) -> None:
    async def steps() -> None:
        await created(tmp_path)
        first, _ = await open_profile(tmp_path, PASSPHRASE)
        assert (await refusal(open_profile(tmp_path, PASSPHRASE))).kind is ErrorKind.PROFILE_IN_USE
        assert (await refusal(create_profile(tmp_path, passphrase="x"))).kind is ErrorKind.PROFILE_IN_USE
        await first.close()
        await first.close()
        assert await name_in(tmp_path) == "Ann"

    run(steps())


def test_two_attempts_at_once_make_one_account(tmp_path: Path) -> None:
    async def steps() -> None:
        outcomes = await asyncio.gather(created(tmp_path), created(tmp_path), return_exceptions=True)
        assert sorted(outcome.kind for outcome in outcomes if isinstance(outcome, KithError)) == [
            ErrorKind.PROFILE_IN_USE
        ]
        assert await name_in(tmp_path) == "Ann"

    run(steps())


def overwritten(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def key_of(folder: Path) -> Secret:
    return Vault.decode((folder / "vault").read_bytes()).open_with_passphrase(PASSPHRASE)


def without_account(folder: Path) -> None:
    connection = open_writing(folder / "kith.db", key_of(folder))
    connection.execute("DELETE FROM account")
    connection.close()


@pytest.mark.parametrize("content", [b"", b"KITHVLT1" + bytes(95)])
def test_a_damaged_vault_is_said_in_words_and_the_lock_let_go(tmp_path: Path, content: bytes) -> None:
    async def steps() -> None:
        await created(tmp_path)
        (tmp_path / "vault").write_bytes(content)
        for _ in range(2):
            error = await refusal(open_profile(tmp_path, PASSPHRASE))
            assert error.kind is ErrorKind.PROFILE_DAMAGED
            assert "vault" in error.sentence

    run(steps())


@pytest.mark.parametrize(
    "damage",
    [
        overwritten("kith.db", b"x" * 8192),
        overwritten("kith.db", b""),
        lambda folder: (folder / "kith.db").unlink(),
        without_account,
    ],
)
def test_a_damaged_store_is_repaired_said_once_and_opens_then(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    async def steps() -> None:
        await created(tmp_path)
        damage(tmp_path)
        error = await refusal(open_profile(tmp_path, PASSPHRASE))
        assert error.kind is ErrorKind.PROFILE_DAMAGED
        (aside,) = (path for path in names(tmp_path) if path.startswith("damaged-"))
        assert f"“{aside}”" in error.sentence
        assert await name_in(tmp_path) == "Ann"
        assert await name_in(tmp_path) == "Ann"

    run(steps())


@pytest.mark.parametrize("damage", [overwritten("kith.db", b"x" * 8192), without_account])
def test_a_store_beyond_repair_is_left_as_it_is(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    async def steps() -> None:
        await created(tmp_path)
        shutil.rmtree(tmp_path / "snapshots")
        damage(tmp_path)
        before = (tmp_path / "kith.db").read_bytes()
        for _ in range(2):
            error = await refusal(open_profile(tmp_path, PASSPHRASE))
            assert error.kind is ErrorKind.PROFILE_DAMAGED
            assert "beyond repair" in error.sentence
        assert (tmp_path / "kith.db").read_bytes() == before
        assert not any("repair" in name for name in names(tmp_path))

    run(steps())


def test_a_profile_of_a_newer_kith_is_refused(tmp_path: Path) -> None:
    async def steps() -> None:
        await created(tmp_path)
        connection = open_writing(tmp_path / "kith.db", key_of(tmp_path))
        connection.execute("PRAGMA user_version = 1000")
        connection.close()
        before = (tmp_path / "kith.db").read_bytes()
        assert (await refusal(open_profile(tmp_path, PASSPHRASE))).kind is ErrorKind.PROFILE_NEWER
        assert (tmp_path / "kith.db").read_bytes() == before

    run(steps())


def test_the_vault_costs_what_the_product_says_unless_told_otherwise() -> None:
    assert Argon2Cost(memory_kib=256 * 1024, passes=3) == profile.DEFAULT_COST


# --- The keyring


@pytest.fixture
def system_keyring(monkeypatch: pytest.MonkeyPatch) -> KeyringInMemory:
    return KeyringInMemory().installed(monkeypatch)


def test_without_a_passphrase_the_keyring_guards_the_profile(tmp_path: Path, system_keyring: KeyringInMemory) -> None:
    async def steps() -> None:
        await created(tmp_path, None)
        ((service, _),) = system_keyring.kept
        assert service == "kith"
        assert await name_in(tmp_path, None) == "Ann"
        assert (await refusal(open_profile(tmp_path, "x"))).kind is ErrorKind.WRONG_PASSPHRASE

    run(steps())


@pytest.mark.parametrize("kept", ["no hexadecimal", "00" * 32])
def test_a_keyring_that_keeps_something_else_opens_nothing(
    tmp_path: Path, system_keyring: KeyringInMemory, kept: str
) -> None:
    async def steps() -> None:
        await created(tmp_path, None)
        system_keyring.kept = dict.fromkeys(system_keyring.kept, kept)
        assert (await refusal(open_profile(tmp_path, None))).kind is ErrorKind.PASSPHRASE_MISSING

    run(steps())


def test_a_discarded_draft_leaves_nothing_in_the_keyring(tmp_path: Path, system_keyring: KeyringInMemory) -> None:
    async def steps() -> None:
        draft = await drafted(tmp_path, None)
        await draft.discard()

    run(steps())
    assert system_keyring.kept == {}


def test_without_a_keyring_a_passphrase_is_needed(tmp_path: Path) -> None:
    async def steps() -> None:
        error = await refusal(create_profile(tmp_path, passphrase=None))
        assert error.kind is ErrorKind.PASSPHRASE_MISSING

    run(steps())
    assert names(tmp_path) == {"lock"}


def test_a_store_that_cannot_open_takes_its_draft_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> SqlStore:
        raise KithError(ErrorKind.STORAGE_FULL)

    monkeypatch.setattr(SqlStore, "open", full)
    error = run(refusal(create_profile(tmp_path, passphrase="x", cost=CHEAP)))
    assert error.kind is ErrorKind.STORAGE_FULL
    assert names(tmp_path) == {"lock"}


def test_a_keyring_that_never_answers_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asyncio.Event()

    async def never(name: str, function: object) -> object:
        asked.set()
        return await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(os_keyring, "on_side_thread", never)
    monkeypatch.setattr(os_keyring, "TIMEOUT_S", 0.0)
    assert run(os_keyring.get_key("entry")) is None
    assert asked.is_set()
