"""What is said between a later start and the running instance: one line each way, in ASCII, of bounded length.

request    doctor                    examine yourself
           open "kith:…"             show your window, and add the contact of this link: a JSON string
           open null                 show your window
answer     findings [{…}, …]         rows as in ``docs/automation.md``, The doctor
           opened
           locked                    the window still waits for the passphrase
           windowless                there is no window
           unknown                   no such request in this version
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeVar

from app.domain.finding import ToldFinding
from app.domain.identifiers import ContactId

T = TypeVar("T")

MAX_REQUEST_BYTES: Final = 16 << 10
"""A link has at most 512 characters; the rest is room for one that is none, which is shown as such."""

MAX_ANSWER_BYTES: Final = 64 << 20
"""Findings on ten thousand contacts, each with what came of eight addresses, are a quarter of it."""


class MalformedMessageError(Exception):
    """The line is not of this protocol."""


@dataclass(frozen=True, slots=True)
class Examine:
    """Asks the running instance for what its doctor finds."""


@dataclass(frozen=True, slots=True)
class Open:
    """Asks the running instance to show its window, and to add a contact there."""

    link: str | None
    """Any text that somebody gave as a link."""


Request = Examine | Open


@dataclass(frozen=True, slots=True)
class Examined:
    """What the running instance's doctor found."""

    findings: tuple[ToldFinding, ...]


class Reply(Enum):
    """An answer that is one word."""

    OPENED = b"opened"
    LOCKED = b"locked"
    WINDOWLESS = b"windowless"
    UNKNOWN = b"unknown"


Answer = Examined | Reply


def encode_request(request: Request) -> bytes:
    """The line, newline included."""
    match request:
        case Examine():
            return b"doctor\n"
        case Open(link):
            return b"open " + json.dumps(link).encode("ascii") + b"\n"


def parse_request(line: bytes) -> Request:
    """Read a line that ends in a newline.

    Raises:
        MalformedMessageError: it is no request.
    """
    word, rest = _parted(line)
    match word, rest:
        case b"doctor", b"":
            return Examine()
        case b"open", _:
            return Open(_decoded(rest, _link))
        case _:
            raise MalformedMessageError


def encode_answer(answer: Answer) -> bytes:
    """The line, newline included."""
    match answer:
        case Examined(findings):
            return b"findings " + json.dumps([finding.to_row() for finding in findings]).encode("ascii") + b"\n"
        case Reply():
            return answer.value + b"\n"


def parse_answer(line: bytes) -> Answer:
    """Read a line that ends in a newline.

    Raises:
        MalformedMessageError: it is no answer.
    """
    word, rest = _parted(line)
    if word == b"findings":
        return Examined(_decoded(rest, _findings))
    try:
        return Reply(line[:-1])
    except ValueError:
        raise MalformedMessageError from None


def _parted(line: bytes) -> tuple[bytes, bytes]:
    if line[-1:] != b"\n":
        raise MalformedMessageError
    word, _, rest = line[:-1].partition(b" ")
    return word, rest


def _decoded(text: bytes, read: Callable[[object], T]) -> T:
    try:
        return read(json.loads(text.decode("ascii")))
    except (ValueError, RecursionError):
        raise MalformedMessageError from None


def _link(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise MalformedMessageError


def _findings(value: object) -> tuple[ToldFinding, ...]:
    if not isinstance(value, list):
        raise MalformedMessageError
    return tuple(map(_finding, value))


def _finding(row: object) -> ToldFinding:
    match row:
        case {"check": str(check), "ok": bool(ok), "detail": str(detail), "advice": str() | None as advice, **more}:
            return ToldFinding(check, ok, detail, advice, _contact(more.get("contact")))
        case _:
            raise MalformedMessageError


def _contact(value: object) -> ContactId | None:
    if value is None or isinstance(value, str):
        return None if value is None else ContactId(value)
    raise MalformedMessageError
