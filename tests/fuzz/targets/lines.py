"""What a client of ``kith rpc`` writes: the stream, its lines, and requests that reach a whole engine."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from app.rpc.dispatcher import Dispatcher
from app.rpc.errors import ErrorCode, MalformedLineError
from app.rpc.lines import TOO_LONG, LineSplitter
from app.rpc.methods import METHODS
from app.rpc.protocol import parse
from tests.fuzz.logs import no_warnings
from tests.fuzz.target import Check, Target, always, joined, pieces
from tests.support.engine import Engine
from tests.support.pair import friends

_MAX_LINE_BYTES = 1_024
_FRESH_EVERY = 500
"""Requests remove contacts and fill the store: after so many there are new engines."""


def request(method: str, **params: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()


def requests() -> Sequence[bytes]:
    """Names in capitals stand for what only a running engine knows."""
    return [
        *(request(method) for method in METHODS),
        request("account.rename", name="Ann"),
        request("contacts.invite", reusable=True, in_person=False, expires_in_s=60.5),
        request("contacts.revoke", invite="INVITE"),
        request("contacts.add", link="LINK", name="Ben"),
        request("contacts.rename", contact="CONTACT", name="Ben"),
        *(request(f"contacts.{verb}", contact="CONTACT") for verb in ("block", "unblock", "safety_number")),
        request("contacts.set_verified", contact="CONTACT", verified=True),
        request("requests.accept", request="CONTACT"),
        request("messages.send", contact="CONTACT", text="hello", reply_to="MESSAGE"),
        request("messages.send", contact="CONTACT", text="\U0001f6e2"),
        request("messages.list", contact="CONTACT", limit=2, before="MESSAGE"),
        request("messages.search", query="hel", contact="CONTACT", limit=5),
        request("messages.mark_read", contact="CONTACT", up_to="MESSAGE"),
        b'{"jsonrpc":"2.0","method":"account.info"}',
        b'[{"jsonrpc":"2.0","id":1,"method":"account.info"}]',
        b'{"jsonrpc":"2.0","id":{"a":[null,1.5,"\\ud800"]},"method":"account.info","params":[]}',
    ]


_WORDS = [
    *(f'"{method}"'.encode() for method in METHODS),
    b'"CONTACT"',
    b'"MESSAGE"',
    b'"INVITE"',
    b'"LINK"',
    b"null",
    b"true",
    b"1e999",
    b"-1",
    b"9223372036854775808",
    b"1" * 400,
    b"1.7e308",
    b'"\\ud800"',
    b'"\\u0000"',
    b"\\",
    b'"',
    b"[" * 600,
    b'{"a":' * 300,
    b"NaN",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\n",
    b"\r\n",
]


_VALUES = (b'"CONTACT"', b'"MESSAGE"', b'"INVITE"', b'"LINK"', b"null", b"true", b"0", b"-1", b"1e308", b"9" * 30)
"""What a parameter may be given, besides any text."""


def calls() -> Sequence[bytes]:
    """Well-formed requests in pieces: the method's number, then for each parameter its number, a value's, and text."""
    made: list[bytes] = []
    for number, method in enumerate(METHODS.values()):
        count = len(method.parameters.checks)
        texts = [bytes([place, len(_VALUES)]) + "hello \U0001f6e2".encode() for place in range(count)]
        made.append(joined([bytes([number]), *texts]))
        made += [joined([bytes([number]), bytes([0, value]), *texts[1:]]) for value in range(len(_VALUES)) if count]
    return made


def call(data: bytes) -> bytes:
    """The request that the pieces stand for: its JSON is well-formed, whatever its values are."""
    first, *parameters = pieces(data) or [b"\0"]
    names = list(METHODS)
    method = names[(first or b"\0")[0] % len(names)]
    given = list(METHODS[method].parameters.checks) or ["none"]
    params = {given[each[0] % len(given)]: _value(each[1], each[2:]) for each in parameters if len(each) > 1}
    members = ",".join(f'"{name}":{value}' for name, value in params.items())
    return f'{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{members}}}}}'.encode()


def _value(kind: int, text: bytes) -> str:
    if kind < len(_VALUES):
        return _VALUES[kind].decode()
    return json.dumps(text.decode("utf-8", "replace"))


# --- The stream


def streams() -> Sequence[bytes]:
    lines = requests()
    return [joined([line + b"\n" for line in lines[:3]]), joined([b"\n\r\n \n", lines[0], b"\n" + lines[1]])]


def check_stream(data: bytes) -> None:
    """However the stream is cut, the same lines come out, and each is a request or refused with a code of JSON-RPC."""
    chunks = pieces(data)
    lines = split(chunks)
    assert lines == split([b"".join(chunks)])
    for line in lines:
        assert line == TOO_LONG or 0 < len(line) <= _MAX_LINE_BYTES
        try:
            parse(line)
        except MalformedLineError as error:
            assert error.code in {ErrorCode.PARSE_ERROR, ErrorCode.INVALID_REQUEST}
            json.loads(error.request_id)


def split(chunks: Sequence[bytes]) -> list[bytes]:
    splitter = LineSplitter(_MAX_LINE_BYTES)
    return [line for chunk in chunks for line in splitter.feed(chunk)] + splitter.finish()


# --- The engine


class Client:
    """A client of Ann's engine, which knows Ben; both have real stores."""

    def __init__(self) -> None:
        # In memory, where the system has such a place: the disk is not what is tested.
        memory = Path("/dev/shm")
        self._folder = Path(tempfile.mkdtemp(prefix="kith-fuzz-", dir=memory if memory.is_dir() else None))
        self._runner = asyncio.Runner()
        self._served = 0
        self._end: Callable[[], object] = lambda: None

    def close(self) -> None:
        self._end()
        self._runner.close()
        shutil.rmtree(self._folder)

    def check(self, line: bytes) -> None:
        """One answer for each request that wants one, none for others; no failure that is our own."""
        if self._served % _FRESH_EVERY == 0:
            self._refresh()
        self._served += 1
        for name, value in self._names.items():
            line = line.replace(name, value)
        with no_warnings():
            answers = self._runner.run(self._served_line(line))
        _check_answers(line, answers)

    def _refresh(self) -> None:
        self._end()
        folder = self._folder / str(self._served)
        folder.mkdir()
        meeting = friends(in_files=folder)
        pair = self._runner.run(meeting.__aenter__())

        def end() -> None:
            self._runner.run(meeting.__aexit__(None, None, None))
            shutil.rmtree(folder)

        self._end, self._ann = end, pair.ann
        self._names = self._runner.run(_names(pair.ann, pair.ben))

    async def _served_line(self, line: bytes) -> list[bytes]:
        answers: list[bytes] = []
        async with asyncio.TaskGroup() as tasks:
            Dispatcher(self._ann.messenger, tasks, answer=answers.append, on_room=lambda: None).accept(line)
        return answers


async def _names(ann: Engine, ben: Engine) -> dict[bytes, bytes]:
    stranger = await ben.messenger.create_invite()
    invite = await ann.messenger.create_invite()
    sent = await ann.messenger.send_text(ben.id, "hello")
    values = {"CONTACT": ben.id, "MESSAGE": sent.message, "INVITE": invite.invite, "LINK": stranger.link}
    return {name.encode(): value.encode() for name, value in values.items()}


def _check_answers(line: bytes, answers: Sequence[bytes]) -> None:
    wanted = 1
    with suppress(MalformedLineError):
        wanted = int(parse(line).request_id is not None)
    assert len(answers) == wanted
    for answer in answers:
        assert answer.endswith(b"\n")
        assert answer.isascii()
        message = json.loads(answer)
        assert message["jsonrpc"] == "2.0"
        assert message.keys() in ({"jsonrpc", "id", "result"}, {"jsonrpc", "id", "error"})
        assert message.get("error", {}).get("code") != ErrorCode.INTERNAL_ERROR


@contextmanager
def client() -> Iterator[Check]:
    served = Client()
    try:
        yield served.check
    finally:
        served.close()


@contextmanager
def caller() -> Iterator[Check]:
    with client() as check:
        yield lambda data: check(call(data))


TARGETS = [
    Target("rpc-stream", streams, always(check_stream), words=_WORDS, max_bytes=4_096),
    Target("rpc-request", requests, client, words=_WORDS, max_bytes=1 << 17, is_guided=False),
    Target(
        "rpc-call",
        calls,
        caller,
        words=[b"\0", b"\xed\xa0\x80", "\u202e".encode(), "\u0344".encode() * 100, b"kith:", b'"', b"*"],
        max_bytes=1 << 17,
        is_guided=False,
    ),
]
