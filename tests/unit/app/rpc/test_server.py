import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest

from app.domain.events import PathChanged
from app.rpc import server as module
from app.rpc.server import Server
from tests.support.aio import run
from tests.support.scripted_engine import BOB, ScriptedEngine


class Session:
    """A server on two pipes, with a scripted engine behind it."""

    def __init__(self) -> None:
        self.engine = ScriptedEngine()
        self.stdin, self._posting = os.pipe()
        self._reading, self.stdout = os.pipe()
        self.server = Server(self.engine.messenger, stdin=self.stdin, stdout=self.stdout, version="1.2")
        self._rest = b""

    def post(self, line: bytes) -> None:
        os.write(self._posting, line)

    def request(self, request_id: int, method: str, **params: object) -> None:
        request = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
        self.post(json.dumps(request).encode() + b"\n")

    def hang_up(self) -> None:
        os.close(self._posting)

    def stop_reading(self) -> None:
        os.close(self._reading)

    async def line(self) -> dict[str, Any]:
        """The next line the client is told."""
        while b"\n" not in self._rest:
            self._rest += await asyncio.to_thread(os.read, self._reading, 65_536)
        line, self._rest = self._rest.split(b"\n", 1)
        message: dict[str, Any] = json.loads(line)
        return message

    async def serve(self) -> None:
        await self.server.serve()
        await self.server.finish()

    def close(self) -> None:
        for descriptor in (self._posting, self._reading, self.stdin, self.stdout):
            with suppress(OSError):
                os.close(descriptor)


def serving(scenario: Callable[[Session], Coroutine[Any, Any, None]]) -> None:
    """Run the scenario against a server, which has to end by what the scenario does."""

    async def supervised() -> None:
        session = Session()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(session.serve(), name="serve")
                await scenario(session)
        finally:
            session.close()
        assert session.engine.listeners == []

    run(supervised())


def test_the_first_line_says_that_it_is_ready_and_the_end_of_input_ends_it() -> None:
    async def scenario(session: Session) -> None:
        assert await session.line() == {
            "jsonrpc": "2.0",
            "method": "ready",
            "params": {"id": "alice", "name": "Alice", "version": "1.2", "listen": ["127.0.0.1:1"]},
        }
        session.hang_up()

    serving(scenario)


def test_what_was_read_before_the_end_is_answered_even_without_a_newline() -> None:
    async def scenario(session: Session) -> None:
        await session.line()
        session.request(1, "messages.send", contact="bob", text="a")
        session.post(b'{"jsonrpc":"2.0","id":2,"method":"messages.list","params":{"contact":"bob"}}')
        session.hang_up()
        assert (await session.line())["id"] == 1
        assert [row["text"] for row in (await session.line())["result"]] == ["a"]

    serving(scenario)


def test_nothing_behind_a_shutdown_is_executed() -> None:
    async def scenario(session: Session) -> None:
        await session.line()
        session.post(
            b'{"jsonrpc":"2.0","id":1,"method":"shutdown"}\n'
            b'{"jsonrpc":"2.0","id":2,"method":"messages.send","params":{"contact":"bob","text":"late"}}\n'
        )
        assert await session.line() == {"jsonrpc": "2.0", "id": 1, "result": {}}

    async def checked(session: Session) -> None:
        await scenario(session)
        assert session.engine.sent[BOB] == []

    serving(checked)


def test_stop_ends_it_and_lets_accepted_calls_finish() -> None:
    async def scenario(session: Session) -> None:
        await session.line()
        session.engine.is_committing.clear()
        session.request(1, "messages.send", contact="bob", text="a")
        session.request(2, "contacts.rename", contact="carol", name="C")
        assert (await session.line())["id"] == 2
        session.server.stop()
        for _ in range(10):
            await asyncio.sleep(0)
        session.engine.is_committing.set()
        assert (await session.line())["id"] == 1

    serving(scenario)


def test_a_client_that_is_gone_ends_it() -> None:
    async def scenario(session: Session) -> None:
        await session.line()
        session.stop_reading()
        session.request(1, "contacts.list")

    serving(scenario)


def test_events_of_the_engine_are_told() -> None:
    async def scenario(session: Session) -> None:
        await session.line()
        session.engine.emit(PathChanged(BOB, True, "lan", 0.5))
        assert (await session.line())["method"] == "contact.path"
        session.hang_up()

    serving(scenario)


def test_a_client_that_does_not_read_loses_notifications_and_is_not_read_from(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "MAX_UNREAD_BYTES", 200_000)
    monkeypatch.setattr(module, "MAX_UNREAD_NOTIFIED_BYTES", 300_000)

    async def scenario(session: Session) -> None:
        await session.line()
        while not session.server._is_dropping:
            session.engine.emit(PathChanged(BOB, True, "x" * 10_000, 0.5))
        session.request(1, "contacts.list")
        for _ in range(20):
            await asyncio.sleep(0)
        assert session.engine.calls == []
        told = 0
        while (await session.line()).get("id") != 1:
            told += 1
        assert told * 10_000 <= 310_000
        session.hang_up()

    serving(scenario)
    assert [record.getMessage() for record in caplog.records] == ["the client does not read: notifications are dropped"]
