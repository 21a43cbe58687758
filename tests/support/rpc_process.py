"""A real ``kith rpc`` process, driven over its pipes: what a bot would write, and what tests need beyond that."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PASSPHRASE = "correct horse battery staple"
LOOPBACK_ONLY = ("--listen", "127.0.0.1:0", "--no-dht", "--no-lan", "--no-port-mapping")
ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 30.0

Message = dict[str, Any]


def child_environment() -> dict[str, str]:
    """This process's environment, but bytecode is kept: an installed Kith has it, and compiling doubles a start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class RpcFailureError(Exception):
    """A request was answered with an error; ``kind`` is None where the error has no data."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code: int = error["code"]
        self.sentence: str = error["message"]
        self.kind: str | None = error.get("data", {}).get("kind")


class ProcessEndedError(Exception):
    """The process ended while something was expected of it; the message holds what it said on stderr."""


class RpcProcess:
    """One ``kith rpc`` on one profile.  Leaving the context kills it if it still runs."""

    def __init__(
        self,
        profile: Path,
        *flags: str,
        create: str | None = None,
        passphrase: str | None = PASSPHRASE,
        network: tuple[str, ...] = LOOPBACK_ONLY,
        environment: Mapping[str, str] | None = None,
        launcher: tuple[str, ...] = (),
        module: str = "app",
    ) -> None:
        naming = () if create is None else ("--create", create)
        secret = {} if passphrase is None else {"KITH_PASSPHRASE": passphrase}
        profile.parent.mkdir(parents=True, exist_ok=True)
        self.log = profile.parent / f"{profile.name}.stderr"
        """Everything any process on this profile said on stderr."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*launcher, sys.executable, "-m", module, "rpc", "--profile", str(profile), *naming, *network, *flags],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                env=child_environment() | secret | dict(environment or {}),
            )
        self.answers: dict[object, Message] = {}
        self.notifications: list[Message] = []
        """All since the start, in order; each has ``method`` and ``params``."""
        self._ids = itertools.count(1)
        self._news = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read, name=f"stdout of {profile.name}", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    # --- Requests

    def call(self, method: str, **params: object) -> Any:
        """The result of one request.

        Raises:
            RpcFailureError: it was answered with an error.
        """
        return self.result(self.post(method, **params))

    def post(self, method: str, **params: object) -> int:
        """Write a request without waiting; the id to ask for its result with."""
        request_id = next(self._ids)
        request = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
        self.write(json.dumps(request).encode() + b"\n")
        return request_id

    def write(self, line: bytes) -> None:
        """Write raw bytes."""
        assert self.process.stdin is not None
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def result(self, request_id: object) -> Any:
        """The result of an earlier request; see :meth:`call`."""
        message = self.wait(lambda: self.answers.get(request_id))
        if "error" in message:
            raise RpcFailureError(message["error"])
        return message["result"]

    # --- Notifications

    def ready(self) -> Message:
        """What the process said when it was ready."""
        params: Message = self.notification("ready")
        return params

    def notification(self, method: str, *, timeout_s: float = TIMEOUT_S, **expected: object) -> Message:
        """The parameters of the first notification of this method in which all ``expected`` stand."""

        def find() -> Message | None:
            for message in self.notifications:
                params: Message = message["params"]
                if message["method"] == method and all(params.get(name) == it for name, it in expected.items()):
                    return params
            return None

        return self.wait(find, timeout_s)

    def count(self, method: str, **expected: object) -> int:
        """How many such notifications have come so far."""
        with self._news:
            return sum(
                message["method"] == method and expected.items() <= message["params"].items()
                for message in self.notifications
            )

    def take(self) -> tuple[dict[object, Message], list[Message]]:
        """All answers and notifications that nobody took before, forgotten here: for lives that are long."""
        with self._news:
            taken = self.answers, self.notifications
            self.answers, self.notifications = {}, []
        return taken

    def wait(self, find: Callable[[], Message | None], timeout_s: float = TIMEOUT_S) -> Message:
        """What ``find`` returns once it returns something; it is asked again whenever a line came."""
        deadline = time.monotonic() + timeout_s
        with self._news:
            while (found := find()) is None:
                if self._ended:
                    raise ProcessEndedError(self.log.read_text(errors="replace")[-4_000:])
                if not self._news.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"not within {timeout_s} s; last: {self.notifications[-3:]}")
            return found

    # --- Ends

    def close(self) -> int:
        """Close its input and wait for its end; the exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.end()

    def terminate(self) -> int:
        """Send SIGTERM and wait for its end; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.end()

    def end(self) -> int:
        """Wait for its end; the exit code."""
        code = self.process.wait(TIMEOUT_S)
        self._reader.join(TIMEOUT_S)
        return code

    def kill(self) -> None:
        """End it at once, as a power cut would (``kill -9``)."""
        self.process.kill()
        self.process.wait(TIMEOUT_S)
        self._reader.join(TIMEOUT_S)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # what was still buffered for it is of no use to anybody

    def start_failure(self) -> tuple[int, Message]:
        """The exit code of a start that failed, and the error object that it left on stderr."""
        code = self.end()
        message: Message = json.loads(self.log.read_text().splitlines()[-1])
        return code, message["error"]

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if not line.endswith(b"\n"):
                break  # killed in the middle of it
            message = json.loads(line)
            with self._news:
                if "method" in message:
                    self.notifications.append(message)
                else:
                    self.answers[message["id"]] = message
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()


def introduce(inviter: RpcProcess, joiner: RpcProcess) -> tuple[str, str]:
    """Make two processes contacts by an invite; the joiner as the inviter knows it, and the other way round."""
    link = inviter.call("contacts.invite")["link"]
    inviter_id: str = joiner.call("contacts.add", link=link)["contact"]
    joiner_id: str = inviter.notification("contact.added")["contact"]
    joiner.notification("contact.added", contact=inviter_id)
    online(inviter, joiner_id)
    online(joiner, inviter_id)
    return joiner_id, inviter_id


def online(process: RpcProcess, contact: str, *, timeout_s: float = TIMEOUT_S) -> None:
    """Wait until the process has a link to the contact."""

    def last_path() -> Message | None:
        paths = [each["params"] for each in process.notifications if each["method"] == "contact.path"]
        mine = [params for params in paths if params["contact"] == contact]
        return mine[-1] if mine and mine[-1]["online"] else None

    process.wait(last_path, timeout_s)
