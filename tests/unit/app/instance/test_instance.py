"""The running instance and later starts, over a socket in the folder and over a TCP port alike."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.domain.errors import ErrorKind, KithError
from app.domain.finding import ToldFinding
from app.instance import client, files, server
from app.instance.client import ask, hand_over
from app.instance.files import InstanceFiles, LoopbackDoor
from app.instance.instance import Instance
from app.instance.messages import MAX_REQUEST_BYTES, Examine, Examined, Open, Reply
from tests.support.aio import run

FINDINGS = (ToldFinding("lan", ok=True, detail="heard"),)


@pytest.fixture(params=["socket", "port"], autouse=True)
def channel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    kind: str = request.param
    monkeypatch.setattr(files, "HAS_UNIX_SOCKETS", kind == "socket")
    return kind


async def found() -> Sequence[ToldFinding]:
    return FINDINGS


@asynccontextmanager
async def running(folder: Path, open_link: Callable[[str | None], None] | None = None) -> AsyncIterator[Instance]:
    instance = Instance(folder)
    instance.open_link = open_link
    instance.examination = found
    await instance.serve()
    try:
        yield instance
    finally:
        await instance.close()


def test_the_running_one_examines_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as instance:
            assert await ask(tmp_path, Examine()) == Examined(FINDINGS)
            instance.examination = None
            assert await ask(tmp_path, Examine()) is Reply.LOCKED

    run(scenario())


def test_a_link_reaches_the_window_of_the_running_one(tmp_path: Path) -> None:
    links: list[str | None] = []

    async def scenario() -> None:
        async with running(tmp_path, links.append):
            assert await asyncio.to_thread(hand_over, tmp_path, "kith:AQC")
            assert await asyncio.to_thread(hand_over, tmp_path, None)

    run(scenario())
    assert links == ["kith:AQC", None]


def test_without_a_window_no_link_is_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path):
            assert await ask(tmp_path, Open("kith:AQC")) is Reply.WINDOWLESS
            assert not await asyncio.to_thread(hand_over, tmp_path, "kith:AQC")

    run(scenario())


def test_where_nobody_runs_nobody_answers_and_nothing_is_made(tmp_path: Path) -> None:
    assert not hand_over(tmp_path / "absent", "kith:AQC")
    assert not hand_over(tmp_path, None)
    assert list(tmp_path.iterdir()) == []


def test_there_is_one_a_profile_until_it_ends(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as first:
            assert not await first.serve()
            with pytest.raises(KithError) as refused:
                await Instance(tmp_path).serve()
            assert refused.value.kind is ErrorKind.PROFILE_IN_USE
            assert await ask(tmp_path, Examine()) == Examined(FINDINGS)
        assert await ask(tmp_path, Examine()) is None
        async with running(tmp_path):
            assert await ask(tmp_path, Examine()) == Examined(FINDINGS)

    run(scenario())
    assert {path.name for path in tmp_path.iterdir()} <= {"instance.lock"}


def test_what_a_killed_one_left_stands_in_nobodys_way(tmp_path: Path) -> None:
    left = InstanceFiles(tmp_path)
    left.put_door(LoopbackDoor(1, bytes(32)))
    bound = left.bind()
    if bound is not None:
        bound.close()

    async def scenario() -> None:
        assert await ask(tmp_path, Examine()) is None
        async with running(tmp_path):
            assert await ask(tmp_path, Examine()) == Examined(FINDINGS)

    run(scenario())


@pytest.mark.parametrize("line", [b"nonsense\n", b"open 1\n", b"\n", b"doctor please\n"])
def test_what_is_no_request_is_answered_as_unknown(
    tmp_path: Path, line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "encode_request", lambda _: line)

    async def scenario() -> None:
        async with running(tmp_path):
            assert await ask(tmp_path, Examine()) is Reply.UNKNOWN

    run(scenario())


def test_a_request_without_end_costs_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "encode_request", lambda _: b"x" * 4 * MAX_REQUEST_BYTES)
    monkeypatch.setattr(client, "MAX_REQUEST_BYTES", 1 << 30)

    async def scenario() -> None:
        async with running(tmp_path):
            assert await ask(tmp_path, Examine()) is None

    run(scenario())


def test_a_link_of_any_length_hangs_nobody(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path, lambda _: None):
            assert await ask(tmp_path, Open("kith:" + "x" * MAX_REQUEST_BYTES)) is None
            assert await ask(tmp_path, Examine()) == Examined(FINDINGS)

    run(scenario())


def test_who_says_nothing_is_dropped_and_the_others_are_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "REQUEST_WITHIN_S", 0.05)

    async def scenario() -> None:
        async with running(tmp_path):
            silent = [await knock(tmp_path) for _ in range(server.MAX_CONNECTIONS + 3)]
            for reader, writer in silent:
                assert await reader.read() == b""
                writer.close()
            assert await ask(tmp_path, Examine()) == Examined(FINDINGS)

    run(scenario())


async def knock(folder: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    door = InstanceFiles(folder).door()
    if door is None:
        return await asyncio.open_unix_connection(folder / "instance.sock")
    return await asyncio.open_connection(server.LOOPBACK, door.port)


def test_one_that_does_not_answer_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER_WITHIN_S", 0.05)

    async def hang() -> Sequence[ToldFinding]:
        await asyncio.Event().wait()
        return ()

    async def scenario() -> None:
        async with running(tmp_path) as instance:
            instance.examination = hang
            assert await ask(tmp_path, Examine()) is None

    run(scenario())


def test_a_folder_that_takes_no_file_costs_only_this(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(InstanceFiles, "bind", full)

    async def scenario() -> None:
        async with running(tmp_path):
            assert await ask(tmp_path, Examine()) is None

    run(scenario())
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


# --- Over TCP, where anybody on the computer may connect and listen


async def port_of(folder: Path) -> LoopbackDoor:
    door = InstanceFiles(folder).door()
    assert door is not None
    return door


@pytest.mark.parametrize("channel", ["port"], indirect=True)
def test_who_does_not_know_the_token_is_not_answered(tmp_path: Path) -> None:
    links: list[str | None] = []

    async def scenario() -> None:
        async with running(tmp_path, links.append):
            door = await port_of(tmp_path)
            InstanceFiles(tmp_path).put_door(LoopbackDoor(door.port, bytes(32)))
            assert await ask(tmp_path, Open("kith:AQC")) is None
            reader, writer = await asyncio.open_connection(server.LOOPBACK, door.port)
            writer.write((bytes(32).hex() + "\n").encode() * 2 + b'open "kith:AQC"\n')
            assert len(await reader.read()) == 65  # the proof, and no answer
            writer.close()

    run(scenario())
    assert links == []


@pytest.mark.parametrize("channel", ["port"], indirect=True)
def test_who_took_the_port_of_a_killed_one_gets_neither_token_nor_link(tmp_path: Path) -> None:
    heard: list[bytes] = []

    async def scenario() -> None:
        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.readline())
            writer.write(heard[0])
            heard.append(await reader.read())
            writer.close()

        thief = await asyncio.start_server(take, server.LOOPBACK, 0)
        door = LoopbackDoor(thief.sockets[0].getsockname()[1], bytes(range(32)))
        InstanceFiles(tmp_path).put_door(door)
        assert await ask(tmp_path, Open("kith:AQC")) is None
        while len(heard) < 2:
            await asyncio.sleep(0)
        thief.close()
        await thief.wait_closed()
        await asyncio.sleep(0)

    run(scenario())
    nonce, rest = heard
    assert len(nonce) == 65
    assert bytes(range(32)).hex().encode() not in nonce
    assert rest == b""
