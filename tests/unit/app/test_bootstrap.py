import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app import bootstrap
from app.bootstrap import ProfileGate
from app.config import LaunchOptions
from app.domain.errors import ErrorKind, KithError
from app.domain.finding import ToldFinding
from app.inspection import examine
from app.instance.client import ask
from app.instance.messages import Examine, Examined, Open, Reply
from app.services.messenger import Messenger
from app.storage.profile import create_profile, import_profile
from crypto.passphrase import Argon2Cost
from net.endpoint import Endpoint
from net.node import Node
from tests.support.aio import run

LOOPBACK = Endpoint.parse("127.0.0.1:0")
PASSPHRASE = "open sesame"


@pytest.fixture(autouse=True)
def _cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = partial(create_profile, cost=Argon2Cost(memory_kib=8, passes=1))
    monkeypatch.setattr(bootstrap, "create_profile", cheap)
    cheap_import = partial(import_profile, cost=Argon2Cost(memory_kib=8, passes=1))
    monkeypatch.setattr(bootstrap, "import_profile", cheap_import)


def gate(folder: Path, **options: Any) -> ProfileGate:
    here: dict[str, Any] = {"listen": (LOOPBACK,), "lan": False, "dht": False}
    return ProfileGate(LaunchOptions(profile=folder, **(here | options)))


async def created(folder: Path, **options: Any) -> tuple[str, tuple[str, ...]]:
    return await told(await gate(folder, **options).create("Alice", PASSPHRASE))


async def opened(folder: Path, **options: Any) -> tuple[str, tuple[str, ...]]:
    return await told(await gate(folder, **options).open(PASSPHRASE))


async def told(engine: Messenger) -> tuple[str, tuple[str, ...]]:
    """The account's id and where it listens; the engine is closed again."""
    try:
        return engine.account_info().id, (await engine.network_status()).listen
    finally:
        await engine.close()


def kind_of_failure(coroutine: Any) -> ErrorKind:
    with pytest.raises(KithError) as caught:
        run(coroutine)
    return caught.value.kind


async def kind_of(attempt: Any) -> ErrorKind:
    with pytest.raises(KithError) as caught:
        await attempt
    return caught.value.kind


# --- Accounts


def test_an_account_that_was_made_opens_again(tmp_path: Path) -> None:
    assert not gate(tmp_path).exists()
    first = run(created(tmp_path))
    assert gate(tmp_path).exists()
    assert run(opened(tmp_path)) == first


def test_a_wrong_passphrase_a_second_account_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    assert kind_of_failure(opened(tmp_path)) is ErrorKind.PROFILE_MISSING
    run(created(tmp_path))
    assert kind_of_failure(gate(tmp_path).open("wrong")) is ErrorKind.WRONG_PASSPHRASE
    assert kind_of_failure(gate(tmp_path).create("Bob", PASSPHRASE)) is ErrorKind.USAGE


def test_a_name_that_is_none_makes_nothing(tmp_path: Path) -> None:
    assert kind_of_failure(gate(tmp_path / "new").create("\n", PASSPHRASE)) is ErrorKind.NAME_INVALID
    assert not (tmp_path / "new").exists()


def test_where_nothing_can_listen_there_is_no_account(tmp_path: Path) -> None:
    elsewhere = (Endpoint.parse("192.0.2.1:1"),)
    assert kind_of_failure(created(tmp_path, listen=elsewhere)) is ErrorKind.LISTEN_FAILED
    assert not gate(tmp_path).exists()
    run(created(tmp_path))
    assert kind_of_failure(opened(tmp_path, listen=elsewhere)) is ErrorKind.LISTEN_FAILED
    run(opened(tmp_path))


def test_a_creation_that_is_broken_off_leaves_no_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        listening = asyncio.Event()

        async def listen(_: Node, endpoints: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
            listening.set()
            await asyncio.Event().wait()
            return tuple(endpoints)

        monkeypatch.setattr(Node, "listen", listen)
        async with asyncio.TaskGroup() as tasks:
            creating = tasks.create_task(gate(tmp_path).create("Alice", PASSPHRASE), name="create")
            await listening.wait()
            creating.cancel()

    run(scenario())
    monkeypatch.undo()
    assert not gate(tmp_path).exists()
    assert not list(tmp_path.glob("kith.db*"))


def test_a_profile_is_exported_and_imported_into_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        file = tmp_path / "Alice.kith"
        engine = await gate(tmp_path / "old").create("Alice", PASSPHRASE)
        await engine.export_profile(file, "file horse")
        before = await told(engine)
        new = tmp_path / "new"
        assert await kind_of(gate(new).import_profile(file, "wrong", PASSPHRASE)) is ErrorKind.WRONG_PASSPHRASE
        assert not gate(new).exists()
        monkeypatch.setenv("KITH_IMPORT_PASSPHRASE", "file horse")
        monkeypatch.setenv("KITH_PASSPHRASE", "new horse")
        imported = await told(await gate(new).import_profile(file, None, None))
        assert imported[0] == before[0]
        assert (await told(await gate(new).open("new horse")))[0] == before[0]
        assert await kind_of(gate(new).import_profile(file, None, None)) is ErrorKind.USAGE

    run(scenario())


def test_an_import_that_cannot_listen_makes_no_account(tmp_path: Path) -> None:
    async def scenario() -> None:
        engine = await gate(tmp_path / "old").create("Alice", PASSPHRASE)
        await engine.export_profile(tmp_path / "file", PASSPHRASE)
        await engine.close()
        elsewhere = gate(tmp_path / "new", listen=(Endpoint.parse("192.0.2.1:1"),))
        assert await kind_of(elsewhere.import_profile(tmp_path / "file", None, PASSPHRASE)) is ErrorKind.LISTEN_FAILED
        assert not elsewhere.exists()

    run(scenario())


def test_an_engine_that_fails_to_start_holds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(created(tmp_path))

    async def start(_: Messenger) -> None:
        raise KithError(ErrorKind.STORAGE_DAMAGED)

    with monkeypatch.context() as broken:
        broken.setattr(Messenger, "start", start)
        assert kind_of_failure(opened(tmp_path)) is ErrorKind.STORAGE_DAMAGED
    run(opened(tmp_path))


# --- Later starts


def test_the_doctor_asks_whoever_runs_and_tells_of_the_contacts(tmp_path: Path) -> None:
    async def scenario() -> tuple[ToldFinding, ...]:
        engine = await gate(tmp_path).create("Alice", PASSPHRASE)
        try:
            return await examine(
                LaunchOptions(profile=tmp_path, lan=False, dht=False, port_mapping=False, asks_stun=False)
            )
        finally:
            await engine.close()

    told = run(scenario())
    assert told[0].detail == "Kith is running on this profile, and finds this."
    assert next(finding for finding in told if finding.check == "lan").ok
    assert {path.name for path in tmp_path.glob("instance.*")} <= {"instance.lock"}


def test_a_window_takes_links_before_and_after_it_is_open_and_whatever_fails(tmp_path: Path) -> None:
    links: list[str | None] = []

    async def scenario() -> None:
        window = gate(tmp_path / "new")
        await window.attend(links.append)
        with pytest.raises(KithError):
            await window.open("nothing there")
        assert await ask(tmp_path / "new", Open("first")) is Reply.OPENED
        quiet = LaunchOptions(profile=tmp_path / "new", lan=False, dht=False, port_mapping=False, asks_stun=False)
        assert (await examine(quiet))[0].detail.startswith("Kith is open")
        engine = await window.create("Alice", PASSPHRASE)
        try:
            assert await ask(tmp_path / "new", Open("second")) is Reply.OPENED
            assert isinstance(await ask(tmp_path / "new", Examine()), Examined)
            with pytest.raises(KithError) as refused:
                await gate(tmp_path / "new").attend(links.append)
        finally:
            await engine.close()
        assert refused.value.kind is ErrorKind.PROFILE_IN_USE
        assert await ask(tmp_path / "new", Open("third")) is None
        await window.close()

    run(scenario())
    assert links == ["first", "second"]


def test_beside_a_window_that_waits_for_its_passphrase_nothing_else_is_opened_or_made(tmp_path: Path) -> None:
    async def scenario() -> None:
        window = gate(tmp_path)
        await window.attend(lambda _: None)
        try:
            await created(tmp_path)
        finally:
            await window.close()

    assert kind_of_failure(scenario()) is ErrorKind.PROFILE_IN_USE
    assert not gate(tmp_path).exists()
    run(created(tmp_path))


# --- Passphrases


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_the_passphrase_file_wins_over_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    run(created(tmp_path / "profile"))
    file = tmp_path / "passphrase"
    file.write_bytes((PASSPHRASE + ending).encode())
    monkeypatch.setenv("KITH_PASSPHRASE", "wrong")
    run(opened_with_none(tmp_path / "profile", passphrase_file=file))
    assert kind_of_failure(opened_with_none(tmp_path / "profile")) is ErrorKind.WRONG_PASSPHRASE
    monkeypatch.setenv("KITH_PASSPHRASE", PASSPHRASE)
    run(opened_with_none(tmp_path / "profile"))


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_passphrase_file_that_cannot_be_read_is_no_passphrase(tmp_path: Path, content: bytes | None) -> None:
    run(created(tmp_path / "profile"))
    file = tmp_path / "passphrase"
    if content is not None:
        file.write_bytes(content)
    failure = kind_of_failure(opened_with_none(tmp_path / "profile", passphrase_file=file))
    assert failure is ErrorKind.PASSPHRASE_MISSING


def test_without_any_passphrase_the_keyring_is_asked(tmp_path: Path) -> None:
    run(created(tmp_path))
    assert kind_of_failure(opened_with_none(tmp_path)) is ErrorKind.PASSPHRASE_MISSING


async def opened_with_none(folder: Path, **options: Any) -> None:
    await told(await gate(folder, **options).open(None))


# --- Listening


def test_the_picked_port_is_asked_for_again_at_the_next_start(tmp_path: Path) -> None:
    first = run(created(tmp_path))
    assert first[1][0].startswith("127.0.0.1:")
    assert run(opened(tmp_path)) == first
