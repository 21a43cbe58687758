import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from app.domain.errors import ErrorKind, KithError
from app.rpc import dispatcher as module
from app.rpc.dispatcher import Dispatcher
from app.rpc.lines import TOO_LONG
from tests.support.aio import run
from tests.support.scripted_engine import BOB, ScriptedEngine


class Client:
    """A dispatcher with a scripted engine behind it; answers are kept in the order in which they come."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self.engine = ScriptedEngine()
        self.answers: list[dict[str, Any]] = []
        self.room = 0
        self.dispatcher = Dispatcher(self.engine.messenger, tasks, answer=self._answered, on_room=self._roomy)

    def post(self, method: str, request_id: object = None, **params: object) -> None:
        """Post a request; without an id, as a notification."""
        request = {"jsonrpc": "2.0", "method": method, "params": params}
        self.dispatcher.accept(json.dumps(request if request_id is None else request | {"id": request_id}).encode())

    def ids(self) -> list[object]:
        return [answer["id"] for answer in self.answers]

    def _answered(self, line: bytes) -> None:
        self.answers.append(json.loads(line))

    def _roomy(self) -> None:
        self.room += 1


def with_client(scenario: Callable[[Client], Coroutine[Any, Any, None]]) -> Client:
    """Run the scenario, let all its calls end, and return the client."""

    async def supervised() -> Client:
        async with asyncio.TaskGroup() as tasks:
            client = Client(tasks)
            await scenario(client)
        return client

    return run(supervised())


async def turn() -> None:
    """Let everything run that can run without the engine committing."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_an_answer_comes_after_the_commit() -> None:
    async def scenario(client: Client) -> None:
        client.engine.is_committing.clear()
        client.post("messages.send", 1, contact="bob", text="hi")
        await turn()
        assert client.answers == []
        client.engine.is_committing.set()

    client = with_client(scenario)
    assert client.answers == [
        {"jsonrpc": "2.0", "id": 1, "result": {"message": "hi", "sent_at": 1000.5, "state": "queued"}}
    ]


def test_sends_start_in_order_without_waiting_for_each_other() -> None:
    async def scenario(client: Client) -> None:
        client.engine.is_committing.clear()
        for index in range(100):
            client.post("messages.send", index, contact="bob", text=str(index))
        await turn()
        assert [call[2] for call in client.engine.calls] == [str(index) for index in range(100)]
        client.engine.is_committing.set()

    assert with_client(scenario).ids() == list(range(100))


def test_a_read_sees_the_sends_before_it_and_not_those_behind() -> None:
    async def scenario(client: Client) -> None:
        client.engine.is_committing.clear()
        client.post("messages.send", 1, contact="bob", text="before")
        client.post("messages.list", 2, contact="bob")
        client.post("messages.send", 3, contact="bob", text="after")
        await turn()
        client.engine.is_committing.set()

    client = with_client(scenario)
    assert client.ids() == [1, 2, 3]
    assert [row["text"] for row in client.answers[1]["result"]] == ["before"]


def test_another_conversation_and_the_status_overtake() -> None:
    async def scenario(client: Client) -> None:
        client.engine.is_committing.clear()
        client.post("messages.send", 1, contact="bob", text="slow")
        client.post("messages.list", 2, contact="carol")
        client.post("network.status", 3)
        client.post("account.info", 4)
        await turn()
        assert client.ids() == [2, 3, 4]
        client.engine.is_committing.set()

    assert with_client(scenario).ids() == [2, 3, 4, 1]


def test_a_notification_is_executed_and_not_answered() -> None:
    async def scenario(client: Client) -> None:
        client.post("messages.send", contact="bob", text="hi")
        client.post("messages.send", contact="nobody", text="hi")
        client.post("messages.send", wrong=1)
        client.post("no.such.method")

    client = with_client(scenario)
    assert client.engine.sent[BOB] == ["hi"]
    assert client.answers == []


def test_a_failure_for_people_becomes_its_kind() -> None:
    async def scenario(client: Client) -> None:
        client.post("messages.send", 1, contact="nobody", text="hi")

    assert with_client(scenario).answers == [
        {
            "jsonrpc": "2.0",
            "id": 1,
            "error": {"code": -32000, "message": "There is no such contact.", "data": {"kind": "unknown_contact"}},
        }
    ]


def test_an_unexpected_failure_says_nothing_of_itself_and_the_next_request_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario(client: Client) -> None:
        client.engine.failure = ValueError("the secret text")
        client.post("contacts.list", 1)
        await turn()
        client.engine.failure = None
        client.post("contacts.list", 2)

    with caplog.at_level(logging.ERROR):
        client = with_client(scenario)
    assert client.answers[0]["error"] == {"code": -32603, "message": module.UNEXPECTED}
    assert len(client.answers[1]["result"]) == 1
    assert [record.getMessage() for record in caplog.records] == ["a request failed unexpectedly"]


def test_a_failed_call_lets_the_next_of_its_conversation_in() -> None:
    async def scenario(client: Client) -> None:
        client.engine.failure = KithError(ErrorKind.STORAGE_FULL)
        client.post("messages.send", 1, contact="bob", text="hi")
        client.post("messages.list", 2, contact="bob")

    assert with_client(scenario).ids() == [1, 2]


@pytest.mark.parametrize(
    ("line", "code", "request_id"),
    [
        (TOO_LONG, -32600, None),
        (b"[]", -32600, None),
        (b"{", -32700, None),
        (b'{"jsonrpc":"2.0","id":5,"method":"no.such.method"}', -32601, 5),
        (b'{"jsonrpc":"2.0","id":5,"method":"messages.send","params":{"contact":"bob"}}', -32602, 5),
        (b'{"jsonrpc":"2.0","id":5,"method":"messages.send","params":["bob","hi"]}', -32602, 5),
        (b'{"jsonrpc":"2.0","id":5,"method":"shutdown","params":{"now":true}}', -32602, 5),
        (b'{"jsonrpc":"2.0","id":null,"method":"contacts.invite","params":{"expires_in_s":"1"}}', -32602, None),
    ],
)
def test_what_cannot_be_executed_is_refused_and_the_process_goes_on(line: bytes, code: int, request_id: object) -> None:
    async def scenario(client: Client) -> None:
        client.dispatcher.accept(line)
        client.post("contacts.list", "next")

    refused, answered = with_client(scenario).answers
    assert (refused["error"]["code"], refused["id"]) == (code, request_id)
    assert refused["error"]["message"].endswith(".")
    assert answered["id"] == "next"


def test_shutdown_is_answered_after_all_that_was_asked_before() -> None:
    async def scenario(client: Client) -> None:
        client.engine.is_committing.clear()
        client.post("messages.send", 1, contact="bob", text="hi")
        client.post("shutdown", 2)
        assert client.dispatcher.is_shutting_down
        await turn()
        client.engine.is_committing.set()

    client = with_client(scenario)
    assert client.ids() == [1, 2]
    assert client.answers[1]["result"] == {}


@pytest.mark.parametrize(("bound", "value", "text"), [("MAX_CALLS", 1, "hi"), ("MAX_CALL_BYTES", 1_000, "x" * 1_000)])
def test_calls_in_flight_are_bounded(monkeypatch: pytest.MonkeyPatch, bound: str, value: int, text: str) -> None:
    monkeypatch.setattr(module, bound, value)
    full = []

    async def scenario(client: Client) -> None:
        client.engine.is_committing.clear()
        full.append(client.dispatcher.is_full)
        client.post("messages.send", 1, contact="bob", text=text)
        full.append(client.dispatcher.is_full)
        client.engine.is_committing.set()
        await turn()
        full.append(client.dispatcher.is_full)

    client = with_client(scenario)
    assert full == [False, True, False]
    assert client.room == 1
