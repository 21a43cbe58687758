import asyncio
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import ErrorKind, KithError
from app.rpc import main
from app.services.messenger import Messenger
from tests.support.scripted_engine import ScriptedEngine


class ScriptedGate:
    """A profile that may exist, whose opening may fail, hang, or be asked to end."""

    def __init__(
        self, *, exists: bool = True, failure: KithError | None = None, signal_number: int | None = None
    ) -> None:
        self._exists = exists
        self._failure = failure
        self._signal_number = signal_number
        self.calls: list[tuple[str | None, ...]] = []
        self.engines: list[ScriptedEngine] = []
        self.was_cancelled = False

    def exists(self) -> bool:
        return self._exists

    async def create(self, name: str, passphrase: str | None) -> Messenger:
        return await self._start("create", name, passphrase)

    async def import_profile(
        self, exported: Path, exported_passphrase: str | None, passphrase: str | None
    ) -> Messenger:
        return await self._start("import_profile", str(exported), exported_passphrase, passphrase)

    async def open(self, passphrase: str | None) -> Messenger:
        return await self._start("open", passphrase)

    async def _start(self, *call: str | None) -> Messenger:
        self.calls.append(call)
        if self._failure is not None:
            raise self._failure
        if self._signal_number is not None:
            await self._be_terminated(self._signal_number)
        self.engines.append(ScriptedEngine())
        return self.engines[0].messenger

    async def _be_terminated(self, number: int) -> None:
        signal.raise_signal(number)
        try:
            await asyncio.Event().wait()
        finally:
            self.was_cancelled = True


class Pipes:
    """What ``run`` takes for standard input and output."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._stdin, self._posting = os.pipe()
        self._reading, self._stdout = os.pipe()
        monkeypatch.setattr(main, "STDIN", self._stdin)
        monkeypatch.setattr(main, "STDOUT", self._stdout)

    def post(self, line: bytes) -> None:
        os.write(self._posting, line)

    def hang_up(self) -> None:
        os.close(self._posting)
        self._posting = -1

    def methods(self) -> list[str | None]:
        """The method of every notification that was written, None for an answer."""
        return [json.loads(line).get("method") for line in os.read(self._reading, 65_536).splitlines()]

    def close(self) -> None:
        for descriptor in (self._stdin, self._posting, self._reading, self._stdout):
            if descriptor >= 0:
                os.close(descriptor)


@pytest.fixture
def pipes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipes]:
    pipes = Pipes(monkeypatch)
    yield pipes
    pipes.close()


def test_the_account_is_made_only_where_there_is_none(pipes: Pipes) -> None:
    pipes.hang_up()
    for exists, create, call in [
        (False, "Alice", ("create", "Alice", None)),
        (True, "Alice", ("open", None)),
        (True, None, ("open", None)),
        (False, None, ("open", None)),
    ]:
        gate = ScriptedGate(exists=exists)
        assert main.run(gate, create) == 0
        assert gate.calls == [call]
        assert gate.engines[0].closed == 1


def test_an_exported_file_is_imported_only_where_there_is_no_account(pipes: Pipes) -> None:
    pipes.hang_up()
    for exists, call in [(False, ("import_profile", "file", None, None)), (True, ("open", None))]:
        gate = ScriptedGate(exists=exists)
        assert main.run(gate, None, Path("file")) == 0
        assert gate.calls == [call]


def test_what_was_asked_is_answered_before_the_end(pipes: Pipes) -> None:
    pipes.post(b'{"jsonrpc":"2.0","id":1,"method":"account.info"}\n')
    pipes.hang_up()
    assert main.run(ScriptedGate(), None) == 0
    assert pipes.methods() == ["ready", None]


def test_a_start_that_fails_is_for_the_caller_to_tell(pipes: Pipes) -> None:
    with pytest.raises(KithError) as caught:
        main.run(ScriptedGate(failure=KithError(ErrorKind.PROFILE_IN_USE)), None)
    assert caught.value.kind is ErrorKind.PROFILE_IN_USE


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_breaks_off_the_start(pipes: Pipes, number: int) -> None:
    before = signal.getsignal(number)
    gate = ScriptedGate(signal_number=number)
    assert main.run(gate, None) == 0
    assert gate.was_cancelled
    assert gate.engines == []
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_service(pipes: Pipes, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def renamed(engine: ScriptedEngine, _: str) -> None:
        signal.raise_signal(number)

    monkeypatch.setattr(ScriptedEngine, "rename_account", renamed)
    pipes.post(b'{"jsonrpc":"2.0","id":1,"method":"account.rename","params":{"name":"A"}}\n')
    gate = ScriptedGate()
    assert main.run(gate, None) == 0
    assert gate.engines[0].closed == 1
    assert pipes.methods() == ["ready", None]
